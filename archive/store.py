"""The store: records, evidence, problems, versions and captures in data/store.db. Private; publish.py masks it.

    with Store.open(data_folder) as store:
        store.add_pages(pages)      # one commit per batch

Two processes may write to one store: each waits for the other's transaction. Nothing that was captured is deleted.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec
from sqlite_utils import Database

from archive.database import WAIT, explained
from archive.errors import NotProven, StoreError
from archive.migrations import migrate
from archive.records import Counts, PageWriter
from parsers.record import Capture, ParsedPage
from parsers.urls import canonical

NAME = "store.db"
BATCH = 500
DAMAGED = "move it away and run `proposals rebuild`, which makes it anew from the captures"
GONE = (404, 410)
SITE_COLUMNS = ("id", "name", "division", "province", "host", "family", "verified")


class ListReading(msgspec.Struct, frozen=True):
    """One reading of a list, as the crawler's ledger remembers it; times as in :class:`parsers.record.Capture`."""

    list_url: str
    run: str
    time: str
    complete: bool
    """Whether the list was read to the end that it declares itself."""
    listed: bool = False
    """Whether the page stood in it."""


class Store:
    """An open store. Use :meth:`open`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self._sites_of_hosts: dict[str, str | None] | None = None

    @classmethod
    def open(cls, data: Path, name: str = NAME) -> Self:
        """The store of a data folder, made or brought to this version's schema where needed.

        Raises StoreError where it is of a newer version, damaged, locked or not writable.
        """
        path = data / name
        with explained(path, StoreError, DAMAGED):
            data.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=WAIT)
            with ExitStack() as stack:
                stack.callback(connection.close)
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA journal_mode=WAL")
                # On the disk before the ledger calls a page parsed: a page that only the ledger knew after a power cut
                # would be skipped as unchanged for ever. One sync for a batch of pages costs nothing measurable.
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA foreign_keys=ON")
                migrate(Database(connection, execute_plugins=False), str(path))
                stack.pop_all()
        return cls(connection, path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was not committed is undone."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, with other writers kept out from the start. Raises StoreError."""
        with explained(self.path, StoreError, DAMAGED):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    def add_pages(self, pages: Iterable[ParsedPage], batch: int = BATCH) -> Counts:
        """Store pages and their records, ``batch`` pages to a transaction; adding a page twice changes nothing.

        A response with an error status is kept as a capture and touches no record. Raises StoreError; batches committed
        before an error stay.
        """
        total, remaining = Counts(), iter(pages)
        while chunk := list(islice(remaining, batch)):
            with self.transaction() as connection:
                writer = PageWriter(connection, self._next_sequence())
                for page in chunk:
                    site = page.site if page.site is not None else self.site_of(page.capture.url)
                    writer.add(page, site)
            total = total + writer.counts
        return total

    def put_sites(self, rows: Iterable[dict[str, Any]]) -> None:
        """Replace what is known of sites; a site that is no longer given stays, for its records name it.

        Rows hold ``id``, ``name``, ``division``, ``province``, ``host``, ``family``, ``verified``.
        """
        updates = ", ".join(f"{column} = excluded.{column}" for column in SITE_COLUMNS[1:])
        with self.transaction() as connection:
            connection.executemany(
                f"INSERT INTO sites VALUES ({', '.join('?' * len(SITE_COLUMNS))}) "  # noqa: S608 - own column names
                f"ON CONFLICT (id) DO UPDATE SET {updates}",
                [[row.get(column, False if column == "verified" else None) for column in SITE_COLUMNS] for row in rows],
            )
        self._sites_of_hosts = None

    def put_crawl(
        self,
        site: str,
        started: str,
        state: str,
        *,
        finished: str | None = None,
        requests: int = 0,
        new: int = 0,
        changed: int = 0,
        problems: int = 0,
        detail: str | None = None,
    ) -> None:
        """What a run did at a site; the same site and start again replaces what was said before.

        ``state`` is one of design.md's States; ``detail`` names what a person must know, in one line.
        """
        values = (site, started, finished, state, requests, new, changed, problems, detail)
        with self.transaction() as connection:
            connection.execute(
                "INSERT INTO crawls (site, started, finished, state, requests, new, changed, problems, detail) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (site, started) DO UPDATE SET "
                "finished = excluded.finished, state = excluded.state, requests = excluded.requests, "
                "new = excluded.new, changed = excluded.changed, problems = excluded.problems, "
                "detail = excluded.detail",
                values,
            )

    def site_of(self, url: str) -> str | None:
        """The one site that has the URL's host; ``None`` where none or several have it."""
        if self._sites_of_hosts is None:
            self._sites_of_hosts = {}
            for row in self.connection.execute("SELECT id, host FROM sites WHERE host IS NOT NULL ORDER BY id"):
                several = row["host"] in self._sites_of_hosts
                self._sites_of_hosts[row["host"]] = None if several else row["id"]
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        return self._sites_of_hosts.get(parts.hostname or "") or self._sites_of_hosts.get(parts.netloc)

    def capture_of(self, url: str | None, body: bytes) -> Capture | None:
        """The newest capture of these bytes under this address; under ``None``, of a page without one."""
        digest = hashlib.sha256(body).hexdigest()
        row = self.connection.execute(
            "SELECT c.url, c.time, c.status, c.digest, c.file, c.offset, c.length FROM captures c "
            "JOIN pages p ON p.id = c.page WHERE p.key = ? AND c.digest = ? ORDER BY c.time DESC LIMIT 1",
            (canonical(url or f"urn:sha256:{digest}"), f"sha256:{digest}"),
        ).fetchone()
        return None if row is None else Capture(*row)

    def saw(self, urls: Iterable[str], time: str) -> None:
        """Note that pages were still there at ``time``: listed, or answered as not modified."""
        keys = [(time, canonical(url)) for url in urls]
        with self.transaction() as connection:
            sequence = self._next_sequence()
            connection.executemany("UPDATE pages SET last_seen = ?1 WHERE last_seen < ?1 AND key = ?2", keys)
            connection.executemany(
                f"UPDATE records SET last_seen = ?1, touched = {sequence:d} WHERE last_seen < ?1 "  # noqa: S608 - a number
                "AND page = (SELECT id FROM pages WHERE key = ?2) AND state = 'present'",
                keys,
            )

    def withdraw(self, gone: Capture, readings: Iterable[ListReading]) -> int:
        """Mark the records of a page as withdrawn; how many were. Pages captured again later are present again.

        Raises NotProven unless the page answers 404 or 410 after two different runs each read a list of its site to the
        declared end without finding it. Challenge pages, soft 404s, time-outs and broken-off lists prove nothing.
        """
        absences = [reading for reading in readings if reading.complete and not reading.listed]
        runs = {reading.run for reading in absences}
        if gone.status not in GONE or len(runs) < 2:
            raise NotProven(
                f"{gone.url}: not withdrawn: it answered {gone.status} and {len(runs)} complete runs missed it; "
                "404 or 410 and two complete runs are needed"
            )
        proof = msgspec.json.encode({"gone": gone, "absences": absences}).decode()
        with self.transaction() as connection:
            writer = PageWriter(connection, self._next_sequence())
            return writer.withdraw(gone, proof)

    def _next_sequence(self) -> int:
        """The number of the running transaction; rows that it changes carry it."""
        self.connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'sequence'")
        return self.sequence()

    def sequence(self) -> int:
        """The number of the last transaction that changed records."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = 'sequence'").fetchone()
        return int(row["value"])
