"""Parquet, one file per table, written and read back a row group at a time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from archive.dictionary import SchemaTable
from archive.release.errors import ReleaseError
from archive.release.files import Written, flush
from archive.release.source import Row, Source

GROUP_CHARACTERS = 4_000_000
"""Characters of text in a row group: what bounds the memory."""
GROUP_ROWS = 50_000
TYPES = {
    "integer": pyarrow.int64(),
    "number": pyarrow.float64(),
    "boolean": pyarrow.bool_(),
    "date": pyarrow.date32(),
}
OPTIONS: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}


def write(source: Source, table: SchemaTable, folder: Path) -> Written:
    """One table; dates are dates, date-times stay ISO 8601 text."""
    path = f"parquet/{table.name}.parquet"
    (folder / "parquet").mkdir(exist_ok=True)
    columns = [source.dictionary.column(table.name, column.name) for column in table.columns]
    schema = pyarrow.schema(
        pyarrow.field(declared.name, TYPES.get(column.type, pyarrow.string()), nullable=not declared.required)
        for declared, column in zip(table.columns, columns, strict=True)
    )
    kinds = [column.type for column in columns]
    with parquet.ParquetWriter(folder / path, schema, **OPTIONS) as writer:
        for rows in groups(source.rows(table)):
            values = [
                convert(kind, values, f"{table.name}.{field.name}")
                for kind, values, field in zip(kinds, zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_table(pyarrow.table(values, schema=schema), row_group_size=len(rows))
    flush(folder / path)
    label = source.dictionary.tables[table.name].label
    return Written(path, "parquet", f"{label.zh} {label.en}", source.counts[table.name], table.name)


def groups(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows in lists that are bounded in number and in characters."""
    group: list[Row] = []
    characters = 0
    for row in rows:
        group.append(row)
        characters += sum(len(value) for value in row if isinstance(value, str))
        if characters >= GROUP_CHARACTERS or len(group) >= GROUP_ROWS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def convert(kind: str, values: tuple[Any, ...], name: str) -> list[Any]:
    """The values of a column as Arrow takes them.

    Raises :class:`ReleaseError` where a date is none: the archive's own checks let it pass.
    """
    if kind == "boolean":
        return [None if value is None else bool(value) for value in values]
    if kind == "date":
        try:
            return [None if value is None else datetime.date.fromisoformat(value) for value in values]
        except ValueError as error:
            raise ReleaseError(f"{name}: {error}; correct the record and publish again") from error
    return list(values)


def read_rows(path: Path) -> int:
    """How many rows a file holds, every page read and held against its checksum."""
    file = parquet.ParquetFile(path, page_checksum_verification=True)
    return sum(file.read_row_group(group).num_rows for group in range(file.num_row_groups))
