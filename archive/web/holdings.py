"""What the archive holds, by record: the order of dates, and what facets divide by.

An archive that is served never changes, so this is read once at the start, 16 bytes a record. A question then costs the
reading of its hits' rowids; filtering, counting and ordering them happens in memory. SQL's own grouping of the same
hits took seven times as long (docs/reading-room.md).
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import nlargest, nsmallest
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from datasette.app import Datasette

from archive.web.listing import PAGE_SIZE, RANK, Question, conditions

TRAITS = ("year", "kind", "category")
"""Facets of few values: the filters on them are tried in memory."""
MOST = 12
"""Values shown of each facet."""
MOST_RANKED = 20_000
"""With more hits than this, those with the words in their title or names are ranked, and the others follow by date."""
PREFIX = '"*'
"""What a single character becomes in the index's language; of very many hits it ranks none before another."""
LONGEST_ANSWER = 500_000_000
"""Bytes that the rowids of fifty million hits take as text."""

Rowids = Sequence[int]


class Facets(msgspec.Struct, frozen=True):
    """The number of hits, and per facet the commonest values as (value, label, count)."""

    count: int
    values: dict[str, list[tuple[str, str, int]]]


class Groups:
    """One small number per record, and what each number stands for; equal values have one number."""

    def __init__(self, size: int) -> None:
        self.of = array("i", bytes(4 * size))
        self.values: list[tuple[Any, ...]] = []
        self.known: dict[tuple[Any, ...], int] = {}

    def put(self, rowid: int, value: tuple[Any, ...]) -> None:
        number = self.known.setdefault(value, len(self.values))
        if number == len(self.values):
            self.values.append(value)
        self.of[rowid] = number

    def count(self, rowids: Rowids) -> list[tuple[tuple[Any, ...], int]]:
        """How many of the records have each value."""
        counted = Counter(map(self.of.__getitem__, rowids))
        return [(self.values[number], n) for number, n in counted.items()]


