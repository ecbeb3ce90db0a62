"""Plain text to blocks: one line one block, rows of pipe tables one block a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from parsers.blocks import LONGEST, MOST, Block, Blocks
from parsers.labels import lookup

_PIPE = re.compile(r"[|｜]")
_HEADING = re.compile(r"#{1,6}\s+")
_STRONG = re.compile(r"(^|[\s|>-])\*\*([^*\n]{1,80})\*\*")
_RULE = re.compile(r":?-{2,}:?")
_ITEM = re.compile(r"\d{1,2}[.、．]|(?!\d{4}[.])[\d.,%％]{1,9}")
_FRAGMENT = re.compile(r"[\d.,%％/+~]{1,9}|\d{1,2}[.、．]")
_OPEN = ("〔", "（", "(", "《", "“", "[", "【", "〈", "‘", "、")
_CLOSING = tuple("。，、；：）)〕》”！？％,;:!?]】〉’")
_ENDED = tuple("。；！？;!?：:")


def _unmarked(line: str) -> str:
    """A line without Markdown's marks of headings and of strong words; stars inside a name stay."""
    if line.startswith("#"):
        line = _HEADING.sub("", line)
    return _STRONG.sub(r"\1\2", line) if "**" in line else line


def from_text(text: str) -> Blocks:
    """The blocks of a text as extractors leave it."""
    found = Blocks([], [], [])
    row, torn = 0, False
    for line in text.splitlines():
        stripped = _unmarked(line.strip())
        if not stripped:
            continue
        if len(found.items) >= MOST:
            break
        found.cut += max(0, len(stripped) - LONGEST)
        stripped = stripped[:LONGEST]
        cells = _cells(stripped)
        if cells is None:
            torn = _add(found.items, " ".join(stripped.split()), torn)
            continue
        torn = False
        if any(cells) and not all(_RULE.fullmatch(cell) for cell in cells):
            for column, cell in enumerate(cells):
                found.items.append(Block(" ".join(cell.split()), "pipe", table=1, row=row, column=column))
            row += 1
    return found


def pipe_row(cells: Iterable[str]) -> str:
    """Cells of a document as the row of a pipe table that ``from_text`` reads; a cell may have several lines."""
    shown = ("\n".join(line for line in cell.replace("|", "").splitlines() if line.strip()) for cell in cells)
    return "| " + " | ".join(shown) + " |"


def _cells(line: str) -> list[str] | None:
    """The cells of a row of a pipe table, without the trailing empty ones; ``None`` for a line that is no row."""
    if "|" not in line and "｜" not in line:
        cells = [cell.strip() for cell in line.split("\t")] if "\t" in line else []
        return cells if len(cells) > 1 and lookup(cells[0]) else None
    cells = [cell.strip() for cell in _PIPE.split(line)]
    if cells[0] and cells[-1] and lookup(cells[0]) is None:
        return None
    if not cells[0]:
        del cells[0]
    trailing = len(cells) > 1
    while cells and not cells[-1] and trailing:
        cells.pop()
    return cells


def _add(items: list[Block], line: str, torn: bool) -> bool:
    """Add a line; one that an extractor cut out of the middle of a paragraph is joined to it again.

    ``torn``: whether the line before was such a piece; returned for the next line.
    """
    last = items[-1] if items else None
    if (
        last is not None
        and last.table == 0
        and ((_is_torn(last.text, line) and not _is_value(items)) or (torn and _goes_on(last.text, line)))
    ):
        last.text += line
        return bool(_FRAGMENT.fullmatch(line))
    items.append(Block(line))
    return False


def _is_value(items: list[Block]) -> bool:
    """Whether the last line is the figure of the label above it: 浏览次数: and 120."""
    return _ITEM.fullmatch(items[-1].text) is not None and len(items) > 1 and lookup(items[-2].text) is not None


def _is_torn(before: str, line: str) -> bool:
    """Whether two lines were one: a mark at the head, an open bracket at the end, a number alone."""
    if line.startswith(_CLOSING) and (not line.startswith((":", "：")) or len(line) == 1 or lookup(before)):
        return True
    if lookup(before) or lookup(line):
        return False
    if before.endswith(_OPEN) or _ITEM.fullmatch(before):
        return True
    return bool(_FRAGMENT.fullmatch(line)) and not before.endswith(_ENDED) and len(before) > 1


def _goes_on(before: str, line: str) -> bool:
    """Whether the words behind a number that stood alone go on."""
    return not lookup(line) and not before.endswith(_ENDED)
