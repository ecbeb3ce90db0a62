"""What the archive holds, by record: the order of dates, and what facets divide by.

An archive that is served never changes, so this is read once at the start, 16 bytes a record. A question then costs the
reading of its hits' rowids; filtering, counting and ordering them happens in memory. SQL's own grouping of the same
hits took seven times as long (docs/reading-room.md).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Hashable, Iterable
from heapq import nsmallest
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
import numpy as np
from datasette.app import Datasette
from numpy.typing import NDArray

from archive.web.filters import accepted, meeting_name
from archive.web.listing import PAGE_SIZE, RANK, Question, conditions

TRAITS = ("year", "meeting", "kind", "category", "type")
"""Facets of few values: the filters on them are tried in memory."""
MOST, MOST_WHOLE = 12, 1_000
"""Values shown of each facet, and of one whose others were asked for; years always stand whole."""
MOST_RANKED = 20_000
"""With more hits than this, those with the words in their title or names are ranked, and the others follow by date."""
PREFIX = '"*'
"""What a single character becomes in the index's language; of very many hits it ranks none before another."""
LONGEST_ANSWER = 500_000_000
"""Bytes that the rowids of fifty million hits take as text."""
BATCH = 10_000
"""Rows read at once when the archive is opened."""
DIVIDED = (
    "SELECT rowid, division, site, year, term || coalesce('-' || session, ''), kind, category, type"
    " FROM proposals ORDER BY date, rowid"
)
DEPARTMENTS = "SELECT proposal, group_concat(DISTINCT department) FROM proposal_departments GROUP BY proposal"

Rowids = NDArray[np.int32]
Counts = NDArray[np.int64]


class Facets(msgspec.Struct, frozen=True):
    """The number of hits, per facet the commonest values as (value, label, count), and the facets that have more."""

    count: int
    values: dict[str, list[tuple[str, str, int]]]
    cut: frozenset[str]


class Groups:
    """One small number per record, and what each number stands for; equal values have one number."""

    def __init__(self, size: int, nothing: Hashable) -> None:
        self.of = np.zeros(size, np.int32)
        self.known: dict[Any, int] = {nothing: 0}

    def put(self, rowids: Rowids, values: Iterable[Hashable]) -> None:
        """Say what these records have; one of which nothing is said has ``nothing``."""
        known = self.known
        self.of[rowids] = [known.setdefault(value, len(known)) for value in values]

    def count(self, rowids: Rowids) -> Counts:
        """How many of the records each number has."""
        return np.bincount(self.of[rowids], minlength=len(self.known))


class Facet:
    """The values that one facet divides by; the records of one number count for none, one or several of them."""

    def __init__(self, sets: Collection[Iterable[Hashable]], names: dict[Any, str] | None = None) -> None:
        known: dict[Any, int] = {}
        pairs = [(n, known.setdefault(v, len(known))) for n, held in enumerate(sets) for v in held if v is not None]
        self.numbers, self.held = np.array(pairs, np.int32).reshape(-1, 2).T
        self.values: list[Any] = list(known)
        self.size, self.names = len(sets), names or {}

    def accepting(self, accept: Callable[[Any], bool]) -> NDArray[np.bool_]:
        """By number, whether one of its values is accepted."""
        found = np.zeros(self.size, np.bool_)
        fits = np.array([accept(value) for value in self.values], np.bool_)
        found[self.numbers[fits[self.held]]] = True
        return found

    def commonest(self, counts: Counts, most: int = MOST) -> list[tuple[str, str, int]]:
        """The commonest values with their names and counts; equally common ones in the order of their values."""
        each = np.bincount(self.held, counts[self.numbers], len(self.values)).astype(np.int64)
        found = np.flatnonzero(each)
        if len(found) > most:
            found = found[each[found] >= np.partition(each[found], -most)[-most]]
        common = sorted((-int(each[place]), self.values[place]) for place in found)[:most]
        return [(str(value), self.names.get(value, str(value)), -less) for less, value in common]


