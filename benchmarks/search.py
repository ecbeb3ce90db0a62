"""The search index on generated archives: exact, against a scan, and how large.

Recall and precision: every class of queries is held against substring search over the same folded texts, in which
a run of letters or digits counts as a whole word; the truth is taken on at most 20,000 records. The ratio compares
counting a word's records by the index with a LIKE scan over the same file (page cache warm); its floor is the median
search. Facets by memory are held against SQL's grouping of the same hits.
"""

from __future__ import annotations

import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from statistics import median

from archive.search import escape_fts, fold
from archive.web.holdings import Holdings
from archive.web.listing import Question
from benchmarks.figure import Figure
from benchmarks.generate import DATA
from benchmarks.scale import opened, percentile, sizes, words

COUNT = "SELECT count(*) FROM proposals_fts WHERE proposals_fts MATCH ?"
MOST_TRUTH = 20_000
EACH = 12


def milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def classes(database: sqlite3.Connection, chance: random.Random) -> dict[str, list[str]]:
    """Queries by class."""
    found = {f"{n} Han characters": words(database, chance, EACH, (n, n)) for n in (1, 2, 3, 4, 6, 8)}
    pairs = words(database, chance, 2 * EACH, (2, 3))
    found["two terms"] = [" ".join(pair) for pair in zip(pairs[::2], pairs[1::2], strict=True)]
    found["policy words"] = DATA["policy_words"][:EACH]
    rows = database.execute("SELECT number, year, host FROM proposals ORDER BY id LIMIT ?", (EACH,)).fetchall()
    found["numbers, years, departments"] = [
        *(f"第{row[0]}号" for row in rows[:4]),
        *(f"{row[1]}年" for row in rows[4:8]),
    ]
    found["numbers, years, departments"] += [row[2] for row in rows[8:]]
    return found


def pattern(term: str) -> re.Pattern[str]:
    """The term as a substring; at its ends a letter or digit does not stand beside another."""
    folded = fold(term)
    before = r"(?<![a-z0-9])" if re.match("[a-z0-9]", folded) else ""
    after = r"(?![a-z0-9])" if re.search("[a-z0-9]$", folded) else ""
    return re.compile(before + re.escape(folded) + after)


def exactness(database: sqlite3.Connection, size: str, records: int) -> Iterator[Figure]:
    """The worst recall and the worst precision over all queries."""
    rows = database.execute(
        "SELECT p.rowid, p.title || '\n' || coalesce(t.reply_text, '') || '\n' || coalesce(t.proposal_text, '')"
        " || '\n' || p.proposer || '\n' || p.host || '\n第' || p.number || '号'"
        " FROM proposals p JOIN texts t ON t.proposal = p.rowid"
    )
    texts = {rowid: fold(text) for rowid, text in rows}
    recalls, precisions, hits = [], [], 0
    queries = [query for group in classes(database, random.Random(11)).values() for query in group]
    for query in queries:
        patterns = [pattern(term) for term in query.split()]
        truth = {rowid for rowid, text in texts.items() if all(each.search(text) for each in patterns)}
        sql = "SELECT rowid FROM proposals_fts WHERE proposals_fts MATCH ?"
        found = {row[0] for row in database.execute(sql, (escape_fts(query),))}
        recalls.append(len(found & truth) / len(truth) if truth else 1.0)
        precisions.append(len(found & truth) / len(found) if found else 1.0)
        hits += len(truth)
    raw = {"queries": len(queries), "hits": hits}
    yield Figure(f"worst recall, {size}", min(recalls), "", 1.0, "at least", raw)
    yield Figure(f"worst precision, {size}", min(precisions), "", 1.0, "at least", raw)


def scan(database: sqlite3.Connection, size: str, bound: float | None) -> Figure:
    """How much longer a LIKE scan takes than the median search."""
    sample = words(database, random.Random(5), 60)
    searches = [milliseconds(lambda w=word: database.execute(COUNT, (escape_fts(w),)).fetchone()) for word in sample]  # type: ignore[misc]
    like = "SELECT count(*) FROM texts WHERE reply_text LIKE :w OR proposal_text LIKE :w"
    scans = [milliseconds(lambda w=word: database.execute(like, {"w": f"%{w}%"}).fetchone()) for word in sample[:2]]  # type: ignore[misc]
    raw = {"scan ms": median(scans), "search p50 ms": median(searches), "search p95 ms": percentile(searches, 0.95)}
    return Figure(
        f"LIKE scan, {size}", raw["scan ms"] / raw["search p50 ms"], "× median search", bound, "at least", raw
    )


def index_size(database: sqlite3.Connection, size: str) -> Figure:
    """The index in parts of the text that it covers."""
    index = database.execute("SELECT sum(length(block)) FROM proposals_fts_data").fetchone()[0]
    sql = """
        SELECT sum(length(CAST(t.reply_text AS BLOB)) + coalesce(length(CAST(t.proposal_text AS BLOB)), 0)
          + length(CAST(p.title AS BLOB))) FROM proposals p JOIN texts t ON t.proposal = p.rowid"""
    text = database.execute(sql).fetchone()[0]
    return Figure(f"index, {size}", index / text, "× text", 1.45, raw={"index MB": index / 1e6, "text MB": text / 1e6})


def facets(database: sqlite3.Connection, size: str) -> Figure:
    """Counting hits by place, year, kind, class and department: SQL's grouping over ours, for the commonest word."""
    database.row_factory = sqlite3.Row
    held = Holdings(database)
    question = max((Question(words=word) for word in DATA["policy_words"]), key=lambda q: len(held.hits(database, q)))
    ours = median(milliseconds(lambda: held.facets(held.hits(database, question))) for _ in range(3))
    hits = "SELECT rowid FROM proposals_fts WHERE proposals_fts MATCH :match"
    grouped = [
        *(
            f"SELECT {column}, count(*) FROM proposals WHERE rowid IN ({hits}) GROUP BY 1"
            for column in ("division", "year", "kind", "category")
        ),
        f"SELECT department, count(*) FROM proposal_departments WHERE proposal IN ({hits}) GROUP BY 1",
    ]
    peer = milliseconds(lambda: [database.execute(sql, question.parameters()).fetchall() for sql in grouped])
    database.row_factory = None
    raw = {"ours ms": ours, "SQL ms": peer, "hits": len(held.hits(database, question))}
    return Figure(f"facets by SQL, {size}", peer / ours, "× ours", raw=raw)


def figures(quick: bool) -> Iterator[Figure]:
    for records in sizes(quick):
        size = f"{records:,} records"
        with opened(records) as database:
            yield index_size(database, size)
            yield scan(database, size, 500 if records >= 200_000 else None)
            yield facets(database, size)
            if records <= MOST_TRUTH:
                yield from exactness(database, size, records)
