"""The reading room over HTTP on a generated archive: what one reader waits for.

The archive of `benchmarks.generate` gets the search index and the archive's own indexes once and is kept in `.bench/`.
One process serves it, another asks over the loopback, one request at a time on a kept connection; every address is
asked once, so no answer comes from a memory. Words are cut at random out of random replies (two to six characters) and
so are rare and common as the text is; the commonest term is the policy word that most records hold. The LIKE scan runs
over the same file, without a server.
"""

from __future__ import annotations

import http.client
import multiprocessing
import random
import socket
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.pool import AsyncResult
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import uvicorn

import archive
from archive.search import escape_fts, seg
from archive.web.app import reading_room
from benchmarks.figure import Figure
from benchmarks.generate import DATA, generate

KEPT = Path(__file__).parents[1] / ".bench"
INDEXES = Path(archive.__file__).with_name("published_indexes.sql")
INSERT = "INSERT INTO proposals_fts (rowid, reply, proposal, title, names) VALUES (?, ?, ?, ?, ?)"
BATCH = 500
ASKED = 60
Line = tuple[Any, ...]


def built(records: int) -> Path:
    """The archive of so many records with its indexes, made where it is not there yet."""
    path = KEPT / f"web-{records}" / "archive.db"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    index(generate(part, records))
    return part.rename(path)


def index(path: Path) -> None:
    """Make the indexes of a published archive; a second process splits the texts into the index's words."""
    with closing(sqlite3.connect(path)) as database, multiprocessing.get_context("fork").Pool(1) as pool:
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
        last = database.execute("SELECT max(rowid) FROM proposals").fetchone()[0]
        waiting: deque[AsyncResult[list[Line]]] = deque()
        for start in range(1, last + 1, BATCH):
            waiting.append(pool.apply_async(lines, (path, start)))
            if len(waiting) > 2:
                database.executemany(INSERT, waiting.popleft().get())
                database.commit()
        for rest in waiting:
            database.executemany(INSERT, rest.get())
        database.execute("INSERT INTO proposals_fts (proposals_fts) VALUES ('optimize')")
        database.executescript(INDEXES.read_text(encoding="utf-8"))
        database.execute("ANALYZE")
        database.commit()


def lines(path: Path, start: int) -> list[Line]:
    """The next records as the search index holds them."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT p.rowid, t.reply_text, t.proposal_text, p.title, p.proposer || ' ' || p.host || ' 第' || p.number"
            " || '号' FROM proposals p JOIN texts t ON t.proposal = p.rowid WHERE p.rowid BETWEEN ? AND ?",
            (start, start + BATCH - 1),
        )
        return [(row[0], *(seg(text or "") for text in row[1:])) for row in rows]


def serve(path: str, listening: socket.socket) -> None:
    uvicorn.Server(uvicorn.Config(reading_room(Path(path)).app(), log_level="error", access_log=False)).run([listening])


class Reader:
    """Asks one address after the other and notes the seconds."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, address: str) -> tuple[float, int]:
        """Seconds and bytes of one answer.

        Raises RuntimeError where the status is not 200.
        """
        started = time.perf_counter()
        self.connection.request("GET", address)
        response = self.connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{address}: status {response.status}")
        return time.perf_counter() - started, len(body)

    def wait(self) -> None:
        for _ in range(600):
            try:
                self.ask("/help")
                return
            except OSError:
                self.connection.close()
                time.sleep(0.1)


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


def words(database: sqlite3.Connection, chance: random.Random, count: int) -> list[str]:
    """Different strings of two to six characters out of random replies."""
    last = database.execute("SELECT max(rowid) FROM proposals").fetchone()[0]
    found: set[str] = set()
    while len(found) < count:
        row = database.execute("SELECT reply_text FROM texts WHERE proposal = ?", (chance.randint(1, last),)).fetchone()
        runs = [run for run in row[0].replace("\n", "，").replace("。", "，").split("，") if len(run) > 8]
        run = chance.choice(runs)
        start = chance.randrange(len(run) - 6)
        found.add(run[start : start + chance.randint(2, 6)])
    return sorted(found)


