"""What the archive holds and what it lacks: places by years, the number ledger, the state of each site."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.web.charts import shade
from archive.web.context import page, read
from archive.web.pages.home import sites
from archive.web.pages.record import select

MOST_MISSING = 60
MOST_GROUPS = 40
"""More sessions than these are counted per site; their numbers stand in the question of missing numbers."""
YEARS = 15


def matrix(connection: sqlite3.Connection) -> dict[str, Any]:
    """Records per place and year; every place that is watched has a row."""
    counts: dict[str, dict[int, int]] = {}
    for row in connection.execute(
        "SELECT division, year, count(*) AS n FROM proposals"
        " WHERE division IS NOT NULL AND year IS NOT NULL GROUP BY 1, 2"
    ):
        counts.setdefault(row["division"], {})[row["year"]] = row["n"]
    found = sorted({year for row in counts.values() for year in row})
    years = list(range(max(found[0], found[-1] - YEARS + 1), found[-1] + 1)) if found else []
    most = max((n for row in counts.values() for n in row.values()), default=0)
    places = select(
        connection,
        "SELECT code, name, province FROM divisions WHERE code IN (SELECT division FROM sites)"
        " OR code IN (SELECT division FROM proposals) ORDER BY province, code",
    )
    for place in places:
        own = counts.get(place["code"], {})
        place["cells"] = [(year, own.get(year, 0), shade(own.get(year, 0), most)) for year in years]
        place["total"] = sum(own.values())
    return {"years": years, "places": places}


def totals(connection: sqlite3.Connection) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """What the yearly summaries say was handled, by site and kind."""
    rows = select(
        connection, "SELECT site, kind, year, total, quote, document FROM summaries WHERE class IS NULL ORDER BY year"
    )
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["site"], row["kind"]), []).append(row)
    return found


def ledger(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Per site, kind and session how many numbers are known and here; per site alone where the page would be long."""
    rows = counted(connection, ("site", "kind", "term", "session"))
    if len(rows) > MOST_GROUPS:
        rows = [{"kind": None, "term": None, "session": None, **row} for row in counted(connection, ("site",))]
    published = totals(connection)
    detailed = len(rows) <= MOST_GROUPS
    for row in rows:
        row |= missing(connection, row) if detailed else {"missing": [], "reasons": []}
        row["summaries"] = published.get((row["site"], row["kind"]), [])
    return rows


def counted(connection: sqlite3.Connection, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """The numbers counted by these columns."""
    columns = ", ".join(f"n.{key}" for key in keys)
    sql = f"""
        SELECT {columns}, s.name AS site_name, count(*) AS known, sum(n.state = 'present') AS present,
          sum(n.state = 'missing') AS missing_count
        FROM numbers n LEFT JOIN sites s ON s.id = n.site GROUP BY {columns} ORDER BY {columns}"""  # noqa: S608 - constants
    return select(connection, sql)


def missing(connection: sqlite3.Connection, row: dict[str, Any]) -> dict[str, Any]:
    """The missing numbers of one session, and the reasons that are known."""
    found = select(
        connection,
        "SELECT number, reason FROM numbers WHERE site = ? AND kind IS ? AND term IS ? AND session IS ?"
        " AND state = 'missing' ORDER BY id",
        *(row[key] for key in ("site", "kind", "term", "session")),
    )
    reasons = sorted({item["reason"] for item in found if item["reason"]})
    return {"missing": [item["number"] for item in found[:MOST_MISSING]], "reasons": reasons}


def states(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Each site with its last run."""
    last = {
        row["site"]: dict(row)
        for row in connection.execute("SELECT * FROM crawls WHERE id IN (SELECT max(id) FROM crawls GROUP BY site)")
    }
    return [{**site, "crawl": last.get(site["id"])} for site in sites(connection)]


def load(connection: sqlite3.Connection) -> dict[str, Any]:
    """Everything the page shows."""
    return {"matrix": matrix(connection), "ledger": ledger(connection), "sites": states(connection)}


async def coverage(datasette: Datasette, request: Request) -> Response:
    """The coverage page."""
    return await page(datasette, request, "coverage.html", await read(datasette, load))
