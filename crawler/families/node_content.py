"""Node/Content: ``/Node-<id>.html``, next ``/Node-<id>_2.html``; pages ``/Content-<id>.html`` (platforms.md 3.8)."""

from __future__ import annotations

import re
from typing import Any

from crawler.families import ListPage, ListRequest
from crawler.families._listing import Listing, Options, path_matches
from crawler.families._paging import named_lists, script_pager, sibling
from parsers.record import Page

NODE = re.compile(r"/Node-(\d+)(?:_(\d{1,6}))?\.html$", re.I)
DETAIL = re.compile(r"/(?:Wap)?Content-\d+\.html$", re.I)


class NodeContent:
    """Sites of Ankang, its bureaus and counties."""

    name = "node_content"
    option_type = Options

    def first(self, column: str, options: dict[str, Any]) -> ListRequest:
        return ListRequest(column)

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        listing = Listing(page, request.url)
        links = listing.links(self.is_detail, options.get("item"))
        pages = numbered(listing)
        paged = bool(pages or listing.tree.cssselect(".page"))
        following = ListRequest(pages[request.page + 1], page=request.page + 1) if request.page + 1 in pages else None
        columns = named_lists(listing, lambda url: path_matches(NODE, url)) if request.page == 1 else ()
        return ListPage(links, following, max(pages, default=1) if paged else None, columns=columns, complete=paged)

    def is_detail(self, url: str) -> bool:
        return path_matches(DETAIL, url)

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        urls = [link.url for link in listing.all_links()]
        hits = sum(bool(path_matches(NODE, url) or self.is_detail(url)) for url in urls)
        return min(0.95, 0.3 + hits / 20) if hits > 1 else 0.0


def numbered(listing: Listing) -> dict[int, str]:
    """The addresses of the list's pages by number, as far as the pager tells; those between are made by its pattern."""
    own = NODE.search(listing.url.partition("?")[0])
    found = {}
    for link in listing.all_links():
        match = NODE.search(link.url)
        if match and match[2] and (own is None or match[1] == own[1]):
            found[int(match[2])] = link.url
    pager = script_pager(listing.scripts)
    if own and not found and pager and pager.total > 1:
        found[pager.total] = sibling(listing, f"Node-{own[1]}_{pager.total}.html")
    if not found:
        return {}
    sample, last = found[max(found)], max(found)
    made = {number: sample.replace(f"_{last}.", f"_{number}.") for number in range(2, min(last, 10_000) + 1)}
    return made | found
