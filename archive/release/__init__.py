"""A release: one folder with the archive in every format, described, counted, hashed, compared with the one before.

The folder is built under a hidden name, read back, and renamed as the last act: it is there whole or not at all, and is
never changed again. Two releases of one archive are byte for byte the same, because nothing in them knows the time
of day: all times are the archive's own.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from archive import dictionary_text
from archive.locks import locked
from archive.release import changes, checks, index, package, papers, parquet, quality, records, sheets
from archive.release.errors import ReleaseError
from archive.release.files import Written, durable, file_digest, flush, gzip_file, zstd_file
from archive.release.package import Publisher
from archive.release.source import Source, copy_without_index, pin
from archive.shelf import LATEST, PACKAGE, SUMS, released

__all__ = ["Publisher", "ReleaseError", "release", "released"]

UNFINISHED = ".unfinished-"


def release(
    archive: Path,
    out: Path,
    publisher: Publisher | None = None,
    previous: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Release ``archive`` into a new folder of ``out`` and return it.

    The folder is named after the month of the archive's build: ``2026.11.0``, then ``2026.11.1``. ``previous`` is the
    release to compare with, else the newest one in ``out``. An archive that the newest release already holds is not
    released again; its folder is returned. ``say`` hears what is being written.

    Raises :class:`ReleaseError` where the archive is missing or damaged or the disk is full, and
    :class:`archive.errors.Busy` where another release runs.
    """
    out.mkdir(parents=True, exist_ok=True)
    with locked(out / ".lock", "a release"):
        for stale in out.glob(f"{UNFINISHED}*"):
            shutil.rmtree(stale)
        with disk_errors(out), TemporaryDirectory(prefix=UNFINISHED, dir=out) as name:
            return build(archive, out, Path(name), publisher or Publisher(), previous, say)


def build(
    archive: Path, out: Path, space: Path, publisher: Publisher, previous: Path | None, say: Callable[[str], None]
) -> Path:
    """Build in ``space``, then move the finished folder into ``out``."""
    pinned = pin(archive, space)
    digest = file_digest(pinned)
    newest = next(reversed(released(out)), None)
    if newest and facts(newest)["archive"].get("sha256") == digest:
        say(f"{newest}: already holds this archive")
        return newest
    plain = space / "archive.sqlite"
    copy_without_index(pinned, plain)
    source = Source(plain)
    try:
        version = next_version(source, out)
        about = {"version": version, "built": source.about["built"], "sha256": digest}
        folder = space / version
        folder.mkdir()
        write(source, pinned, folder, about, publisher, previous or newest, say)
    finally:
        source.close()
    flush(folder)
    folder.rename(out / version)
    flush(out)
    point_latest(out, version)
    return out / version


def write(
    source: Source,
    pinned: Path,
    folder: Path,
    about: dict[str, Any],
    publisher: Publisher,
    previous: Path | None,
    say: Callable[[str], None],
) -> None:
    """Every file of the release, read back and counted, and the sums over all of them as the last."""
    checks.integrity(source.path, source.counts)
    files, databases = [], {}
    for file, digest in write_databases(source, pinned, folder, about):
        files.append(file)
        databases[file.path] = digest
        say(file.path)
    for file in write_exports(source, folder):
        files.append(file)
        say(file.path)
    files += changes.write(source, folder, about["version"], previous)
    files += write_descriptions(source, folder, about["version"])
    papers_ = papers.licences()
    papers_["README.md"] = papers.readme(source, files, about, publisher)
    papers_["CITATION.cff"] = package.citation(source, about, publisher)
    papers_[PACKAGE] = package.to_json(package.datapackage(source, folder, files, about, publisher))
    for name, content in papers_.items():
        write_bytes(folder / name, content)
    say("reading everything back")
    checks.read_back(folder, files, databases)
    write_bytes(folder / SUMS, checks.write_sums(folder))


def write_databases(source: Source, pinned: Path, folder: Path, about: dict[str, Any]) -> Iterator[tuple[Written, str]]:
    """The SQLite editions, each with the SHA-256 of what it unpacks to."""
    plain, name = file_digest(source.path), f"archive-{about['version']}"
    rows = source.counts["proposals"]
    gzip_file(source.path, folder / f"{name}.sqlite.gz")
    yield Written(f"{name}.sqlite.gz", "sqlite", "SQLite, gzip", rows), plain
    zstd_file(source.path, folder / f"{name}.sqlite.zst")
    yield Written(f"{name}.sqlite.zst", "sqlite", "SQLite, Zstandard", rows), plain
    zstd_file(pinned, folder / f"{name}-search.sqlite.zst")
    yield Written(f"{name}-search.sqlite.zst", "sqlite", "SQLite 含检索索引 with search index", rows), about["sha256"]


def write_exports(source: Source, folder: Path) -> Iterator[Written]:
    """CSV, Excel, Parquet, JSON Lines and the capture index."""
    for table in source.tables.values():
        yield sheets.write_csv(source, table, folder)
        yield parquet.write(source, table, folder)
    yield sheets.write_excel(source, folder)
    yield records.write_proposals(source, folder)
    yield records.write_documents(source, folder)
    yield index.write(source, folder)


def write_descriptions(source: Source, folder: Path, version: str) -> list[Written]:
    """The data dictionary and the quality page."""
    shares = quality.filled(source)
    write_bytes(folder / "DATA_DICTIONARY.md", dictionary_text.markdown(shares).encode())
    write_bytes(folder / "QUALITY.md", quality.write(source, version, shares).encode())
    return [
        Written("DATA_DICTIONARY.md", "markdown", "数据字典 data dictionary"),
        Written("QUALITY.md", "markdown", "质量说明 quality"),
    ]


def write_bytes(path: Path, content: bytes) -> None:
    """A small file, on the disk."""
    with durable(path) as file:
        file.write(content)


def facts(folder: Path) -> dict[str, Any]:
    """The datapackage.json of a release.

    Raises :class:`ReleaseError` where it cannot be read.
    """
    try:
        return msgspec.json.decode((folder / PACKAGE).read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError) as error:
        raise ReleaseError(f"{folder / 'datapackage.json'}: {error}; restore that release or move it away") from error


def next_version(source: Source, out: Path) -> str:
    """Year, month and a running number from 0.

    Raises :class:`ReleaseError` where the archive does not say when it was built.
    """
    built = re.match(r"(\d{4})-(\d{2})-\d{2}", source.about.get("built") or "")
    if not built:
        raise ReleaseError("archive.db: no build time in its table about; run proposals publish first")
    month = f"{built[1]}.{int(built[2])}."
    taken = [int(path.name.removeprefix(month)) for path in released(out) if path.name.startswith(month)]
    return f"{month}{max(taken, default=-1) + 1}"


def point_latest(out: Path, version: str) -> None:
    """Let the name ``latest`` lead to the newest release, in one step."""
    fresh = out / ".latest"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(version)
    fresh.replace(out / LATEST)


@contextmanager
def disk_errors(out: Path) -> Iterator[None]:
    """Turn what a full disk or a damaged archive raises into one line that names the folder."""
    try:
        yield
    except OSError as error:
        raise ReleaseError(f"{error.filename or out}: {error.strerror or error}; nothing was released") from error
    except sqlite3.Error as error:
        raise ReleaseError(f"archive.db: {error}; free space or publish again; nothing was released") from error
