"""Replies that are only a file: which bytes are a file and no page, and the text of a PDF, DOCX or DOC.

What cannot be read is said, never guessed: ``attachment-scanned`` (pictures of pages), ``attachment-unsupported``
(spreadsheets, archives), ``attachment-unreadable`` (broken, encrypted or hostile), ``attachment-too-large``.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import unquote

import msgspec

from parsers import doc, docx, pdf
from parsers.record import Page, Problem
from parsers.text import fold, han

LARGEST = 40 * 2**20
"""Bytes of a file that is looked at; the largest reply seen has 3 MB."""
_SECONDS = 2 * pdf.SECONDS
"""Time by the clock for one file; on a busy machine the child process gets less than its CPU time."""
_TOO_LONG = getattr(signal, "SIGXCPU", 0)
_PDF_WITHIN = 1024
_QUERY = re.compile(r"[?#]")
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = {
    b"{\\rtf": "RTF cannot be read",
    **dict.fromkeys((b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"II*\0", b"MM\0*"), "it is a picture"),
    **dict.fromkeys((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b\x08"), "it is a packed archive; unpack it first"),
}
"""First bytes of files that sites attach and nothing here reads."""
_HAN_PER_PAGE = 10
"""A page with fewer characters in its text layer is a picture with a page number."""
_LOST_SHARE = 0.3
_EVERYDAY = "的了是在和年月日局县市区"
_PAGE_NUMBER = re.compile(r"^\s*[-—–－]?\s*\d{1,3}\s*[-—–－]?\s*$|^\s*第\s*\d{1,3}\s*页(?:\s*共\s*\d{1,3}\s*页)?\s*$")
_NEW = re.compile(
    r"^(?:\s{2,}|\u3000|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、])"
)
_END = tuple("。：:！？!?；;")


class AttachmentText(msgspec.Struct, frozen=True):
    """The text of a file, or why there is none."""

    text: str | None
    problems: tuple[Problem, ...] = ()


def media_type(body: bytes) -> str | None:
    """The type of a PDF, a ZIP or an old Office file by its first bytes; ``None`` for a page and for all others."""
    if _is_pdf(body):
        return "application/pdf"
    if body.startswith(_ZIP):
        return "application/zip"
    return "application/x-ole-storage" if body.startswith(_OLE) else None


def is_file(body: bytes) -> bool:
    """Whether bytes are a file and no page. What a server or an address calls them does not count: error pages are
    served under the names of files.
    """
    return media_type(body) is not None or body.startswith(tuple(_OTHERS))


def of_page(page: Page) -> AttachmentText:
    """Read a page whose body is a file; problems name it by the last part of its address."""
    name = unquote(_QUERY.split(page.url or page.source, 1)[0].rsplit("/", 1)[-1]) or page.source
    return read_attachment(page.body, page.headers.get("content-type"), name)


def read_attachment(body: bytes, content_type: str | None, name: str) -> AttachmentText:
    """Read a file by its first bytes; its name and declared type only word the problem. Never raises."""
    if not body:
        return _failed("attachment-unreadable", name, "it is empty")
    if len(body) > LARGEST:
        return _failed("attachment-too-large", name, f"it has {len(body)} bytes")
    if _is_pdf(body):
        return _pdf(body, name)
    if body.startswith(_ZIP) and docx.is_docx(body):
        return _docx(body, name)
    if body.startswith(_OLE):
        return _doc(body, name)
    other = next((reason for first, reason in _OTHERS.items() if body.startswith(first)), None)
    return _failed(
        "attachment-unsupported", name, other or f"no PDF, DOCX or DOC (declared {content_type or 'nothing'})"
    )


def _is_pdf(body: bytes) -> bool:
    """Whether a PDF's mark stands near the head, as its readers allow, and no markup before it."""
    before, mark, _ = body[:_PDF_WITHIN].partition(b"%PDF-")
    return bool(mark) and b"<" not in before


def _failed(code: str, name: str, reason: str) -> AttachmentText:
    return AttachmentText(None, (Problem(code, f"{name}: {reason}"),))


