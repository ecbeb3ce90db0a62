"""The store made anew from the captures alone, beside the old one, and put in its place in one step.

One capture file is one task for the workers of workers.py; the store is written in the files' order, so that it is the
same for any number of them. What captures do not hold (sites, runs, given ids, redirects, proofs of withdrawal) is
taken over from the store before, where there is one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, closing, nullcontext
from itertools import islice
from pathlib import Path

import msgspec

from archive import captures
from archive.database import explained, read_only
from archive.errors import CaptureError, StoreError
from archive.identity import number_key
from archive.publish import locked
from archive.records import Counts, read
from archive.store import DAMAGED, NAME, Store
from archive.workers import Workers, processes
from archive.workers import cluster as cluster_of
from parsers import parse
from parsers.record import ParsedPage
from parsers.urls import canonical

BUILDING = "store.rebuilding.db"
Parsed = tuple[list[ParsedPage], str | None]


def parse_file(path: Path) -> Parsed:
    """The pages of a capture file with their records, and what is wrong with the file."""
    pages: list[ParsedPage] = []
    try:
        for found in captures.read(path):
            records = parse(found.page) if found.capture.status < 300 else ()
            pages.append(ParsedPage(None, found.capture, records))
    except CaptureError as error:
        return pages, str(error)
    return pages, None


def rebuild(data: Path, say: Callable[[str], None], jobs: int = 1, cluster: str | None = None) -> Counts:
    """Parse every capture into a fresh store and swap it in; ``say`` is told what is wrong with a file.

    The files are parsed by ``jobs`` processes, or by the workers of the cluster whose scheduler's address is given.
    Raises, with the old store still in place, ClusterError where there is no such cluster, StoreError, and
    PublishError where a rebuild or publish is running.
    """
    files = sorted((data / captures.FOLDER).absolute().glob("*.warc*"))
    if not files:
        raise StoreError(f"{data / captures.FOLDER}: no captures; run `proposals crawl` or `proposals import` first")
    new, total = data / BUILDING, Counts()
    with explained(new, StoreError, DAMAGED), locked(data / "publish.lock"):
        clear(new)
        if (data / NAME).exists():
            Store.open(data).close()  # brings the schema of an older version up, so that all of it can be taken over
        retire(data / NAME)
        try:
            with Store.open(data, BUILDING) as store:
                carry_over(data / NAME, store)
                places = places_of(data)
                with workers_of(jobs, cluster) as workers:
                    for pages, wrong in parsed(files, workers):
                        total += store.add_pages(known(pages, places))
                        if wrong:
                            say(wrong)
                withdrawals(data / NAME, store)
                store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                store.connection.execute("PRAGMA journal_mode=DELETE")
            retire(data / NAME)
            new.replace(data / NAME)
        finally:
            clear(new)
    return total


def workers_of(jobs: int, address: str | None) -> AbstractContextManager[Workers | None]:
    """Where files are parsed; ``None`` for this process."""
    if address is not None:
        return cluster_of(address)
    return processes(jobs) if jobs > 1 else nullcontext()


def parsed(files: list[Path], workers: Workers | None) -> Iterator[Parsed]:
    """The files' pages in the files' order; at most twice as many files wait as there are workers."""
    if workers is None:
        yield from map(parse_file, files)
        return
    remaining, submit = iter(files), workers.executor.submit
    waiting: list[Future[Parsed]] = [submit(parse_file, path) for path in islice(remaining, 2 * workers.count)]
    while waiting:
        yield waiting.pop(0).result()
        waiting += [submit(parse_file, path) for path in islice(remaining, 1)]


class Place(msgspec.Struct, frozen=True):
    """What captures do not say of a page: its site, and the page that links it."""

    site: str | None
    attachment_of: str | None


def places_of(data: Path) -> dict[str, Place]:
    """The content pages that the crawl ledger and the store before know, by canonical address."""
    found: dict[str, Place] = {}
    for name, sql in (
        ("ledger.db", "SELECT key, site, parent FROM pages"),
        (NAME, "SELECT key, site, attachment_of FROM pages"),
    ):
        path = data / name
        if path.exists():
            with explained(path, StoreError, "move it away, then rebuild again"), closing(read_only(path)) as before:
                found.update((key, Place(site, parent)) for key, site, parent in before.execute(sql))
    return found


def known(pages: list[ParsedPage], places: dict[str, Place]) -> Iterator[ParsedPage]:
    """Content pages with their site. Lists, robots.txt and redirects are captured too, and are no content.

    Without ledger and store, what reads as a list or as nothing is left out, and everything else is content.
    """
    for page in pages:
        place = places.get(canonical(page.capture.url))
        if place is not None:
            yield ParsedPage(place.site, page.capture, page.records, place.attachment_of)
        elif (page.capture.file or "").startswith(captures.IMPORTED) or (not places and is_content(page)):
            yield page


def is_content(page: ParsedPage) -> bool:
    """Whether a page reads as more than a list or nothing."""
    return any(record.type not in ("list", "unrecognised") for record in page.records)


def carry_over(old: Path, store: Store) -> None:
    """Take over what captures do not hold."""
    if not old.exists():
        return
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


def copy(before: sqlite3.Connection, connection: sqlite3.Connection, table: str) -> None:
    """All rows of a table."""
    rows = [tuple(row) for row in before.execute(f"SELECT * FROM {table}")]  # noqa: S608 - own table names
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608 - own table names


def withdrawals(old: Path, store: Store) -> None:
    """Records that were withdrawn with proof are withdrawn in the new store too."""
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
                "INSERT INTO withdrawals (record, time, proof, returned) VALUES (?, ?, ?, ?)",
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
