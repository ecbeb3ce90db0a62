"""What is known of a page before its type is decided."""

from __future__ import annotations

from functools import cached_property

import msgspec

from parsers import blocks, grid, lines, tabs, titles
from parsers.blocks import Block
from parsers.document import Document
from parsers.found import Found
from parsers.furniture import MOST, Content, content
from parsers.grid import Grid
from parsers.layouts import letter
from parsers.layouts.letter import Letter
from parsers.lines import Line
from parsers.record import Problem
from parsers.text import han

COUNTED = 500


class Facts(msgspec.Struct, dict=True):
    """A page, read once; every layout builds on this."""

    document: Document
    content: Content
    grid: Grid
    lines: list[Line]
    letters: list[Letter]
    title: Found[str] | None

    @cached_property
    def han(self) -> int:
        """Chinese characters of the content, counted up to ``COUNTED``: whether there are few is what matters."""
        return _few(self.content.blocks)

    @cached_property
    def labelled(self) -> frozenset[str]:
        """The fields whose labels stand on the page with a value."""
        return frozenset(field for pair in self.grid.pairs if not pair.blank for field in pair.label.fields)

    def labels(self, *fields: str) -> bool:
        """Whether a label of one of the fields stands on the page with a value."""
        return not self.labelled.isdisjoint(fields)

    def foreign(self) -> int:
        """How many labels of another kind of page there are."""
        return sum(pair.label.foreign is not None for pair in self.grid.pairs)


def gather(document: Document) -> Facts:
    """Everything that the layouts need."""
    main = content(document.blocks, document.html)
    if len(main.blocks) >= MOST or len(document.blocks.items) >= blocks.MOST:
        document.problems.append(Problem("too-many-blocks", f"content read up to {MOST} paragraphs and cells"))
    table = grid.read(main.blocks)
    if document.html:
        tabs.fill(table.pairs, main.blocks, document.blocks)
    paragraphs = lines.of_blocks(main.blocks)
    title = titles.outer(document, main.blocks, table.pairs, main.path)
    letters = letter.find(paragraphs, title.value if title else "")
    return Facts(document, main, table, paragraphs, letters, title)


def _few(blocks: list[Block]) -> int:
    texts, length = list[str](), 0
    for block in blocks:
        texts.append(block.text)
        length += len(block.text)
        if length >= 2 * COUNTED:
            break
    return min(han("".join(texts)[: 2 * COUNTED]), COUNTED)
