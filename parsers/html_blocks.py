"""An HTML tree to blocks, in one pass over its elements; the same pass for lxml's tree and BeautifulSoup's."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag
from lxml import etree

from parsers.blocks import LONGEST, MOST, Block, Blocks, Box, Link
from parsers.labels import lookup

SKIPPED = frozenset(
    ("script", "style", "select", "noscript", "template", "head", "textarea", "button", "svg", "map", "audio", "video")
)
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
_BOX = frozenset(("div", "section", "li", "td", "th", "article", "main", "dd", "fieldset", "form"))
_ENTITY = "\u200b"
"""A zero-width space that the source prints as an entity; those printed as they are go before the tree."""
BREAK = "\u2028"
"""Stands for a ``br`` in the text of a paragraph."""
COLON = "\ue000"
"""Stands behind a label in an element of its own at the head of a line, where the page may print no colon."""
_NAMING = frozenset(("strong", "b", "em", "label", "i", "span", "font"))
_CELLS = frozenset(("td", "th"))
_SHAPING = frozenset(("div", "section", "article", "main", "form"))
"""Elements whose classes tell one template from another; list items and cells repeat."""
_FRAMES = frozenset(("iframe", "embed", "object"))
_RUNS = ("span", "font", "u", "o:p")
"""Elements that editors cut the text of a paragraph into."""
_STRONG = ("strong", "b", "em", "label", "i")
_NOT_PROSE = tuple(_BLOCK - {"p"} | SKIPPED | _FRAMES | {"a", "input"})
_IN_PROSE = frozenset(("p", "br", *_STRONG))
_GROUP = "x-paragraphs"
_PROSE = 3
"""Children from which on it pays to read an element's paragraphs in one call."""
_FIRST = 3
"""How many runs may stand one inside the other round a paragraph's label."""
_LABEL = 16
_WITHIN = ("#", "javascript:")
_DOUBLE_COLON = re.compile(f"\\s*[:：︰∶]?\\s*{COLON}\\s*[:：︰∶]?")
_MOST_COLUMNS = 200
_LARGEST_SPAN = 64
"""A colspan or rowspan above this is a mistake or an attack."""


