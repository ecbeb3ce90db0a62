"""WARC 1.1 files: written one gzip member per record, read back by offset, cut at a torn tail.

Bodies are kept as transferred: still compressed where the server compressed them, chunking removed. A writer of our own
with isal costs a fifth of warcio's; what it writes is read by any WARC reader.
"""

from __future__ import annotations

import base64
import hashlib
import os
import uuid
import zlib
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import msgspec
from isal import isal_zlib

from crawler.errors import CrawlError

LEVEL = 2
PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
CHUNK = 1 << 20


class Answer(msgspec.Struct, frozen=True):
    """A response as it was received: header names and values as bytes, the body as transferred."""

    url: str
    time: str
    """ISO 8601, UTC, with microseconds."""
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    protocol: str = "HTTP/1.1"
    address: str | None = None

    @property
    def digest(self) -> str:
        """``sha256:`` and hex digits of the payload."""
        return "sha256:" + hashlib.sha256(self.body).hexdigest()

    def head(self) -> bytes:
        """Status line and headers as a block of bytes."""
        try:
            reason = HTTPStatus(self.status).phrase
        except ValueError:
            reason = "Unknown"
        lines = [f"{self.protocol} {self.status} {reason}".encode()]
        lines += [name + b": " + value.replace(b"\r", b" ").replace(b"\n", b" ") for name, value in self.headers]
        return b"\r\n".join(lines) + b"\r\n\r\n"


class Ask(msgspec.Struct, frozen=True):
    """The request behind an answer."""

    method: str
    target: str
    host: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def block(self) -> bytes:
        """The request as a block of bytes."""
        lines = [f"{self.method} {self.target} HTTP/1.1".encode(), f"Host: {self.host}".encode()]
        lines += [name + b": " + value for name, value in self.headers]
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body


def record(kind: str, headers: list[tuple[str, str]], block: bytes) -> tuple[str, bytes]:
    """(record id, the record as one gzip member)."""
    identifier = f"<urn:uuid:{uuid.uuid4()}>"
    sha1 = base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()
    named = [("WARC-Type", kind), ("WARC-Record-ID", identifier), *headers]
    named += [("WARC-Block-Digest", f"sha1:{sha1}"), ("Content-Length", str(len(block)))]
    head = "WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in named) + "\r\n"
    return identifier, isal_zlib.compress(head.encode() + block + b"\r\n\r\n", LEVEL, wbits=31)


def response_record(answer: Answer, digest: str, original: tuple[str, str] | None) -> tuple[str, bytes]:
    """A response record, or a revisit record where ``original`` (address, time) already holds the same payload.

    ``digest`` is the answer's: whoever knows whether there is an original has it already.
    """
    headers = [("WARC-Target-URI", answer.url), ("WARC-Date", answer.time)]
    headers += [("WARC-IP-Address", answer.address)] if answer.address else []
    headers.append(("WARC-Payload-Digest", digest))
    headers.append(("Content-Type", "application/http; msgtype=response"))
    if original is None:
        return record("response", headers, answer.head() + answer.body)
    url, time = original
    headers += [("WARC-Profile", PROFILE), ("WARC-Refers-To-Target-URI", url), ("WARC-Refers-To-Date", time)]
    return record("revisit", headers, answer.head())


def request_record(ask: Ask, answer: Answer, response_id: str) -> bytes:
    """The request that a response answers."""
    headers = [("WARC-Target-URI", answer.url), ("WARC-Date", answer.time), ("WARC-Concurrent-To", response_id)]
    headers.append(("Content-Type", "application/http; msgtype=request"))
    return record("request", headers, ask.block())[1]


def info_record(name: str, time: str, about: dict[str, str]) -> bytes:
    """The first record of a file: who wrote it, and how."""
    block = "".join(f"{key}: {value}\r\n" for key, value in about.items()).encode()
    headers = [("WARC-Date", time), ("WARC-Filename", name), ("Content-Type", "application/warc-fields")]
    return record("warcinfo", headers, block)[1]


class Writer:
    """One WARC file that grows by whole records; a write that fails leaves the file as it was."""

    def __init__(self, path: Path):
        """Make the file. Raises CrawlError where that is impossible."""
        self.path = path
        try:
            self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        except OSError as error:
            raise CrawlError(f"{path}: cannot be written: {error.strerror}") from error
        self.size = 0

    def append(self, data: bytes) -> int:
        """Write records and return the offset of the first. Raises CrawlError where the disk refuses."""
        start = self.size
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self.file, rest) :]
        except OSError as error:
            os.ftruncate(self.file, start)
            raise CrawlError(
                f"{self.path}: cannot be written: {error.strerror}; make room, then crawl again"
            ) from error
        self.size = start + len(data)
        return start

    def close(self) -> None:
        """Bring the file to the disk and close it. Raises CrawlError where the disk refuses."""
        try:
            os.fsync(self.file)
        except OSError as error:
            raise CrawlError(f"{self.path}: cannot be brought to the disk: {error.strerror}") from error
        finally:
            os.close(self.file)


def read_answer(path: Path, offset: int, length: int) -> Answer:
    """The response whose record lies at this place. Raises CrawlError where no whole response record lies there."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = zlib.decompress(file.read(length), wbits=31)
    except (OSError, zlib.error) as error:
        raise CrawlError(f"{path}: no record at byte {offset}: {error}") from error
    head, _, block = data.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    if fields.get("WARC-Type") != "response":
        raise CrawlError(f"{path}: the record at byte {offset} is no response")
    block = block[: int(fields["Content-Length"])]
    http, _, body = block.partition(b"\r\n\r\n")
    status, *lines = http.split(b"\r\n")
    headers = tuple((name, value) for name, _, value in (line.partition(b": ") for line in lines))
    return Answer(fields["WARC-Target-URI"], fields["WARC-Date"], int(status.split(b" ")[1]), headers, body)


def whole_end(path: Path, start: int) -> int:
    """Where the last whole record ends that lies at or after ``start``, which must itself be a record's end."""
    end = start
    with path.open("rb") as file:
        file.seek(start)
        for length in whole_members(file):
            end += length
    return end


def whole_members(file: BinaryIO) -> Iterator[int]:
    """The lengths of the whole WARC records from the file's position on; stops at the first that is torn."""
    rest = b""
    while True:
        inflate = zlib.decompressobj(wbits=31)
        length, tail = 0, b""
        while not inflate.eof:
            rest = rest or file.read(CHUNK)
            if not rest:
                return
            try:
                tail = (tail + inflate.decompress(rest))[-4:]
            except zlib.error:
                return
            length, rest = length + len(rest) - len(inflate.unused_data), inflate.unused_data
        if tail != b"\r\n\r\n":
            return
        yield length
