"""What crawl ledgers know and captures do not, read by a rebuild: which page is content, the runs, what is withdrawn.

A data folder has the ledger of its own crawls, ``ledger.db``, and in ``ledgers/`` those of other machines that have
handed in their captures. crawler/ledger.sql describes the tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Self

import msgspec

from archive.database import explained, read_only
from archive.errors import StoreError
from archive.store import ListReading, Store
from parsers.record import Capture

OWN = "ledger.db"
HANDED_IN = "ledgers"
DAMAGED = "move it away, then rebuild again"
FILE = "SELECT id, size FROM files WHERE name = ?"
KEPT = """
    SELECT c.url, c.time, c.status, c.digest, f.name AS file, o.offset, o.length, p.site, p.parent
    FROM captures c JOIN captures o ON o.id = coalesce(c.original, c.id) JOIN files f ON f.id = o.file
    JOIN pages p ON p.id = c.page WHERE c.file = ? AND c.stored ORDER BY c.id"""
RUNS = """
    SELECT site, started, finished, state, requests, new, changed, problems, detail FROM site_runs
    WHERE finished IS NOT NULL ORDER BY finished, site"""
SEEN = "SELECT seen, url FROM pages WHERE seen IS NOT NULL ORDER BY seen"
WITHDRAWN = """
    SELECT p.id, c.url, c.time, c.status, c.digest, f.name AS file, o.offset, o.length
    FROM pages p JOIN captures c ON c.id = p.capture JOIN captures o ON o.id = coalesce(c.original, c.id)
    JOIN files f ON f.id = o.file WHERE p.state = 'withdrawn' ORDER BY c.time"""
ABSENCES = """
    SELECT l.url, w.run, w.time FROM entries e JOIN lists l ON l.id = e.list
    JOIN walks w ON w.list = e.list AND w.walk > e.walk WHERE e.page = ? ORDER BY w.time"""


class Place(msgspec.Struct, frozen=True):
    """What a capture does not say of its page: the site, and the page that links it where it is an attachment."""

    site: str | None
    attachment_of: str | None


class Kept(msgspec.Struct, frozen=True):
    """A capture that was handed to the store; file, offset and length are those of its bytes."""

    capture: Capture
    place: Place


class Known(msgspec.Struct, frozen=True):
    """What a ledger knows of a capture file."""

    kept: tuple[Kept, ...]
    """In the order in which they were captured."""
    size: int
    """Bytes of the file that the ledger knows; what lies beyond came after the ledger was copied."""


def paths(data: Path) -> list[Path]:
    """The ledgers of a data folder, its own first."""
    own = [data / OWN] if (data / OWN).exists() else []
    return [*own, *sorted((data / HANDED_IN).glob("*.db"))]


class Ledgers:
    """The ledgers of a data folder, open to be read."""

    def __init__(self, connections: dict[Path, sqlite3.Connection], stack: ExitStack) -> None:
        self.connections, self.stack = connections, stack

    @classmethod
    def open(cls, data: Path) -> Self:
        """All ledgers of a data folder; it may have none. Raises StoreError where one is damaged."""
        with ExitStack() as stack:
            connections = {}
            for path in paths(data):
                with explained(path, StoreError, DAMAGED):
                    connections[path] = read_only(path)
                    stack.callback(connections[path].close)
                    connections[path].execute("SELECT 1 FROM pages LIMIT 1")
            return cls(connections, stack.pop_all())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def __bool__(self) -> bool:
        return bool(self.connections)

    def rows(self, sql: str, *values: object) -> Iterator[sqlite3.Row]:
        """The rows of a query, ledger by ledger."""
        for path, connection in self.connections.items():
            with explained(path, StoreError, DAMAGED):
                yield from connection.execute(sql, values)

    def place(self, key: str) -> Place | None:
        """The content page with this canonical address; ``None`` where no ledger has one."""
        row = next(self.rows("SELECT site, parent FROM pages WHERE key = ? ORDER BY site LIMIT 1", key), None)
        return Place(*row) if row else None

    def file(self, name: str) -> Known | None:
        """What is known of a capture file; ``None`` where no ledger has it."""
        for path, connection in self.connections.items():
            with explained(path, StoreError, DAMAGED):
                row = connection.execute(FILE, (name,)).fetchone()
                if row is not None:
                    return Known(tuple(map(kept, connection.execute(KEPT, (row["id"],)))), row["size"])
        return None

    def tell(self, store: Store) -> None:
        """Bring the runs into a store that has the captures, what they saw last, and what they found withdrawn."""
        for row in self.rows(RUNS):
            values: dict[str, Any] = dict(row)
            started, finished = iso(values.pop("started")), values.pop("finished")
            store.put_crawl(started=started, finished=finished and iso(finished), **values)
        for seen, rows in groupby(self.rows(SEEN), key=lambda row: row["seen"]):
            store.saw((row["url"] for row in rows), exactly(seen))
        for path, connection in self.connections.items():
            with explained(path, StoreError, DAMAGED):
                for row in connection.execute(WITHDRAWN):
                    store.withdraw(capture_of(row), absences(connection, row["id"]))


def kept(row: sqlite3.Row) -> Kept:
    """A row of KEPT."""
    return Kept(capture_of(row), Place(row["site"], row["parent"]))


def capture_of(row: sqlite3.Row) -> Capture:
    """The capture in a row that has its columns."""
    return Capture(**{name: row[name] for name in Capture.__struct_fields__})


def absences(connection: sqlite3.Connection, page: int) -> list[ListReading]:
    """The walks to a list's declared end that no longer met a page."""
    return [ListReading(url, str(run), iso(time), True) for url, run, time in connection.execute(ABSENCES, (page,))]


def iso(seconds: float) -> str:
    """A ledger's time, Unix seconds, as the store's."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def exactly(seconds: float) -> str:
    """The same to the microsecond, as captures have it.

    A record that was seen once more keeps its size by that, and SQLite writes over those bytes alone; else it moves the
    whole record, the texts with it.
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
