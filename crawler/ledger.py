"""The crawl ledger: SQLite in WAL mode, one transaction per step.

A process that is killed at any instant loses at most the requests in flight: what was queued stays queued, what was
captured is parsed from its capture at the next start. Rows are read in small batches, so memory does not grow.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from crawler.errors import CrawlError

VERSION = 2
SCHEMA = Path(__file__).with_name("ledger.sql")
CHANGES = {
    2: (
        "ALTER TABLE entries ADD COLUMN title TEXT",
        "ALTER TABLE entries ADD COLUMN date TEXT",
        "UPDATE entries SET (title, date) = (SELECT title, date FROM pages WHERE id = page)",
    )
}
"""What makes a ledger of the version before one of this version."""
COUNT = """
    UPDATE site_runs SET requests = requests + :requests, listed = listed + :listed, pages = pages + :pages,
      new = new + :new, changed = changed + :changed, gone = gone + :gone, records = records + :records,
      problems = problems + :problems
    WHERE run = :run AND site = :site"""
NOTHING = dict.fromkeys(("requests", "listed", "pages", "new", "changed", "gone", "records", "problems"), 0)
REQUEUE_LOST = """
    UPDATE pages SET state = 'queued', capture = NULL, digest = NULL
    WHERE capture IN (SELECT id FROM captures WHERE file = ?1 AND offset + length > ?2
      OR original IN (SELECT id FROM captures WHERE file = ?1 AND offset + length > ?2))"""
FORGET_REVISITS = """
    DELETE FROM captures WHERE original IN (SELECT id FROM captures WHERE file = ?1 AND offset + length > ?2)"""
FORGET_LOST = "DELETE FROM captures WHERE file = ?1 AND offset + length > ?2"
NEW_CAPTURE = """
    INSERT INTO captures (run, site, url, time, status, digest, file, offset, length, original, page)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
SPEND = "UPDATE sites SET requests = CASE WHEN day = ?1 THEN requests + 1 ELSE 1 END, day = ?1 WHERE site = ?2"
SITE_RUNS = """
    SELECT site, started, finished, state, detail, requests, listed, pages, new, changed, gone, records, problems
    FROM site_runs WHERE run = ? AND (? IS NULL OR site = ?) ORDER BY site"""
END_SITE = """
    UPDATE site_runs SET state = ?, detail = ?, finished = coalesce(finished, ?) WHERE run = ? AND site = ?"""
DIED = "UPDATE site_runs SET state = 'not run', detail = 'its process died' WHERE run = ? AND state = 'running'"
ONE_CAPTURE = """
    SELECT c.id, c.url, c.time, c.status, c.digest, f.name, o.offset, o.length
    FROM captures c JOIN captures o ON o.id = coalesce(c.original, c.id) JOIN files f ON f.id = o.file WHERE c.id = ?"""


class Captured(msgspec.Struct, frozen=True):
    """One response in the ledger.

    File, offset and length are those of the WARC record that holds the bytes: for a repeated payload its first capture.
    """

    id: int
    url: str
    time: str
    status: int
    digest: str
    file: str
    offset: int
    length: int


class SiteRun(msgspec.Struct, frozen=True):
    """A site's part of a run, as ledger.sql describes it; ``started`` and ``finished`` are Unix seconds."""

    site: str
    started: float
    finished: float | None = None
    state: str = "running"
    detail: str | None = None
    requests: int = 0
    listed: int = 0
    pages: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    records: int = 0
    problems: int = 0


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """One response that was just written to a WARC file."""

    url: str
    time: str
    status: int
    digest: str
    file: int
    name: str
    """The file's."""
    offset: int
    length: int
    end: int
    """The file's size after everything that belongs to this response."""
    original: int | None


