"""What changed between two texts: sentence by sentence first, then by characters inside a changed sentence."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import msgspec

SENTENCE = re.compile(r"[^。；！？\n]*[。；！？\n]?")
MOST_CELLS = 60_000
"""A comparison of more cells than this is not refined: the piece stands as deleted and inserted whole."""
CONTEXT = 24
"""Characters kept on each side of a folded run."""


class Piece(msgspec.Struct, frozen=True):
    """A run of text: ``same``, ``ins``, ``del``, or ``fold``, a long unchanged run that a page shows on demand."""

    kind: str
    text: str


def sentences(text: str) -> list[str]:
    """The text cut after each sentence end and line; joined again it is the text."""
    return [part for part in SENTENCE.findall(text) if part]


def ends(old: list[str], new: list[str]) -> tuple[int, int]:
    """How many items the two share at the beginning and at the end."""
    most = min(len(old), len(new))
    head = 0
    while head < most and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < most - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, tail


def compare(old: list[str], new: list[str], refine: bool) -> list[Piece]:
    """Pieces of the difference of two lists; ``refine`` compares replaced items by their characters."""
    head, tail = ends(old, new)
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    pieces = [Piece("same", "".join(old[:head]))]
    pieces += differences(*middle, refine)
    pieces.append(Piece("same", "".join(old[len(old) - tail :])))
    return [piece for piece in pieces if piece.text]


def differences(old: list[str], new: list[str], refine: bool) -> list[Piece]:
    """Pieces of the difference of two lists that share neither beginning nor end."""
    if len(old) * len(new) > MOST_CELLS:
        return replaced("".join(old), "".join(new), False)
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
        else:
            pieces += replaced("".join(old[a:b]), "".join(new[c:d]), refine)
    return pieces


def replaced(old: str, new: str, refine: bool) -> list[Piece]:
    """A changed run; by characters where that is asked for and the two still resemble each other."""
    if refine and old and new:
        pieces = compare(list(old), list(new), refine=False)
        same = sum(len(piece.text) for piece in pieces if piece.kind == "same")
        if 2 * same >= min(len(old), len(new)):
            return pieces
    return [piece for piece in (Piece("del", old), Piece("ins", new)) if piece.text]


def folded(pieces: list[Piece]) -> list[Piece]:
    """The pieces with long unchanged runs folded, but for some characters round each change."""
    found: list[Piece] = []
    for index, piece in enumerate(pieces):
        before = CONTEXT if index else 0
        after = CONTEXT if index < len(pieces) - 1 else 0
        end = len(piece.text) - after
        if piece.kind != "same" or end - before < 4 * CONTEXT:
            found.append(piece)
            continue
        found += [
            Piece("same", piece.text[:before]),
            Piece("fold", piece.text[before:end]),
            Piece("same", piece.text[end:]),
        ]
    return [piece for piece in found if piece.text]


def diff(old: str | None, new: str | None) -> list[Piece]:
    """The difference of two values as pieces in reading order."""
    return folded(compare(sentences(old or ""), sentences(new or ""), refine=True))


def changes(pieces: list[Piece]) -> int:
    """How many places differ; a deletion with its insertion is one."""
    count, last = 0, "same"
    for piece in pieces:
        if piece.kind in ("ins", "del") and last in ("same", "fold"):
            count += 1
        last = piece.kind
    return count
