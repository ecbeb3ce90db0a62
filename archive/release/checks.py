"""Reading a release back: every file is opened, decompressed, decoded and counted, and held against its hash."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from archive.release import parquet, sheets
from archive.release.errors import ReleaseError
from archive.release.files import Written, digest, file_digest, opened
from archive.shelf import PACKAGE, SUMS


def count_csv(path: Path) -> int:
    """Rows of a CSV file, compressed or not."""
    with opened(path) as file, io.TextIOWrapper(file, "utf-8", newline="") as text:
        return sheets.read_rows(text)


def count_excel(path: Path) -> int:
    """Rows of all sheets of the Excel edition."""
    rows = 0
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            with archive.open(name) as file, io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
                rows += sheets.read_rows(text)
    return rows


def count_jsonl(path: Path) -> int:
    """Lines of a JSON Lines file, each of them decoded."""
    decoder = msgspec.json.Decoder(dict[str, Any])
    with opened(path) as file:
        return sum(1 for line in file if decoder.decode(line))


def count_lines(path: Path) -> int:
    """Lines of a text file."""
    with opened(path) as file:
        return sum(1 for _ in file)


COUNTERS: dict[str, Callable[[Path], int]] = {
    "csv": count_csv,
    "csv for Excel": count_excel,
    "jsonl": count_jsonl,
    "cdxj": count_lines,
    "parquet": parquet.read_rows,
}
DAMAGE = (OSError, EOFError, ValueError, zipfile.BadZipFile, csv.Error, msgspec.MsgspecError)
"""What readers raise on a file that is not whole; Arrow's and the decoders' errors are ValueErrors and OSErrors."""


def read_back(folder: Path, files: list[Written], databases: dict[str, str]) -> None:
    """Count the rows of every file; hold the compressed databases against the SHA-256 of what was compressed.

    Raises :class:`ReleaseError` naming the file that is not what was written.
    """
    for file in files:
        try:
            found = rows_of(folder, file)
        except DAMAGE as error:
            raise ReleaseError(f"{file.path}: cannot be read back ({error}); release again") from error
        if file.rows is not None and found not in (None, file.rows):
            raise ReleaseError(f"{file.path}: {found} rows read back, {file.rows} written; release again")
    for path, expected in databases.items():
        with opened(folder / path) as unpacked:
            if digest(unpacked) != expected:
                raise ReleaseError(f"{path}: does not unpack to what was packed; check the disk and release again")


def rows_of(folder: Path, file: Written) -> int | None:
    """The rows of one file; ``None`` of a file that has none to count."""
    counter = COUNTERS.get(file.format)
    return counter(folder / file.path) if counter else None


def integrity(database: Path, counts: dict[str, int]) -> None:
    """Raise :class:`ReleaseError` where a SQLite file is damaged or holds other row counts."""
    connection = sqlite3.connect(f"{database.resolve().as_uri()}?immutable=1", uri=True)
    try:
        verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise ReleaseError(f"{database.name}: {verdict}; publish again, then release again")
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken:
            raise ReleaseError(f"{database.name}: {broken[0]} refers to {broken[2]} that is not there; publish again")
        for table, count in counts.items():
            found = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - names
            if found != count:
                raise ReleaseError(f"{database.name}: {table} has {found} rows, not {count}; release again")
    finally:
        connection.close()


def write_sums(folder: Path) -> bytes:
    """SHA256SUMS over every file of the folder, in the form that ``sha256sum -c`` reads."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return "".join(f"{file_digest(folder / path)}  {path}\n" for path in paths if path != SUMS).encode()


def verify_folder(folder: Path) -> Iterator[str]:
    """What is wrong with a released folder, one line each: sums, files too many or too few, row counts."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        package = msgspec.json.decode((folder / PACKAGE).read_bytes())
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        yield f"{folder.name}: {error}"
        return
    sums = {path: found for found, _, path in (line.partition("  ") for line in lines)}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {SUMS}
    yield from (f"{folder.name}/{path}: missing" for path in sorted(set(sums) - present))
    yield from (f"{folder.name}/{path}: not in {SUMS}" for path in sorted(present - set(sums)))
    damaged = {path for path in sorted(present & set(sums)) if file_digest(folder / path) != sums[path]}
    yield from (f"{folder.name}/{path}: SHA-256 differs" for path in sorted(damaged))
    for resource in package["resources"]:
        if resource["path"] in present - damaged:
            yield from recount(folder, resource)


def recount(folder: Path, resource: dict[str, Any]) -> Iterator[str]:
    """What is wrong with one resource of a datapackage.json."""
    format_ = "csv for Excel" if resource["path"] == "excel.zip" else resource["format"]
    file = Written(resource["path"], format_, resource["title"], resource.get("rows", resource.get("count")))
    try:
        read_back(folder, [file], {})
    except ReleaseError as error:
        yield f"{folder.name}/{error}"
