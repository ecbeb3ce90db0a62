"""The archives that the reading room and the search are measured on, made once and kept in `.bench/`."""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing.pool import AsyncResult
from pathlib import Path
from typing import Any

import archive
from archive.building import GATHERED, SQLITES_OWN
from archive.search import seg
from benchmarks.generate import generate

SIZES = (5_000, 50_000, 500_000)
"""The largest takes some ten minutes on two idle cores and 4 GB of disk."""
KEPT = Path(__file__).parents[1] / ".bench"
INDEXES = Path(archive.__file__).with_name("published_indexes.sql")
GATHER = "INSERT INTO proposals_fts (proposals_fts, rank) VALUES ('hashsize', ?)"
INSERT = "INSERT INTO proposals_fts (rowid, reply, proposal, title, names) VALUES (?, ?, ?, ?, ?)"
BATCH = 500
Line = tuple[Any, ...]


def sizes(quick: bool) -> tuple[int, ...]:
    """The sizes to measure."""
    return SIZES[:1] if quick else SIZES


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
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as database,
        multiprocessing.get_context("fork").Pool(1) as pool,
    ):
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
        database.execute(GATHER, (GATHERED,))
        last = database.execute("SELECT max(rowid) FROM proposals").fetchone()[0]
        waiting: deque[AsyncResult[list[Line]]] = deque()
        database.execute("BEGIN")
        for start in range(1, last + 1, BATCH):
            waiting.append(pool.apply_async(lines, (path, start)))
            if len(waiting) > 2:
                database.executemany(INSERT, waiting.popleft().get())
        for rest in waiting:
            database.executemany(INSERT, rest.get())
        database.execute("INSERT INTO proposals_fts (proposals_fts) VALUES ('optimize')")
        database.execute(GATHER, (SQLITES_OWN,))
        database.execute("COMMIT")
        database.executescript(INDEXES.read_text(encoding="utf-8"))
        database.execute("ANALYZE")


def lines(path: Path, start: int) -> list[Line]:
    """The next records as the search index holds them."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as database:
        rows = database.execute(
            "SELECT p.rowid, t.reply_text, t.proposal_text, p.title, p.proposer || ' ' || p.host || ' 第' || p.number"
            " || '号' FROM proposals p JOIN texts t ON t.proposal = p.rowid WHERE p.rowid BETWEEN ? AND ?",
            (start, start + BATCH - 1),
        )
        return [(row[0], *(seg(text or "") for text in row[1:])) for row in rows]


@contextmanager
def opened(records: int) -> Iterator[sqlite3.Connection]:
    """A read-only connection to the archive of so many records."""
    with closing(sqlite3.connect(f"file:{built(records)}?mode=ro", uri=True)) as database:
        yield database


def words(
    database: sqlite3.Connection, chance: random.Random, count: int, lengths: tuple[int, int] = (2, 6)
) -> list[str]:
    """Different strings of so many characters, cut at random out of random replies."""
    last = database.execute("SELECT max(rowid) FROM proposals").fetchone()[0]
    found: dict[str, None] = {}
    while len(found) < count:
        row = database.execute("SELECT reply_text FROM texts WHERE proposal = ?", (chance.randint(1, last),)).fetchone()
        runs = [run for run in row[0].replace("\n", "，").replace("。", "，").split("，") if len(run) > 8]
        run = chance.choice(runs)
        start = chance.randrange(len(run) - lengths[1])
        found[run[start : start + chance.randint(*lengths)]] = None
    return list(found)


def percentile(values: list[float], part: float) -> float:
    """The value that so large a part of the values does not exceed."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]
