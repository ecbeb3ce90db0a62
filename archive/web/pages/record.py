"""The record: what the page says, what it does not, both texts side by side, and the proof of each value."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any
from urllib.parse import unquote

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.web import citing
from archive.web.context import Missing, absolute, href, page, read, translator
from archive.web.text import LONG_TEXT, outline, paragraphs

UNSAID = ("number", "proposer", "host", "sign_date", "publish_date", "category", "doc_number", "signer")
"""What a reader looks for on a record; those the page does not say are named in one line."""


def select(connection: sqlite3.Connection, sql: str, *values: Any) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries."""
    return [dict(row) for row in connection.execute(sql, values)]


def record_of(connection: sqlite3.Connection, identity: str) -> dict[str, Any] | None:
    """The record under its permanent id, with its texts and the names of its place and site; None if there is none."""
    rows = select(
        connection,
        "SELECT p.*, p.rowid, t.proposal_text, t.reply_text, d.name AS place_name, d.province, s.name AS site_name"
        " FROM proposals p LEFT JOIN texts t ON t.proposal = p.rowid"
        " LEFT JOIN divisions d ON d.code = p.division LEFT JOIN sites s ON s.id = p.site WHERE p.id = ?",
        identity,
    )
    return rows[0] if rows else None


def moved_to(connection: sqlite3.Connection, identity: str) -> str | None:
    """The id that an older one was replaced by."""
    row = connection.execute("SELECT new_id FROM redirects WHERE old_id = ?", (identity,)).fetchone()
    return row[0] if row else None


def people(connection: sqlite3.Connection, rowid: int) -> list[dict[str, Any]]:
    """Proposers and signer, in printed order."""
    return select(
        connection,
        "SELECT l.role, l.printed, x.id, x.name FROM proposal_people l JOIN people x ON x.id = l.person"
        " WHERE l.proposal = ? ORDER BY l.position",
        rowid,
    )


def units(connection: sqlite3.Connection, rowid: int) -> dict[str, list[dict[str, Any]]]:
    """The departments by role: ``host`` and ``co``."""
    found: dict[str, list[dict[str, Any]]] = {"host": [], "co": []}
    for row in select(
        connection,
        "SELECT l.role, l.printed, x.id, x.name FROM proposal_departments l JOIN departments x ON x.id = l.department"
        " WHERE l.proposal = ? ORDER BY l.position",
        rowid,
    ):
        found.setdefault(row["role"], []).append(row)
    return found


def related(connection: sqlite3.Connection, record: dict[str, Any]) -> dict[str, Any]:
    """What belongs to the record: people, departments, matter, versions, citations, captures, evidence."""
    rowid = record["rowid"]
    return {
        "people": people(connection, rowid),
        "units": units(connection, rowid),
        "evidence": {
            row["field"]: row for row in select(connection, "SELECT * FROM evidence WHERE proposal = ?", rowid)
        },
        "versions": select(
            connection,
            "SELECT seen, field, count(*) AS n FROM versions WHERE proposal = ? GROUP BY 1, 2 ORDER BY 1",
            rowid,
        ),
        "captures": select(connection, "SELECT * FROM captures WHERE proposal = ? ORDER BY time DESC LIMIT 50", rowid),
        "citations": select(connection, "SELECT * FROM citations WHERE proposal = ? ORDER BY id", rowid),
        "matter": matter(connection, record),
    }


def matter(connection: sqlite3.Connection, record: dict[str, Any]) -> list[dict[str, Any]]:
    """The other records about the same suggestion."""
    if record["matter"] is None:
        return []
    return select(
        connection,
        "SELECT id, title, type, host, date, matter_reason FROM proposals WHERE matter = ? AND rowid != ?"
        " ORDER BY date, rowid LIMIT 20",
        record["matter"],
        record["rowid"],
    )


