"""Bodies as they travel, packed, back to the page's bytes (RFC 9110, 8.4): one rule for crawl, probe and captures."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable

from fastwarc.stream_io import BrotliReader, ZstdReader

from parsers.attachments import media_type
from parsers.errors import ParserError
from parsers.files import is_binary

OFFERED = "gzip, deflate"
"""What requests offer to unpack: what every reader of WARC files can, since bodies are kept as they were sent.

Others come all the same, from servers that do not ask and in captures that other programs made.
"""
CHUNK = 1 << 16
TORN = frozenset({"gzip", "x-gzip", "deflate"})
"""Codings of which servers send torn bodies and wrong checksums, that browsers show as far as they go."""
NESTED = 3
"""Codings one upon the other; real answers have one, and each may multiply what it is given by a thousand."""


class StillPacked(ParserError):
    """A body that cannot be unpacked; the message says why."""


class TooLarge(StillPacked):
    """A body that unpacks to more than it may."""


def unpacked(body: bytes, codings: str, most: int) -> bytes:
    """The body without the codings that its Content-Encoding names; what is torn as far as it goes.

    Text that was never packed is given as it is: some servers name a coding that they did not apply, or one that does
    not exist, and some programs undo it and keep the header. Raises StillPacked, TooLarge among them.
    """
    names = [name for coding in codings.split(",") if (name := coding.strip().lower()) not in ("", "identity")]
    if len(names) > NESTED:
        raise StillPacked(f"packed {len(names)} times")
    for name in reversed(names):
        body = without(name, body, most)
    return body


def without(coding: str, body: bytes, most: int) -> bytes:
    """The body without one coding; what is neither text nor a file that is read counts as packed."""
    if not body:
        return body
    found = bytearray()
    try:
        read = READERS.get(coding, unknown)(body)
        while piece := read(CHUNK):
            found += piece
            if len(found) > most:
                raise TooLarge(f"unpacks to more than {most >> 20} MB")
    except (OSError, EOFError, zlib.error) as error:
        torn = bytes(found) if coding in TORN else b""
        for readable in (torn, body):
            if readable and (media_type(readable) or not is_binary(readable)):
                return readable
        raise StillPacked(f"packed as {coding}, which cannot be unpacked ({error})") from error
    return bytes(found)


Read = Callable[[int], bytes]
"""Gives so many bytes at most, none at the end."""


def inflating(body: bytes) -> Read:
    """Reads ``deflate``: the zlib format (RFC 1950), or the bare stream (RFC 1951) that many servers send instead."""
    framed = len(body) > 1 and body[0] & 15 == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0
    stream, rest = zlib.decompressobj(zlib.MAX_WBITS if framed else -zlib.MAX_WBITS), body

    def read(size: int) -> bytes:
        nonlocal rest
        piece = stream.decompress(rest, size)
        rest = stream.unconsumed_tail
        return piece

    return read


def unknown(body: bytes) -> Read:
    """For a coding that nothing here reads. Raises OSError."""
    raise OSError("nothing here reads it")


READERS: dict[str, Callable[[bytes], Read]] = {
    "gzip": lambda body: gzip.GzipFile(fileobj=io.BytesIO(body)).read1,
    "deflate": inflating,
    "br": lambda body: BrotliReader(io.BytesIO(body)).read,
    "zstd": lambda body: ZstdReader(io.BytesIO(body)).read,
}
READERS["x-gzip"] = READERS["gzip"]