def _docx(body: bytes, name: str) -> AttachmentText:
    try:
        text = docx.read(body)
    except docx.UnreadableDocx as error:
        return _failed("attachment-unreadable", name, str(error))
    return _readable(fold(text), name, "it holds no text")


def _doc(body: bytes, name: str) -> AttachmentText:
    try:
        text = doc.read(body)
    except doc.UnsupportedDoc as error:
        return _failed("attachment-unsupported", name, str(error))
    except doc.UnreadableDoc as error:
        return _failed("attachment-unreadable", name, str(error))
    return _readable(fold(text), name, "it holds no text")


def _pdf(body: bytes, name: str) -> AttachmentText:
    """The text layer, read in a child process that a hostile file may kill; what it read before that is kept."""
    printed, failure = _read_pdf(body)
    lines = printed.splitlines()
    if not lines:
        return _failed("attachment-unreadable", name, failure or "it says nothing of its pages")
    told, texts = msgspec.json.decode(lines[0], type=pdf.Head), lines[1:]
    if told.encrypted:
        return _failed("attachment-unreadable", name, "it opens only with a password")
    if failure and not texts:
        return _failed("attachment-unreadable", name, failure)
    text = "\n".join(msgspec.json.decode(line, type=str) for line in texts)
    if han(text) < _HAN_PER_PAGE * len(texts):
        return _failed("attachment-scanned", name, f"{told.pages} pages without a text layer")
    if _is_nonsense(text):
        return _failed("attachment-scanned", name, "its text layer has no Unicode")
    unread = Problem("attachment-cut", f"{name}: {told.pages} pages, {len(texts)} read" + (failure and f"; {failure}"))
    return AttachmentText("\n".join(_paragraphs(text)), (unread,) if len(texts) < told.pages else ())


def _read_pdf(body: bytes) -> tuple[bytes, str]:
    """What the child process printed, and why it ended early, if it did."""
    command = [sys.executable, "-P", pdf.__file__]
    try:
        done = subprocess.run(command, input=body, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired as late:
        return _whole_lines(late.stdout or b""), f"it took more than {_SECONDS} seconds"
    if not done.returncode:
        return done.stdout, ""
    if done.returncode == -_TOO_LONG:
        limits = f"{pdf.SECONDS_A_PAGE} seconds for a page or {pdf.SECONDS} in all"
        return _whole_lines(done.stdout), f"it took more than {limits}"
    return _whole_lines(done.stdout), _last_line(done.stderr) or f"reading ended with {done.returncode}"


def _whole_lines(printed: bytes) -> bytes:
    """Without a last line that was broken off."""
    return printed[: printed.rfind(b"\n") + 1]


def _is_nonsense(text: str) -> bool:
    """Whether the characters are a font's own numbers: private ones, or Chinese without a single everyday word."""
    lost = sum(character == "\ufffd" or "\ue000" <= character <= "\uf8ff" for character in text)
    return lost > _LOST_SHARE * len(text) or not any(word in text for word in _EVERYDAY)


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:200] if lines else ""


def _readable(text: str, name: str, reason: str) -> AttachmentText:
    return AttachmentText(text) if text.strip() else _failed("attachment-unreadable", name, reason)


def _width(line: str) -> int:
    """Columns of a line: Chinese characters and marks take two."""
    return len(line) + sum(character > "\u2e80" for character in line)


def _paragraphs(text: str) -> Iterator[str]:
    """The lines of a page joined to paragraphs: a line that fills the page and does not end a sentence goes on."""
    lines = [line.rstrip() for line in fold(text).splitlines() if line.strip() and not _PAGE_NUMBER.match(line)]
    widths = sorted(map(_width, lines))
    full = widths[len(widths) * 9 // 10] - 4 if widths else 0
    paragraph = ""
    for line in lines:
        if paragraph and _NEW.match(line):
            yield paragraph
            paragraph = ""
        paragraph += line.strip() if paragraph else line
        if _width(line) < full or line.endswith(_END):
            yield paragraph
            paragraph = ""
    if paragraph:
        yield paragraph
