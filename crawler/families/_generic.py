"""What the generic families share: content pages recognised by a general form, or by forms that the site file gives."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import msgspec

from crawler.families import Link
from crawler.families._listing import Listing, Options
from crawler.families._paging import PagedLists

DETAIL = re.compile(
    r"(?:(?<!\d)\d{3,}|[0-9a-f]{16,40})(?:[_-]\d{1,3})?\.(?:s?html?|jhtml|aspx?|php|jsp)$"
    r"|/(?:content|art|post|show|info|view)[_-]?\d+$|/\d{4,}$",
    re.I,
)
QUERY = re.compile(r"(?:^|&)(?:id|i|aid|newsid|artid|infoid)=\d+(?:&|$)", re.I)
LIST_FILE = re.compile(r"/(?:index|list|page|default)[\w-]*\.\w+$", re.I)
NUMBER = re.compile(r"(?<![0-9a-z])[0-9a-f]{16,40}(?![0-9a-z])|\d+", re.I)
LETTER = re.compile("[a-z]", re.I)
PLACES = {"{n}": r"\d+", "{hex}": "[0-9a-f]+", "{name}": r"[^/?&]+"}


class FormOptions(Options, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a content page's address looks like on this site."""

    details: tuple[str, ...] = ()
    """Ends of path and query with ``{n}`` for digits, ``{hex}`` for hexadecimal digits, ``{name}`` for one segment."""


@lru_cache(maxsize=256)
def form(text: str) -> re.Pattern[str]:
    """A form of ``details`` as a pattern."""
    pieces = re.split(r"(\{(?:n|hex|name)\})", text)
    return re.compile("".join(PLACES.get(piece, re.escape(piece)) for piece in pieces) + "$")


def form_of(url: str) -> str:
    """The form of an address: its last two segments with numbers and long hexadecimal names as places."""
    parts = urlsplit(url)
    place = "/" + "/".join(parts.path.split("/")[-2:]) + (f"?{parts.query}" if parts.query else "")
    return NUMBER.sub(lambda match: "{hex}" if LETTER.search(match[0]) else "{n}", place)


class GenericLists(PagedLists):
    """Lists of sites whose system is not known."""

    option_type: type[msgspec.Struct] = FormOptions

    def is_detail(self, url: str) -> bool:
        parts = urlsplit(url)
        if LIST_FILE.search(parts.path):
            return False
        return bool(DETAIL.search(parts.path) or QUERY.search(parts.query))

    def links(self, listing: Listing, options: dict[str, Any]) -> tuple[Link, ...]:
        forms = [form(text) for text in options.get("details", ())]

        def accept(url: str) -> bool:
            parts = urlsplit(url)
            place = parts.path + (f"?{parts.query}" if parts.query else "")
            return any(known.search(place) for known in forms) if forms else self.is_detail(url)

        return listing.links(accept, options.get("item"))
