"""Blocks to label/value pairs: tables, div grids, definition lists, label lines and pipe text by one engine."""

from __future__ import annotations

import re

import msgspec

from parsers.blocks import Block
from parsers.fields import departments
from parsers.label_lines import glued, split
from parsers.labels import LONGEST, Label, lookup
from parsers.record import Problem
from parsers.text import COLONS, plain

_ORDINAL = re.compile(r"\s?[一二三四五六][、.．]\s?")
_LETTER_LABELS = frozenset(("contact_name", "contact_phone", "signer", "category", "disclosure", "doc_number"))
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_LISTED = frozenset(("host_departments", "co_departments"))
_SHORT_VALUE = 300
_ROW_LABEL = 12
_PARAGRAPHS = 4
"""From more paragraphs on a cell is a part of the page, laid out in a table, and no value."""
_NOTHING = re.compile(
    r"-{0,2}|/|—{1,2}|空|略|null|None|\(?(?:暂?无|[暂还]?没有)(?:相关|此项)?"
    r"(?:答复|回复|办复|评价|反馈|意见|内容|信息|数据|记录|附件)?(?:内容|意见|信息)?[。.]?\)?"
)
"""What systems print where a value is missing: 无, 暂无答复."""
_NOT_YET = re.compile(r"\(?(?:尚未|暂未|还?未)(?:作出)?(?:答复|回复|办复|办理|办结|评价|反馈|提交|填写)?[。.]?\)?")
"""The same where a long text should stand; a status of this wording is one."""
_NOTHING_LENGTH = 12


class Pair(msgspec.Struct):
    """A label with its value and their place."""

    label: Label
    printed: str
    """The label as printed."""
    lines: list[str]
    """The paragraphs of the value; empty where the page leaves it blank."""
    start: int
    """The position of the label's block."""
    end: int
    """The position behind the value's last block."""
    first: int
    """The position of the value's first block; equal to ``start`` where they share a line."""

    @property
    def value(self) -> str:
        """The whole value."""
        return "\n".join(self.lines)

    @property
    def blank(self) -> bool:
        """Whether it has no value, or one that says that there is none: 无, 暂无答复, -."""
        return not self.lines or (len(self.lines) == 1 and _says_nothing(self.lines[0], self.label.long))


class Grid(msgspec.Struct):
    """All pairs of a page in printed order."""

    pairs: list[Pair]
    problems: list[Problem]
    data_rows: int = 0
    """How many rows of tables stand under a row of labels: one row is a form, many are a list."""


class _Cell(msgspec.Struct):
    column: int
    columns: int
    rows: int
    blocks: list[int]
    text: str
    label: Label | None
    head: bool


def read(blocks: list[Block]) -> Grid:
    """The pairs of a run of blocks."""
    return _Reader(blocks).read()


