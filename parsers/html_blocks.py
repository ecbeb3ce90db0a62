"""An HTML tree to blocks, in one pass over its elements; the same pass for lxml's tree and BeautifulSoup's."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag
from lxml import etree

from parsers.blocks import LONGEST, MOST, Block, Blocks, Box, Link
from parsers.labels import WIDEST, lookup
from parsers.text import colon_of

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
_BOX = frozenset(("div", "section", "li", "td", "th", "article", "main", "dd", "fieldset", "form", "footer"))
_ENTITY = "\u200b"
"""A zero-width space that the source prints as an entity; those printed as they are go before the tree."""
BREAK = "\u2028"
"""Stands for a ``br`` in the text of a paragraph."""
PARAGRAPH = "\u2029"
"""Stands for the end of a paragraph and the start of another."""
RUN = "\ufdd0"
"""Stands for the end of a ``span`` and the start of another."""
COLON = "\ue000"
"""Stands behind a label in an element of its own at the head of a line, where the page may print no colon."""
_NAMING = frozenset(("strong", "b", "em", "label", "i", "span", "font"))
_CELLS = frozenset(("td", "th"))
_SHAPING = frozenset(("div", "section", "article", "main", "form", "footer"))
"""Elements whose classes tell one template from another; list items and cells repeat."""
_FRAMES = frozenset(("iframe", "embed", "object"))
_LABEL = 16
_WITHIN = ("#", "javascript:")
_DOUBLE_COLON = re.compile(f"\\s*[:：︰∶]?\\s*{COLON}\\s*[:：︰∶]?")
_INFO = 200
"""Characters of the longest line whose runs are looked at one by one: 来源, date and counter in a span each."""
_DATE = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s\d{1,2}:\d\d(?::\d\d)?)?")
_ONE_DIGIT = re.compile(r"\D\d\s*$")
"""How a date ends whose day may go on in the next run: 2024-05-2 and 2."""
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
        self._tabs = False
        """Whether the open paragraph holds heads of tabs, which are no links to other pages."""

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

    def text(self, text: str) -> None:
        """The text between two tags; white space at the head of a line is none."""
        if PARAGRAPH in text or BREAK in text or RUN in text:
            self._marked(text)
        elif self.pending or not text.isspace():
            self.pending.append(text)

    def _marked(self, text: str) -> None:
        """Text with marks instead of tags: what the tags would have done."""
        first, *others = text.split(PARAGRAPH)
        self.found.marks += len(others)
        self._lines(first)
        if others:
            if self.pending:
                self.flush()
            self._paragraphs(others[:-1])
            self._lines(others[-1])

    def _paragraphs(self, paragraphs: list[str]) -> None:
        """Whole paragraphs; one whose runs say nothing is a block as it is, without a look at each of them."""
        for paragraph in paragraphs:
            place = paragraph.find(RUN)
            if BREAK in paragraph or (-1 < place <= WIDEST and _runs_matter(paragraph, place)):
                self._lines(paragraph)
                self.flush()
                continue
            line = paragraph.replace(RUN, "") if place >= 0 else paragraph
            self.found.marks += len(paragraph) - len(line)
            if words := line.split():
                self._add(" ".join(words), 0)

    def _lines(self, paragraph: str) -> None:
        first, *others = paragraph.split(BREAK)
        self._runs(first)
        for line in others:
            self.found.marks += 1
            if self.pending:
                self.pending.append(BREAK)
            self._runs(line)

    def _runs(self, line: str) -> None:
        """The runs of a line; behind the first only one that follows a label may be a label itself."""
        if RUN not in line:
            self._run(line)
            return
        runs = (_apart(line) if _is_info(line) else line).split(RUN)
        self.found.marks += len(runs) - 1
        self._run(runs[0])
        for place in range(1, len(runs)):
            self._name()
            self._begin = len(self.pending)
            if self._begin and not self._named:
                self.pending.append("".join(runs[place:]))
                return
            self._run(runs[place])

    def _run(self, run: str) -> None:
        if run and (self.pending or not run.isspace()):
            self.pending.append(run)

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
        if _is_tab(element.get("href"), text, self._tabs):
            self.pending[begin:] = [BREAK, text, BREAK]
            self._tabs = True
        else:
            self._linked += len(text)
        if text and (url := element.get("href")):
            self.found.links.append(Link(str(url), text))

    def flush(self) -> None:
        """The text so far becomes one block, or several where it holds line breaks."""
        text, linked = "".join(self.pending), 0 if self._tabs else self._linked
        if self._named:
            text = BREAK.join(heads) if (heads := _heads(text)) else _DOUBLE_COLON.sub("：", text)
        self.pending.clear()
        self._linked = self._begin = 0
        self._named = self._tabs = False
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
        place = self._tables[-1].place if self._tables else ()
        self.found.items.append(Block(text, self._tags[-1], self._boxes[-1], linked, *place))

    def add_locked(self, field: Any, value: Any) -> None:
        """What a form prints in a field that nobody may fill in; an open field is a search box."""
        if value and (field.get("readonly") is not None or field.get("disabled") is not None):
            self.pending.append(BREAK.join(str(value).splitlines()))

    def add_menu(self, element: Any) -> None:
        """A list of links of which the source keeps only how many are titles."""
        titles = element.get("data-titles")
        if titles is not None:
            self.found.items.append(Block("", "ul", self._boxes[-1], menu=True, titles=_number(titles)))

    def _end_cell(self) -> None:
        """A cell without any block of its own is kept as an empty one: the value that a label lacks."""
        if self._tables and self._tables[-1].first == len(self.found.items):
            self.found.items.append(Block("", self._tags[-1], self._boxes[-1], 0, *self._tables[-1].place))


class _Table:
    """Where the next cell of an open table stands."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.first = -1
        self.place: tuple[()] | tuple[int, int, int, int, int] = ()
        """Of the open cell: table, row, column and how many columns and rows it covers; a caption has none."""
        self._row = -1
        self._next = 0
        self._taken: dict[int, int] = {}

    def start_row(self) -> None:
        self._row += 1
        self._next = 0
        column, columns, rows = self.place[2:] if self.place else (0, 1, 1)
        self.place = self.number, self._row, column, columns, rows
        if self._taken:
            self._taken = {column: left - 1 for column, left in self._taken.items() if left > 1}

    def start_cell(self, columns: int, rows: int, first: int) -> None:
        self._row = max(self._row, 0)
        while self._next in self._taken:
            self._next += 1
        column, self.first = self._next, first
        self._next += columns
        self.place = self.number, self._row, column, columns, rows
        if rows > 1 and self._next < _MOST_COLUMNS:
            self._taken.update(dict.fromkeys(range(column, self._next), rows))


