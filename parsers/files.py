"""Paths to pages: text, HTML, PDF and DOCX files, and JSON Lines of ``{"url", "text" or "html"}``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from parsers import attachments
from parsers.errors import UnreadableInput
from parsers.record import Page

LARGEST = 64 * 1024 * 1024
"""Bytes of the largest file that is read as one page; real pages stay under 5 MB."""
_BINARY = (
    *(b"\x1f\x8b", b"\x7fELF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"SQLite format 3", b"7z\xbc\xaf", b"Rar!"),
    *(b"\xfd7zXZ", b"BZh", b"OggS", b"RIFF", b"\xca\xfe\xba\xbe"),
)
_CONTROLS = bytes({*range(32)} - set(b"\t\n\v\f\r\x1b"))
_CONTROLS_OF_BINARY = 0.02
"""Share of control bytes above which a file without a byte order mark is no text; of random bytes a tenth are."""
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class Line(msgspec.Struct):
    """One page of a ``.jsonl`` file."""

    url: str
    text: str | None = None
    html: str | None = None


def read_pages(path: Path) -> Iterator[Page]:
    """The pages of a file: one a line of ``.jsonl``, one of every other: text, HTML, PDF, DOCX and DOC.

    Raises :class:`UnreadableInput` for a path that is no readable page or document; for a ``.jsonl`` file with broken
    lines only after all its other lines have been given.
    """
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        yield from _json_lines(path)
    else:
        body = _bytes(path)
        kind = attachments.media_type(body)
        yield Page(str(path), body, None, {"content-type": kind} if kind else {})


def _bytes(path: Path) -> bytes:
    """The bytes of a file that can be a page."""
    body = _read(path)
    if not body.strip():
        raise UnreadableInput(f"{path}: the file is empty; nothing to read")
    if attachments.media_type(body) is None and is_binary(body):
        raise UnreadableInput(f"{path}: a binary file that is no page; give .txt, .html, .pdf, .docx, .doc or .jsonl")
    return body


def _read(path: Path) -> bytes:
    _check(path)
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise UnreadableInput(
                f"{path}: {size // 1024**2} MB, larger than the {LARGEST // 1024**2} MB that a page may have; split it"
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"{path}: {error.strerror}; check its permissions") from error


def _check(path: Path) -> None:
    """Raise for what is no regular file."""
    try:
        if path.is_dir():
            raise UnreadableInput(f"{path}: a folder; name the files in it, as in {path}/*.html")
        if not path.exists():
            raise UnreadableInput(f"{path}: no such file")
        if not path.is_file():
            raise UnreadableInput(f"{path}: not a regular file; save the page to a file first")
    except (OSError, ValueError) as error:
        raise UnreadableInput(f"{path}: cannot be opened ({error})") from error


def is_binary(body: bytes) -> bool:
    """Whether bytes begin as no text does: by a known signature, or with more control characters than text has."""
    if body.startswith(_BINARY):
        return True
    head = body[:65536]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return not body.startswith(_WIDE) and controls > _CONTROLS_OF_BINARY * len(head)


def _json_lines(path: Path) -> Iterator[Page]:
    """The pages of a JSON Lines file, read line by line so that its size does not matter."""
    _check(path)
    decoder, broken = msgspec.json.Decoder(Line), list[int]()
    try:
        with path.open("rb") as lines:
            pages = 0
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                page = _page(decoder, line)
                if page is None:
                    broken.append(number)
                else:
                    pages += 1
                    yield page
    except OSError as error:
        raise UnreadableInput(f"{path}: {error.strerror}; check its permissions") from error
    if broken:
        more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        raise UnreadableInput(f'{path}: line {broken[0]}{more} is no object with "url" and "text" or "html"')
    if not pages:
        raise UnreadableInput(f"{path}: the file is empty; nothing to read")


def _page(decoder: msgspec.json.Decoder[Line], line: bytes) -> Page | None:
    try:
        entry = decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    content = entry.html if entry.html is not None else entry.text
    if content is None or not entry.url:
        return None
    kind = "text/html" if entry.html is not None else "text/plain"
    body = content.encode("utf-8", "replace")
    return Page(entry.url, body, entry.url, {"content-type": f"{kind}; charset=utf-8"})
