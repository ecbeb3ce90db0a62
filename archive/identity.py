"""Which page, which record: permanent ids.

An id comes from the site and the source's own numbers (site, kind, term, session, number); where the page lacks one of
these, from the canonical address of the page. Never from text that a correction may change.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import count

from parsers.record import Record

HASH_DIGITS = 12
NOT_IN_IDS = re.compile(r"[^0-9a-z]+")
ID = re.compile(
    rf"[^\s/]+-(?:(?:suggestion|motion|proposal)-\d+-\d+-[0-9a-z-]+|(?:[0-9a-f]{{{HASH_DIGITS}}}|[0-9a-f]{{64}})(?:-\d+)?)"
)
"""What ids look like, which hardly any search does."""


def number_key(record: Record) -> str | None:
    """The source's own numbers as ``kind-term-session-number``; ``None`` where one of them is missing."""
    meeting, number = record.meeting, NOT_IN_IDS.sub("-", (record.number or "").lower()).strip("-")
    if record.kind is None or meeting is None or meeting.term is None or meeting.session is None or not number:
        return None
    parts = [record.kind, str(meeting.term), str(meeting.session), number]
    return "-".join(parts) if record.type == "reply" else "-".join([*parts, record.type])


def address_key(url: str, part: int) -> str:
    """A short name for the canonical address ``url`` and the position on that page."""
    digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]
    return f"{digest}-{part}" if part else digest


def candidates(site: str | None, record: Record, url: str) -> Iterator[str]:
    """Ids for a new record, the best first; later ones where the earlier belong to another record. They never end."""
    key, address = number_key(record), address_key(url, record.part)
    if site is None:
        yield f"page-{address}"
    elif key is None:
        yield f"{site}-{address}"
    else:
        yield f"{site}-{key}"
        yield f"{site}-{key}-{address}"
    longer = hashlib.sha256(f"{url}#{record.part}".encode("utf-8", "surrogatepass")).hexdigest()
    yield f"{site or 'page'}-{longer}"
    for turn in count(2):  # an address that shows one record after the other
        yield f"{site or 'page'}-{longer}-{turn}"
