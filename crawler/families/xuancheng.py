"""Xuancheng showList: ``/XxgkContent/showList/<organ>/<category>/page_1.html``, next ``page_2.html``."""

from __future__ import annotations

import re

from crawler.families import ListRequest
from crawler.families._listing import Listing
from crawler.families._paging import PagedLists, largest_number
from parsers.record import Page

NUMBERED = re.compile(r"/showList/\d+/\d+/page_(\d{1,5})\.html$")


class Xuancheng(PagedLists):
    """Xuancheng and Guangde."""

    name = "xuancheng"
    detail = re.compile(r"/(?:Openness|Xxgk)Content/show/\d+\.html$")

    def total(self, listing: Listing) -> int | None:
        own, linked = NUMBERED.search(listing.url), largest_number(listing, NUMBERED)
        return super().total(listing) or (max(linked, int(own[1]) if own else 1) if linked else None)

    def next_url(self, listing: Listing, request: ListRequest) -> str | None:
        if (url := listing.next_link()) or self.total(listing) is None:
            return url
        return re.sub(r"page_\d+\.html$", f"page_{request.page + 1}.html", listing.url)

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        hits = sum(self.is_detail(link.url) for link in listing.all_links())
        return 0.95 if hits and NUMBERED.search(listing.url) else 0.85 if hits else 0.0
