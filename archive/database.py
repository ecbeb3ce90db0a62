"""Opening SQLite files, and SQLite's errors in one line each."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import ArchiveError

WAIT = 30.0
"""Seconds that a writer waits for another one."""

REASONS = (
    ("locked", "locked by another process; wait until that ends, then start this again"),
    ("disk is full", "the disk is full; nothing stored was lost; free some room, then start this again"),
    ("disk I/O error", "the disk could not be written or read; free some room or check it, then start this again"),
    ("readonly", "may not be written; correct its permissions"),
    ("unable to open", "cannot be opened; check that it may be read, and that its folder exists and may be written"),
)


@contextmanager
def explained(path: Path, kind: type[ArchiveError], damaged: str) -> Iterator[None]:
    """Turn SQLite's and the file system's errors about ``path`` into one line of ``kind``.

    ``damaged`` says what to do where the file is no sound database.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise kind(f"{path}: {reason(error, damaged)}") from error
    except OSError as error:
        raise kind(f"{error.filename or path}: {(error.strerror or str(error)).lower()}") from error


def reason(error: sqlite3.DatabaseError, damaged: str) -> str:
    """What an error of SQLite means and what to do about it."""
    text = str(error)
    for sign, meaning in REASONS:
        if sign in text:
            return meaning
    if "malformed" in text or "not a database" in text:
        return f"damaged ({text}); {damaged}"
    return text


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot change the file.

    Readers of a file in WAL mode write beside it to find each other. Where the folder cannot be written and nothing
    stands in a log, as in a read-only copy, nobody else writes the file either, and it is opened as what it is.
    """
    log = path.with_name(f"{path.name}-wal")
    alone = not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    mode = "immutable=1" if alone else "mode=ro"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=WAIT)
    connection.row_factory = sqlite3.Row
    return connection
