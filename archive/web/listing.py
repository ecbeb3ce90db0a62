"""A question to the archive: its words, filters, order and page, and the SQL that answers it."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec
from datasette.utils.asgi import Request

from archive.search import escape_fts

PAGE_SIZE = 20
LAST_PAGE = 500
"""Deeper than 10,000 results a list is no way to read; the CSV has them all."""
LONGEST_QUERY = 256
FILTERS = {
    "place": "p.division = :place",
    "year": "p.year = :year",
    "kind": "p.kind = :kind",
    "category": "p.category = :category",
    "type": "p.type = :type",
    "site": "p.site = :site",
    "department": "p.rowid IN (SELECT proposal FROM proposal_departments WHERE department = :department)",
    "person": "p.rowid IN (SELECT proposal FROM proposal_people WHERE person = :person)",
}
RANK = "bm25(proposals_fts, 1.0, 1.0, 10.0, 5.0)"
"""A word of the title weighs ten times, of a name five times, one of the text."""
NEWEST_FIRST = "p.date DESC, p.rowid DESC"
"""Of records of one day, and of those without a date, the one that came in last stands first."""
CARD = (
    "p.rowid, p.id, p.type, p.kind, p.title, p.subject, p.number, p.date, p.year, p.category, p.host, p.proposer,"
    " p.proposer_count, p.state, p.first_seen, p.division, coalesce(d.name, p.place) AS place, s.name AS site_name"
)
FROM = "FROM proposals p LEFT JOIN divisions d ON d.code = p.division LEFT JOIN sites s ON s.id = p.site"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader asked for; filter values stand as typed, an unknown one matches nothing."""

    words: str = ""
    filters: dict[str, str] = {}
    sort: str = "date"
    page: int = 1

    @property
    def match(self) -> str | None:
        """The words as an FTS5 expression; None where none were given."""
        return escape_fts(self.words) if self.words.strip() else None

    def values(self, **changes: Any) -> dict[str, Any]:
        """The query string of this question, with some of its values changed; page 1 and the standard order unsaid."""
        values: dict[str, Any] = {"q": self.words, **self.filters}
        if self.sort != standard_sort(self.words):
            values["sort"] = self.sort
        values.update(changes)
        return {key: value for key, value in values.items() if value not in (None, "")}

    def parameters(self) -> dict[str, Any]:
        return {**self.filters, "match": self.match}


def standard_sort(words: str) -> str:
    """By relevance where words were given, else the newest first."""
    return "relevance" if words.strip() else "date"


def plain(text: str) -> str:
    """What was typed without what no page, feed or database can hold: control characters and lone surrogates."""
    return "".join(c if c.isprintable() else " " for c in text.encode("utf-8", "replace").decode("utf-8"))


def page_number(text: str) -> int:
    """A page from 1 to LAST_PAGE; whatever is no such number is the nearest that is."""
    digits = text.strip()[:9]
    return min(max(int(digits), 1), LAST_PAGE) if digits.isdecimal() else 1


def asked(request: Request) -> Question:
    """The question of an address; never an error."""
    words = plain(request.args.get("q") or "")[:LONGEST_QUERY].strip()
    filters = {name: plain(request.args.get(name) or "")[:100].strip() for name in FILTERS}
    sort = request.args.get("sort")
    if sort not in ("date", "relevance") or not words:
        sort = standard_sort(words)
    return Question(
        words=words,
        filters={name: value for name, value in filters.items() if value},
        sort=sort,
        page=page_number(request.args.get("page") or ""),
    )


def hits(question: Question) -> str:
    """FROM and WHERE of the records that answer the question, as ``p``."""
    conditions = [FILTERS[name] for name in question.filters]
    source = "FROM proposals p"
    if question.match is not None:
        source = "FROM proposals_fts f JOIN proposals p ON p.rowid = f.rowid"
        conditions.insert(0, "proposals_fts MATCH :match")
    return f"{source} WHERE {' AND '.join(conditions)}" if conditions else source


def order(question: Question) -> str:
    """The ORDER BY of the question."""
    if question.match is not None and question.sort == "relevance":
        return f"{RANK}, f.rowid DESC"
    return NEWEST_FIRST


def rowids(connection: sqlite3.Connection, question: Question, size: int = PAGE_SIZE) -> list[int]:
    """The records of the question's page, in its order."""
    sql = f"SELECT p.rowid {hits(question)} ORDER BY {order(question)} LIMIT :size OFFSET :offset"
    if question.match is not None and question.sort == "relevance" and not question.filters:
        sql = f"SELECT f.rowid FROM proposals_fts f WHERE proposals_fts MATCH :match ORDER BY {order(question)} LIMIT :size OFFSET :offset"  # noqa: S608, E501 - likewise
    values = {**question.parameters(), "size": size, "offset": (question.page - 1) * PAGE_SIZE}
    return [row[0] for row in connection.execute(sql, values)]


def cards(connection: sqlite3.Connection, ids: list[int]) -> list[dict[str, Any]]:
    """What a list shows of these records, in the order given."""
    marks = ",".join("?" * len(ids))
    found = {
        row["rowid"]: dict(row) for row in connection.execute(f"SELECT {CARD} {FROM} WHERE p.rowid IN ({marks})", ids)
    }
    return [found[i] for i in ids if i in found]


def texts(connection: sqlite3.Connection, ids: list[int]) -> dict[int, sqlite3.Row]:
    """The long texts of a page's records, for its snippets."""
    marks = ",".join("?" * len(ids))
    rows = connection.execute(f"SELECT * FROM texts WHERE proposal IN ({marks})", ids)  # noqa: S608 - question marks
    return {row["proposal"]: row for row in rows}
