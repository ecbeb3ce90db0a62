"""An HTML tree to blocks, in one pass over its elements; the same pass for lxml's tree and BeautifulSoup's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag
from lxml import etree

from parsers.blocks import LONGEST, MOST, Block, Blocks, Link
from parsers.labels import lookup

SKIPPED = frozenset(
    ("script", "style", "select", "noscript", "template", "head", "textarea", "button", "svg", "map", "audio", "video")
)
BREAK = "\u2028"
"""Stands before every ``br`` of the source, so that a paragraph's text comes out of one call with its line breaks."""
_TABLE_PARTS = ("table", "tr", "td", "th", "tbody", "thead", "tfoot", "caption")
_LIST_PARTS = ("li", "ul", "ol", "dl", "dt", "dd")
_SECTIONS = (
    "body",
    "section",
    "article",
    "header",
    "footer",
    "nav",
    "aside",
    "main",
    "form",
    "fieldset",
    "figure",
    "html",
)
_PARAGRAPHS = ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "center", "blockquote", "pre", "hr", "legend", "address")
_BLOCK = frozenset((*_TABLE_PARTS, *_LIST_PARTS, *_SECTIONS, *_PARAGRAPHS, "option", "title"))
_BOX = frozenset(("div", "section", "li", "td", "th", "article", "dd", "fieldset", "form"))
_NAMING = frozenset(("strong", "b", "em", "label", "i", "span", "font"))
_FRAMES = frozenset(("iframe", "embed", "object"))
_RUNS = frozenset(("span", "font"))
_SEEN = (
    "p",
    "div",
    "a",
    "script",
    "style",
    "table",
    "iframe",
    "strong",
    "b",
    "em",
    "label",
    "select",
    "textarea",
    "button",
)
_PROSE = 40
_COLON = "\ue000"
_DOUBLE_COLON = re.compile("\\s*[:：︰∶]?\\s*\ue000\\s*[:：︰∶]?")
_MOST_COLUMNS = 200
_LARGEST_SPAN = 64
"""A colspan or rowspan above this is a mistake or an attack."""


class Walker:
    """Collects blocks from the starts, texts and ends of elements."""

    def __init__(self) -> None:
        self.found = Blocks([], [0], [], [])
        self._text: list[str] = []
        self._linked = 0
        self._tags: list[str] = ["p"]
        self._boxes: list[int] = [0]
        self._box_count = 0
        self._tables: list[_Table] = []
        self._link: tuple[str, int] | None = None
        self._begin = 0
        self._named = False

    def start(self, tag: str, get: Callable[[str], Any]) -> None:
        """An element begins."""
        if tag in _BLOCK:
            self._start_block(tag, get)
        elif tag in _NAMING:
            self._begin = len(self._text)
        elif tag == "a":
            self._link = (get("href") or "", len(self._text))
        elif tag in _FRAMES:
            url = get("src") or get("data")
            if url:
                self.found.links.append(Link(str(url), "", len(self.found.items)))

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in _NAMING:
            self._name()
        elif tag == "a":
            self._end_link()
        elif tag in _BLOCK:
            self.flush()
            if tag in ("td", "th"):
                self._end_cell()
            elif tag == "table" and self._tables:
                self._tables.pop()
            if tag in _BOX:
                self._boxes.pop()
            if len(self._tags) > 1:
                self._tags.pop()

    def text(self, text: str) -> None:
        """Text of the element that is open."""
        self._text.append(text)

    def _start_block(self, tag: str, get: Callable[[str], Any]) -> None:
        self.flush()
        self._tags.append(tag)
        if tag in _BOX:
            self._box_count += 1
            self._boxes.append(self._box_count)
            name = get("class") or get("id")
            if name:
                self.found.shape.append(f"{tag}.{name}")
        if tag == "table":
            self.found.parents.append(self._tables[-1].number if self._tables else 0)
            self._tables.append(_Table(len(self.found.parents) - 1))
        elif self._tables:
            if tag == "tr":
                self._tables[-1].start_row()
            elif tag in ("td", "th"):
                self._tables[-1].start_cell(_span(get("colspan")), _span(get("rowspan")), len(self.found.items))

    def _name(self) -> None:
        """A label in an element of its own at the head of a line gets a colon where the page prints none."""
        if len(self._text) - self._begin > 3 or (self._begin and not self._named):
            return
        label = lookup("".join(self._text[self._begin :]))
        if label is not None and not label.cells_only:
            self._text.append(_COLON)
            self._named = True

    def _end_link(self) -> None:
        if self._link is None:
            return
        url, begin = self._link
        self._link = None
        text = "".join(self._text[begin:]).strip()
        self._linked += len(text)
        if text and url:
            self.found.links.append(Link(str(url), text, len(self.found.items)))

    def flush(self) -> None:
        """The text so far becomes one block, or several where it holds line breaks."""
        if not self._text:
            return
        text = "".join(self._text)
        if self._named:
            text = _DOUBLE_COLON.sub("：", text)
            self._named = False
        linked, self._text, self._linked, self._begin = self._linked, [], 0, 0
        for line in text.split(BREAK):
            line = " ".join(line.split())
            if line:
                self._add(line, min(linked, len(line)))

    def _add(self, text: str, linked: int) -> None:
        block = Block(text[:LONGEST], self._tags[-1], box=self._boxes[-1], linked=linked)
        if self._tables:
            self._tables[-1].place(block)
        self.found.items.append(block)

    def _end_cell(self) -> None:
        """A cell without any block of its own is kept as an empty one: the value that a label lacks."""
        if self._tables and self._tables[-1].first == len(self.found.items):
            block = Block("", self._tags[-1], box=self._boxes[-1])
            self._tables[-1].place(block)
            self.found.items.append(block)


