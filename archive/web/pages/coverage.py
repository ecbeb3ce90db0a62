"""What the archive holds and what it lacks: places by years, the number ledger, the state of each site."""

from __future__ import annotations

import sqlite3
from itertools import groupby
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.web.charts import shade
from archive.web.context import page, read
from archive.web.pages.home import sites
from archive.web.pages.record import select

MOST_MISSING = 60
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
    """Per site, kind and session: how many numbers are there, which are missing and why where known."""
    rows = connection.execute(
        "SELECT n.site, s.name AS site_name, n.kind, n.term, n.session, n.number, n.state, n.reason"
        " FROM numbers n LEFT JOIN sites s ON s.id = n.site ORDER BY n.site, n.kind, n.term, n.session, n.id"
    )
    published = totals(connection)
    found = []
    for key, group in groupby(
        rows, key=lambda row: (row["site"], row["site_name"], row["kind"], row["term"], row["session"])
    ):
        numbers = list(group)
        missing = [row for row in numbers if row["state"] == "missing"]
        found.append(
            {
                **dict(zip(("site", "site_name", "kind", "term", "session"), key, strict=True)),
                "known": len(numbers),
                "present": sum(row["state"] == "present" for row in numbers),
                "missing": [row["number"] for row in missing[:MOST_MISSING]],
                "missing_count": len(missing),
                "reasons": sorted({row["reason"] for row in missing if row["reason"]}),
                "summaries": published.get((key[0], key[2]), []),
            }
        )
    return found


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
