"""Plain text to blocks: one line one block, rows of pipe tables one block a cell."""

from __future__ import annotations

import re

from parsers.blocks import Block, Blocks
from parsers.labels import lookup

_PIPE = re.compile(r"[|｜]")
_FRAGMENT = re.compile(r"[\d.,%％/+~—-]{1,12}|\d{1,2}[.、．]")
_OPEN = ("〔", "（", "(", "《", "“", "[", "【", "〈", "‘", "、")
_CLOSING = tuple("。，、；：）)〕》”！？％,;:!?]】〉’")
_ENDED = tuple("。；！？;!?：:")


def from_text(text: str) -> Blocks:
    """The blocks of a text as extractors leave it."""
    found = Blocks([], [0], [], [])
    row = 0
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped:
            continue
        cells = _cells(stripped)
        if cells is None:
            _add(found.items, " ".join(stripped.split()))
            continue
        if any(cells):
            if row == 0:
                found.parents.append(0)
            for column, cell in enumerate(cells):
                found.items.append(Block(" ".join(cell.split()), "pipe", 1, row, column))
            row += 1
    return found


def _cells(line: str) -> list[str] | None:
    """The cells of a row of a pipe table, without the trailing empty ones; ``None`` for a line that is no row."""
    if "|" not in line and "｜" not in line:
        return None
    cells = [cell.strip() for cell in _PIPE.split(line)]
    if cells[0] and cells[-1] and lookup(cells[0]) is None:
        return None
    if not cells[0]:
        del cells[0]
    trailing = len(cells) > 1
    while cells and not cells[-1] and trailing:
        cells.pop()
    return cells


def _add(items: list[Block], line: str) -> None:
    """A line; one that an extractor cut out of the middle of a paragraph is joined to it again."""
    last = items[-1] if items else None
    if last is not None and last.table == 0 and _is_torn(last.text, line):
        last.text += line
    else:
        items.append(Block(line))


def _is_torn(before: str, line: str) -> bool:
    """Whether two lines were one: a number alone, a mark at the head, an open bracket at the end."""
    if line.startswith(_CLOSING) and (len(line) < 2 or not line.startswith((":", "：")) or lookup(before)):
        return True
    if lookup(before):
        return False
    if before.endswith(_OPEN) or re.fullmatch(r"\d{1,2}[.、．]|[\d.,%％]{1,12}", before):
        return True
    return bool(_FRAGMENT.fullmatch(line) and not before.endswith(_ENDED)) or _ends_in_number(before, line)


def _ends_in_number(before: str, line: str) -> bool:
    return (
        before[-1:].isdigit()
        and "\u4e00" <= line[0] <= "\u9fff"
        and len(before) > 14
        and line[0] not in "一二三四五六七八九十"
    )
