"""How files of a release are written: compressed without a time, flushed to the disk, hashed."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import msgspec
import pyarrow
from isal import igzip

CHUNK = 1 << 20
untyped: Any = igzip
GZIP_LEVEL = 3
"""The best that ISA-L offers, about the size of zlib's default."""


class Written(msgspec.Struct, frozen=True):
    """A file of the release: its path inside the folder, what it is, and the rows that reading it back must find."""

    path: str
    format: str
    title: str
    rows: int | None = None
    table: str | None = None


@contextmanager
def durable(path: Path) -> Iterator[BinaryIO]:
    """A new binary file that is on the disk when the block ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def gzipped(path: Path) -> Iterator[IO[bytes]]:
    """A new gzip file with neither name nor time in its header."""
    with durable(path) as file, gzip_writer(file) as packed:
        yield packed


def gzip_writer(file: BinaryIO) -> IO[bytes]:
    """A gzip stream with neither name nor time in its header."""
    return cast("IO[bytes]", untyped.IGzipFile("", "wb", GZIP_LEVEL, file, mtime=0))


def gzip_file(source: Path, out: Path) -> None:
    """Compress a file with gzip."""
    with source.open("rb") as plain, gzipped(out) as packed:
        shutil.copyfileobj(plain, packed, CHUNK)


def zstd_file(source: Path, out: Path) -> None:
    """Compress a file with Zstandard."""
    with source.open("rb") as plain, pyarrow.CompressedOutputStream(str(out), "zstd") as packed:
        shutil.copyfileobj(plain, packed, CHUNK)
    flush(out)


def flush(path: Path) -> None:
    """Have a closed file or a folder on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A file of a release, decompressed after its suffix."""
    if path.suffix == ".gz":
        with cast("IO[bytes]", untyped.open(path, "rb")) as unpacked:
            yield unpacked
    elif path.suffix == ".zst":
        with pyarrow.CompressedInputStream(str(path), "zstd") as unpacked:
            yield cast("IO[bytes]", unpacked)
    else:
        with path.open("rb") as file:
            yield file


def digest(file: IO[bytes]) -> str:
    """The SHA-256 of what is left of a stream, as hex digits."""
    found = hashlib.sha256()
    while chunk := file.read(CHUNK):
        found.update(chunk)
    return found.hexdigest()


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, as hex digits."""
    with path.open("rb") as file:
        return digest(file)
