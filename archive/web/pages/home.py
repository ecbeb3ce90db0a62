"""The home page: what is collected, the search box, the years, the sites, what came last."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.web import charts
from archive.web.context import page, read_once
from archive.web.listing import newest

KINDS = ("suggestion", "motion", "proposal", "other")
NEWEST = 8


def one(connection: sqlite3.Connection, sql: str) -> Any:
    """The first value of the first row, or None."""
    row = connection.execute(sql).fetchone()
    return row[0] if row else None


def about(connection: sqlite3.Connection) -> dict[str, str]:
    """What the archive says of itself: schema version, build time, masked counts."""
    return dict(connection.execute("SELECT key, value FROM about").fetchall())


def years(connection: sqlite3.Connection, condition: str = "1", values: tuple[Any, ...] = ()) -> dict[str, Any]:
    """Records per year and kind, as a chart and as the table beneath it; every year between the first and the last."""
    sql = f"""
        SELECT year, coalesce(kind, 'other') AS kind, count(*) AS n FROM proposals p
        WHERE year IS NOT NULL AND {condition} GROUP BY 1, 2"""  # noqa: S608 - the condition is a constant of ours
    counts: dict[int, dict[str, int]] = {}
    for row in connection.execute(sql, values):
        counts.setdefault(row["year"], {})[row["kind"]] = row["n"]
    if not counts:
        return {"rows": [], "chart": None, "series": []}
    span = range(max(min(counts), max(counts) - 30), max(counts) + 1)
    rows = [(str(year), counts.get(year, {})) for year in span]
    series = [kind for kind in KINDS if any(kind in found for _, found in rows)]
    return {"rows": rows, "chart": charts.stacked(rows, series), "series": series}


def numbers(connection: sqlite3.Connection) -> dict[str, Any]:
    """The figures of the first sentence."""
    row = connection.execute(
        "SELECT count(*) AS records, min(year) AS first, max(year) AS last,"
        " count(DISTINCT coalesce(division, place)) AS places,"
        " sum(type = 'reply') AS replies FROM proposals"
    ).fetchone()
    both = one(connection, "SELECT count(*) FROM texts WHERE proposal_text IS NOT NULL AND reply_text IS NOT NULL")
    watched = one(connection, "SELECT count(*) FROM sites")
    with_data = one(connection, "SELECT count(DISTINCT site) FROM proposals")
    return {**dict(row), "both": both, "watched": watched, "with_data": with_data}


def sites(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Every watched site with its place, count, newest date and state, the fullest first."""
    return [
        dict(row)
        for row in connection.execute(
            "SELECT s.id, s.name, s.division, s.state, s.last_success, d.name AS place,"
            " count(p.rowid) AS n, max(p.date) AS newest"
            " FROM sites s LEFT JOIN divisions d ON d.code = s.division LEFT JOIN proposals p ON p.site = s.id"
            " GROUP BY s.id ORDER BY n DESC, s.name"
        )
    ]


def load(connection: sqlite3.Connection) -> dict[str, Any]:
    """Everything the page shows."""
    return {
        "about": about(connection),
        "numbers": numbers(connection),
        "years": years(connection),
        "sites": sites(connection),
        "newest": newest(connection, NEWEST),
    }


async def home(datasette: Datasette, request: Request) -> Response:
    """The home page."""
    return await page(datasette, request, "home.html", await read_once(datasette, load))
