"""What changed on a record since it was first seen: each version against the one before."""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import unquote

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.web.context import Missing, page, read
from archive.web.diff import changes, diff
from archive.web.pages.record import record_of, select

MOST = 100


def load(connection: sqlite3.Connection, identity: str) -> dict[str, Any]:
    """The versions of a record, the newest first, each field with its difference; Missing where the id is unknown."""
    record = record_of(connection, identity)
    if record is None:
        raise Missing(identity)
    rows = select(
        connection,
        "SELECT seen, field, old, new FROM versions WHERE proposal = ? ORDER BY seen DESC, id LIMIT ?",
        record["rowid"],
        MOST,
    )
    versions: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        pieces = diff(row["old"], row["new"])
        versions.setdefault(row["seen"], []).append(
            {"field": row["field"], "pieces": pieces, "changes": changes(pieces)}
        )
    return {"record": record, "versions": list(versions.items())}


async def versions(datasette: Datasette, request: Request) -> Response:
    """The page of versions."""
    identity = unquote(request.url_vars["id"])
    return await page(datasette, request, "versions.html", await read(datasette, lambda c: load(c, identity)))