def day(text: str | None) -> date | None:
    """The day of an ISO date or date-time; None where there is none."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def timeline(record: dict[str, Any]) -> dict[str, Any] | None:
    """From signing to publication in order, with the days between; None where a date is missing."""
    points = [(day(record[name]), name) for name in ("sign_date", "publish_date")]
    known = sorted((when, name) for when, name in points if when)
    if len(known) < 2:
        return None
    (first, _), (last, _) = known
    return {"points": [{"name": name, "date": when.isoformat()} for when, name in known], "days": (last - first).days}


def reading(record: dict[str, Any]) -> dict[str, Any]:
    """Both texts as paragraphs, each with an outline where it is long."""
    parts = {}
    for name in ("proposal", "reply"):
        text = record[f"{name}_text"]
        found = paragraphs(text, name)
        headings = outline(found) if len(text or "") > LONG_TEXT else []
        parts[name] = {"paragraphs": found, "length": len(text or ""), "outline": headings if len(headings) > 2 else []}
    return parts


def load_record(connection: sqlite3.Connection, identity: str) -> dict[str, Any]:
    """Everything the page shows; Missing where the id is unknown."""
    record = record_of(connection, identity)
    if record is None:
        moved = moved_to(connection, identity)
        if moved is None:
            raise Missing(identity)
        return {"moved": moved}
    return {
        "record": record,
        **related(connection, record),
        "timeline": timeline(record),
        "reading": reading(record),
        "unsaid": [name for name in UNSAID if not record[name]],
        "origin": citing.web_address(record["url"]),
    }


def citation(datasette: Datasette, request: Request, found: dict[str, Any]) -> dict[str, Any]:
    """The forms of citation, with today as the day of citing."""
    hosts = [unit["name"] for unit in found["units"]["host"]]
    proposers = [person["name"] for person in found["people"] if person["role"] != "signer"]
    record = {**found["record"], "authors": citing.authors(found["record"], hosts, proposers)}
    address = absolute(datasette, request, f"/r/{record['id']}")
    archive = translator(request)("site.title")
    today = date.today().isoformat()
    return {
        "address": address,
        "standard": citing.standard(record, address, archive, today),
        "bibtex": citing.bibtex(record, address, archive, today),
        "meta_tags": citing.meta_tags(record, address),
        "linked_data": citing.linked_data(record, address, archive, absolute(datasette, request, "/")),
    }


async def record(datasette: Datasette, request: Request) -> Response:
    """The page of a record; a moved id leads to the new one, a record that keeps no text is gone (410)."""
    identity = unquote(request.url_vars["id"])
    found = await read(datasette, lambda connection: load_record(connection, identity))
    if "moved" in found:
        return Response.redirect(href(datasette, f"/r/{found['moved']}"), status=301)
    context = {**found, "cite": citation(datasette, request, found)}
    gone = found["record"]["state"] == "withdrawn" and not any(part["length"] for part in found["reading"].values())
    return await page(datasette, request, "record.html", context, status=410 if gone else 200)


async def record_json(datasette: Datasette, request: Request) -> Response:
    """The record as one object: its row, texts, people, departments, evidence, versions, citations, captures."""
    identity = unquote(request.url_vars["id"])
    found = await read(datasette, lambda connection: load_record(connection, identity))
    if "moved" in found:
        return Response.redirect(href(datasette, f"/r/{found['moved']}.json"), status=301)
    keys = ("people", "units", "evidence", "versions", "citations", "captures", "matter")
    names = {"units": "departments", "matter": "same_matter"}
    row = {key: value for key, value in found["record"].items() if key != "rowid"}
    return Response.json({**row, **{names.get(key, key): found[key] for key in keys}})


async def stock_row(datasette: Datasette, request: Request) -> Response:
    """Datasette's page of a row leads to the record's own."""
    key = int(request.url_vars["rowid"])
    found = await read(datasette, lambda c: c.execute("SELECT id FROM proposals WHERE rowid = ?", (key,)).fetchone())
    if found is None:
        raise Missing(str(key))
    return Response.redirect(href(datasette, f"/r/{found[0]}"))
