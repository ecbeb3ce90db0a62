"""A page as a flat run of blocks: paragraphs, headings and cells in reading order, each with its place.

HTML and plain text end in the same blocks, so that everything behind them is written once.
"""

from __future__ import annotations

import msgspec

MOST = 20_000
"""Blocks of a page that are read; the longest real page has a tenth of it."""
LONGEST = 50_000
"""Characters of a block that are read."""


class Block(msgspec.Struct):
    """One paragraph, heading or list item, or one paragraph of a cell."""

    text: str
    """Not empty but for a cell without text; line breaks inside are blocks of their own."""
    tag: str = "p"
    """The HTML element that holds it, lower-case; ``pipe`` for a cell of a pipe table in plain text."""
    table: int = 0
    """The innermost table that it stands in, counted from 1; 0 outside tables."""
    row: int = 0
    """The row in that table, from 0."""
    column: int = 0
    """The first column that its cell covers, from 0, spans of the rows above counted in."""
    columns: int = 1
    """How many columns the cell covers."""
    rows: int = 1
    """How many rows the cell covers."""
    box: int = 0
    """The innermost ``div``, ``section``, ``li`` or cell that it stands in; equal for paragraphs of one container."""
    linked: int = 0
    """How many of its characters are the text of links."""

    @property
    def is_link(self) -> bool:
        """Whether it is a link, with a date or a bullet beside it at most."""
        return self.linked > 0 and self.linked + 14 >= len(self.text)


class Link(msgspec.Struct, frozen=True):
    """A link of the page that has text."""

    url: str
    text: str
    block: int
    """The position of the block in which it ends."""


class Blocks(msgspec.Struct):
    """All blocks of a page and what was seen on the way to them."""

    items: list[Block]
    parents: list[int]
    """By table: the table that it is nested in, 0 for none."""
    links: list[Link]
    shape: list[str]
    """The containers on the way, for the layout's fingerprint."""
