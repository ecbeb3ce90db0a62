"""The store made anew from the captures alone, beside the old one, and put in its place in one step.

The files are cut into tasks for the workers of workers.py; the store is written in the files' order, so that it is the
same for any number of them. Where a ledger knows a file, exactly the captures that the crawl stored are stored again.
What captures do not hold (runs, proofs of withdrawal, given ids, redirects) the ledgers say, and the store before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any

import msgspec

from archive import captures
from archive.database import explained, read_only
from archive.errors import CaptureError, StoreError
from archive.identity import number_key
from archive.ledgers import Kept, Ledgers, Place
from archive.locks import locked
from archive.publish import LOCK, LOCKED_BY
from archive.records import Counts, read
from archive.store import DAMAGED, NAME, Store
from archive.workers import Workers, processes
from archive.workers import cluster as cluster_of
from parsers import parse
from parsers.record import ParsedPage
from parsers.urls import canonical

BUILDING = "store.rebuilding.db"
AT_ONCE = 500
"""Captures to a task: enough to pay for handing them to another process, few enough to be held in memory."""


class Task(msgspec.Struct, frozen=True):
    """A piece of a capture file, parsed by one worker."""

    path: Path
    kept: tuple[Kept, ...] = ()
    """Captures that a ledger says were stored."""
    start: int | None = None
    """The byte from which on no ledger knows the file, so that all of it is read; ``None``: nothing of it is."""
    end: int | None = None
    """The byte at which the next task begins; ``None``: the end of the file."""


class Parsed(msgspec.Struct, frozen=True):
    """What a task found."""

    pages: tuple[ParsedPage, ...]
    """Those that no ledger knows have no site yet."""
    wrong: tuple[str, ...]
    """What is damaged, in one line each."""


def parse_task(task: Task) -> Parsed:
    """The pages of a piece of a capture file, with their records."""
    pages: list[ParsedPage] = []
    wrong: list[str] = []
    for kept in task.kept:
        try:
            records = tuple(parse(captures.read_at(task.path.parent, kept.capture)))
            pages.append(ParsedPage(kept.place.site, kept.capture, records, kept.place.attachment_of))
        except CaptureError as error:
            wrong.append(str(error))
    if task.start is not None:
        try:
            for found in captures.read(task.path, task.start):
                if task.end is not None and (found.capture.offset or 0) >= task.end:
                    break
                records = tuple(parse(found.page)) if found.capture.status < 300 else ()
                pages.append(ParsedPage(None, found.capture, records))
        except CaptureError as error:
            wrong.append(str(error))
    return Parsed(tuple(pages), tuple(wrong))


def tasks(files: Iterable[Path], ledgers: Ledgers) -> Iterator[Task]:
    """The pieces of the capture files, in the order in which they were captured."""
    for path in files:
        known = ledgers.file(path.name)
        kept, unknown = (known.kept, known.size) if known else ((), 0)
        for first in range(0, len(kept), AT_ONCE):
            yield Task(path, kept[first : first + AT_ONCE])
        if known is None or path.stat().st_size > unknown:
            for start, end in pairwise(chain((unknown,), captures.cuts(path, unknown, AT_ONCE), (None,))):
                yield Task(path, start=start, end=end)


def rebuild(
    data: Path,
    say: Callable[[str], None],
    jobs: int = 1,
    cluster: str | None = None,
    sites: Iterable[dict[str, Any]] = (),
) -> Counts:
    """Parse every capture into a fresh store and swap it in; ``say`` is told what is wrong with a file.

    ``sites`` is what is known of sites, as :meth:`Store.put_sites` takes it. The files are parsed by ``jobs`` processes
    or by the workers of the cluster whose scheduler's address is given. Raises, with the old store still in place,
    ClusterError where there is no such cluster, StoreError, and Busy where a rebuild or publish is running.
    """
    files = sorted((data / captures.FOLDER).absolute().glob("*.warc*"))
    if not files:
        raise StoreError(f"{data / captures.FOLDER}: no captures; run `proposals crawl` or `proposals import` first")
    new = data / BUILDING
    with explained(new, StoreError, DAMAGED), locked(data / LOCK, LOCKED_BY):
        clear(new)
        if (data / NAME).exists():
            Store.open(data).close()  # brings the schema of an older version up, so that all of it can be taken over
        retire(data / NAME)
        try:
            with Store.open(data, BUILDING) as store:
                store.put_sites(sites)
                known_at = carry_over(data / NAME, store)
                total = fill(store, data, files, workers_of(jobs, cluster), say)
                withdrawals(data / NAME, store)
                store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                store.connection.execute("PRAGMA journal_mode=DELETE")
            retire(data / NAME)
            if sequence_of(data / NAME) != known_at:
                raise StoreError(f"{data / NAME}: written to during the rebuild; rebuild again when nothing else runs")
            new.replace(data / NAME)
        finally:
            clear(new)
    return total


def fill(
    store: Store,
    data: Path,
    files: list[Path],
    workers: AbstractContextManager[Workers | None],
    say: Callable[[str], None],
) -> Counts:
    """Store what the files hold and what the ledgers say; how much it was."""
    total = Counts()
    with ExitStack() as stack:
        ledgers = stack.enter_context(Ledgers.open(data))
        old = data / NAME
        before = stack.enter_context(closing(read_only(old))) if old.exists() else None
        places = Places(ledgers, before)
        for found in parsed(tasks(files, ledgers), stack.enter_context(workers)):
            total += store.add_pages(places.known(found.pages))
            for wrong in found.wrong:
                say(wrong)
        ledgers.tell(store)
    return total


def workers_of(jobs: int, address: str | None) -> AbstractContextManager[Workers | None]:
    """Where files are parsed; ``None`` for this process."""
    if address is not None:
        return cluster_of(address)
    return processes(jobs) if jobs > 1 else nullcontext()


def parsed(pieces: Iterator[Task], workers: Workers | None) -> Iterator[Parsed]:
    """What the tasks find, in their order; at most twice as many wait as there are workers."""
    if workers is None:
        yield from map(parse_task, pieces)
        return
    submit = workers.executor.submit
    waiting: list[Future[Parsed]] = [submit(parse_task, task) for task in islice(pieces, 2 * workers.count)]
    while waiting:
        found = waiting.pop(0).result()
        waiting += [submit(parse_task, task) for task in islice(pieces, 1)]
        yield found


class Places:
    """Which captures are content pages, and of which site: the ledgers say it, then the store before."""

    def __init__(self, ledgers: Ledgers, before: sqlite3.Connection | None) -> None:
        self.ledgers, self.before = ledgers, before

    def known(self, pages: Iterable[ParsedPage]) -> Iterator[ParsedPage]:
        """Content pages with their site. Lists, robots.txt and redirects are captured too, and are no content.

        Without ledger and store, what reads as a list or as nothing is left out, and everything else is content.
        """
        alone = not self.ledgers and self.before is None
        for page in pages:
            if page.site is not None:
                yield page
                continue
            place = self.find(canonical(page.capture.url))
            if place is not None:
                yield ParsedPage(place.site, page.capture, page.records, place.attachment_of)
            elif (page.capture.file or "").startswith(captures.IMPORTED) or (alone and is_content(page)):
                yield page

    def find(self, key: str) -> Place | None:
        """What is known of the page with this canonical address."""
        place = self.ledgers.place(key)
        if place is None and self.before is not None:
            row = self.before.execute("SELECT site, attachment_of FROM pages WHERE key = ?", (key,)).fetchone()
            place = Place(*row) if row else None
        return place


def is_content(page: ParsedPage) -> bool:
    """Whether a page reads as more than a list or nothing."""
    return any(record.type not in ("list", "unrecognised") for record in page.records)


def sequence_of(path: Path) -> int | None:
    """The number of a store's last transaction; ``None`` where there is no store."""
    if not path.exists():
        return None
    with explained(path, StoreError, DAMAGED), closing(read_only(path)) as store:
        return int(store.execute("SELECT value FROM meta WHERE key = 'sequence'").fetchone()[0])


