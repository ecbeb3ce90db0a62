"""What records share: a place, a department, a person, a matter, a cited document."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.web.charts import shares
from archive.web.citing import web_address
from archive.web.context import Missing, page, read
from archive.web.listing import CARD, FROM, NEWEST_FIRST, newest
from archive.web.pages.home import years
from archive.web.pages.record import select
from archive.web.text import paragraphs

NEWEST = 15
MOST_CITING = 50


def only(connection: sqlite3.Connection, sql: str, key: str) -> dict[str, Any]:
    """The one row under a key; Missing where there is none."""
    rows = select(connection, sql, key)
    if not rows:
        raise Missing(key)
    return rows[0]


def place(connection: sqlite3.Connection, code: str) -> dict[str, Any]:
    """A place: its years, sites, departments, last records."""
    found = only(connection, "SELECT code, name, province FROM divisions WHERE code = ?", code)
    departments = select(
        connection,
        "SELECT x.id, x.name, count(*) AS n FROM departments x JOIN proposal_departments l ON l.department = x.id"
        " WHERE x.division = ? AND l.role = 'host' GROUP BY x.id ORDER BY n DESC LIMIT 20",
        code,
    )
    return {
        "place": found,
        "count": connection.execute("SELECT count(*) FROM proposals WHERE division = ?", (code,)).fetchone()[0],
        "years": years(connection, "division = ?", (code,)),
        "sites": select(connection, "SELECT * FROM sites WHERE division = ? ORDER BY name", code),
        "departments": shares(departments),
        "newest": newest(connection, NEWEST, "p.division = ?", code),
    }


def department(connection: sqlite3.Connection, key: str) -> dict[str, Any]:
    """A department: its years as host, outcome classes, days from signing to publication, last records."""
    found = only(
        connection,
        "SELECT x.*, d.name AS place, s.name AS successor_name FROM departments x"
        " LEFT JOIN divisions d ON d.code = x.division LEFT JOIN departments s ON s.id = x.successor WHERE x.id = ?",
        key,
    )
    own = "p.rowid IN (SELECT proposal FROM proposal_departments WHERE department = ?)"
    roles = dict(
        connection.execute(
            "SELECT role, count(*) FROM proposal_departments WHERE department = ? GROUP BY 1", (key,)
        ).fetchall()
    )
    classes = select(
        connection,
        f"SELECT p.category, count(*) AS n FROM proposals p WHERE {own} AND p.category IS NOT NULL GROUP BY 1 ORDER BY 1",  # noqa: S608, E501 - a constant
        key,
    )
    return {
        "department": found,
        "formers": select(connection, "SELECT id, name FROM departments WHERE successor = ? ORDER BY name", key),
        "roles": roles,
        "years": years(connection, own, (key,)),
        "classes": shares(classes),
        "newest": newest(connection, NEWEST, own, key),
    }


def person(connection: sqlite3.Connection, key: str) -> dict[str, Any]:
    """A name in one place: what it proposed, joined and signed; people of one name there cannot be told apart."""
    found = only(
        connection,
        "SELECT x.*, d.name AS place FROM people x LEFT JOIN divisions d ON d.code = x.division WHERE x.id = ?",
        key,
    )
    rows = select(
        connection,
        f"SELECT {CARD}, l.role {FROM} JOIN proposal_people l ON l.proposal = p.rowid"
        f" WHERE l.person = ? ORDER BY {NEWEST_FIRST} LIMIT 200",
        key,
    )
    roles: dict[str, list[dict[str, Any]]] = {"lead": [], "co-signer": [], "signer": []}
    for row in rows:
        roles.setdefault(row["role"], []).append(row)
    return {"person": found, "roles": roles, "count": len({row["rowid"] for row in rows})}


def matter(connection: sqlite3.Connection, key: str) -> dict[str, Any]:
    """A matter: its records by date, each with the reason why it belongs."""
    found = only(connection, "SELECT * FROM matters WHERE id = ?", key)
    sql = f"SELECT {CARD}, p.matter_reason {FROM} WHERE p.matter = ? ORDER BY p.date, p.rowid LIMIT 200"
    return {"matter": found, "records": select(connection, sql, key)}


def document(connection: sqlite3.Connection, key: str) -> dict[str, Any]:
    """A policy or other document with the records that cite it."""
    found = only(
        connection,
        "SELECT x.*, s.name AS site_name FROM documents x LEFT JOIN sites s ON s.id = x.site WHERE x.id = ?",
        key,
    )
    own = "p.rowid IN (SELECT proposal FROM citations WHERE document = ?)"
    count = connection.execute("SELECT count(DISTINCT proposal) FROM citations WHERE document = ?", (key,)).fetchone()[
        0
    ]
    return {
        "document": found,
        "origin": web_address(found["url"]),
        "paragraphs": paragraphs(found["text"], "text"),
        "citing": newest(connection, MOST_CITING, own, key),
        "count": count,
    }


LOADERS = {"place": place, "department": department, "person": person, "matter": matter, "document": document}


async def entity(datasette: Datasette, request: Request) -> Response:
    """The page of one of these, by its kind and key."""
    kind, key = request.url_vars["kind"], request.url_vars["key"]
    context = await read(datasette, lambda connection: LOADERS[kind](connection, key))
    return await page(datasette, request, f"{kind}.html", context)