def pages(database: sqlite3.Connection, chance: random.Random) -> dict[str, tuple[list[str], float]]:
    """Addresses per page kind, with the bound of their 95th percentile in ms."""
    last = database.execute("SELECT max(rowid) FROM proposals").fetchone()[0]
    chosen = [chance.randint(1, last) for _ in range(ASKED)]
    marks = ",".join("?" * len(chosen))
    ids = [row[0] for row in database.execute(f"SELECT id FROM proposals WHERE rowid IN ({marks})", chosen)]
    terms = [quote(word) for word in words(database, chance, 3 * ASKED)]
    return {
        "record": ([f"/r/{i}" for i in ids], 50),
        "list without a search": ([f"/search?page={n}" for n in range(1, ASKED)], 30),
        "search, newest 20": ([f"/search?q={w}&sort=date" for w in terms[:ASKED]], 150),
        "search, ranked 20": ([f"/search?q={w}" for w in terms[ASKED : 2 * ASKED]], 400),
        "stock search, JSON": ([f"/archive/proposals.json?_search={w}" for w in terms[2 * ASKED :]], 150),
    }


def commonest(database: sqlite3.Connection) -> str:
    """The policy word that most records hold."""
    sql = "SELECT count(*) FROM proposals_fts WHERE proposals_fts MATCH ?"
    return max(DATA["policy_words"], key=lambda word: database.execute(sql, (escape_fts(word),)).fetchone()[0])


def scan_ratio(database: sqlite3.Connection, chance: random.Random) -> Figure:
    """How much longer a LIKE scan takes than the median search."""
    searches, scans = [], []
    sample = words(database, chance, 40)
    for word in sample:
        started = time.perf_counter()
        database.execute(
            "SELECT count(*) FROM proposals_fts WHERE proposals_fts MATCH ?", (escape_fts(word),)
        ).fetchone()
        searches.append(time.perf_counter() - started)
    for word in sample[:3]:
        started = time.perf_counter()
        database.execute(
            "SELECT count(*) FROM texts WHERE reply_text LIKE :w OR proposal_text LIKE :w", {"w": f"%{word}%"}
        ).fetchone()
        scans.append(time.perf_counter() - started)
    raw = {"scan ms": 1000 * median(scans), "search ms": 1000 * median(searches)}
    return Figure("LIKE scan over median search", raw["scan ms"] / raw["search ms"], "×", 500, "at least", raw)


def asked(reader: Reader, what: str, addresses: list[str], bound: float, size: str) -> Figure:
    times = [reader.ask(address) for address in addresses]
    seconds, sizes = [t for t, _ in times], [float(n) for _, n in times]
    raw = {"p50 ms": 1000 * median(seconds), "max ms": 1000 * max(seconds), "KB p95": percentile(sizes, 0.95) / 1000}
    return Figure(f"{what}, p95, {size}", 1000 * percentile(seconds, 0.95), "ms", bound, raw=raw)


def figures(quick: bool) -> Iterator[Figure]:
    return measured(2_000 if quick else 100_000)


def measured(records: int) -> Iterator[Figure]:
    path, chance, size = built(records), random.Random(7), f"{records:,} records"
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    process = multiprocessing.get_context("fork").Process(target=serve, args=(str(path), listening), daemon=True)
    process.start()
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        reader = Reader(listening.getsockname()[1])
        reader.wait()
        first, _ = reader.ask("/search")
        yield Figure(f"list and all facets, first time, {size}", 1000 * first, "ms")
        for what, (addresses, bound) in pages(database, chance).items():
            yield asked(reader, what, addresses, bound, size)
        word = commonest(database)
        yield asked(reader, "list with facets, commonest term", [f"/search?q={quote(word)}"], 1000, size)
        others = [f"/{page}" for page in ("", "coverage", "statistics", "data")]
        yield asked(reader, "home, coverage, statistics, data", others, 3000, size)
        yield scan_ratio(database, chance)
    finally:
        process.terminate()
        process.join()
        database.close()
