"""Capture files: pages read back out of WARC files, and imported pages written into one."""

from __future__ import annotations

import gzip
import hashlib
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import msgspec
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archive.errors import CaptureError
from parsers.record import Capture, Page

FOLDER = "captures"
SUFFIXES = (".warc", ".warc.gz", ".wacz")
WANTED = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit


class Captured(msgspec.Struct, frozen=True):
    """A page as it was captured, with the proof."""

    page: Page
    capture: Capture


def read(path: Path) -> Iterator[Captured]:
    """The responses and resources of a WARC or WACZ file, in its order; bodies without content encoding.

    Raises CaptureError for a file that is damaged, after everything before the damage was given.
    """
    with ExitStack() as stack:
        try:
            for stream in streams(path, stack):
                yield from read_stream(stream, path.name)
        except (OSError, EOFError, zipfile.BadZipFile, ValueError, RuntimeError) as error:
            raise CaptureError(
                f"{path}: damaged or unreadable ({error}); what stood before the damage was read"
            ) from error


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
    """The pages of one WARC stream. A revisit without a body is left to the page that it repeats."""
    for record in ArchiveIterator(stream, record_types=WANTED, parse_http=True):
        url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
        if not url or record.record_type == WarcRecordType.revisit:
            continue
        found = captured(record, url, name)
        if found is not None:
            yield found


def captured(record: Any, url: str, name: str) -> Captured | None:
    """One WARC record as a page; ``None`` for what is no HTTP answer, DNS for instance."""
    is_http = record.is_http
    if not is_http and record.record_type == WarcRecordType.response:
        return None
    transferred = record.reader.read()
    headers = {str(key).lower(): str(value) for key, value in (record.http_headers or record.headers).items()}
    capture = Capture(
        url=url,
        time=record.headers.get("WARC-Date", ""),
        status=int(record.http_headers.status_code) if is_http else 200,
        digest="sha256:" + hashlib.sha256(transferred).hexdigest(),
        file=name,
        offset=record.stream_pos,
    )
    address = url if url.startswith(("http://", "https://")) else None
    return Captured(Page(url, transferred, address, headers), capture)


class ImportWriter:
    """Writes imported pages as ``resource`` records into a new WARC file, one gzip member each."""

    def __init__(self, data: Path) -> None:
        folder = data / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"import-{datetime.now(UTC):%Y%m%d%H%M%S%f}.warc.gz"
        self.file: IO[bytes] | None = None

    def write(self, page: Page) -> Capture:
        """Keep a page; the proof of it. A page without an address is named by the hash of its bytes."""
        sha = hashlib.sha256(page.body).hexdigest()
        url, time = page.url or f"urn:sha256:{sha}", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        kind = page.headers.get("content-type", "application/octet-stream")
        identifier = uuid.UUID(hex=sha[:32], version=4)
        lines = [
            *("WARC/1.1", "WARC-Type: resource", f"WARC-Record-ID: <urn:uuid:{identifier}>", f"WARC-Target-URI: {url}"),
            *(f"WARC-Date: {time}", f"Content-Type: {kind}", f"Content-Length: {len(page.body)}", "", ""),
        ]
        block = "\r\n".join(lines).encode() + page.body + b"\r\n\r\n"
        member = gzip.compress(block, 6, mtime=0)
        if self.file is None:
            self.file = self.path.open("xb")
        offset = self.file.tell()
        self.file.write(member)
        self.file.flush()
        return Capture(url, time, 200, "sha256:" + sha, self.path.name, offset, len(member))

    def close(self) -> None:
        """Close the file, if one was begun."""
        if self.file is not None:
            self.file.close()
