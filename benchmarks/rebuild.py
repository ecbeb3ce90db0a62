"""Rebuilding the store from captures, on one process and on two.

Made-up pages of 30 KB (``benchmarks/parse.py``) are imported into eight capture files; then the store is rebuilt.
Wall-clock time, as a person waits for it, the better of two rounds, on a machine that must be idle: with other work on
it the second process gains less. The records must be the same.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from archive.captures import ImportWriter
from archive.importing import parsed
from archive.rebuild import rebuild
from archive.store import Store
from benchmarks.figure import Figure
from benchmarks.parse import page
from parsers.record import Page

FILES, PAGES, QUICK = 8, 500, 5
SIZE = 30_000
ROUNDS = 2


def fill(data: Path, pages: int) -> None:
    """Capture and store so many pages to a file."""
    with Store.open(data) as store:
        for number in range(FILES):
            seeds = range(number * pages, (number + 1) * pages)
            made = (
                Page(f"https://www.a.example/{n}.html", page(SIZE, n), f"https://www.a.example/{n}.html") for n in seeds
            )
            with closing(ImportWriter(data)) as writer:
                store.add_pages(parsed(store, writer, made))


def records(data: Path) -> list[tuple[str, str]]:
    """Every record with its hash."""
    with closing(sqlite3.connect(data / "store.db")) as store:
        return store.execute("SELECT id, reading FROM records ORDER BY id").fetchall()


def figures(quick: bool) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        fill(data, QUICK if quick else PAGES)
        before, seconds = records(data), dict[int, float]()
        for _ in range(ROUNDS):
            for jobs in (1, 2):
                started = time.perf_counter()
                rebuild(data, print, jobs)
                took = time.perf_counter() - started
                seconds[jobs] = min(took, seconds.get(jobs, took))
                if records(data) != before:
                    raise SystemExit(f"rebuild --jobs {jobs} gave other records")
        raw = {"one process s": seconds[1], "two s": seconds[2], "pages": float(len(before))}
        yield Figure(
            f"rebuild --jobs 2, {len(before):,} pages", seconds[1] / seconds[2], "× as fast", 1.8, "at least", raw
        )
