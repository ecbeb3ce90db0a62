"""The reading room over HTTP on generated archives: what one reader waits for.

One process, held to one core, serves the archive; another asks over the loopback, one request at a time on a kept
connection. Every address is asked once, so no answer comes from a memory. Words are cut at random out of random
replies (two to six characters) and so are rare and common as the text is; the commonest term is the policy word that
most records hold. Every search page counts all facets. Beside the time that a reader waits stands the CPU time
that the server spent, which other work on the machine disturbs less. Each page is held against the bare page `/help`.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import random
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.parse import quote

import uvicorn

from archive.search import escape_fts
from archive.web.app import reading_room
from benchmarks.figure import Figure
from benchmarks.generate import DATA
from benchmarks.scale import built, opened, percentile, sizes, words

ASKED = 60


def serve(path: str, listening: socket.socket) -> None:
    """Serve the archive, on one core where the system can hold a process to one."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    uvicorn.Server(uvicorn.Config(reading_room(Path(path)).app(), log_level="error", access_log=False)).run([listening])


class Reader:
    """Asks one address after the other and notes what each costs."""

    def __init__(self, port: int, server: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.tasks = Path(f"/proc/{server}/task")

    def spent(self) -> float:
        """Milliseconds of CPU that all threads of the server have used; 0 where the system does not tell."""
        if not self.tasks.exists():
            return 0.0
        return sum(int((task / "schedstat").read_text().split()[0]) for task in self.tasks.iterdir()) / 1e6

    def ask(self, address: str) -> tuple[float, float, int]:
        """Milliseconds waited, milliseconds of the server's CPU, and bytes of one answer.

        Raises RuntimeError where the status is not 200.
        """
        before, started = self.spent(), time.perf_counter()
        self.connection.request("GET", address)
        response = self.connection.getresponse()
        body = response.read()
        waited = 1000 * (time.perf_counter() - started)
        if response.status != 200:
            raise RuntimeError(f"{address}: status {response.status}")
        return waited, self.spent() - before, len(body)

    def wait(self) -> float:
        """Ask until the server answers; the seconds that took."""
        started = time.perf_counter()
        while time.perf_counter() - started < 300:
            try:
                self.ask("/help")
                break
            except OSError:
                self.connection.close()
                time.sleep(0.05)
        return time.perf_counter() - started


def pages(database: sqlite3.Connection, chance: random.Random) -> dict[str, tuple[list[str], float]]:
    """Addresses per page kind, with the bound of their 95th percentile in ms."""
    rows = database.execute("SELECT id FROM proposals ORDER BY random() LIMIT ?", (ASKED,))
    terms = [quote(word) for word in words(database, chance, 3 * ASKED)]
    return {
        "record": ([f"/r/{row[0]}" for row in rows], 50),
        "list without a search": ([f"/search?page={n}" for n in range(1, ASKED)], 30),
        "search, newest 20": ([f"/search?q={w}&sort=date" for w in terms[:ASKED]], 150),
        "search, ranked 20": ([f"/search?q={w}" for w in terms[ASKED : 2 * ASKED]], 400),
        "stock search box, JSON": ([f"/archive/proposals.json?_search={w}" for w in terms[2 * ASKED :]], 150),
    }


def commonest(database: sqlite3.Connection) -> str:
    """The policy word that most records hold."""
    sql = "SELECT count(*) FROM proposals_fts WHERE proposals_fts MATCH ?"
    return max(DATA["policy_words"], key=lambda word: database.execute(sql, (escape_fts(word),)).fetchone()[0])


def asked(reader: Reader, what: str, addresses: list[str], bound: float, size: str) -> Figure:
    """The 95th percentile of waiting for these addresses."""
    answers = [reader.ask(address) for address in addresses]
    waited, spent = [answer[0] for answer in answers], [answer[1] for answer in answers]
    floor = median(reader.ask("/help")[0] for _ in range(10))
    raw = {
        "p50 ms": median(waited),
        "CPU p50 ms": median(spent),
        "CPU p95 ms": percentile(spent, 0.95),
        "× bare page": median(waited) / floor,
        "KB p95": percentile([answer[2] / 1000 for answer in answers], 0.95),
    }
    return Figure(f"{what}, p95, {size}", percentile(waited, 0.95), "ms", bound, raw=raw)


def resident(process: int) -> float:
    """MB of memory that a process holds; 0 where the system does not tell."""
    status = Path(f"/proc/{process}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def figures(quick: bool) -> Iterator[Figure]:
    for records in sizes(quick):
        yield from measured(records)


def measured(records: int) -> Iterator[Figure]:
    """The figures of one size."""
    path, chance, size = built(records), random.Random(7), f"{records:,} records"
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    process = multiprocessing.get_context("fork").Process(target=serve, args=(str(path), listening), daemon=True)
    process.start()
    try:
        reader = Reader(listening.getsockname()[1], process.pid or 0)
        yield Figure(f"start, {size}", reader.wait(), "s", raw={"MB": resident(process.pid or 0)})
        with opened(records) as database:
            for what, (addresses, bound) in pages(database, chance).items():
                yield asked(reader, what, addresses, bound, size)
            word = quote(commonest(database))
        facets = [f"/search?q={word}", f"/search?q={word}&sort=date", f"/search?q={word}&year=2020"]
        yield asked(reader, "list with facets, commonest term", facets, 1000, size)
        stock = "&_facet=year&_facet=kind&_facet=category&_facet=site"
        yield asked(
            reader, "stock list with four facets", [f"/archive/proposals.json?_search={word}{stock}"], 3000, size
        )
        overviews = [f"/{page}" for page in ("", "coverage", "statistics", "data")]
        yield asked(reader, "overviews, first time", overviews, 10_000, size)
        yield asked(reader, "overviews, again", overviews, 150, size)
    finally:
        process.terminate()
        process.join()
