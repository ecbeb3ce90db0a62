"""What must hold before a new archive replaces the old one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from archive.building import Builder
from archive.errors import PublishError
from archive.masking import Masker
from archive.search import escape_fts, runs
from archive.settings import Publish

UNMASKED = {"id", "file", "digest", "time", "first_seen", "last_seen", "seen", "started", "finished", "old_id"}
"""Columns that hold ids and times and are not masked."""
OF_DUE = {
    "proposals": "rowid {}",
    "documents": "id {}",
    "matters": "id {}",
    "people": "id IN (SELECT person FROM proposal_people WHERE proposal {})",
    "departments": "id IN (SELECT department FROM proposal_departments WHERE proposal {})",
}
"""Which rows belong to the records that are due, in tables without a column ``proposal``."""
SAMPLES = 20


def whole(builder: Builder) -> int:
    """Raise PublishError for the first thing wrong with an archive built from nothing; how many records it has."""
    archive = builder.archive
    count = common(builder, "")
    search(archive, "SELECT rowid FROM proposals ORDER BY id LIMIT ?")
    archive.execute("INSERT INTO proposals_fts (proposals_fts) VALUES ('integrity-check')")
    sound(archive, "integrity_check(1)")
    return count


def changes(builder: Builder) -> int:
    """The same for an archive that was updated: of its records, those that were written anew; how many it has in all.

    The rest was checked when it was written, so the file is looked at for damaged pages only.
    """
    archive = builder.archive
    count = common(builder, "IN (SELECT record FROM temp.due)")
    search(archive, "SELECT rowid FROM proposals WHERE rowid IN (SELECT record FROM temp.due) ORDER BY id LIMIT ?")
    sound(archive, "quick_check(1)")
    return count


def common(builder: Builder, due: str) -> int:
    """What is checked in both cases."""
    archive, expected = builder.archive, builder.expected()
    for table, count in expected.items():
        found = archive.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - own table names
        if found != count:
            raise PublishError(f"not published: {table} has {found} rows where the store has {count}")
    for table, rowid, parent, _ in archive.execute("PRAGMA foreign_key_check"):
        raise PublishError(f"not published: row {rowid} of {table} refers to a row of {parent} that is not there")
    for place, name in unmasked(archive, builder.masker, due):
        raise PublishError(f"not published: {place} still holds what the mask {name!r} matches; correct masks.toml")
    return expected["proposals"]


def sound(archive: sqlite3.Connection, pragma: str) -> None:
    """Raise PublishError where SQLite finds the file damaged."""
    [said] = archive.execute(f"PRAGMA {pragma}").fetchone()
    if said != "ok":
        raise PublishError(f"not published: the new file is damaged ({said}); check the disk and publish with --full")


def unmasked(archive: sqlite3.Connection, masker: Masker, due: str = "") -> Iterator[tuple[str, str]]:
    """Places that still hold something personal; of rows that belong to records, those of the records ``due``."""
    tables = (
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'proposals_fts%' AND name != 'about'"
    )
    for (table,) in archive.execute(tables).fetchall():
        described = archive.execute(f"PRAGMA table_info({table})").fetchall()
        columns = [row[1] for row in described if row[2] == "TEXT" and row[1] not in UNMASKED]
        condition = "proposal {}" if any(row[1] == "proposal" for row in described) else OF_DUE.get(table)
        where = f" WHERE {condition.format(due)}" if due and condition else ""
        if not columns:
            continue
        for row in archive.execute(f"SELECT {', '.join(columns)} FROM {table}{where}"):  # noqa: S608 - own names
            for column, value in zip(columns, row, strict=True):
                if isinstance(value, str):
                    yield from ((f"{table}.{column}", name) for name in left(masker, column, value))


def left(masker: Masker, column: str, value: str) -> list[str]:
    """The masks that still match a value; of an address, what it was asked with."""
    if column != "url":
        return masker.found(value)
    return masker.found(value) if masker.address(value) != value else []


def search(archive: sqlite3.Connection, chosen: str) -> None:
    """Raise PublishError where a word of a title does not find its record; ``chosen`` selects the records to try."""
    rows = archive.execute(f"SELECT rowid, title FROM proposals WHERE rowid IN ({chosen})", (SAMPLES,)).fetchall()  # noqa: S608 - own query
    for rowid, title in rows:
        word = next((run[:4] for run, han in runs(title) if han and len(run) > 1), None)
        if word is None:
            continue
        sql = "SELECT 1 FROM proposals_fts WHERE proposals_fts MATCH ? AND rowid = ?"
        if archive.execute(sql, (escape_fts(word), rowid)).fetchone() is None:
            raise PublishError(f"not published: a search for {word} does not find the record it stands in")


def sizes(new: Path, old: Path, limits: Publish) -> None:
    """Raise PublishError where the new archive lost or grew more than the settings allow."""
    if not old.exists():
        return
    before, after = (records(path) for path in (old, new))
    if after < limits.smallest * before:
        raise PublishError(
            f"not published: {after} records where the archive before has {before}; "
            "look at `proposals report`, or set publish.smallest lower for this once"
        )
    grown = after / before if before else 1.0
    if before and new.stat().st_size > limits.largest * max(grown, 1.0) * old.stat().st_size:
        raise PublishError(
            f"not published: the file would be {new.stat().st_size:,} bytes after {old.stat().st_size:,}; "
            "set publish.largest higher if that is right"
        )


def records(path: Path) -> int:
    """How many records an archive has."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM proposals").fetchone()[0])
    finally:
        connection.close()
