"""A page as a flat run of blocks: paragraphs, headings and cells in reading order, each with its place.

HTML and plain text end in the same blocks, so that everything behind them is written once.
"""

from __future__ import annotations

import msgspec

MOST = 20_000
"""Blocks of a page that are read; the longest real page has a tenth of it."""
LONGEST = 50_000
"""Characters of a block that are read."""
BESIDE = 14
"""Characters that may stand beside a link: a date, a bullet."""
TITLE = 12
"""Characters from which on a link's text may be the title of a page."""
COUNTED = 3
"""Titles from which on it does not matter how many a list has."""


class Block(msgspec.Struct, gc=False):
    """One paragraph, heading or list item, or one paragraph of a cell."""

    text: str
    """Not empty but for a cell without text; line breaks inside are blocks of their own."""
    tag: str = "p"
    """The HTML element that holds it, lower-case; ``pipe`` for a cell of a pipe table in plain text."""
    box: int = 0
    """The innermost ``div``, ``section``, ``li`` or cell that it stands in; equal for paragraphs of one container."""
    linked: int = 0
    """How many of its characters are the text of links."""
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
    menu: bool = False
    """Whether it is a list that holds nothing but links, three or more, which is one block without text."""
    titles: int = 0
    """Of such a list: how many of its links have the length of a title, counted up to ``COUNTED``."""

    @property
    def is_link(self) -> bool:
        """Whether it is a link, with a date or a bullet beside it at most, or a list of such."""
        return self.menu or (self.linked > 0 and self.linked + BESIDE >= len(self.text))


class Link(msgspec.Struct, frozen=True):
    """A link of the page that has text, or a frame without."""

    url: str
    text: str


class Box(msgspec.Struct, gc=False):
    """A container of blocks."""

    name: str
    """Tag and class."""
    parent: int
    """The number of the container that it stands in; its own for the page."""


class Blocks(msgspec.Struct):
    """All blocks of a page and what was seen on the way to them."""

    items: list[Block]
    links: list[Link]
    boxes: list[Box]
    """By the number that blocks carry: their containers, for the layout's fingerprint."""
    cut: int = 0
    """Characters of blocks longer than are read, left out."""
    marks: int = 0
    """How many marks of tags that the source left out were found in texts."""
