"""Shaanxi numbered lists: ``/path/1.html``, ``/path/2.html``; ``maxPage = parseInt('N')`` (platforms.md 3.7)."""

from __future__ import annotations

import re

from crawler.families import ListRequest
from crawler.families._listing import Listing
from crawler.families._paging import PagedLists, sibling
from parsers.record import Page

MAX_PAGE = re.compile(r"\bmaxPage\s{0,5}=\s{0,5}(?:parseInt\s{0,3}\(\s{0,3})?[\"']?(\d{1,5})")


class Shaanxi(PagedLists):
    """Weinan, Yan'an, districts of Xi'an, counties of Yulin."""

    name = "shaanxi"
    detail = re.compile(r"/(?:\d{16,19}|[0-9a-f]{24})\.html$")

    def total(self, listing: Listing) -> int | None:
        match = MAX_PAGE.search(listing.scripts)
        return int(match[1]) if match else super().total(listing)

    def next_url(self, listing: Listing, request: ListRequest) -> str | None:
        if self.total(listing) is None:
            return listing.next_link()
        return sibling(listing, f"{request.page + 1}.html")

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        if MAX_PAGE.search(listing.scripts):
            return 0.95
        return 0.7 if any(self.is_detail(link.url) for link in listing.all_links()) else 0.0