class Ledger:
    """The ledger of one data folder. Every public method that writes is one transaction of its own.

    Every method raises CrawlError where the disk refuses.
    """

    def __init__(self, path: Path):
        """Open the ledger, made where it is not there. Raises CrawlError for a newer schema or no database at all."""
        self.path = path
        with self.explained():
            self.db = sqlite3.connect(path, timeout=60, isolation_level=None)
        try:
            with self.explained():
                self.db.execute("PRAGMA journal_mode = WAL")
                # What a power cut takes is read again; the store, which must not know less, syncs every commit.
                self.db.execute("PRAGMA synchronous = NORMAL")
                self._prepare()
        except CrawlError:
            self.db.close()
            raise

    def _prepare(self) -> None:
        version = self.db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise CrawlError(f"{self.path}: was written by a newer version (schema {version}); update this program")
        if version == VERSION:
            return
        made = SCHEMA.read_text("utf-8").split(";\n")
        changed = [statement for number in range(version + 1, VERSION + 1) for statement in CHANGES.get(number, ())]
        with self.transaction():
            for statement in changed if version else made:
                self.db.execute(statement)
            self.db.execute(f"PRAGMA user_version = {VERSION}")

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """What SQLite says goes wrong, as CrawlError that names the file."""
        try:
            yield
        except sqlite3.Error as error:
            raise CrawlError(f"{self.path}: {error}; make room or put it right, then crawl again") from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One step: all of it is kept or nothing."""
        with self.explained():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
                self.db.execute("COMMIT")
            finally:
                if self.db.in_transaction:
                    with suppress(sqlite3.Error):  # a full disk has rolled it back already
                        self.db.execute("ROLLBACK")

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query that reads."""
        with self.explained():
            return self.db.execute(query, values).fetchall()

    # Runs

    def begin_run(self) -> int:
        """A new run; what an earlier one was killed over is said to have ended then."""
        with self.transaction() as db:
            db.execute("UPDATE site_runs SET state = 'not run', detail = 'interrupted' WHERE state = 'running'")
            run = db.execute("INSERT INTO runs (started) VALUES (?)", (time.time(),)).lastrowid
        assert run is not None
        return run

    def died(self, run: int) -> None:
        """Say of every site whose process did not bring it to an end that it was not run."""
        with self.transaction() as db:
            db.execute(DIED, (run,))

    def site_runs(self, run: int, site: str | None = None) -> tuple[SiteRun, ...]:
        """How a run went at its sites, or at one of them."""
        return tuple(SiteRun(*row) for row in self.rows(SITE_RUNS, run, site, site))

    def end_run(self, run: int, error: str | None = None) -> None:
        with self.transaction() as db:
            db.execute("UPDATE runs SET finished = ?, error = ? WHERE id = ?", (time.time(), error, run))

    def begin_site(self, run: int, site: str) -> None:
        """A site's part of a run; what was in flight when an earlier run ended is queued again."""
        with self.transaction() as db:
            db.execute("INSERT OR IGNORE INTO sites (site) VALUES (?)", (site,))
            db.execute(
                "INSERT OR REPLACE INTO site_runs (run, site, started, state) VALUES (?, ?, ?, 'running')",
                (run, site, time.time()),
            )
            db.execute("UPDATE pages SET state = 'queued' WHERE site = ? AND state = 'tried'", (site,))

    def count(self, run: int, site: str, **numbers: int) -> None:
        """Add to a site's counters of this run."""
        with self.transaction():
            self._count(run, site, **numbers)

    def _count(self, run: int, site: str, **numbers: int) -> None:
        self.db.execute(COUNT, NOTHING | numbers | {"run": run, "site": site})

    def end_site(self, run: int, site: str, state: str, detail: str | None) -> None:
        """How the site's part of a run ended; the time of the end is that of the first call."""
        with self.transaction() as db:
            db.execute(
                END_SITE,
                (state, detail, time.time(), run, site),
            )

    def requests_on(self, site: str, day: str) -> int:
        """How many of the day's budget are spent."""
        rows = self.rows("SELECT requests FROM sites WHERE site = ? AND day = ?", site, day)
        return int(rows[0][0]) if rows else 0

    def pause(self, site: str, until: float) -> None:
        """Remember that the site asked not to be read before ``until``."""
        with self.transaction() as db:
            db.execute("UPDATE sites SET paused = ? WHERE site = ?", (until, site))

    def paused_until(self, site: str) -> float:
        rows = self.rows("SELECT paused FROM sites WHERE site = ?", site)
        return float(rows[0][0]) if rows else 0.0

    # Captures

    def add_file(self, name: str) -> int:
        """Register a WARC file before it is made, so that none is unknown after a kill."""
        with self.transaction() as db:
            file = db.execute("INSERT INTO files (name) VALUES (?)", (name,)).lastrowid
        assert file is not None
        return file

    def close_file(self, file: int, size: int) -> None:
        with self.transaction() as db:
            db.execute("UPDATE files SET size = ?, closed = 1 WHERE id = ?", (size, file))

    def open_files(self) -> list[tuple[int, str, int]]:
        """(id, name, known size) of the files that no run has closed."""
        return [(row[0], row[1], row[2]) for row in self.rows("SELECT id, name, size FROM files WHERE NOT closed")]

    def forget_beyond(self, file: int, size: int) -> None:
        """Forget captures that lie beyond a file's real end (lost with the power) and queue their pages again."""
        with self.transaction() as db:
            for statement in (REQUEUE_LOST, FORGET_REVISITS, FORGET_LOST):
                db.execute(statement, (file, size))

    def original_of(self, digest: str) -> tuple[int, str, str] | None:
        """(id, address, time) of the capture that holds this payload."""
        rows = self.rows("SELECT id, url, time FROM captures WHERE digest = ? AND original IS NULL LIMIT 1", digest)
        return rows[0] if rows else None

    def add_capture(self, run: int, site: str, written: Written, page: int | None, day: str) -> Captured:
        """A response and, where it is the final answer for a page, that page's new state: one transaction."""
        with self.transaction() as db:
            values = (written.url, written.time, written.status, written.digest, written.file, written.offset)
            row = (run, site, *values, written.length, written.original, page)
            capture = db.execute(NEW_CAPTURE, row).lastrowid
            db.execute("UPDATE files SET size = ? WHERE id = ?", (written.end, written.file))
            if page is not None:
                db.execute("UPDATE pages SET state = 'captured', capture = ? WHERE id = ?", (capture, page))
            db.execute(SPEND, (day, site))
            self._count(run, site, requests=1)
        assert capture is not None
        if written.original is not None:
            return self.capture(capture)
        place = (written.name, written.offset, written.length)
        return Captured(capture, written.url, written.time, written.status, written.digest, *place)

    def capture(self, capture: int) -> Captured:
        """A response by its id."""
        return Captured(*self.rows(ONE_CAPTURE, capture)[0])