class Walker:
    """Collects blocks from the starts, texts and ends of elements."""

    def __init__(self) -> None:
        self.found = Blocks([], [], [Box("", 0)])
        self.pending: list[str] = []
        """The texts of the paragraph that is open."""
        self._linked = 0
        self._tags: list[str] = ["p"]
        self._boxes: list[int] = [0]
        self._tables: list[_Table] = []
        self._table_count = 0
        self._link: tuple[Any, int] | None = None
        self._begin = 0
        self._named = False

    def start(self, tag: str, element: Any) -> None:
        """An element begins; it may be asked for its attributes by ``get``."""
        if tag in _BLOCK:
            self._start_block(tag, element)
        elif tag == "a":
            self._link = (element, len(self.pending))
        elif tag == "br":
            if self.pending:
                self.pending.append(BREAK)
        elif tag in _NAMING:
            self._begin = len(self.pending)
        elif tag == "input":
            if element.get("type") in (None, "text"):
                self.add_locked(element, element.get("value"))
        elif tag in _FRAMES:
            url = element.get("src") or element.get("data")
            if url:
                self.found.links.append(Link(str(url), ""))

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in _BLOCK:
            if self.pending:
                self.flush()
            if tag in _CELLS:
                self._end_cell()
            elif tag == "table" and self._tables:
                self._tables.pop()
            if tag in _BOX:
                self._boxes.pop()
            if len(self._tags) > 1:
                self._tags.pop()
        elif tag == "a":
            self._end_link()
        elif tag in _NAMING:
            self._name()

    def _start_block(self, tag: str, element: Any) -> None:
        if self.pending:
            self.flush()
        self._tags.append(tag)
        if tag in _BOX:
            name = f"{tag}.{element.get('class') or element.get('id') or ''}" if tag in _SHAPING else tag
            self.found.boxes.append(Box(name, self._boxes[-1]))
            self._boxes.append(len(self.found.boxes) - 1)
        if tag == "table":
            self._table_count += 1
            self._tables.append(_Table(self._table_count))
        elif self._tables:
            if tag == "tr":
                self._tables[-1].start_row()
            elif tag in _CELLS:
                spans = _span(element.get("colspan")), _span(element.get("rowspan"))
                self._tables[-1].start_cell(*spans, len(self.found.items))

    def _name(self) -> None:
        """A label in an element of its own at the head of a line gets a colon where the page prints none."""
        if len(self.pending) - self._begin > 3 or (self._begin and not self._named):
            return
        label = lookup("".join(self.pending[self._begin :]))
        if label is not None and not label.cells_only:
            self.pending.append(COLON)
            self._named = True

    def _end_link(self) -> None:
        if self._link is None:
            return
        element, begin = self._link
        self._link = None
        text = "".join(self.pending[begin:]).strip()
        if _is_tab(element.get("href"), text):
            self.pending[begin:] = [BREAK, text, BREAK]
        else:
            self._linked += len(text)
        if text and (url := element.get("href")):
            self.found.links.append(Link(str(url), text))

    def flush(self) -> None:
        """The text so far becomes one block, or several where it holds line breaks."""
        text = "".join(self.pending)
        if COLON in text:
            text = _DOUBLE_COLON.sub("：", text)
        linked = self._linked
        self.pending.clear()
        self._linked = self._begin = 0
        self._named = False
        for line in text.split(BREAK) if BREAK in text else (text,):
            line = " ".join(line.split())
            if line:
                self._add(line, min(linked, len(line)))

    def _add(self, text: str, linked: int) -> None:
        if len(self.found.items) >= MOST:
            return
        if _ENTITY in text:
            text = text.replace(_ENTITY, "")
        if len(text) > LONGEST:
            self.found.cut += len(text) - LONGEST
            text = text[:LONGEST]
        block = Block(text, self._tags[-1], self._boxes[-1], linked)
        if self._tables:
            self._tables[-1].place(block)
        self.found.items.append(block)

    def add_locked(self, field: Any, value: Any) -> None:
        """What a form prints in a field that nobody may fill in; an open field is a search box."""
        if value and (field.get("readonly") is not None or field.get("disabled") is not None):
            self.pending.append(BREAK.join(str(value).splitlines()))

    def add_menu(self, element: Any) -> None:
        """A list of links that the source keeps as their number only."""
        links, titles = _number(element.get("data-links")), _number(element.get("data-titles"))
        if links:
            self.found.items.append(Block("", "ul", self._boxes[-1], links=links, titles=titles))

    def add_prose(self, element: Any) -> bool:
        """The paragraphs of an element that holds nothing else, in one call; ``False`` for every other element."""
        if len(element) < _PROSE or element[0].tag not in _IN_PROSE or element[-1].tag not in _IN_PROSE:
            return False
        if next(element.iterchildren(*_RUNS), None) is not None:
            return False
        if next(element.iterdescendants(*_NOT_PROSE), None) is not None:
            return False
        if any(_is_label(run) for run in element.iter(*_STRONG)):
            return False
        if not _mark_paragraphs(element):
            return False
        if self.pending:
            self.flush()
        tag = element.tag if element.tag == "th" else "p"
        self._tags.append(tag)
        for line in _text(element).split(BREAK):
            line = " ".join(line.split())
            if line:
                self._add(line, 0)
        self._tags.pop()
        return True

    def _end_cell(self) -> None:
        """A cell without any block of its own is kept as an empty one: the value that a label lacks."""
        if self._tables and self._tables[-1].first == len(self.found.items):
            block = Block("", self._tags[-1], self._boxes[-1])
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
        self._row = max(self._row, 0)
        while self._next in self._taken:
            self._next += 1
        self._column, self._columns, self._rows, self.first = self._next, columns, rows, first
        self._next += columns
        if rows > 1 and self._next < _MOST_COLUMNS:
            self._taken.update(dict.fromkeys(range(self._column, self._next), rows))

    def place(self, block: Block) -> None:
        """Note where a block stands; a caption stands above the first row and is no cell."""
        if self._row < 0:
            return
        block.table, block.row, block.column = self.number, self._row, self._column
        block.columns, block.rows = self._columns, self._rows


