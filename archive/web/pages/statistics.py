"""Answers per year, outcome classes, and days from signing to publication by department."""

from __future__ import annotations

import sqlite3
from functools import partial
from statistics import median
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.web.charts import shares
from archive.web.choosing import choices, chosen
from archive.web.context import page, read, read_once
from archive.web.listing import plain
from archive.web.pages.home import years
from archive.web.pages.record import select

FEWEST = 3
"""A median of fewer records than this says nothing and is not shown."""
MOST = 20


def within(place: str) -> tuple[str, tuple[str, ...]]:
    """The condition for one place, or for all."""
    return ("p.division = ?", (place,)) if place else ("1", ())


def classes(connection: sqlite3.Connection, place: str) -> list[dict[str, Any]]:
    """Records per outcome class as printed."""
    condition, values = within(place)
    sql = f"SELECT p.category, count(*) AS n FROM proposals p WHERE {condition} AND p.category IS NOT NULL GROUP BY 1 ORDER BY n DESC LIMIT {MOST}"  # noqa: S608, E501 - constants
    return shares(select(connection, sql, *values))


TO_ANSWER = "p.reply_days"
TO_PUBLICATION = "julianday(substr(p.publish_date, 1, 10)) - julianday(substr(p.sign_date, 1, 10))"
"""Days from the original to its answer, and from signing to publication."""


def days(connection: sqlite3.Connection, place: str, span: str) -> list[dict[str, Any]]:
    """Per host department the median of a span of days."""
    condition, values = within(place)
    sql = f"""
        SELECT x.id, x.name, {span} AS days
        FROM proposals p JOIN proposal_departments l ON l.proposal = p.rowid AND l.role = 'host'
        JOIN departments x ON x.id = l.department
        WHERE {condition} AND days IS NOT NULL"""  # noqa: S608 - constants
    found: dict[tuple[int, str], list[float]] = {}
    for row in connection.execute(sql, values):
        if row["days"] >= 0:
            found.setdefault((row["id"], row["name"]), []).append(row["days"])
    rows: list[dict[str, Any]] = [
        {"id": key[0], "name": key[1], "n": len(values), "median": round(median(values))}
        for key, values in found.items()
        if len(values) >= FEWEST
    ]
    return shares(sorted(rows, key=lambda row: (-row["n"], row["id"]))[:MOST], "median")


def topics(connection: sqlite3.Connection, place: str) -> list[dict[str, Any]]:
    """The departments that answer most."""
    condition, values = within(place)
    sql = f"""
        SELECT x.id, x.name, count(*) AS n FROM proposal_departments l
        JOIN departments x ON x.id = l.department JOIN proposals p ON p.rowid = l.proposal
        WHERE {condition} AND l.role = 'host' GROUP BY x.id ORDER BY n DESC, x.id LIMIT {MOST}"""  # noqa: S608 - constants
    return shares(select(connection, sql, *values))


def load(connection: sqlite3.Connection, typed: str = "") -> dict[str, Any]:
    """Everything the page shows, of one place or of all."""
    place, name = chosen(connection, "place", typed)
    condition, values = within(place)
    return {
        "place": place,
        "place_name": name,
        "places": choices(connection, "place"),
        "years": years(connection, condition, values),
        "classes": classes(connection, place),
        "answered": days(connection, place, TO_ANSWER),
        "days": days(connection, place, TO_PUBLICATION),
        "departments": topics(connection, place),
        "fewest": FEWEST,
    }


async def statistics(datasette: Datasette, request: Request) -> Response:
    """The statistics page."""
    place = plain(request.args.get("place") or "")[:20].strip()
    found = await read(datasette, partial(load, typed=place)) if place else await read_once(datasette, load)
    return await page(datasette, request, "statistics.html", found)
