"""Boda VSB: ``<column>.htm``, then ``<column>/{N-1}.htm`` counting down to ``<column>/1.htm`` (platforms.md 3.6).

The numbers shift whenever a page is added, so the next link is followed and no number is an identity.
"""

from __future__ import annotations

import re

from crawler.families import ListRequest
from crawler.families._listing import Listing, absolute
from crawler.families._paging import PagedLists, pages_in_text
from parsers.record import Page

NUMBERED = re.compile(r"/(\d{1,5})\.htm$")


class Vsb(PagedLists):
    """Yunnan, Linyi, Gannan, Tianshui."""

    name = "vsb"
    detail = re.compile(r"/info/\d+/\d+\.htm$|/content\.jsp$")

    def total(self, listing: Listing) -> int | None:
        match = NUMBERED.search(first_of(listing, "p_next") or "")
        if pages := pages_in_text(listing):
            return pages
        return int(match[1]) + 1 if match and not NUMBERED.search(listing.url) else None

    def next_url(self, listing: Listing, request: ListRequest) -> str | None:
        if url := first_of(listing, "p_next") or listing.next_link():
            return url
        own, total = NUMBERED.search(listing.url), self.total(listing)
        if own and request.page > 1:
            return NUMBERED.sub(f"/{int(own[1]) - 1}.htm", listing.url) if int(own[1]) > 1 else None
        return re.sub(r"\.htm$", f"/{total - 1}.htm", listing.url) if total and total > 1 else None

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        marked = listing.tree.xpath("//*[contains(@class,'pb_sys_common')] | //li[starts-with(@id,'line_u')]")
        hits = sum(self.is_detail(link.url) for link in listing.all_links())
        return 0.95 if marked else min(0.7, 0.5 + hits / 20) if hits else 0.0


def first_of(listing: Listing, name: str) -> str | None:
    """The address of the first link inside an element of this class."""
    hrefs = listing.tree.xpath(f"//*[contains(concat(' ', @class, ' '), ' {name} ')]//a/@href")
    return next(filter(None, (absolute(listing.base, href) for href in hrefs)), None)
