"""Rebuilding the store from captures, on one process and on two.

Made-up pages of 30 KB (``benchmarks/parse.py``) are imported into eight capture files; then the store is rebuilt.
Wall-clock time, as a person waits for it, the better of two rounds, on a machine that must be idle: with other work on
it the second process gains less. The records must be the same. The floor is the same files parsed by as many processes
and nothing stored: what two processes of this machine gain at all.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from archive.captures import FOLDER, ImportWriter
from archive.importing import parsed
from archive.rebuild import Task, parse_task, rebuild
from archive.store import Store
from archive.workers import processes
from benchmarks.figure import Figure
from benchmarks.parse import page
from parsers.record import Page

FILES = 8
SIZES, QUICK = (1_000, 4_000, 16_000), (40,)
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


def parsing(data: Path, jobs: int) -> float:
    """The seconds in which so many processes parse the files, with their start, and give their sizes back."""
    tasks = [Task(path, start=0) for path in sorted((data / FOLDER).absolute().glob("*.warc.gz"))]
    started = time.perf_counter()
    with processes(jobs) as workers:
        assert sum(workers.executor.map(count, tasks)) > 0
    return time.perf_counter() - started


def count(task: Task) -> int:
    """How many pages a file holds, all of them parsed."""
    return len(parse_task(task).pages)


def compared(pages: int) -> Figure:
    """One process against two on so many pages."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        fill(data, pages // FILES)
        before, seconds, bare = records(data), dict[int, float](), dict[int, float]()
        for _ in range(ROUNDS):
            for jobs in (1, 2):
                started = time.perf_counter()
                rebuild(data, print, jobs)
                took = time.perf_counter() - started
                seconds[jobs] = min(took, seconds.get(jobs, took))
                if records(data) != before:
                    raise SystemExit(f"rebuild --jobs {jobs} gave other records")
                bare[jobs] = min(parsing(data, jobs), bare.get(jobs, took))
    raw = {
        "one process s": seconds[1],
        "two s": seconds[2],
        "ms a page, one": 1000 * seconds[1] / pages,
        "parsing alone, two, × as fast": bare[1] / bare[2],
    }
    return Figure(f"rebuild --jobs 2, {pages:,} pages", seconds[1] / seconds[2], "× as fast", 1.8, "at least", raw)


def figures(quick: bool) -> Iterator[Figure]:
    yield from map(compared, QUICK if quick else SIZES)
