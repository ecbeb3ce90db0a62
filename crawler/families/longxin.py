"""Longxin (Anhui): ``?pageIndex=n``, total in ``pageCount:N``; open-government lists by label 8888 (platforms.md 3.9).

A label list answers HTML or, with ``isJson=true``, JSON. An open-government column page that only names the label's
address in a script is followed there.
"""

from __future__ import annotations

import html
import re
from typing import Any

from crawler.families import ListPage, ListRequest
from crawler.families._json import answer_of, at, links_of, number, objects
from crawler.families._listing import Listing, absolute
from crawler.families._paging import PagedLists, follow, repeats, with_parameter
from parsers.record import Page

COUNT = re.compile(r"\bpageCount[\"']?\s{0,5}[:=]\s{0,5}[\"']?(\d{1,5})")
LABEL = re.compile(r"""["']([^"'<>\s]{0,100}/site/label/8888\?[^"'<>\s]{1,800})["']""")


class Longxin(PagedLists):
    """Hefei, Chuzhou, Huainan, Lu'an, Huaibei and their districts."""

    name = "longxin"
    detail = re.compile(r"/(?:public/\d+|content/article|xxgk(?:/\w+){1,4})/\d+\.html$|/content/article/\d+$")

    def first(self, column: str, options: dict[str, Any]) -> ListRequest:
        counted = "/content/column/" in column or "/site/label/" in column
        return ListRequest(with_parameter(column, "pageIndex", 1) if counted else column)

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        if page.body.lstrip()[:1] in (b"{", b"["):
            return self.read_json(request, page)
        listing = Listing(page, request.url)
        label = LABEL.search(listing.scripts) if "/site/label/" not in request.url else None
        if label and not self.links(listing, options) and (url := absolute(listing.url, html.unescape(label[1]))):
            state = {"total": self.total(listing), "first": request.page}
            return ListPage((), follow(request, with_parameter(url, "pageIndex", 1), (), **state), state["total"])
        return super().read(request, page, options)

    def read_json(self, request: ListRequest, page: Page) -> ListPage:
        """One page of a label list as JSON."""
        answer = answer_of(page, request.url)
        entries = objects(answer if isinstance(answer, list) else at(answer, "data"))
        links = links_of(entries, request.url, "link", "title", "publishDate")
        total = number(at(answer, "pageCount")) or request.state.get("total")
        position = request.page - request.state.get("first", 0)
        if not links or (position >= total if total else repeats(request, links)):
            return ListPage(links, None, total, complete=bool(total) or not links)
        return ListPage(links, follow(request, with_parameter(request.url, "pageIndex", position + 1), links), total)

    def following(self, request: ListRequest, listing: Listing, links: Any, total: int | None) -> ListRequest | None:
        position = request.page - request.state.get("first", 0)
        over = position >= total if total else (not links or repeats(request, links))
        return None if over else follow(request, with_parameter(request.url, "pageIndex", position + 1), links)

    def total(self, listing: Listing) -> int | None:
        match = COUNT.search(listing.scripts)
        return int(match[1]) if match else super().total(listing)

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        if LABEL.search(listing.scripts):
            return 0.95
        hits = any(self.is_detail(link.url) for link in listing.all_links())
        counted = bool(COUNT.search(listing.scripts))
        return 0.93 if hits and counted else 0.7 * hits
