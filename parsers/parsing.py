"""A page to its records: read once, typed, laid out."""

from __future__ import annotations

from typing import Any

from parsers import attachments, document, facts, layout, original, page_type
from parsers.document import Document
from parsers.draft import Draft
from parsers.facts import Facts
from parsers.layouts import attached, other, reply, segment
from parsers.record import Page, Problem, Record, RecordType

VERSION = "6"
"""Raised whenever the same bytes may give another record."""
_TEXTS = ("reply_text", "proposal_text", "text")
_SAMPLE = 60


def parse(page: Page) -> tuple[Record, ...]:
    """The records of a page or of an attached file (PDF, DOCX, DOC), in printed order; at least one.

    Pure, and never raises: whatever is strange about the bytes stands in the records' ``problems``. A file that cannot
    be read (a scan, a broken one) gives one ``unrecognised`` record that says why, and so does a page that is packed.
    """
    if coding := page.headers.get("content-encoding"):
        return (_unread(page, (Problem("packed", f"packed as {coding}, which cannot be unpacked"),)),)
    if not attachments.is_file(page.body):
        return records(document.read(page))
    found = attachments.of_page(page)
    if found.text is None:
        return (_unread(page, found.problems),)
    return records(document.from_text(page, found.text, found.problems))


def _unread(page: Page, problems: tuple[Problem, ...]) -> Record:
    return Record(source=page.source, type="unrecognised", layout="file", problems=problems, parser=VERSION)


def records(read: Document) -> tuple[Record, ...]:
    """The records of a document, whatever it was read from."""
    seen = facts.gather(read)
    kind = page_type.decide(seen)
    drafts = _drafts(seen, kind)
    for draft in drafts:
        _without_text(draft, seen, kind)
    shape = layout.fingerprint(seen)
    files = attached.files(seen) if kind != "list" else ()
    return tuple(_record(seen, kind, draft, part, shape, files) for part, draft in enumerate(drafts))


def _drafts(seen: Facts, kind: RecordType) -> list[Draft]:
    if kind == "reply":
        found = segment.segments(seen)
        return [reply.read(seen, one, len(found) > 1) for one in found]
    if kind == "original":
        return [other.original(seen)]
    return [other.list_page(seen) if kind == "list" else other.document(seen, kind)]


def _without_text(draft: Draft, seen: Facts, kind: RecordType) -> None:
    """Say that a page gave no text: what a layout that nobody taught looks like."""
    if kind == "unrecognised":
        draft.problem(
            "no-content", " ".join(line.text for line in seen.lines[:3])[:_SAMPLE] or "nothing that a reader sees"
        )
    elif kind != "list" and not any(draft.get(field) for field in _TEXTS) and not attached.files(seen):
        draft.problem("no-text", f"read as {kind}, without its text")


def _record(seen: Facts, kind: RecordType, draft: Draft, part: int, shape: str, files: Any) -> Record:
    values = {field: found.value for field, found in draft.found.items()}
    numbers = values.pop("number", ())
    if numbers:
        values["number"], values["numbers"] = numbers[0], numbers
    return Record(
        source=seen.document.page.source,
        part=part,
        type=kind,
        **values,
        attachments=files,
        mirror=seen.document.mirror,
        layout=shape,
        problems=(*seen.document.problems, *seen.grid.problems, *draft.problems),
        evidence=original.quoted(draft.evidence(), seen.document.changed),
        parser=VERSION,
    )
