"""Whether two published archives say the same: table by table, with permanent ids in the place of internal numbers."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

NAMES = {
    "proposal": "(SELECT id FROM proposals WHERE rowid = t.proposal)",
    "document": "(SELECT url FROM documents WHERE id = t.document)",
    "matter": "(SELECT min(id) FROM proposals WHERE matter = t.matter)",
}
"""Columns that hold internal numbers, and the name of what the number stands for."""
NUMBERED = {"matters", "documents", "citations", "numbers", "versions", "captures", "crawls", "summaries"}
"""Tables whose column ``id`` is an internal number."""
LEFT_OUT = {"built", "store", "store_sequence", "store_capture"}
"""Keys of ``about`` that say when and from which file an archive was built."""


def tables(archive: sqlite3.Connection) -> dict[str, Counter[tuple[object, ...]]]:
    """The rows of each table but the search index, which the archive's own checks hold against the texts."""
    names = archive.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%' AND name NOT LIKE 'sqlite%'"
    )
    return {name: Counter(archive.execute(query(archive, name))) for (name,) in names.fetchall()}


def query(archive: sqlite3.Connection, table: str) -> str:
    """What reads a table without internal numbers."""
    columns = [row[1] for row in archive.execute(f"PRAGMA table_info({table})")]
    kept = [column for column in columns if column != "rowid" and not (column == "id" and table in NUMBERED)]
    where = f"WHERE key NOT IN ({', '.join(map(repr, sorted(LEFT_OUT)))})" if table == "about" else ""
    if table == "matters":
        kept.append("(SELECT min(id) FROM proposals WHERE matter = t.id)")
    return f"SELECT {', '.join(NAMES.get(column, column) for column in kept)} FROM {table} t {where}"


def differences(one: Path, other: Path) -> dict[str, list[tuple[object, ...]]]:
    """By table: the rows that only one of two archives has; a table that one lacks, without rows."""
    with closing(sqlite3.connect(one)) as before, closing(sqlite3.connect(other)) as after:
        first, second = tables(before), tables(after)
    if first.keys() != second.keys():
        return {name: [] for name in first.keys() ^ second.keys()}
    found = {name: (first[name] - second[name]) + (second[name] - first[name]) for name in first}
    return {name: list(rows) for name, rows in found.items() if rows}
