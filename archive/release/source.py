"""What a release is made from: one archive, held still, copied without its search index, read by its keys."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.dictionary import Dictionary, SchemaTable, load, tables_of
from archive.release.errors import ReleaseError

Row = tuple[Any, ...]


def pin(archive: Path, folder: Path) -> Path:
    """The archive under a second name, so that a publish that swaps it meanwhile changes nothing here.

    Raises :class:`ReleaseError` where there is no archive, or one with a write-ahead log beside it.
    """
    if not archive.is_file():
        raise ReleaseError(f"{archive}: no archive there; run proposals publish first")
    for suffix in ("-wal", "-journal"):
        beside = archive.with_name(archive.name + suffix)
        if beside.exists() and beside.stat().st_size:
            raise ReleaseError(f"{beside}: the archive is being written; close what writes it, then publish again")
    pinned = folder / "pinned.db"
    try:
        pinned.hardlink_to(archive)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(archive, pinned)
    return pinned


class Source:
    """A connection to the copy, with what every writer asks of it.

    Raises :class:`archive.dictionary.DictionaryError` where a table or column is not described: it is not released.
    """

    def __init__(self, path: Path, dictionary: Dictionary | None = None) -> None:
        self.path = path
        self.connection = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
        self.dictionary = dictionary or load()
        self.tables = {table.name: table for table in tables_of(self.connection) if table.kind == "table"}
        for table in self.tables.values():
            for column in table.columns:
                self.dictionary.column(table.name, column.name)
        self.counts = {name: self.one(f'SELECT count(*) FROM "{name}"') for name in self.tables}  # noqa: S608 - names
        self.about: dict[str, str] = dict(self.connection.execute("SELECT key, value FROM about"))

    def one(self, sql: str, values: Row = ()) -> Any:
        """The first column of the first row."""
        return self.connection.execute(sql, values).fetchone()[0]

    def rows(self, table: SchemaTable) -> Iterator[Row]:
        """The rows of a table by its primary key, one at a time."""
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        order = ", ".join(f'"{name}"' for name in table.key) or "rowid"
        yield from self.connection.execute(f'SELECT {columns} FROM "{table.name}" ORDER BY {order}')  # noqa: S608 - names

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


def copy_without_index(archive: Path, out: Path) -> None:
    """Write the archive's tables, views and indexes to a fresh file in order of their keys, the search index left out.

    Columns that refer to a table get an index, so that joins are quick. Equal archives give equal bytes.
    """
    database = sqlite3.connect(out, isolation_level=None, uri=True)
    try:
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        database.execute("ATTACH ? AS archive", (f"{archive.resolve().as_uri()}?immutable=1",))
        database.execute("BEGIN")
        for name, sql in objects(database, "table"):
            database.execute(sql)
            database.execute(f'INSERT INTO main."{name}" SELECT * FROM archive."{name}"')  # noqa: S608 - names
        for kind in ("index", "view"):
            for _, sql in objects(database, kind):
                database.execute(sql)
        index_references(database)
        database.execute("COMMIT")
        database.execute("ANALYZE main")
    finally:
        database.close()


def objects(database: sqlite3.Connection, kind: str) -> list[tuple[str, str]]:
    """Name and definition of the archive's objects of one kind, in the order they were created."""
    return database.execute(
        "SELECT s.name, s.sql FROM archive.sqlite_schema s"
        " LEFT JOIN pragma_table_list l ON l.schema = 'archive' AND l.name = s.name"
        " WHERE s.type = ? AND s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        " AND coalesce(l.type, '') NOT IN ('virtual', 'shadow') ORDER BY s.rowid",
        (kind,),
    ).fetchall()


def index_references(database: sqlite3.Connection) -> None:
    """Give every foreign key an index where none begins with its column."""
    for table in list(tables_of(database)):
        for column in table.columns:
            if column.references and not leads_an_index(database, table, column.name):
                name = f"{table.name}_{column.name}"
                database.execute(f'CREATE INDEX "{name}" ON "{table.name}" ("{column.name}")')


def leads_an_index(database: sqlite3.Connection, table: SchemaTable, column: str) -> bool:
    """Whether rows can be looked up by the column."""
    if table.key[:1] == (column,):
        return True
    sql = "SELECT 1 FROM pragma_index_list(?) l JOIN pragma_index_info(l.name) i WHERE i.seqno = 0 AND i.name = ?"
    return database.execute(sql, (table.name, column)).fetchone() is not None
