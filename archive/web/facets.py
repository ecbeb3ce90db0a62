"""How the answers to a question divide: one pass for places, years, kinds and classes, one for departments."""

from __future__ import annotations

import sqlite3
from collections import Counter, OrderedDict
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from datasette.app import Datasette

from archive.web.context import DATABASE
from archive.web.listing import Question, hits

COLUMNS = ("place", "year", "kind", "category")
MOST = 12
"""Values shown of each facet."""
REMEMBERED = 256


class Facets(msgspec.Struct, frozen=True):
    """The number of hits, and per facet the commonest values as (value, label, count)."""

    count: int
    values: dict[str, list[tuple[str, str, int]]]


def grouped(connection: sqlite3.Connection, question: Question) -> list[sqlite3.Row]:
    """The number of hits of each combination of place, year, kind and class."""
    sql = f"SELECT p.division AS place, p.year, p.kind, p.category, count(*) AS n {hits(question)} GROUP BY 1, 2, 3, 4"
    return connection.execute(sql, question.parameters()).fetchall()


def departments(connection: sqlite3.Connection, question: Question) -> list[tuple[str, str, int]]:
    """The departments with most hits, as host or co-handler."""
    chosen = f"WHERE l.proposal IN (SELECT p.rowid {hits(question)})" if question.match or question.filters else ""
    sql = f"""
        SELECT t.id, t.name, t.n FROM (
          SELECT l.department AS id, x.name, count(*) AS n
          FROM proposal_departments l JOIN departments x ON x.id = l.department {chosen}
          GROUP BY l.department ORDER BY n DESC, l.department LIMIT {MOST}
        ) t"""  # noqa: S608 - likewise
    return [(str(row[0]), row[1], row[2]) for row in connection.execute(sql, question.parameters())]


def place_names(connection: sqlite3.Connection) -> dict[str, str]:
    """Names of places by code."""
    return dict(connection.execute("SELECT code, name FROM divisions").fetchall())


def facets(connection: sqlite3.Connection, question: Question) -> Facets:
    """Count the hits and divide them."""
    counters: dict[str, Counter[Any]] = {name: Counter() for name in COLUMNS}
    total = 0
    for row in grouped(connection, question):
        total += row["n"]
        for name in COLUMNS:
            if row[name] is not None:
                counters[name][row[name]] += row["n"]
    names = place_names(connection)
    values = {
        name: [(str(value), names.get(value, str(value)), n) for value, n in counters[name].most_common(MOST)]
        for name in COLUMNS
    }
    values["year"] = sorted(
        ((str(value), str(value), n) for value, n in counters["year"].items()), key=lambda v: int(v[0]), reverse=True
    )
    values["department"] = departments(connection, question) if total else []
    return Facets(total, values)


class Remembered:
    """The facets of the questions asked last; an archive that is served never changes under its readers."""

    def __init__(self) -> None:
        self.answers: OrderedDict[str, Facets] = OrderedDict()

    def get(self, connection: sqlite3.Connection, question: Question) -> Facets:
        key = repr((question.match, sorted(question.filters.items())))
        if key not in self.answers:
            self.answers[key] = facets(connection, question)
            if len(self.answers) > REMEMBERED:
                self.answers.popitem(last=False)
        return self.answers[key]


REMEMBERED_BY: WeakKeyDictionary[Datasette, Remembered] = WeakKeyDictionary()


def facets_of(datasette: Datasette, connection: sqlite3.Connection, question: Question) -> Facets:
    """The facets, from memory where the archive is opened immutable and was asked this before."""
    if datasette.get_database(DATABASE).is_mutable:
        return facets(connection, question)
    return REMEMBERED_BY.setdefault(datasette, Remembered()).get(connection, question)
