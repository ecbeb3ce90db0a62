"""The content as lines: what letters and running texts are read from."""

from __future__ import annotations

import re

import msgspec

from parsers.blocks import Block
from parsers.labels import lookup
from parsers.text import plain

_WRAPPED = 120
"""A block longer than this may be a whole letter whose paragraphs are divided by white space alone."""
_CELL = 80
_PARAGRAPH = re.compile(r"\s(?<=[。！？；：:;!?）)”]\s)\s*+(?=\S)")
"""White space behind the end of a sentence; it stands first, for a pattern that begins with a class is the quickest."""
_TAIL = re.compile(r"[。！!]\s+(?=[^。！!]*$)")
_GREETING = re.compile(r"^.{0,160}?(?:代表|委员|朋友|同志)[们]?\s?[:：]")


class Line(msgspec.Struct, gc=False):
    """One paragraph of the content."""

    text: str
    place: int
    """The position of its block in the content."""
    box: int = 0
    table: int = 0
    """The number of the table it stands in; 0 outside of tables."""


def of_blocks(blocks: list[Block], start: int = 0, end: int | None = None) -> list[Line]:
    """The paragraphs of a run of blocks; the cells of a row that is prose stand on one line."""
    found: list[Line] = []
    row: tuple[int, int, int] | None = None
    for place in range(start, len(blocks) if end is None else end):
        block = blocks[place]
        if not block.text:
            continue
        here = (block.table, block.row, block.column)
        if (
            row
            and block.table
            and here[:2] == row[:2]
            and here[2] != row[2]
            and _is_prose_row(found[-1].text, block.text)
        ):
            found[-1].text += " " + block.text
        else:
            for text in unfold(block.text):
                found.append(Line(text, place, block.box, block.table))
        row = here
    return found


def _is_prose_row(before: str, text: str) -> bool:
    """Whether two cells of a row are figures or words of a table inside a text, not label and value."""
    if text.endswith(("：", ":")) and not before.endswith(("、", "，", ",")):
        return False
    return len(text) < _CELL and not lookup(before) and not lookup(text)


def unfold(text: str) -> list[str]:
    """The paragraphs of a block that lost its line breaks; ordinary blocks come back whole."""
    if " " not in text or (len(text) < _WRAPPED and not (("：" in text or ":" in text) and _GREETING.match(text))):
        return [text]
    parts = _PARAGRAPH.split(text)
    tail = _TAIL.search(text)
    if tail and len(text) - tail.end() < _WRAPPED and len(parts) > 1:
        last = parts.pop()
        parts += _signed(last)
    elif len(parts) == 1:
        return [text]
    return [part for part in (part.strip() for part in parts) if part]


def _signed(text: str) -> list[str]:
    """The words behind a letter's last sentence: organ, date, clerk, each a line of its own."""
    words, lines = text.split(" "), list[str]()
    for word in words:
        if lines and (len(word) <= 2 or len(lines[-1]) <= 2 or plain(lines[-1][-1]) in ":-" or word[0] in "：:、"):
            lines[-1] += word
        else:
            lines.append(word)
    return lines
