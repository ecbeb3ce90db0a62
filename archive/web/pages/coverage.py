"""What the archive holds and what it lacks: places by years, the number ledger, the state of each site.

Of a whole country the page shows the provinces, and each province its places and sites on a page of its own.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.web.charts import shade
from archive.web.context import Missing, page, read, read_once
from archive.web.listing import plain
from archive.web.pages.record import select

MOST_PLACES = 60
"""With more places than this the page begins with the provinces."""
MOST_MISSING = 60
MOST_GROUPS = 40
"""More sessions than these are counted per site; their numbers stand in the question of missing numbers."""
YEARS = 15
WATCHED = "(code IN (SELECT division FROM sites) OR code IN (SELECT division FROM proposals))"
OWN = "division IN (SELECT code FROM divisions WHERE ?1 IS NULL OR province = ?1)"


def provinces(connection: sqlite3.Connection) -> list[str]:
    """The provinces to choose from; none where all places fit on one page."""
    rows = connection.execute(f"SELECT province, count(*) FROM divisions WHERE {WATCHED} GROUP BY 1 ORDER BY min(code)").fetchall()  # fmt: skip  # noqa: E501, S608 - constants
    return [row[0] for row in rows] if sum(row[1] for row in rows) > MOST_PLACES else []


def counts(connection: sqlite3.Connection, province: str | None) -> dict[str, dict[int, int]]:
    """Records per place and year."""
    found: dict[str, dict[int, int]] = {}
    sql = f"SELECT division, year, count(*) AS n FROM proposals WHERE year IS NOT NULL AND {OWN} GROUP BY 1, 2"  # noqa: S608 - constants
    for row in connection.execute(sql, (province,)):
        found.setdefault(row["division"], {})[row["year"]] = row["n"]
    return found


def matrix(connection: sqlite3.Connection, province: str | None, by_province: bool) -> dict[str, Any]:
    """Records per place, or per province, and year; every place that is watched counts."""
    held: dict[str, dict[int, int]] = {}
    places = select(connection, f"SELECT code, name, province FROM divisions WHERE {WATCHED} AND (?1 IS NULL OR province = ?1) ORDER BY code", province)  # fmt: skip  # noqa: E501, S608 - constants
    rows: dict[str, dict[str, Any]] = {}
    own = counts(connection, province)
    for place in places:
        key = place["province"] if by_province else place["code"]
        rows.setdefault(key, {"code": key, "name": place["province"] if by_province else place["name"]})
        for year, n in own.get(place["code"], {}).items():
            held.setdefault(key, {})[year] = held.get(key, {}).get(year, 0) + n
    found = sorted({year for row in held.values() for year in row})
    years = list(range(max(found[0], found[-1] - YEARS + 1), found[-1] + 1)) if found else []
    most = max((n for row in held.values() for n in row.values()), default=0)
    for key, row in rows.items():
        mine = held.get(key, {})
        row["cells"] = [(year, mine.get(year, 0), shade(mine.get(year, 0), most)) for year in years]
        row["total"] = sum(mine.values())
    return {"years": years, "rows": list(rows.values())}


def totals(connection: sqlite3.Connection) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """What the yearly summaries say was handled, by site and kind."""
    rows = select(connection, "SELECT site, kind, year, total, held FROM summaries WHERE class IS NULL ORDER BY year")
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["site"], row["kind"]), []).append(row)
    return found


def ledger(connection: sqlite3.Connection, province: str | None) -> list[dict[str, Any]]:
    """Per site, kind and session how many numbers are known and here; per site alone where the page would be long."""
    rows = counted(connection, province, ("site", "kind", "term", "session"))
    detailed = len(rows) <= MOST_GROUPS
    if not detailed:
        sessions = dict.fromkeys(("kind", "term", "session"))
        rows = [{**sessions, **row} for row in counted(connection, province, ("site",))]
    published = totals(connection)
    for row in rows:
        row |= missing(connection, row) if detailed else {"missing": [], "reasons": []}
        row["summaries"] = published.get((row["site"], row["kind"]), [])
    return rows


def counted(connection: sqlite3.Connection, province: str | None, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """The numbers counted by these columns."""
    columns = ", ".join(f"n.{key}" for key in keys)
    sql = f"""
        SELECT {columns}, s.name AS site_name, count(*) AS known, sum(n.state = 'present') AS present,
          sum(n.state = 'missing') AS missing_count
        FROM numbers n LEFT JOIN sites s ON s.id = n.site WHERE ?1 IS NULL OR s.{OWN}
        GROUP BY {columns} ORDER BY {columns}"""  # noqa: S608 - constants
    return select(connection, sql, province)


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


def states(connection: sqlite3.Connection, province: str | None) -> list[dict[str, Any]]:
    """Each site with its last run, the fullest first."""
    sql = f"""
        SELECT s.*, (SELECT count(*) FROM proposals p WHERE p.site = s.id) AS n FROM sites s
        WHERE ?1 IS NULL OR s.{OWN} ORDER BY n DESC, s.name"""  # noqa: S608 - constants
    last = "SELECT * FROM crawls WHERE id = (SELECT max(id) FROM crawls WHERE site = ?)"
    return [{**site, "crawl": next(iter(select(connection, last, site["id"])), None)} for site in select(connection, sql, province)]  # fmt: skip  # noqa: E501


def summary(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Per province the sites that are watched, those in order, and the numbers that are known and here."""
    sql = """
        WITH ledger AS (SELECT site, count(*) AS known, sum(state = 'present') AS present FROM numbers GROUP BY site)
        SELECT d.province AS name, count(*) AS sites, sum(s.state = 'fine') AS fine,
          max(s.last_success) AS last_success, sum(l.known) AS known, sum(l.present) AS present
        FROM sites s LEFT JOIN divisions d ON d.code = s.division LEFT JOIN ledger l ON l.site = s.id
        GROUP BY d.province ORDER BY min(d.code) IS NULL, min(d.code)"""
    return select(connection, sql)


def load(connection: sqlite3.Connection, province: str | None = None) -> dict[str, Any]:
    """Everything the page shows; Missing where there is no such province."""
    known = provinces(connection)
    if province and province not in known:
        raise Missing(province)
    overview = bool(known) and not province
    return {
        "province": province,
        "by_province": overview,
        "matrix": matrix(connection, province, overview),
        "summary": summary(connection) if overview else [],
        "ledger": [] if overview else ledger(connection, province),
        "sites": [] if overview else states(connection, province),
    }


async def coverage(datasette: Datasette, request: Request) -> Response:
    """The coverage page, of everything or of one province."""
    province = plain(request.args.get("province") or "")[:40].strip()
    if not province:
        return await page(datasette, request, "coverage.html", await read_once(datasette, load))
    return await page(datasette, request, "coverage.html", await read(datasette, partial(load, province=province)))
