"""Scraped text made readable: paragraphs with their roles, snippets with the words that were asked for.

Everything here returns plain text in pieces; templates escape each piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from archive.search import fold, words_of

HEADING = re.compile(r"(?:第?[一二三四五六七八九十]{1,3}(?:、|是|方面)|[(\uff08][一二三四五六七八九十]{1,3}[)\uff09])")
OPENING_END = re.compile(r"(?:答复|回复|函复|复函|汇报|报告|说明)如下[:\uff1a。,\uff0c;\uff1b]?")
SALUTATION_END = re.compile(r"(?:代表|委员|代表团|小组|委员会|单位|同志)们?[:\uff1a]")
STOPS = ("。", ";", "\uff1b", ":", "\uff1a", "!", "\uff01", "?", "\uff1f")
DATE_LINE = re.compile(
    r"[\d〇○零一二三四五六七八九十]{4}\s?年\s?[\d一二三四五六七八九十]{1,3}\s?月\s?[\d一二三四五六七八九十]{1,3}\s?日"
)
OPENING = 400
"""The salutation and the sentence that repeats the title stand within so many characters."""
LONG_TEXT = 3000
SNIPPET = 110


class Paragraph(msgspec.Struct, frozen=True):
    """A paragraph of a text: its role (``salutation``, ``heading``, ``body``, ``closing``), its lead and its rest."""

    role: str
    lead: str
    rest: str
    anchor: str | None = None


def lead_of(paragraph: str) -> tuple[str, str]:
    """A numbered paragraph's own heading and what follows it: ``一、关于停车。`` and the rest.

    A numbered sentence of several clauses that is all of its paragraph is no heading.
    """
    if not HEADING.match(paragraph):
        return "", paragraph
    end = paragraph.find("。")
    if end < 0 and len(paragraph) <= 60:
        return paragraph, ""
    sentence = end + 1 == len(paragraph) and "，" in paragraph
    return (paragraph[: end + 1], paragraph[end + 1 :]) if 0 <= end <= 40 and not sentence else ("", paragraph)


def listed(line: str, neighbours: Iterable[str]) -> bool:
    """Whether a numbered sentence is an item of a list: with no text between it and the next it heads nothing."""
    brackets = line[0] in "(\uff08"
    return line.endswith("。") and any(
        HEADING.match(near) and (near[0] in "(\uff08") == brackets for near in neighbours
    )


def role_of(index: int, line: str, left: int) -> str:
    """What a line is, by its place: ``left`` lines follow it."""
    if index < 2 and len(line) < 60 and SALUTATION_END.search(line, max(len(line) - 8, 0)):
        return "salutation"
    if left < 5 and len(line) <= 40 and (DATE_LINE.fullmatch(line) or not line.endswith(STOPS)):
        return "closing"
    return "body"


def paragraphs(text: str | None, prefix: str) -> list[Paragraph]:
    """The text's paragraphs; headings carry an anchor that begins with ``prefix``."""
    lines = [line.strip(" \t　") for line in (text or "").split("\n")]
    lines = [line for line in lines if line]
    found: list[Paragraph] = []
    for index, line in enumerate(lines):
        lead, rest = lead_of(line)
        if lead and (rest or not listed(line, (*lines[index - 1 : index], *lines[index + 1 : index + 2]))):
            found.append(Paragraph("body" if rest else "heading", lead, rest, f"{prefix}-{index}"))
        else:
            found.append(Paragraph(role_of(index, line, len(lines) - index - 1), "", line))
    return found


def outline(parts: Iterable[Paragraph]) -> list[Paragraph]:
    """The headings of a long text, at most 40."""
    return [part for part in parts if part.anchor and part.lead.strip("。")][:40]


def body_start(text: str) -> int:
    """Where the answer itself begins: after the salutation and the sentence that repeats the title."""
    opening = text[:OPENING]
    for pattern in (OPENING_END, SALUTATION_END):
        match = pattern.search(opening)
        if match:
            return match.end()
    return 0


def occurrences(folded: str, words: list[str]) -> list[tuple[int, int]]:
    """Where the words stand, merged and in order; at most 50."""
    found: list[tuple[int, int]] = []
    for word in words:
        at = folded.find(word)
        while at >= 0 and len(found) < 50:
            found.append((at, at + len(word)))
            at = folded.find(word, at + len(word))
    merged: list[tuple[int, int]] = []
    for begin, stop in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((begin, stop))
    return merged


def marked(text: str, words: list[str]) -> list[tuple[str, bool]]:
    """The text in pieces; True marks a piece that was asked for."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for begin, stop in occurrences(fold(text), words) if words else []:
        pieces += [(text[at:begin], False), (text[begin:stop], True)]
        at = stop
    pieces.append((text[at:], False))
    return [piece for piece in pieces if piece[0]]


def first_place(text: str, words: list[str], start: int) -> int | None:
    """Where the first of the words stands; folding costs more than finding, so the text is tried as it is first."""
    places = found_in(text, words, start) or found_in(fold(text), words, start)
    return min(places, default=None)


def found_in(text: str, words: list[str], start: int) -> list[int]:
    """Where each word that is there stands first."""
    return [at for at in (text.find(word, start) for word in words) if at >= 0]


def snippet(text: str | None, words: list[str], length: int = SNIPPET) -> list[tuple[str, bool]]:
    """About ``length`` characters round the first word that was asked for, after the opening formula."""
    line = " ".join((text or "").split())
    start = begin = body_start(line)
    place = first_place(line, words, start) if words else None
    if place is not None and place > start + length // 2:
        begin = sentence_start(line, place, length // 3)
    pieces = marked(line[begin : begin + length], words)
    if begin > start:
        pieces.insert(0, ("…", False))
    if begin + length < len(line):
        pieces.append(("…", False))
    return pieces


def sentence_start(text: str, at: int, most: int) -> int:
    """The beginning of the sentence or clause round a place, at most so many characters before it."""
    floor = max(at - most, 0)
    for mark in "。;\uff1b":
        found = text.rfind(mark, floor, at)
        if found >= 0:
            return found + 1
    found = max(text.rfind(mark, floor, at) for mark in ",\uff0c、:\uff1a")
    return found + 1 if found >= 0 else floor


def highlight_words(query: str) -> list[str]:
    """The folded words of a query that a hit contains, the longest first."""
    return sorted(words_of(query), key=len, reverse=True)
