"""CSV for programs and CSV for Excel."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from archive.dictionary import SchemaTable
from archive.release.files import Written, durable, gzipped
from archive.release.source import Row, Source
from archive.spreadsheets import guarded

EXCEL_CELL = 32_767
"""UTF-16 units that a cell of Excel holds (Excel specifications and limits)."""
EXCEL_DIGITS = 15
"""Digits of a number that Excel keeps; identifiers of people and departments have one more."""
EXCEL_ROWS = 1_000_000
"""Rows per file; a sheet of Excel holds 1,048,576."""
CUT = "……（已截断，全文见 CSV 版 cut, whole in the CSV edition）"
LOOKS_NUMERIC = re.compile(r"[0-9][0-9.,/Ee+-]*")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time in zip entries: the earliest that the format knows."""


def write_csv(source: Source, table: SchemaTable, folder: Path) -> Written:
    """One table as UTF-8 CSV after RFC 4180, gzip-compressed; empty is what has no value."""
    path = f"csv/{table.name}.csv.gz"
    with gzipped(folder / path) as packed, io.TextIOWrapper(packed, "utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(column.name for column in table.columns)
        writer.writerows(source.rows(table))
    label = source.dictionary.tables[table.name].label
    return Written(path, "csv", f"{label.zh} {label.en}", source.counts[table.name], table.name)


def write_excel(source: Source, folder: Path) -> Written:
    """All tables as CSV that Excel opens on a double click: marked UTF-8, no formulas, no cell or sheet too long."""
    path, rows = "excel.zip", 0
    with durable(folder / path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in source.tables.values():
            for name, part in excel_parts(source, table):
                rows += write_excel_part(archive, name, table, part)
    return Written(path, "csv for Excel", "Excel 版 Excel edition", rows)


def excel_parts(source: Source, table: SchemaTable) -> Iterator[tuple[str, Iterable[Row]]]:
    """A table in files that fit one sheet each; an empty table is one file."""
    rows = source.rows(table)
    parts = -(-source.counts[table.name] // EXCEL_ROWS)
    for number in range(1, max(parts, 1) + 1):
        yield (f"{table.name}-{number}.csv" if parts > 1 else f"{table.name}.csv"), islice(rows, EXCEL_ROWS)


def write_excel_part(archive: zipfile.ZipFile, name: str, table: SchemaTable, rows: Iterable[Row]) -> int:
    """One sheet; returns its number of rows."""
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    written = 0
    with (
        archive.open(entry, "w", force_zip64=True) as packed,
        io.TextIOWrapper(packed, "utf-8-sig", newline="") as text,
    ):
        writer = csv.writer(text)
        writer.writerow(column.name for column in table.columns)
        for row in rows:
            writer.writerow([excel_cell(value) for value in row])
            written += 1
    return written


def excel_cell(value: Any) -> Any:
    """A value that Excel shows as it is: no formula, no digit lost, within a cell's length."""
    if isinstance(value, int) and len(str(abs(value))) > EXCEL_DIGITS:
        return f'="{value}"'
    if not isinstance(value, str):
        return value
    if LOOKS_NUMERIC.fullmatch(value) and not DATE.fullmatch(value) and len(value) <= 255:
        return f'="{value}"'
    return cut(guarded(value.replace("\r\n", "\n").replace("\0", "")))


def cut(value: str) -> str:
    """A text that fits a cell, with a mark where it was cut."""
    if len(value) * 2 <= EXCEL_CELL or len(value.encode("utf-16-le")) // 2 <= EXCEL_CELL - 1:
        return value
    units = value.encode("utf-16-le")[: (EXCEL_CELL - 1 - len(CUT)) * 2]
    return units.decode("utf-16-le", "ignore") + CUT


def read_rows(lines: Iterable[str]) -> int:
    """How many rows follow the header of a CSV file."""
    csv.field_size_limit(2**31 - 1)
    rows = csv.reader(lines)
    return sum(1 for _ in chain(islice(rows, 1, None)))
