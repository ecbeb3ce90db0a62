"""The data dictionary: what every published table and column means, in Chinese and English.

One file, ``dictionary.yaml``, feeds the web site's metadata, ``docs/data.md``, the release's dictionary and
``datapackage.json``. Keys, references and what may be empty are read from ``published.sql``, never repeated.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from archive.errors import ArchiveError

HERE = Path(__file__).parent
ColumnType = Literal[
    "string", "integer", "number", "boolean", "date", "date or date-time", "date-time", "url", "list", "object"
]
Language = Literal["zh", "en"]


class DictionaryError(ArchiveError):
    """``dictionary.yaml`` is not what its schema says, or does not describe ``published.sql``; names file and key."""


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same in both languages."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        """The text in one language."""
        return self.zh if language == "zh" else self.en


class Column(Text, frozen=True, forbid_unknown_fields=True):
    """What a column means; ``derived`` says how it is made where the page does not simply print it.

    ``members`` are those of an object, or of each object in a list.
    """

    type: ColumnType
    unit: Text | None = None
    values: dict[str, Text] = {}
    members: dict[str, Text] = {}
    derived: Text | None = None


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table or view; a view takes the descriptions of the columns of the tables it ``inherits``."""

    label: Text
    description: Text
    columns: dict[str, Column]
    inherits: tuple[str, ...] = ()


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is no table: it has the columns of the tables that it inherits but for those ``without``, and its own."""

    label: Text
    description: Text
    columns: dict[str, Column] = {}
    inherits: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class Licence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Under what the data may be used: SPDX identifier, title and address; what holds for data and texts."""

    name: str
    title: str
    path: str
    data: Text
    texts: Text


class Dictionary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    title: Text
    description: Text
    licence: Licence
    tables: dict[str, Table]
    files: dict[str, File]
    """What a release holds beside the tables, by path."""
    exports: dict[str, File]
    """What the web site exports."""

    @property
    def described(self) -> dict[str, File]:
        """Everything that is no table."""
        return self.files | self.exports

    def file_columns(self, name: str) -> dict[str, Column]:
        """The columns or keys of what is no table."""
        file = self.described[name]
        inherited = {key: column for table in file.inherits for key, column in self.tables[table].columns.items()}
        return {key: column for key, column in inherited.items() if key not in file.without} | file.columns

    def column(self, table: str, name: str) -> Column:
        """The description of one column.

        Raises :class:`DictionaryError` where there is none.
        """
        described = self.tables.get(table)
        if described is None:
            raise DictionaryError(f"dictionary.yaml: describe the table {table}")
        for home in (described, *(self.tables[table] for table in described.inherits)):
            if name in home.columns:
                return home.columns[name]
        raise DictionaryError(f"dictionary.yaml: describe the column {table}.{name}")


class SchemaColumn(msgspec.Struct, frozen=True):
    """A column as SQLite declares it."""

    name: str
    sql_type: str
    required: bool
    key: int
    """Its position in the primary key, counted from 1; 0 outside it."""
    references: tuple[str, str] | None
    """Table and column of its foreign key."""


class SchemaTable(msgspec.Struct, frozen=True):
    """A table, view or search index as SQLite declares it."""

    name: str
    kind: Literal["table", "view", "index"]
    columns: tuple[SchemaColumn, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the primary key, in order."""
        return tuple(column.name for column in sorted(self.columns, key=lambda column: column.key) if column.key)


@cache
def load(path: Path = HERE / "dictionary.yaml") -> Dictionary:
    """The dictionary.

    Raises :class:`DictionaryError` naming the file and the key that is wrong.
    """
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=Dictionary)
    except msgspec.MsgspecError as error:
        raise DictionaryError(f"{path}: {error}") from error


@cache
def schema() -> dict[str, SchemaTable]:
    """The tables, views and search index of ``published.sql`` in the order they are created."""
    database = sqlite3.connect(":memory:")
    database.executescript((HERE / "published.sql").read_text(encoding="utf-8"))
    return {table.name: table for table in tables_of(database)}


def tables_of(database: sqlite3.Connection) -> Iterator[SchemaTable]:
    """What a database holds, the hidden tables of a search index left out."""
    rows = database.execute(
        "SELECT l.name, l.type FROM pragma_table_list l JOIN sqlite_schema s ON s.name = l.name"
        " WHERE l.schema = 'main' AND l.type != 'shadow' ORDER BY s.rowid"
    ).fetchall()
    for name, kind in rows:
        if not name.startswith("sqlite_"):
            yield SchemaTable(name, "index" if kind == "virtual" else kind, tuple(columns_of(database, name)))


def columns_of(database: sqlite3.Connection, table: str) -> Iterator[SchemaColumn]:
    """The declared columns of one table."""
    references = {
        row[0]: (row[1], row[2] or row[0])
        for row in database.execute('SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', (table,))
    }
    rows = database.execute('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (table,)).fetchall()
    for name, sql_type, required, key in rows:
        yield SchemaColumn(name, sql_type, bool(required or key), key, references.get(name))


def check(dictionary: Dictionary | None = None) -> None:
    """Hold the dictionary and the schema together.

    Raises :class:`DictionaryError` naming the first table or column that only one of them has, or whose types differ.
    """
    dictionary = dictionary or load()
    declared = schema()
    for name, table in dictionary.tables.items():
        if name not in declared:
            raise DictionaryError(f"dictionary.yaml: published.sql has no table {name}")
        extra = set(table.columns) - {column.name for column in declared[name].columns}
        if extra:
            raise DictionaryError(f"dictionary.yaml: published.sql has no column {name}.{min(extra)}")
    for name, declared_table in declared.items():
        for column in declared_table.columns:
            check_type(name, column, dictionary.column(name, column.name))


def check_type(table: str, declared: SchemaColumn, described: Column) -> None:
    """Raise :class:`DictionaryError` where SQLite's type cannot hold what the dictionary says."""
    fitting = {"integer": "INTEGER", "boolean": "INTEGER", "number": "REAL"}.get(described.type, "TEXT")
    if declared.sql_type and declared.sql_type != fitting:
        raise DictionaryError(f"dictionary.yaml: {table}.{declared.name} is {declared.sql_type}, not {described.type}")


def metadata(language: Language = "zh") -> dict[str, Any]:
    """Datasette's metadata of the published tables: label, description and the meaning of each column."""
    dictionary = load()
    tables = {}
    for name, declared in schema().items():
        described = dictionary.tables[name]
        tables[name] = {
            "title": described.label.say(language),
            "description": described.description.say(language),
            "columns": {c.name: dictionary.column(name, c.name).say(language) for c in declared.columns},
        }
    return {
        "title": dictionary.title.say(language),
        "description": dictionary.description.say(language),
        "license": dictionary.licence.title,
        "license_url": dictionary.licence.path,
        "tables": tables,
    }