def _span(value: Any) -> int:
    return min(max(_number(value), 1), _LARGEST_SPAN) if value else 1


def _number(value: Any) -> int:
    """A number of up to five digits; 0 for everything else."""
    text = str(value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def from_tree(root: Any) -> Blocks:
    """The blocks of an lxml tree, which is changed on the way."""
    walker = Walker()
    start, end, pending, items = walker.start, walker.end, walker.pending, walker.found.items
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in SKIPPED:
                if tag == "textarea":
                    walker.add_locked(element, element.text)
                walk.skip_subtree()
                continue
            start(tag, element)
            if tag == "p":
                if len(element) and not _begins_with_label(element):
                    etree.strip_tags(element, *_RUNS)
            elif tag == "ul":
                walker.add_menu(element)
            elif tag in _BOX or tag == _GROUP:
                if walker.add_prose(element):
                    walk.skip_subtree()
                    continue
                if tag != _GROUP and len(element) > 2 * _PROSE:
                    _group(element)
            text = element.text
        else:
            if tag not in SKIPPED:
                end(tag)
            text = element.tail
        if text and (pending or not text.isspace()):
            pending.append(text)
        if len(items) >= MOST:
            break
    walker.flush()
    return walker.found


def _text(element: Any) -> str:
    text: str = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
    return text


def _group(element: Any) -> None:
    """Put a transparent element round the runs of paragraphs between other children, so that each is read at once."""
    for is_paragraph, run in groupby(list(element), key=lambda child: child.tag == "p"):
        paragraphs = list(run)
        if is_paragraph and len(paragraphs) >= _PROSE:
            group = element.makeelement(_GROUP)
            paragraphs[0].addprevious(group)
            group.extend(paragraphs)


def _mark_paragraphs(element: Any) -> bool:
    """Put a break round every paragraph; ``False`` where one begins with a label, or holds what cannot be written.

    lxml hands out control characters that it does not take back. Breaks set before are white space like any other.
    """
    try:
        for part in element.iter("p", "br"):
            if part.tag == "p":
                if len(part) and _begins_with_label(part):
                    return False
                part.text = BREAK + (part.text or "")
            part.tail = BREAK + (part.tail or "")
    except ValueError:
        return False
    return True


def _is_tab(url: Any, text: str) -> bool:
    """Whether a link within the page is the head of a tab, a line of its own: 提案内容, 办理答复."""
    label = lookup(text) if 0 < len(text) < _LABEL and str(url or "").startswith(_WITHIN) else None
    return label is not None and label.long


def _is_label(run: Any) -> bool:
    text = _text(run)
    return len(text) < _LABEL and lookup(text) is not None


def _begins_with_label(paragraph: Any) -> bool:
    """Whether the first run of a paragraph may be a label of its own; all other runs are taken out in one go."""
    run, text = paragraph, paragraph.text
    for _ in range(_FIRST):
        if text and not text.isspace():
            return run is not paragraph and len(text) < _LABEL and lookup(text.strip()) is not None
        if not len(run):
            return False
        run = run[0]
        text = run.text
    return True


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
                walker.start(child.name, child)
                stack.append((iter(child.contents), child.name))
            elif child.name == "textarea":
                walker.add_locked(child, child.string)
        elif type(child) is NavigableString:
            walker.pending.append(child)
    walker.flush()
    return walker.found