class Holdings:
    """The records of one archive."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        cursor = connection.cursor()
        cursor.row_factory = None
        size = (cursor.execute("SELECT max(rowid) FROM proposals").fetchone()[0] or 0) + 1
        self.traits, self.homes, self.offices = (
            Groups(size, (None,) * len(TRAITS)),
            Groups(size, (None, None)),
            Groups(size, ""),
        )
        self.dated = self.read(cursor)
        """Every rowid, the oldest record first."""
        self.ranks = np.zeros(size, np.int32)
        """By rowid, its place in that order."""
        self.ranks[self.dated] = np.arange(len(self.dated), dtype=np.int32)
        self.undated: int = cursor.execute("SELECT count(*) FROM proposals WHERE date IS NULL").fetchone()[0]
        """How many without a date stand before the oldest."""
        self.by_trait = {name: Facet([(value[at],) for value in self.traits.known]) for at, name in enumerate(TRAITS)}
        self.by_trait["meeting"].names = {value: meeting_name(value) for value in self.by_trait["meeting"].values}
        self.by_place = Facet([(division,) for division, _ in self.homes.known], named(cursor, "divisions", "code"))
        self.by_site = Facet([(site,) for _, site in self.homes.known], named(cursor, "sites", "id"))
        departments = [map(int, text.split(",")) if text else () for text in self.offices.known]
        self.by_department = Facet(departments, named(cursor, "departments", "id"))
        self.everything = self.divided(self.dated)

    def read(self, cursor: sqlite3.Cursor) -> Rowids:
        """Read what every record has; the rowids by date."""
        dated = [np.zeros(0, np.int32)]
        cursor.execute(DIVIDED)
        while rows := cursor.fetchmany(BATCH):
            dated.append(np.array([row[0] for row in rows], np.int32))
            self.homes.put(dated[-1], [row[1:3] for row in rows])
            self.traits.put(dated[-1], [row[3:] for row in rows])
        cursor.execute(DEPARTMENTS)
        while rows := cursor.fetchmany(BATCH):
            self.offices.put(np.array([row[0] for row in rows], np.int32), [str(row[1]) for row in rows])
        return np.concatenate(dated)

    def hits(self, connection: sqlite3.Connection, question: Question) -> Rowids:
        """The rowids of all records that answer the question, in no order that means anything."""
        rowids = self.dated
        where = conditions(question)
        if where:
            rowids = all_rowids(connection, where, question.parameters())
        wanted = {name: question.filters[name] for name in TRAITS if name in question.filters}
        return self.filtered(rowids, wanted) if wanted else rowids

    def filtered(self, rowids: Rowids, wanted: dict[str, str]) -> Rowids:
        """The rowids whose year, meeting, kind, class and type are as wanted."""
        fits = [self.by_trait[name].accepting(accepted(name, text)) for name, text in wanted.items()]
        kept: Rowids = rowids[np.logical_and.reduce(fits)[self.traits.of[rowids]]]
        return kept

    def facets(self, rowids: Rowids, whole: str = "") -> Facets:
        """Count the hits and divide them; the facet ``whole`` is not cut after its commonest values."""
        return self.everything if rowids is self.dated and not whole else self.divided(rowids, whole)

    def divided(self, rowids: Rowids, whole: str = "") -> Facets:
        traits, homes = self.traits.count(rowids), self.homes.count(rowids)
        facets = {
            "place": (self.by_place, homes),
            **{name: (facet, traits) for name, facet in self.by_trait.items()},
            "department": (self.by_department, self.offices.count(rowids)),
            "site": (self.by_site, homes),
        }
        values, cut = {}, set()
        for name, (facet, counts) in facets.items():
            most = MOST_WHOLE if name in (whole, "year") else MOST
            found = facet.commonest(counts, most + 1)
            values[name] = found[:most]
            if len(found) > most:
                cut.add(name)
        for name in ("year", "meeting"):
            values[name].sort(key=lambda found: [int(part) for part in found[0].split("-")], reverse=True)
        return Facets(len(rowids), values, frozenset(cut))

    def newest(self, rowids: Rowids, size: int, offset: int = 0) -> list[int]:
        """So many of the hits by date, the newest first, after ``offset`` of them."""
        if rowids is not self.dated:
            rowids = last(rowids, self.ranks[rowids], offset + size)
        page: list[int] = rowids[::-1][offset : offset + size].tolist()
        return page

    def oldest(self, rowids: Rowids, size: int, offset: int = 0) -> list[int]:
        """So many of the hits by date, the oldest first and those without a date last, after ``offset`` of them."""
        rowids = last(rowids, (self.undated - 1 - self.ranks[rowids]) % max(len(self.dated), 1), offset + size)
        page: list[int] = rowids[::-1][offset : offset + size].tolist()
        return page

    def by_date(self, question: Question, rowids: Rowids, size: int, offset: int = 0) -> list[int]:
        """So many of the hits in the order of dates that the question asks for."""
        order = self.oldest if question.sort == "oldest" else self.newest
        return order(rowids, size, offset)

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
            kept = set(rowids.tolist())
            scored = (row for row in scored if row[0] in kept)
        ranks, scored = self.ranks, list(scored)
        best = [row[0] for row in nsmallest(offset + size, scored, key=lambda row: (row[1], -ranks[row[0]]))]
        if len(best) < offset + size and not few:
            above = np.array([row[0] for row in scored], np.int32)
            best += self.newest(np.setdiff1d(rowids, above, assume_unique=True), offset + size - len(best))
        return best[offset:]

    def page(self, connection: sqlite3.Connection, question: Question, rowids: Rowids) -> list[int]:
        """The records of the question's page, in its order."""
        offset = (question.page - 1) * PAGE_SIZE
        lone = PREFIX in (question.match or "") and len(rowids) > MOST_RANKED
        if question.sort == "relevance" and not lone:
            return self.best(connection, question, rowids, PAGE_SIZE, offset)
        return self.by_date(question, rowids, PAGE_SIZE, offset)


def named(cursor: sqlite3.Cursor, table: str, key: str) -> dict[Any, str]:
    """The names of a table's rows by their keys."""
    return dict(cursor.execute(f"SELECT {key}, name FROM {table}").fetchall())  # noqa: S608 - own names


def last(rowids: Rowids, keys: Rowids, size: int) -> Rowids:
    """So many of the rowids, those of the largest keys, the largest last."""
    if len(rowids) > size:
        chosen = np.argpartition(keys, -size)[-size:]
        rowids, keys = rowids[chosen], keys[chosen]
    return rowids[np.argsort(keys)]


def all_rowids(connection: sqlite3.Connection, where: str, values: dict[str, Any]) -> Rowids:
    """The rowids under a condition, as one text: a row of Python objects for each takes many times as long."""
    limit = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_ANSWER)
    try:
        text = connection.execute(f"SELECT group_concat(rowid) {where}", values).fetchone()[0]
    finally:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limit)
    return np.fromstring(text, np.int32, sep=",") if text else np.zeros(0, np.int32)


HOLDINGS: WeakKeyDictionary[Datasette, Holdings] = WeakKeyDictionary()
"""What each application's archive holds, read when it starts."""