class Holdings:
    """The records of one archive."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        cursor = connection.cursor()
        cursor.row_factory = None
        size = (cursor.execute("SELECT max(rowid) FROM proposals").fetchone()[0] or 0) + 1
        self.names: dict[int, str] = dict(cursor.execute("SELECT id, name FROM departments").fetchall())
        self.places: dict[str, str] = dict(cursor.execute("SELECT code, name FROM divisions").fetchall())
        self.dated = array("i")
        """Every rowid, the oldest record first."""
        self.ranks = array("i", bytes(4 * size))
        """By rowid, its place in that order."""
        self.traits, self.homes, self.offices = Groups(size), Groups(size), Groups(size)
        departments = departments_of(cursor)
        rows = cursor.execute("SELECT rowid, division, year, kind, category FROM proposals ORDER BY date, rowid")
        for rank, (rowid, division, *traits) in enumerate(rows):
            self.dated.append(rowid)
            self.ranks[rowid] = rank
            self.traits.put(rowid, tuple(traits))
            self.homes.put(rowid, (division,))
            self.offices.put(rowid, departments.get(rowid, ()))
        self.totals = self.tallied(self.dated)
        self.everything = self.divided(self.dated)

    def hits(self, connection: sqlite3.Connection, question: Question) -> Rowids:
        """The rowids of all records that answer the question, in no order that means anything."""
        rowids: Rowids = self.dated
        where = conditions(question)
        if where:
            rowids = all_rowids(connection, where, question.parameters())
        wanted = {name: question.filters[name] for name in TRAITS if name in question.filters}
        return self.filtered(rowids, wanted) if wanted else rowids

    def filtered(self, rowids: Rowids, wanted: dict[str, str]) -> Rowids:
        """The rowids whose year, kind and class are as wanted."""
        places = [(TRAITS.index(name), value) for name, value in wanted.items()]
        numbers = {n for n, v in enumerate(self.traits.values) if all(str(v[at]) == value for at, value in places)}
        of = self.traits.of
        return [rowid for rowid in rowids if of[rowid] in numbers]

    def facets(self, rowids: Rowids) -> Facets:
        """Count the hits and divide them."""
        return self.everything if rowids is self.dated else self.divided(rowids)

    def divided(self, rowids: Rowids) -> Facets:
        year, kind, category, places, departments = self.counted(rowids)
        values = {
            "place": labelled(places, self.places),
            "year": sorted(labelled(year, {}, len(year)), key=lambda found: int(found[0]), reverse=True),
            "kind": labelled(kind, {}),
            "category": labelled(category, {}),
            "department": labelled(departments, self.names),
        }
        return Facets(len(rowids), values)

    def counted(self, rowids: Rowids) -> list[Counter[Any]]:
        """How many records there are of each value; of more than half of all, by what the others leave."""
        if 2 * len(rowids) <= len(self.dated):
            return self.tallied(rowids)
        found = set(rowids)
        others = self.tallied([rowid for rowid in self.dated if rowid not in found])
        counters = [Counter(total) for total in self.totals]
        for counter, less in zip(counters, others, strict=True):
            counter.subtract(less)
        return counters

    def tallied(self, rowids: Rowids) -> list[Counter[Any]]:
        """The records by year, kind, class, place and department."""
        counters = [Counter[Any]() for _ in TRAITS]
        for found, n in self.traits.count(rowids):
            for counter, value in zip(counters, found, strict=True):
                counter[value] += n
        places = Counter({value: n for (value,), n in self.homes.count(rowids)})
        departments = Counter[int]()
        for offices, n in self.offices.count(rowids):
            for office in offices:
                departments[office] += n
        return [*counters, places, departments]

    def newest(self, rowids: Rowids, size: int, offset: int = 0) -> list[int]:
        """So many of the hits by date, the newest first, after ``offset`` of them."""
        if rowids is self.dated:
            end = len(rowids) - offset
            return list(rowids[max(end - size, 0) : max(end, 0)])[::-1]
        return nlargest(offset + size, rowids, key=self.ranks.__getitem__)[offset:]

    def best(
        self, connection: sqlite3.Connection, question: Question, rowids: Rowids, size: int, offset: int
    ) -> list[int]:
        """So many of the hits by relevance, after ``offset`` of them; equally relevant ones by date."""
        cursor = connection.cursor()
        cursor.row_factory = None
        few = len(rowids) <= MOST_RANKED
        match = question.match if few else f"{{title names}} : {question.match}"
        sql = f"SELECT rowid, {RANK} {conditions(question)}"
        scored: Iterable[tuple[int, float]] = cursor.execute(sql, {**question.parameters(), "match": match})
        if any(name in question.filters for name in TRAITS):
            kept = set(rowids)
            scored = (row for row in scored if row[0] in kept)
        ranks, scored = self.ranks, list(scored)
        best = [row[0] for row in nsmallest(offset + size, scored, key=lambda row: (row[1], -ranks[row[0]]))]
        if len(best) < offset + size and not few:
            above = {row[0] for row in scored}
            best += self.newest([rowid for rowid in rowids if rowid not in above], offset + size - len(best))
        return best[offset:]

    def page(self, connection: sqlite3.Connection, question: Question, rowids: Rowids) -> list[int]:
        """The records of the question's page, in its order."""
        offset = (question.page - 1) * PAGE_SIZE
        lone = PREFIX in (question.match or "") and len(rowids) > MOST_RANKED
        if question.sort == "relevance" and not lone:
            return self.best(connection, question, rowids, PAGE_SIZE, offset)
        return self.newest(rowids, PAGE_SIZE, offset)


def departments_of(cursor: sqlite3.Cursor) -> dict[int, tuple[int, ...]]:
    """The departments of each record; equal sets once."""
    found: dict[int, tuple[int, ...]] = {}
    known: dict[tuple[int, ...], tuple[int, ...]] = {}
    for rowid, department in cursor.execute("SELECT DISTINCT proposal, department FROM proposal_departments"):
        offices = (*found.get(rowid, ()), department)
        found[rowid] = known.setdefault(offices, offices)
    return found


def labelled(counter: Counter[Any], names: dict[Any, str], most: int = MOST) -> list[tuple[str, str, int]]:
    """The commonest values with their names and counts; equally common ones in the order of their values."""
    counter.pop(None, None)
    least = max(min(nlargest(most, counter.values()), default=1), 1)
    common = [(value, n) for value, n in counter.items() if n >= least]
    common.sort(key=lambda item: (-item[1], item[0]))
    return [(str(value), names.get(value, str(value)), n) for value, n in common[:most]]


def all_rowids(connection: sqlite3.Connection, where: str, values: dict[str, Any]) -> list[int]:
    """The rowids under a condition, as one text: a row of Python objects for each took four times as long."""
    limit = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_ANSWER)
    try:
        text = connection.execute(f"SELECT group_concat(rowid) {where}", values).fetchone()[0]
    finally:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limit)
    return msgspec.json.decode(f"[{text or ''}]", type=list[int])


HOLDINGS: WeakKeyDictionary[Datasette, Holdings] = WeakKeyDictionary()
"""What each application's archive holds, read when it starts."""
