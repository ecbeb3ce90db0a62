"""A question to the archive: its words, filters, order and page, and the SQL that answers it."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

import msgspec
from datasette.utils.asgi import Request

from archive.identity import ID
from archive.search import escape_fts
from archive.web.filters import alternatives

PAGE_SIZE = 20
LAST_PAGE = 500
"""Deeper than 10,000 results a list is no way to read; the CSV has them all."""
LONGEST_QUERY = 256
ADDRESS = re.compile(r"(https?://)(www\.)?([^\s#]+)\S*", re.I)
OWN_ADDRESS = re.compile(r"https?://\S*/r/([^\s/?#]+?)(?:\.json|/versions)?(?:[?#]\S*)?", re.I)
IN_SQL = {
    "place": "rowid IN (SELECT rowid FROM proposals WHERE division IN (SELECT value FROM json_each(:place)))",
    "site": "rowid IN (SELECT rowid FROM proposals WHERE site IN (SELECT value FROM json_each(:site)))",
    "department": "rowid IN (SELECT proposal FROM proposal_departments"
    " WHERE department IN (SELECT value FROM json_each(:department)))",
    "person": "rowid IN (SELECT proposal FROM proposal_people WHERE person IN (SELECT value FROM json_each(:person)))",
    "id": "rowid IN (SELECT rowid FROM proposals WHERE id IN (SELECT value FROM json_each(:id) UNION ALL"
    " SELECT new_id FROM redirects WHERE old_id IN (SELECT value FROM json_each(:id))))",
    "url": "rowid IN (SELECT rowid FROM proposals WHERE url IN (SELECT value FROM json_each(:url)))",
}
"""Filters that an index answers; the others are tried in memory (holdings.py)."""
FILTERS = ("place", "year", "meeting", "kind", "category", "type", "site", "department", "person", "id", "url")
SORTS = ("relevance", "date", "oldest")
"""The orders of a list; by relevance only where words were given."""
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
    """What the reader asked for; filter values stand as typed (filters.py), an unknown one matches nothing."""

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
        """What the SQL of the question asks with: its words, and each filter's values as a JSON list."""
        wanted = {name: alternatives(text) for name, text in self.filters.items()}
        wanted["url"] = [twin for address in wanted.get("url", ()) for twin in twins(address)]
        return {"match": self.match, **{name: json.dumps(values) for name, values in wanted.items()}}


def standard_sort(words: str) -> str:
    """By relevance where words were given, else the newest first."""
    return "relevance" if words.strip() else "date"


def plain(text: str) -> str:
    """What was typed without what no page, feed or database can hold: control characters and lone surrogates."""
    return "".join(c if c.isprintable() else " " for c in text.encode("utf-8", "replace").decode("utf-8"))


def named(words: str) -> dict[str, str]:
    """The filter that an id or address typed as the only word stands for; empty for other words."""
    word = words.strip(" .,;\u3002\uff0c\uff1b<>\u300a\u300b")
    own = OWN_ADDRESS.fullmatch(word)
    identity = own[1] if own else word
    if ID.fullmatch(identity):
        return {"id": identity}
    return {"url": word} if ADDRESS.fullmatch(word) else {}


def twins(address: str) -> list[str]:
    """The forms in which the address of one page is written: with and without ``s`` and ``www.``, no fragment."""
    found = ADDRESS.fullmatch(address)
    return [scheme + www + found[3] for scheme in ("http://", "https://") for www in ("", "www.")] if found else []


def page_number(text: str) -> int:
    """A page from 1 to LAST_PAGE; whatever is no such number is the nearest that is."""
    digits = text.strip()[:9]
    return min(max(int(digits), 1), LAST_PAGE) if digits.isdecimal() else 1


def typed(request: Request, name: str) -> str:
    """What an address says under a name; several values stand between commas, and any of them is wanted."""
    return ",".join(filter(None, (plain(value).strip() for value in request.args.getlist(name))))


def asked(request: Request) -> Question:
    """The question of an address; never an error."""
    words = plain(request.args.get("q") or "")[:LONGEST_QUERY].strip()
    filters = {name: typed(request, name)[:LONGEST_QUERY] for name in FILTERS}
    if (since := typed(request, "from")) or typed(request, "to"):
        filters["year"] = f"{since}-{typed(request, 'to')}"
    if name := named(words):
        words, filters = "", {**filters, **name}
    sort = request.args.get("sort")
    if sort not in SORTS or (sort == "relevance" and not words):
        sort = standard_sort(words)
    return Question(
        words=words,
        filters={name: value for name, value in filters.items() if value},
        sort=sort,
        page=page_number(request.args.get("page") or ""),
    )


def conditions(question: Question) -> str:
    """FROM and WHERE of what SQL can tell of the question; empty where that is nothing."""
    found = [IN_SQL[name] for name in question.filters if name in IN_SQL]
    if question.match is not None:
        return f"FROM proposals_fts WHERE {' AND '.join(['proposals_fts MATCH :match', *found])}"
    return f"FROM proposals WHERE {' AND '.join(found)}" if found else ""


def newest(connection: sqlite3.Connection, size: int, condition: str = "1", *values: Any) -> list[dict[str, Any]]:
    """Cards of the newest records under a condition on ``p``."""
    sql = f"SELECT p.rowid FROM proposals p WHERE {condition} ORDER BY {NEWEST_FIRST} LIMIT {size}"  # noqa: S608 - constants
    return cards(connection, [row[0] for row in connection.execute(sql, values)])


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
