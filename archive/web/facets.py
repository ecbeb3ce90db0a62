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


def divided(connection: sqlite3.Connection, question: Question) -> tuple[int, dict[str, Counter[Any]]]:
    """The number of hits, and how many have each place, year, kind and class.

    The hits are read once and divided four times: grouping by all four at once makes nearly as many groups as records.
    """
    parts = " UNION ALL ".join(f"SELECT '{name}', {name}, count(*) FROM h GROUP BY 2" for name in COLUMNS)  # noqa: S608 - constants
    sql = f"""
        WITH h AS MATERIALIZED (SELECT p.division AS place, p.year, p.kind, p.category {hits(question)})
        SELECT 'count', NULL, count(*) FROM h UNION ALL {parts}"""  # noqa: S608 - the parts are constants
    counters: dict[str, Counter[Any]] = {name: Counter() for name in ("count", *COLUMNS)}
    for name, value, n in connection.execute(sql, question.parameters()):
        if value is not None or name == "count":
            counters[name][value] = n
    return counters.pop("count")[None], counters


def departments(connection: sqlite3.Connection, question: Question) -> list[tuple[str, str, int]]:
    """The departments with most hits, as host or co-handler."""
    source = "proposal_departments l"
    if question.match or question.filters:
        source = f"(SELECT p.rowid AS hit {hits(question)}) h CROSS JOIN proposal_departments l ON l.proposal = h.hit"
    sql = f"""
        SELECT x.id, x.name, t.n FROM (
          SELECT l.department AS id, count(*) AS n FROM {source} GROUP BY 1 ORDER BY n DESC, 1 LIMIT {MOST}
        ) t JOIN departments x ON x.id = t.id ORDER BY t.n DESC, x.id"""  # noqa: S608 - likewise
    return [(str(row[0]), row[1], row[2]) for row in connection.execute(sql, question.parameters())]


def place_names(connection: sqlite3.Connection) -> dict[str, str]:
    """Names of places by code."""
    return dict(connection.execute("SELECT code, name FROM divisions").fetchall())


def facets(connection: sqlite3.Connection, question: Question) -> Facets:
    """Count the hits and divide them."""
    total, counters = divided(connection, question)
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