class _Table:
    """Where the next cell of an open table stands."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.first = -1
        self._row = -1
        self._column = 0
        self._next = 0
        self._columns = self._rows = 1
        self._taken: dict[int, int] = {}

    def start_row(self) -> None:
        self._row += 1
        self._next = 0
        if self._taken:
            self._taken = {column: left - 1 for column, left in self._taken.items() if left > 1}

    def start_cell(self, columns: int, rows: int, first: int) -> None:
        while self._next in self._taken:
            self._next += 1
        self._column, self._columns, self._rows, self.first = self._next, columns, rows, first
        self._next += columns
        if rows > 1 and self._next < _MOST_COLUMNS:
            self._taken.update(dict.fromkeys(range(self._column, self._next), rows))

    def place(self, block: Block) -> None:
        block.table, block.row, block.column = self.number, max(self._row, 0), self._column
        block.columns, block.rows = self._columns, self._rows


def _span(value: Any) -> int:
    text = str(value or "1").strip()
    return min(max(int(text), 1), _LARGEST_SPAN) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def from_tree(root: Any) -> Blocks:
    """The blocks of an lxml tree."""
    walker = Walker()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if len(walker.found.items) >= MOST:
                break
            if tag in SKIPPED:
                walk.skip_subtree()
                continue
            walker.start(tag, element.get)
            text = _prose(element) if tag == "p" else None
            if text is not None:
                walk.skip_subtree()
                walker.text(text)
                continue
            text = element.text
            if text:
                walker.text(text)
        else:
            if tag not in SKIPPED:
                walker.end(tag)
            text = element.tail
            if text:
                walker.text(text)
    walker.flush()
    return walker.found


def _prose(element: Any) -> str | None:
    """All text of a long paragraph of nothing but runs of text, in one call; ``None`` where its parts must be seen."""
    if len(element) and (element[0].tag not in _RUNS or next(element.iter(*_SEEN), None) is not None):
        return None
    text = "".join(element.itertext())
    return text if len(text) > _PROSE else None


def from_soup(soup: BeautifulSoup) -> Blocks:
    """The blocks of a BeautifulSoup tree, however deep it is."""
    walker, stack = Walker(), [(iter(soup.contents), "")]
    while stack:
        children, tag = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if tag:
                walker.end(tag)
        elif isinstance(child, Tag):
            if child.name not in SKIPPED:
                walker.start(child.name, child.get)
                stack.append((iter(child.contents), child.name))
        elif type(child) is NavigableString:
            walker.text(child)
    walker.flush()
    return walker.found
