"""NFCMS, the portals of Guangdong: ``index.html``, next ``index_2.html``; 尾页 tells the total (platforms.md 3.4)."""

from __future__ import annotations

import re

from crawler.families import ListRequest
from crawler.families._listing import Listing
from crawler.families._paging import PagedLists, largest_number, sibling
from parsers.record import Page

NUMBERED = re.compile(r"/index_(\d{1,5})\.html$")


class Nfcms(PagedLists):
    """Bureaus of Guangzhou, the provincial portal."""

    name = "nfcms"
    detail = re.compile(r"/content/m?post_\d+\.html$")

    def total(self, listing: Listing) -> int | None:
        own = NUMBERED.search(listing.url)
        linked = largest_number(listing, NUMBERED)
        return super().total(listing) or (max(linked, int(own[1]) if own else 1) if linked else None)

    def next_url(self, listing: Listing, request: ListRequest) -> str | None:
        return listing.next_link() or (
            sibling(listing, f"index_{request.page + 1}.html") if self.total(listing) is not None else None
        )

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        return 0.9 if any(self.is_detail(link.url) for link in listing.all_links()) else 0.0
