"""WARC files of our own, a gzip member to a record, read whole and checked: what readers of WARC files pass over."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

CHUNK = 1 << 18
GZIP_HEADER = 10
BLANK = b"\r\n\r\n"


class Member(msgspec.Struct, frozen=True):
    """A whole record at its place, in bytes; ``digest`` as ledger and store have it, ``None`` where it is no page."""

    offset: int
    length: int
    digest: str | None


class Problem(msgspec.Struct, frozen=True):
    """What is wrong at a place of the file."""

    offset: int
    what: str


def read_members(path: Path, known: list[int]) -> Iterator[Member | Problem]:
    """The records of a file in order; behind damage the reading goes on at the next offset that is ``known``."""
    with path.open("rb") as file:
        first, offset = file.read(GZIP_HEADER), 0
        while file.seek(offset) == offset and (header := file.read(GZIP_HEADER)):
            file.seek(offset)
            content, length, error = unpacked(file)
            if error is None and header != first:
                error = "a gzip header that differs from the first one"
            if error is None:
                error, digest = checked(content)
            if error is not None:
                yield Problem(offset, error)
                offset = next((place for place in known if place > offset), -1) if length is None else offset + length
                if offset < 0:
                    return
            else:
                assert length is not None
                yield Member(offset, length, digest)
                offset += length


def unpacked(file: BinaryIO) -> tuple[bytes, int | None, str | None]:
    """The gzip member that begins here: its content and length, or what is wrong with it."""
    start, member, content = file.tell(), zlib.decompressobj(31), bytearray()
    while chunk := file.read(CHUNK):
        try:
            content += member.decompress(chunk)
        except zlib.error as error:
            return b"", None, f"damaged ({error})"
        if member.eof:
            return bytes(content), file.tell() - len(member.unused_data) - start, None
    return b"", None, "torn"


def checked(record: bytes) -> tuple[str | None, str | None]:
    """What is wrong with a record, else ``None``; and the digest of its payload."""
    head, _, rest = record.partition(BLANK)
    lines = (line.partition(": ") for line in head.decode("utf-8", "replace").split("\r\n")[1:])
    fields = {name.lower(): value.strip() for name, _, value in lines}
    length = fields.get("content-length", "")
    if not head.startswith(b"WARC/") or not length.isdigit() or len(rest) != int(length) + len(BLANK):
        return "no whole WARC record", None
    block = rest[: int(length)]
    sha1 = "sha1:" + base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()
    if fields.get("warc-block-digest", sha1) != sha1:
        return "a record that its own digest does not fit", None
    kind, said = fields.get("warc-type"), fields.get("warc-payload-digest")
    if kind == "revisit":
        return None, said
    if kind not in ("response", "resource"):
        return None, None
    payload = block.partition(BLANK)[2] if kind == "response" else block
    digest = "sha256:" + hashlib.sha256(payload).hexdigest()
    if said is not None and said != digest:
        return "a page that its own digest does not fit", None
    return None, digest
