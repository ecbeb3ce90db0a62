"""Yueyang numeric: ``/<id>/<id>/index.htm``, next ``index_2.htm``; a script has ``else if(num>N)`` (platforms.md 2)."""

from __future__ import annotations

import re

from crawler.families import ListRequest
from crawler.families._listing import Listing
from crawler.families._paging import PagedLists, sibling
from parsers.record import Page

LAST = re.compile(r"\bnum\s{0,3}>\s{0,3}(\d{1,5})")


class Yueyang(PagedLists):
    """Yueyang city and its counties."""

    name = "yueyang"
    detail = re.compile(r"/(?:\d+/)+content_\d+\.html$")

    def total(self, listing: Listing) -> int | None:
        match = LAST.search(listing.scripts)
        return int(match[1]) if match else super().total(listing)

    def next_url(self, listing: Listing, request: ListRequest) -> str | None:
        return listing.next_link() or (
            sibling(listing, f"index_{request.page + 1}.htm") if self.total(listing) is not None else None
        )

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        hits = sum(self.is_detail(link.url) for link in listing.all_links())
        return 0.0 if not hits else 0.95 if LAST.search(listing.scripts) else 0.75
