"""The record: what a parsed page says. The contract between the three packages and with everybody outside.

Absent is ``None`` (lists: empty), never an empty string, never a guess. Text values stand as printed after
width folding; dates are ``YYYY-MM-DD``, date-times ``YYYY-MM-DDTHH:MM:SS+08:00``.
"""

from __future__ import annotations

from typing import Literal

import msgspec

RecordType = Literal["reply", "original", "summary", "document", "list", "unrecognised"]
Kind = Literal["suggestion", "motion", "proposal"]
Mirror = Literal["traditional", "traditional-pinyin", "brand-swap"]


class Meeting(msgspec.Struct, frozen=True):
    """A session of a people's congress (``npc``) or of a consultative conference (``cppcc``)."""

    body: Literal["npc", "cppcc"] | None = None
    level: str | None = None
    """全国, 省, 自治区, 市, 州, 盟, 区, 县, 旗, 镇 or 乡."""
    place: str | None = None
    term: int | None = None
    session: int | None = None


class Contact(msgspec.Struct, frozen=True):
    """The handling clerk; private, masked in everything published."""

    name: str | None = None
    phone: str | None = None


class Citation(msgspec.Struct, frozen=True):
    """A policy or document that the text names."""

    title: str | None = None
    doc_number: str | None = None


class Attachment(msgspec.Struct, frozen=True):
    """A file that the page links as part of its content."""

    url: str
    name: str | None = None
    text: str | None = None


class Problem(msgspec.Struct, frozen=True):
    """Something that was seen on the page and not understood."""

    code: str
    """A stable name, listed in docs/parsers.md: ``unknown-label``, ``conflict``, ``no-such-date`` …"""
    detail: str


class Evidence(msgspec.Struct, frozen=True):
    """Where one value comes from."""

    rule: str
    """The rule that read it: ``label``, ``title``, ``salutation``, ``meta`` …"""
    label: str | None
    """The label it stood under, as printed; ``None`` where a sentence said it."""
    quote: str
    """The characters of the page that it was read from."""
    confidence: float
    """How sure, 0 to 1."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One suggestion or proposal with its answer, or one other page."""

    source: str
    part: int = 0
    type: RecordType
    kind: Kind | None = None
    title: str | None = None
    subject: str | None = None
    number: str | None = None
    numbers: tuple[str, ...] = ()
    meeting: Meeting | None = None
    proposers: tuple[str, ...] = ()
    proposer_count: int | None = None
    host_departments: tuple[str, ...] = ()
    co_departments: tuple[str, ...] = ()
    doc_number: str | None = None
    signer: str | None = None
    category: str | None = None
    status: str | None = None
    disclosure: str | None = None
    sign_date: str | None = None
    publish_date: str | None = None
    proposal_text: str | None = None
    reply_text: str | None = None
    text: str | None = None
    contacts: tuple[Contact, ...] = ()
    citations: tuple[Citation, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    mirror: Mirror | None = None
    layout: str
    problems: tuple[Problem, ...] = ()
    evidence: dict[str, Evidence] = {}
    parser: str


class Page(msgspec.Struct, frozen=True):
    """What the parsers read: bytes, where they came from, and the headers they came with.

    ``source`` is the path or URL, kept in the record as it is; ``url`` the address that the site gave the page,
    ``None`` where it is not known; header names are lower-case. A ``content-encoding`` among them says that the body
    could not be unpacked.
    """

    source: str
    body: bytes
    url: str | None = None
    headers: dict[str, str] = {}


class Capture(msgspec.Struct, frozen=True):
    """Proof of one response: which bytes, when, and where in which WARC file they lie.

    ``time`` is an ISO 8601 date-time in UTC, ``digest`` ``sha256:`` and hex digits of the payload as transferred,
    ``file`` a name inside ``data/captures/``, ``offset`` and ``length`` the compressed record's place in it, in bytes.
    ``file`` is ``None`` for pages that were imported from text and have no WARC record.
    """

    url: str
    time: str
    status: int
    digest: str
    file: str | None = None
    offset: int | None = None
    length: int | None = None


class ParsedPage(msgspec.Struct, frozen=True):
    """What the crawler hands to the store: a capture with the records that the parsers read from it."""

    site: str | None
    """The id of the site file; ``None`` for a page imported from disk."""
    capture: Capture
    records: tuple[Record, ...]
    attachment_of: str | None = None
    """The URL of the page that links this file, for a captured attachment."""


JSON = msgspec.json.Encoder()


def to_json(record: Record) -> bytes:
    """The record as one line of JSON, without the line's end."""
    return JSON.encode(record)
