"""The text layer of a PDF, read in a process of its own: ``python -P parsers/pdf.py`` from standard input.

A PDF is a program that a stranger wrote. The process limits its own CPU time and memory before it looks at the first
byte, so that a bomb ends it and not its parent; what it prints is one JSON object of :class:`Layer`. It imports nothing
of this package, for every file pays for its start.
"""

from __future__ import annotations

import io
import sys

import msgspec
import pypdf

try:
    import resource
except ImportError:  # Windows has no such limits; the parent's time-out still holds
    resource = None  # type: ignore[assignment]

CPU_SECONDS = 20
MEMORY_BYTES = 450 * 2**20
PAGES = 200
CHARACTERS = 2_000_000


class Layer(msgspec.Struct, frozen=True):
    """What a PDF's pages say."""

    text: str
    pages: int
    """How many pages the document has; text comes from the first ``PAGES``."""
    encrypted: bool = False
    """Whether it opens only with a password."""


def read(body: bytes) -> Layer:
    """The text of the pages in order, one line of the page per line; raises what pypdf raises."""
    reader = pypdf.PdfReader(io.BytesIO(body), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return Layer("", 0, encrypted=True)
    texts, size = [], 0
    for page in reader.pages[:PAGES]:
        texts.append(page.extract_text())
        size += len(texts[-1])
        if size > CHARACTERS:
            break
    return Layer("\n".join(texts).encode("utf-8", "replace").decode(), len(reader.pages))


def _limit() -> None:
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    _limit()
    sys.stdout.buffer.write(msgspec.json.encode(read(sys.stdin.buffer.read())))
