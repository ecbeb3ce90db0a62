"""Zhengzhou public.*: ``?a=dir&p=D1101X``, next ``&page=2``; the pager's links tell the total (platforms.md 3.10)."""

from __future__ import annotations

import re

from crawler.families import ListRequest
from crawler.families._json import number
from crawler.families._listing import Listing
from crawler.families._paging import PagedLists, largest_number, with_parameter
from parsers.record import Page

NUMBERED = re.compile(r"[?&]page=(\d{1,5})(?:&|$)")


class Zhengzhou(PagedLists):
    """Zhengzhou and its counties. The folder D1101X holds deputies' suggestions, D1102X proposals."""

    name = "zhengzhou"
    detail = re.compile(r"/[A-Z]\w{1,20}/\d+\.jhtml$")

    def total(self, listing: Listing) -> int | None:
        own, linked = NUMBERED.search(listing.url), largest_number(listing, NUMBERED)
        shown = listing.tree.xpath("//*[contains(@class,'page-tile')]//a/text()")
        found = [one for one in (linked, *map(number, shown)) if one]
        return max(*found, int(own[1]) if own else 1, 1) if found else super().total(listing)

    def next_url(self, listing: Listing, request: ListRequest) -> str | None:
        return with_parameter(listing.url, "page", request.page + 1) if self.total(listing) else listing.next_link()

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        hits = sum(self.is_detail(link.url) for link in listing.all_links())
        marked = listing.tree.xpath("//*[contains(@class,'page-tile') or contains(@class,'common-list')]")
        return 0.0 if not hits else 0.95 if marked else 0.8