def _heads(text: str) -> list[str]:
    """The heads of tabs that are no links, in elements of their own side by side: 提案内容, 办理答复."""
    heads = [head for head in map(str.strip, text.split(COLON)) if head]
    labels = [lookup(head) for head in heads]
    return heads if len(heads) > 1 and all(labels) and sum(label.long for label in labels if label) > 1 else []


def _is_info(line: str) -> bool:
    """Whether a line may be source, date and counter of a page, a run each."""
    return len(line) <= _INFO and "。" not in line


def _runs_matter(paragraph: str, place: int) -> bool:
    """Whether a paragraph is to be read run by run: it may begin with a label, which ends at ``place``."""
    first = paragraph[:place]
    return _is_info(paragraph) or not first or first.isspace() or lookup(first) is not None


def _apart(line: str) -> str:
    """A line of runs with a space before each that begins with a label, and on both sides of a date of its own."""
    first, *others = line.split(RUN)
    found, before = [first], first
    for run in others:
        divided = _begins_anew(run) or (
            _DATE.fullmatch(before.strip()) and not (run[:1].isdigit() and _ONE_DIGIT.search(before))
        )
        found.append(" " + run if divided else run)
        before = run
    return RUN.join(found)


def _begins_anew(run: str) -> bool:
    colon = colon_of(run, WIDEST)
    label = lookup(run[:colon]) if colon > 0 else None
    return (label is not None and not label.cells_only) or _DATE.fullmatch(run.strip()) is not None


def _span(value: Any) -> int:
    return min(max(_number(value), 1), _LARGEST_SPAN) if value else 1


def _number(value: Any) -> int:
    """A number of up to five digits; 0 for everything else."""
    text = str(value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def from_tree(root: Any) -> Blocks:
    """The blocks of an lxml tree."""
    walker = Walker()
    start, end, add, items = walker.start, walker.end, walker.text, walker.found.items
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
            if tag == "ul":
                walker.add_menu(element)
            text = element.text
        else:
            if tag not in SKIPPED:
                end(tag)
            text = element.tail
        if text:
            add(text)
        if len(items) >= MOST:
            break
    walker.flush()
    return walker.found


def _is_tab(url: Any, text: str, beside: bool) -> bool:
    """Whether a link that leads nowhere else is the head of a tab, a line of its own: 提案内容, 办理答复.

    ``beside``: whether another one stands in front of it; then any label will do: 委员反馈.
    """
    within = not url or str(url).startswith(_WITHIN)
    label = lookup(text) if 0 < len(text) < _LABEL and within else None
    return label is not None and (label.long or beside)


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
            walker.text(child)
    walker.flush()
    return walker.found
