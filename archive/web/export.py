"""A question's answer as CSV for spreadsheets and as JSON for programs; the whole answer, in bounded memory."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterable
from functools import partial
from typing import Any

import msgspec
import numpy as np
from datasette.app import Datasette
from datasette.utils.asgi import Request

from archive import dictionary
from archive.spreadsheets import guarded
from archive.web.context import absolute, read
from archive.web.guard import Send, queue_of
from archive.web.holdings import HOLDINGS
from archive.web.listing import FROM, asked

BATCH = 500
PAGE = "page"
COLUMNS = tuple(name for name in dictionary.load().file_columns("search") if name != PAGE)
ELSEWHERE = {"division_name": "d.name", "province": "d.province", "site_name": "s.name"}
"""Columns that are not of the table ``proposals``: the names beside its codes."""
SELECTED = ", ".join(f"{ELSEWHERE.get(name, 'p.' + name)} AS {name}" for name in COLUMNS)
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel on Chinese Windows reads UTF-8 as GBK."""


def batch(connection: sqlite3.Connection, rowids: list[int]) -> list[sqlite3.Row]:
    """The rows of these records, in the order given."""
    marks = ",".join("?" * len(rowids))
    sql = f"SELECT p.rowid, {SELECTED} {FROM} WHERE p.rowid IN ({marks})"
    found = {row["rowid"]: row for row in connection.execute(sql, rowids)}
    return [found[rowid] for rowid in rowids]


def guarded_cell(value: Any) -> Any:
    """The value as a spreadsheet may hold it: without what does not print, and no formula."""
    if isinstance(value, str):
        return guarded("".join(c for c in value if c.isprintable() or c in "\n\t\u3000"))
    return value


def csv_lines(rows: Iterable[Iterable[Any]]) -> bytes:
    """The rows as CSV, safe for spreadsheets."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[guarded_cell(value) for value in row] for row in rows])
    return buffer.getvalue().encode("utf-8", "replace")


class Writer:
    """One export format: how it begins, how a batch looks, how it ends."""

    content_type = "text/csv; charset=utf-8"

    def __init__(self, count: int, address: str) -> None:
        self.count, self.address, self.first = count, address, True

    def start(self) -> bytes:
        return BYTE_ORDER_MARK.encode() + csv_lines([[*COLUMNS, PAGE]])

    def rows(self, found: list[sqlite3.Row]) -> bytes:
        return csv_lines([*tuple(row)[1:], self.address + str(row["id"])] for row in found)

    def end(self) -> bytes:
        return b""


class JsonWriter(Writer):
    """``{"count": …, "records": [ … ]}``, the records with the keys that the dictionary tells."""

    content_type = "application/json; charset=utf-8"

    def start(self) -> bytes:
        return b'{"count":%d,"records":[' % self.count

    def rows(self, found: list[sqlite3.Row]) -> bytes:
        records = [{**{name: row[name] for name in COLUMNS}, PAGE: self.address + str(row["id"])} for row in found]
        text = b",\n".join(msgspec.json.encode(record) for record in records)
        comma, self.first = (b"" if self.first else b",\n"), False
        return comma + text

    def end(self) -> bytes:
        return b"]}\n"


WRITERS = {"csv": Writer, "json": JsonWriter}


async def export(datasette: Datasette, request: Request, send: Send) -> None:
    """Stream the whole answer; each batch is its own short read in its own turn, so a long export holds nobody up."""
    question, holdings = asked(request), HOLDINGS[datasette]
    hits = await read(datasette, lambda connection: holdings.hits(connection, question))
    form = request.url_vars["format"]
    writer = WRITERS[form](len(hits), absolute(datasette, request, "/r/"))
    headers = {"content-type": writer.content_type, "content-disposition": f'attachment; filename="proposals.{form}"'}
    if form == "json":
        headers.pop("content-disposition")
    raw = [(key.encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": 200, "headers": raw})
    await send({"type": "http.response.body", "body": writer.start(), "more_body": True})
    ordered = np.array(holdings.by_date(question, hits, len(hits)), np.int32)
    for start in range(0, len(ordered), BATCH):
        rowids = ordered[start : start + BATCH].tolist()
        async with queue_of(request):
            rows = await read(datasette, partial(batch, rowids=rowids))
        await send({"type": "http.response.body", "body": writer.rows(rows), "more_body": True})
    await send({"type": "http.response.body", "body": writer.end()})
