"""Jeecms: ``index.jhtml``, next ``index_2.jhtml``; no total, the walk ends at an error or a repeated page."""

from __future__ import annotations

import re

from crawler.families import ListRequest
from crawler.families._listing import Listing
from crawler.families._paging import PagedLists, shows_end, sibling
from parsers.record import Page


class Jeecms(PagedLists):
    """Departments of Hebei."""

    name = "jeecms"
    detail = re.compile(r"/\w+/\d+\.jhtml$")

    def next_url(self, listing: Listing, request: ListRequest) -> str | None:
        if url := listing.next_link():
            return url
        if self.total(listing) is None and (shows_end(listing) or not listing.links(self.is_detail)):
            return None
        return sibling(listing, f"index_{request.page + 1}.jhtml")

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        return 0.75 if any(self.is_detail(link.url) for link in listing.all_links()) else 0.0