class _Reader:
    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks
        self.grid = Grid([], [])
        self.open: Pair | None = None
        self.open_table = 0

    def read(self) -> Grid:
        place = 0
        while place < len(self.blocks):
            block = self.blocks[place]
            place = self._table_row(place) if block.table else self._line(place)
        self._tabs()
        return self.grid

    def _tabs(self) -> None:
        """The heads of tabs: long labels side by side, all values behind the last one, each in a box of its own."""
        pairs, start = self.grid.pairs, 0
        while start < len(pairs):
            end = start + 1
            while end < len(pairs) and _is_beside(pairs[end - 1], pairs[end]):
                end += 1
            if end - start > 1:
                self._share(pairs[start:end])
            start = end

    def _share(self, heads: list[Pair]) -> None:
        """Give each head the lines of its box."""
        places = [place for place in range(heads[-1].first, heads[-1].end) if self.blocks[place].text]
        boxes = list(dict.fromkeys(self.blocks[place].box for place in places))
        if len(boxes) != len(heads) or len(places) != len(heads[-1].lines):
            return
        for head, box in zip(heads, boxes, strict=True):
            mine = [place for place in places if self.blocks[place].box == box]
            head.lines = [self.blocks[place].text for place in mine]
            head.first, head.end = mine[0], mine[-1] + 1

    # Rows of tables

    def _row_end(self, place: int) -> int:
        blocks, first, end = self.blocks, self.blocks[place], place + 1
        while end < len(blocks) and blocks[end].row == first.row and blocks[end].table == first.table:
            end += 1
        return end

    def _cells(self, place: int, end: int) -> list[_Cell]:
        cells: list[_Cell] = []
        for index in range(place, end):
            block = self.blocks[index]
            if cells and cells[-1].column == block.column:
                cells[-1].blocks.append(index)
                if len(cells[-1].blocks) <= LONGEST:
                    self._wrap(cells[-1])
            else:
                label = lookup(block.text) if block.text else None
                head = block.tag == "th" or block.text.endswith(COLONS)
                cells.append(_Cell(block.column, block.columns, block.rows, [index], block.text, label, head))
        return cells

    def _wrap(self, cell: _Cell) -> None:
        """A narrow cell may print its label over several lines, down to one character a line."""
        text = ""
        for index in cell.blocks:
            text += self.blocks[index].text
            if len(text) > LONGEST:
                break
        cell.label = lookup(text) if len(text) <= LONGEST else None
        cell.text = text if cell.label else self.blocks[cell.blocks[0]].text

    def _table_row(self, place: int) -> int:
        end = self._row_end(place)
        cells = self._cells(place, end)
        filled = [cell for cell in cells if cell.text]
        if len(filled) == 1:
            return self._single(filled[0], end)
        labels = [cell for cell in filled if cell.label]
        if len(labels) >= 2 and len(labels) >= 0.6 * len(filled) and self._is_header(filled, end):
            return self._under_header(cells, end)
        self._pairs_of_row(cells, place, end)
        return end

    def _single(self, cell: _Cell, end: int) -> int:
        """A row with one cell that holds anything: a label, a label line or paragraphs."""
        if cell.label:
            self._close()
            self._open(cell.label, cell.text, cell.blocks[0], self.blocks[cell.blocks[0]].table)
            return end
        for index in cell.blocks:
            self._line(index)
        return end

    def _is_header(self, filled: list[_Cell], end: int) -> bool:
        """Whether the values of a row of labels stand in the row below: a row that begins with no label."""
        if any(len(cell.blocks) > 1 or len(cell.text) > LONGEST + 4 for cell in filled):
            return False
        if not all(cell.label or len(cell.text) <= _ROW_LABEL for cell in filled):
            return False
        if end >= len(self.blocks) or self.blocks[end].table != self.blocks[end - 1].table:
            return False
        below = self._cells(end, self._row_end(end))
        values = [cell for cell in below if cell.text]
        return len(below) > 1 and len(below) >= len(filled) - 1 and not any(cell.label for cell in values[:1])

    def _under_header(self, heads: list[_Cell], end: int) -> int:
        """The rows under a row of labels; one row gives pairs, more are a list of many."""
        self._close()
        rows: list[tuple[int, list[_Cell]]] = []
        while end < len(self.blocks) and self.blocks[end].table == self.blocks[end - 1].table:
            following = self._row_end(end)
            cells = self._cells(end, following)
            if rows and (len(cells) < 2 or cells[0].label):
                break
            rows.append((end, cells))
            end = following
        self.grid.data_rows = max(self.grid.data_rows, len(rows))
        if len(rows) == 1:
            for head in heads:
                values = [cell for cell in rows[0][1] if head.column <= cell.column < head.column + head.columns]
                self._pair(head, [index for cell in values for index in cell.blocks if self.blocks[index].text])
        return end

    def _pairs_of_row(self, cells: list[_Cell], place: int, end: int) -> None:
        """Labels and values side by side."""
        if not any(cell.label for cell in cells):
            self._unlabelled(cells, place, end)
            return
        self._close()
        index = 0
        while index < len(cells):
            cell = cells[index]
            index += 1
            if cell.label is None:
                self._loose(cell, index, cells)
                continue
            values: list[int] = []
            if self._hides_label(cell, cells[index:]):
                self._pair(cell, [block for block in cells[index].blocks if self.blocks[block].text])
                index += 1
                continue
            while index < len(cells) and (cells[index].label is None) and not (values and cells[index].head):
                values += [block for block in cells[index].blocks if self.blocks[block].text]
                index += 1
                if (
                    index < len(cells)
                    and cells[index].text
                    and not cells[index].label
                    and self._looks_label(cells[index])
                ):
                    break
            if not values and len(cells) == index and (cell.label.long or cell.rows == 1) and len(cells) == 1:
                self._open(cell.label, cell.text, cell.blocks[0], self.blocks[place].table)
            else:
                self._pair(cell, values)

    def _hides_label(self, label: _Cell, behind: list[_Cell]) -> bool:
        """Whether value, unknown label and value stand behind a short label, so that only the first is its own."""
        end = next((place for place, cell in enumerate(behind) if cell.label), len(behind))
        odd = label.label is not None and not label.label.long and end > 2 and end % 2 == 1
        return odd and all(0 < len(cell.text) <= _ROW_LABEL for cell in behind[1:end:2])

    def _looks_label(self, cell: _Cell) -> bool:
        return cell.head and len(cell.text) <= _ROW_LABEL and len(cell.blocks) == 1

    def _loose(self, cell: _Cell, index: int, cells: list[_Cell]) -> None:
        """A cell in a label's position that is none: a label line of its own, a group's heading or unknown."""
        if not cell.text:
            return
        if len(cell.blocks) > 1 or split(cell.text):
            for block in cell.blocks:
                self._line(block)
        elif cell.rows == 1 and len(cell.text) <= _ROW_LABEL and index < len(cells) and not cells[index].label:
            self.grid.problems.append(Problem("unknown-label", cell.text[:40]))

    def _unlabelled(self, cells: list[_Cell], place: int, end: int) -> None:
        """A row without a label of the vocabulary: cells that are label lines, or text of an open value."""
        if any(split(cell.text) or len(cell.blocks) > _PARAGRAPHS for cell in cells if cell.text):
            for cell in cells:
                for index in cell.blocks:
                    if self.blocks[index].text:
                        self._line(index)
            return
        if self.open is None and len(cells) == 2 and self._looks_label(cells[0]):
            self.grid.problems.append(Problem("unknown-label", cells[0].text[:40]))
            return
        if self.open is not None:
            self.open.lines.append(" ".join(cell.text for cell in cells if cell.text))
            self.open.end = end

    def _pair(self, head: _Cell, values: list[int]) -> None:
        if head.label is None:
            return
        lines = [self.blocks[index].text for index in values]
        start = head.blocks[0]
        first = values[0] if values else start
        self.grid.pairs.append(Pair(head.label, head.text, lines, start, (values or [start])[-1] + 1, first))
        if lines and head.label.long:
            self._inside(values)
            if self.blocks[values[-1]].tag == "pipe" and self.grid.pairs[-1].label is head.label:
                self.open, self.open_table = self.grid.pairs[-1], 0

    def _inside(self, values: list[int]) -> None:
        """The label lines that a long value begins with: 代表姓名：…, 题目：…, 内容：…."""
        if not split(self.blocks[values[0]].text):
            return
        inner = _Reader([self.blocks[index] for index in values])
        for index in range(len(values)):
            inner._line(index)
        for pair in inner.grid.pairs:
            pair.start, pair.first, pair.end = values[pair.start], values[pair.first], values[pair.end - 1] + 1
        if any(pair.label.long and pair.lines for pair in inner.grid.pairs):
            self.grid.pairs.pop()
        self.grid.pairs += inner.grid.pairs

    # Lines

    def _line(self, place: int) -> int:
        """One line: a label alone, label and value, or text of the value that is open."""
        text = self.blocks[place].text
        label = lookup(text) or _numbered(text)
        if label is not None and not label.cells_only:
            if self.blocks[place].tag == "dt" or not self._keeps(label, place):
                self._close()
                self._open(label, text, place, self.blocks[place].table)
                return place + 1
        elif label is None:
            pairs = split(text) or glued(text)
            if pairs and not self._keeps(pairs[0][0], place):
                self._close()
                self._line_pairs(pairs, place)
                return place + 1
        self._more(place)
        return place + 1

    def _keeps(self, label: Label, place: int) -> bool:
        """Whether a label inside an open reply belongs to the letter: its clerk, its signer, its copies.

        In a suggestion it is a heading where it stands in the box of the lines above: 具体建议.
        """
        if self.open is None or not self.open.lines:
            return False
        if self.open.label.fields == label.fields == ("proposal_text",):
            return self.blocks[place].box == self.blocks[self.open.end - 1].box
        if "reply_text" not in self.open.label.fields:
            return False
        if len(self.open.value) <= _ROW_LABEL:
            return False
        return label.in_letters or (bool(label.fields) and label.fields[0] in _LETTER_LABELS)

    def _line_pairs(self, pairs: list[tuple[Label, str, str]], place: int) -> None:
        for label, printed, value in pairs:
            lines = [value] if value else []
            self.grid.pairs.append(Pair(label, printed, lines, place, place + 1, place))
        last = self.grid.pairs[-1]
        tool = len(pairs) > 1 and not (last.label.fields or last.label.foreign)
        if last.label.long or not (last.lines or tool):
            self.open = last
            self.open_table = 0 if self.blocks[place].tag == "pipe" else self.blocks[place].table

    def _open(self, label: Label, printed: str, place: int, table: int) -> None:
        self.open = Pair(label, printed, [], place, place + 1, place)
        self.open_table = 0 if self.blocks[place].tag == "pipe" else table
        self.grid.pairs.append(self.open)

    def _more(self, place: int) -> None:
        """A line that is no label goes to the open value: all lines of a long one, one short line of others."""
        pair, block = self.open, self.blocks[place]
        if pair is None or not block.text:
            return
        if self.open_table and block.table != self.open_table and not block.table:
            self._close()
            return
        again = pair.first != pair.start and not self._is_listed(pair, place)
        if not pair.label.long and (len(block.text) > _SHORT_VALUE or again):
            self._close()
            return
        if not pair.lines:
            pair.first = place
        pair.lines.append(block.text)
        pair.end = place + 1
        if not pair.label.long and not self._is_listed(pair, place):
            self._close()

    def _is_listed(self, pair: Pair, place: int) -> bool:
        """Whether a line is one of the departments that stand line by line under a heading or a term."""
        head, line = self.blocks[pair.start].tag, self.blocks[place]
        if not (head in _HEADINGS or (head == "dt" and line.tag == "dd")) or not _LISTED & set(pair.label.fields):
            return False
        return departments.signature(line.text) is not None

    def _close(self) -> None:
        self.open = None


def _says_nothing(value: str, long: bool) -> bool:
    if len(value) >= _NOTHING_LENGTH:
        return False
    folded = plain(value).strip()
    return bool(_NOTHING.fullmatch(folded) or (long and _NOT_YET.fullmatch(folded)))


def _is_beside(one: Pair, other: Pair) -> bool:
    return one.label.long and other.label.long and not one.lines and other.start == one.start + 1


def _numbered(text: str) -> Label | None:
    """The label of a long text that is a numbered heading: 二、办理答复."""
    head = _ORDINAL.match(text) if len(text) <= LONGEST else None
    label = lookup(text[head.end() :]) if head else None
    return label if label and label.long else None
