"""TRS WCM static lists: ``index.html``, then ``index_1.html``; the page count stands in a script (platforms.md 3.1).

The offset is read from the page: a pager that calls its first page 0 continues with ``_1``, one that calls it 1 with
``_2``. Where the script does not say, ``_1`` is asked for, and if that repeats the first page the walk counts on.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from crawler.families import Link, ListPage, ListRequest
from crawler.families._listing import Listing
from crawler.families._paging import PagedLists, Pager, repeats, script_pager, sibling
from parsers.record import Page

SUFFIX = re.compile(r"_(\d{1,5})\.\w+$")
NAME = re.compile(r"([\w-]+?)(?:_\d{1,5})?\.(s?html?|htm)$")


class Trs(PagedLists):
    """The most frequent family: Hubei, Jiangsu, Chongqing, Hebei, Guizhou, Fujian and others."""

    name = "trs"
    detail = re.compile(r"/t\d{8}_\d+(?:_[a-z]{1,12})?\.s?html?$", re.I)

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        read = super().read(request, page, options)
        again = read.following is not None and read.following.page == request.page
        return msgspec.structs.replace(read, links=()) if again else read

    def following(
        self, request: ListRequest, listing: Listing, links: tuple[Link, ...], total: int | None
    ) -> ListRequest | None:
        pager = script_pager(listing.scripts)
        if request.page == 2 and request.state.get("guessed") and pager and repeats(request, links):
            state = {key: value for key, value in request.state.items() if key != "guessed"}
            return ListRequest(page_url(listing, pager, 2), page=2, state=state)
        found = super().following(request, listing, links, total)
        if found and request.page == 1 and pager and pager.current is None and not listing.next_link():
            return msgspec.structs.replace(found, state={**found.state, "guessed": True})
        return found

    def total(self, listing: Listing) -> int | None:
        pager = script_pager(listing.scripts)
        return pager.total if pager else super().total(listing)

    def next_url(self, listing: Listing, request: ListRequest) -> str | None:
        pager = script_pager(listing.scripts)
        if (url := listing.next_link()) or pager is None:
            return url
        asked = SUFFIX.search(request.url) if request.page > 1 else None
        return page_url(listing, pager, int(asked[1]) + 1 if asked else (pager.current or 0) + 1)

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        hits = sum(self.is_detail(link.url) for link in listing.all_links())
        paged = script_pager(listing.scripts) is not None and "page_div" not in listing.scripts
        return min(0.95, 0.6 * bool(hits) + 0.02 * min(hits, 5) + 0.25 * paged)


def page_url(listing: Listing, pager: Pager, suffix: int) -> str:
    """The address of the page with this suffix: name and extension from the script, else from the page's own file."""
    own = NAME.search(listing.url.partition("?")[0].rpartition("/")[2])
    stem = pager.stem or (own[1] if own else "index")
    extension = pager.extension or (own[2] if own else "html")
    return sibling(listing, f"{stem}_{suffix}.{extension}")
