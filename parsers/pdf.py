"""The text layer of a PDF, read in a process of its own: ``python -P parsers/pdf.py`` from standard input.

A PDF is a program that a stranger wrote. The process limits its own CPU time and memory before it looks at the first
byte, so that a bomb ends it and not its parent. It prints a JSON object a line: a :class:`Head`, then the text of one
page after the other, so that what was read before a bomb is kept. It imports nothing of this package, for every file
pays for its start.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import msgspec
import pypdf

try:
    import resource
except ImportError:  # Windows has no such limits; the parent's time-out still holds
    resource = None  # type: ignore[assignment]

SECONDS_A_PAGE = 2
"""CPU time of a page of the file; one of 27 lines takes 4 ms (generated PDFs, 2026-11-27)."""
SECONDS = 10
"""CPU time of the whole file."""
MEMORY_BYTES = 450 * 2**20
PAGES = 200
CHARACTERS = 2_000_000


class Head(msgspec.Struct, frozen=True):
    """What a PDF says of itself."""

    pages: int
    """How many pages it has; text comes from the first ``PAGES``."""
    encrypted: bool = False
    """Whether it opens only with a password."""


def read(body: bytes) -> Iterator[Head | str]:
    """The head, then the text of each page, one line of the page per line; raises what pypdf raises."""
    reader = pypdf.PdfReader(io.BytesIO(body), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        yield Head(0, encrypted=True)
        return
    yield Head(len(reader.pages))
    size = 0
    for page in reader.pages[:PAGES]:
        _limit_time()
        text = page.extract_text()
        yield text.encode("utf-8", "replace").decode()
        size += len(text)
        if size > CHARACTERS:
            return


def _limit_memory() -> None:
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _limit_time() -> None:
    """Let what comes next take its seconds, counted from now, and the whole file no more than its own."""
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = min(int(used.ru_utime + used.ru_stime) + SECONDS_A_PAGE + 1, SECONDS)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, SECONDS + 1))


if __name__ == "__main__":
    _limit_memory()
    _limit_time()
    for piece in read(sys.stdin.buffer.read()):
        sys.stdout.buffer.write(msgspec.json.encode(piece) + b"\n")
        sys.stdout.buffer.flush()
