"""The search index against the text that it is of, and against a trigram index of the same columns.

Made-up replies (``benchmarks/stored.py``), their four indexed columns: reply, proposal, title, names. Three files hold
the texts alone, the texts with our index, and with FTS5's own trigram index, contentless and optimised like ours; each
is packed (``VACUUM``) and measured as a file. Building is CPU time of cutting, inserting and optimising, in one
process, one after the other.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from archive import labels
from archive.search import seg
from benchmarks.figure import Figure, cpu
from benchmarks.stored import Pages
from parsers.record import Meeting, Record

SIZES = (2_000, 10_000, 50_000)
QUICK = (500,)
Row = tuple[str, str, str, str]
TEXTS = "CREATE TABLE texts (id INTEGER PRIMARY KEY, reply TEXT, proposal TEXT, title TEXT, names TEXT)"
INDEX = "CREATE VIRTUAL TABLE found USING fts5 (reply, proposal, title, names, content='', tokenize='{}')"


def indexed(record: Record) -> Row:
    """The four columns of a record, as archive/rows.py indexes them."""
    meeting, numbers = record.meeting or Meeting(), [record.number or ""]
    names = [*labels.names(record.kind, numbers, meeting.term, meeting.session), *record.proposers]
    names += record.host_departments
    return record.reply_text or "", record.proposal_text or "", record.title or "", "\n".join(names)


def built(path: Path, rows: list[Row], tokenizer: str | None, cut: Callable[[str], str]) -> float:
    """A file with the texts and, for a ``tokenizer``, their index; the CPU seconds that the index took."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
        database.execute(TEXTS)
        database.execute("BEGIN")
        database.executemany("INSERT INTO texts (reply, proposal, title, names) VALUES (?, ?, ?, ?)", rows)
        seconds = cpu(lambda: index(database, rows, tokenizer, cut)) if tokenizer else 0.0
        database.execute("COMMIT")
        database.execute("VACUUM")
    return seconds


def index(database: sqlite3.Connection, rows: list[Row], tokenizer: str, cut: Callable[[str], str]) -> None:
    """Make the index in one transaction and optimise it."""
    database.execute(INDEX.format(tokenizer))
    for number, row in enumerate(rows, 1):
        database.execute(
            "INSERT INTO found (rowid, reply, proposal, title, names) VALUES (?, ?, ?, ?, ?)", (number, *map(cut, row))
        )
    database.execute("INSERT INTO found (found) VALUES ('optimize')")


def figures(quick: bool) -> Iterator[Figure]:
    seg("第98号")  # tables that a process makes once
    for size in QUICK if quick else SIZES:
        rows = [indexed(page.records[0]) for page in Pages().make(range(size))]
        text = sum(len(column.encode()) for row in rows for column in row) / 1e6
        sizes: dict[str, float] = {}
        seconds: dict[str, float] = {}
        for name, tokenizer, cut in (("none", None, str), ("pairs", "ascii", seg), ("trigram", "trigram", str)):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "texts.db"
                seconds[name] = built(path, rows, tokenizer, cut)
                sizes[name] = path.stat().st_size / 1e6
        ours, trigram = sizes["pairs"] - sizes["none"], sizes["trigram"] - sizes["none"]
        raw = {"index MB": ours, "trigram MB": trigram, "text MB": text}
        yield Figure(f"index, {size:,} records", ours / text, "× the text", 1.45, raw=raw)
        yield Figure(f"index, {size:,} records", ours / trigram, "× trigram", 0.75, raw=raw)
        raw = {"ours s": seconds["pairs"], "trigram s": seconds["trigram"]}
        yield Figure(f"building it, {size:,} records", seconds["pairs"] / seconds["trigram"], "× trigram", 1.0, raw=raw)
