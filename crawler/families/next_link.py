"""Any site whose list has a link 下一页; used where no family fits."""

from __future__ import annotations

from crawler.families._generic import GenericLists
from crawler.families._listing import Listing
from parsers.record import Page


class NextLink(GenericLists):
    """The walk follows 下一页 until a page has none."""

    name = "next_link"

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        hits = sum(self.is_detail(link.url) for link in listing.all_links())
        return 0.2 if hits and listing.next_link() else 0.1 if hits > 2 else 0.0