def carry_over(old: Path, store: Store) -> int | None:
    """Take over what captures do not hold; the number of the last transaction that was seen."""
    sequence = sequence_of(old)
    if sequence is None:
        return None
    with explained(old, StoreError, DAMAGED):
        before = read_only(old)
        with store.transaction() as connection:
            for table in ("sites", "crawls", "measures", "repairs", "redirects", "assigned"):
                copy(before, connection, table)
            for row in before.execute(
                "SELECT p.key, l.part, r.id, r.record FROM places l JOIN records r ON r.rowid = l.record "
                "JOIN pages p ON p.id = l.page WHERE r.page = l.page"
            ):
                values = (row["key"], row["part"], row["id"], number_key(read(row)))
                connection.execute("INSERT OR REPLACE INTO assigned VALUES (?, ?, ?, ?)", values)
        before.close()
    return sequence


def copy(before: sqlite3.Connection, connection: sqlite3.Connection, table: str) -> None:
    """All rows of a table."""
    rows = [tuple(row) for row in before.execute(f"SELECT * FROM {table}")]  # noqa: S608 - own table names
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608 - own table names


def withdrawals(old: Path, store: Store) -> None:
    """Records that were withdrawn with proof are withdrawn in the new store too; what a ledger told stands there."""
    if not old.exists():
        return
    before = read_only(old)
    sql = "SELECT r.id, r.state, w.time, w.proof, w.returned FROM withdrawals w JOIN records r ON r.rowid = w.record"
    with store.transaction() as connection:
        for row in before.execute(sql):
            new = connection.execute("SELECT rowid FROM records WHERE id = ?", (row["id"],)).fetchone()
            if new is None:
                continue
            connection.execute("UPDATE records SET state = ? WHERE rowid = ?", (row["state"], new["rowid"]))
            connection.execute(
                "INSERT INTO withdrawals (record, time, proof, returned) SELECT ?1, ?2, ?3, ?4 "
                "WHERE NOT EXISTS (SELECT 1 FROM withdrawals WHERE record = ?1 AND time = ?2)",
                (new["rowid"], row["time"], row["proof"], row["returned"]),
            )
    before.close()


def retire(store: Path) -> None:
    """Fold the old store's log into it and see that nobody writes it; then it may be replaced. Raises StoreError."""
    if not store.exists():
        return
    with explained(store, StoreError, DAMAGED), closing(sqlite3.connect(store, timeout=1)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def clear(path: Path) -> None:
    """Remove a half-built store."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
