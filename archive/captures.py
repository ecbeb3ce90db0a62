"""Capture files: pages read back out of WARC files, and imported pages written into one."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import msgspec
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archive.errors import CaptureError
from parsers.files import LARGEST
from parsers.packing import StillPacked, unpacked
from parsers.record import Capture, Page

CHUNK = 1 << 20
PACKED = "content-encoding"
FOLDER = "captures"
IMPORTED = "import-"
"""What names of files with imported pages begin with."""
SUFFIXES = (".warc", ".warc.gz", ".wacz")
WANTED = (WarcRecordType.response, WarcRecordType.resource)


class Captured(msgspec.Struct, frozen=True):
    """A page as it was captured, with the proof."""

    page: Page
    capture: Capture


def read(path: Path, start: int = 0) -> Iterator[Captured]:
    """The responses and resources of a WARC or WACZ file, in its order; bodies unpacked.

    ``start`` is the byte of a WARC file at which a record begins. Raises CaptureError for a file that is damaged, after
    everything before the damage was given.
    """
    with ExitStack() as stack:
        try:
            for stream in streams(path, stack):
                stream.seek(start)
                yield from read_stream(stream, path.name)
        except CaptureError as error:
            raise CaptureError(f"{path.parent / str(error)}; what stands before was read") from error
        except (OSError, EOFError, zipfile.BadZipFile, ValueError, RuntimeError) as error:
            raise CaptureError(
                f"{path}: damaged or unreadable ({error}); what stood before the damage was read"
            ) from error


def cuts(path: Path, start: int, every: int) -> Iterator[int]:
    """The bytes at which a WARC file may be cut, ``every`` so many responses and resources from ``start`` on.

    Nothing is parsed: it takes a sixtieth of the parsers' time. Damage ends it; whoever reads that piece says so.
    """
    with path.open("rb") as stream:
        stream.seek(start)
        wanted = WarcRecordType.response | WarcRecordType.resource
        try:
            for count, record in enumerate(ArchiveIterator(stream, record_types=wanted, parse_http=False)):
                if count and count % every == 0:
                    yield record.stream_pos
        except (OSError, EOFError, ValueError, RuntimeError):
            return


def read_at(folder: Path, capture: Capture) -> Page:
    """The page whose bytes lie where a capture says, in a file of ``folder``.

    Raises CaptureError where no whole response with the capture's digest lies there.
    """
    place = f"{folder / (capture.file or '')}: byte {capture.offset:,}"
    try:
        with (folder / (capture.file or "")).open("rb") as file:
            file.seek(capture.offset or 0)
            record = next(iter(ArchiveIterator(io.BytesIO(file.read(capture.length)), parse_http=True)), None)
            found = captured(record, capture.file or "") if record is not None else None
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        raise CaptureError(f"{place}: damaged or unreadable ({error})") from error
    if found is None or found.capture.digest != capture.digest:
        raise CaptureError(f"{place}: the bytes are not those that were captured there; restore the file from a backup")
    return msgspec.structs.replace(found.page, source=capture.url, url=capture.url)


def streams(path: Path, stack: ExitStack) -> Iterator[IO[bytes]]:
    """The WARC streams in a file."""
    if path.suffix.lower() != ".wacz":
        yield stack.enter_context(path.open("rb"))
        return
    packed = stack.enter_context(zipfile.ZipFile(path))
    for name in packed.namelist():
        if name.endswith((".warc", ".warc.gz")):
            yield stack.enter_context(packed.open(name))


def read_stream(stream: IO[bytes], name: str) -> Iterator[Captured]:
    """The pages of one WARC stream, each with its length, which the place of the next record tells.

    A revisit has no body: the page that it repeats is there already.
    """
    waiting: Captured | None = None
    last = 0
    for record in ArchiveIterator(
        stream, record_types=WarcRecordType.any_type, parse_http=True, auto_decode="transfer"
    ):
        if waiting is not None:
            yield measured(waiting, record.stream_pos)
        waiting, last = captured(record, name) if record.record_type in WANTED else None, record.stream_pos
    whole, end = tail(stream, last) if name.endswith(".gz") and stream.seekable() else (True, stream.tell())
    if waiting is not None and end > last:
        yield measured(waiting, end)
    if not whole:
        raise CaptureError(f"{name}: torn or damaged at byte {end:,}")


def tail(stream: IO[bytes], start: int) -> tuple[bool, int]:
    """Whether the gzip members from ``start`` on are whole to the file's end, and where the whole ones end.

    Readers of WARC files stop at a tear without a word, so what they did not read is looked at here.
    """
    stream.seek(start)
    end, member = start, zlib.decompressobj(31)
    while chunk := stream.read(CHUNK):
        try:
            while chunk:
                member.decompress(chunk)
                chunk = member.unused_data
                if member.eof:
                    end, member = stream.tell() - len(chunk), zlib.decompressobj(31)
        except zlib.error:
            return False, end
    return end == stream.tell(), end


def measured(found: Captured, end: int) -> Captured:
    """A capture with its length in the file."""
    length = end - (found.capture.offset or 0)
    return Captured(found.page, msgspec.structs.replace(found.capture, length=length))


def captured(record: Any, name: str) -> Captured | None:
    """One WARC record as a page; ``None`` for what is no HTTP answer, DNS for instance."""
    url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
    if not url or (not record.is_http and record.record_type == WarcRecordType.response):
        return None
    transferred = record.reader.read()
    headers = {str(key).lower(): str(value) for key, value in (record.http_headers or record.headers).items()}
    status = int(record.http_headers.status_code) if record.is_http else 200
    digest = "sha256:" + hashlib.sha256(transferred).hexdigest()
    capture = Capture(url, record.headers.get("WARC-Date") or "", status, digest, name, record.stream_pos)
    address = url if url.startswith(("http://", "https://")) else None
    try:
        body = unpacked(transferred, headers.get(PACKED, ""), LARGEST)
        headers.pop(PACKED, None)
    except StillPacked:
        body = transferred  # the header stays, by which the parsers say so
    return Captured(Page(url, body, address, headers), capture)


class ImportWriter:
    """Writes imported pages as ``resource`` records into a new WARC file, one gzip member each."""

    def __init__(self, data: Path) -> None:
        folder = data / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{IMPORTED}{datetime.now(UTC):%Y%m%d%H%M%S%f}.warc.gz"
        self.file: IO[bytes] | None = None

    def write(self, page: Page) -> Capture:
        """Keep a page; the proof of it. A page without an address is named by the hash of its bytes."""
        sha = hashlib.sha256(page.body).hexdigest()
        url, time = page.url or f"urn:sha256:{sha}", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        kind = page.headers.get("content-type", "application/octet-stream")
        identifier = uuid.UUID(hex=sha[:32], version=4)
        lines = [
            *("WARC/1.1", "WARC-Type: resource", f"WARC-Record-ID: <urn:uuid:{identifier}>", f"WARC-Target-URI: {url}"),
            *(f"WARC-Date: {time}", f"Content-Type: {kind}", f"Content-Length: {len(page.body)}"),
            *([f"Content-Encoding: {page.headers[PACKED]}"] if PACKED in page.headers else []),
            *("", ""),
        ]
        block = "\r\n".join(lines).encode() + page.body + b"\r\n\r\n"
        member = gzip.compress(block, 6, mtime=0)
        if self.file is None:
            self.file = self.path.open("xb")
        offset = self.file.tell()
        self.file.write(member)
        self.file.flush()
        return Capture(url, time, 200, "sha256:" + sha, self.path.name, offset, len(member))

    def sync(self) -> None:
        """Bring what was written to the disk, before the store calls it kept."""
        if self.file is not None:
            os.fsync(self.file.fileno())

    def close(self) -> None:
        """Close the file, if one was begun."""
        if self.file is not None:
            self.file.close()
