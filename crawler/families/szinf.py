"""Suzhou szinf: ``/szinf/info/getInfoCommon/?pagesize=&currpage=n&channelid=`` answers JSON (platforms.md 2)."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from crawler.families import ListPage, ListRequest
from crawler.families._json import answer_of, at, links_of, number, objects
from crawler.families._listing import Listing, absolute, path_matches
from crawler.families._paging import MOST_PAGES, follow, repeats, with_parameter
from parsers.record import Page

DETAIL = re.compile(r"/\d{6}/[0-9a-f]{32}\.shtml$|/\d{4}-?\d{2}/\d+\.s?html?$")
SERVICE = re.compile(r"""["']([^"'<>\s]{0,100}/szinf/info/getInfoCommon/?\?[^"'<>\s]{1,300})["']""")
TOTALS = ("total", "totalcount", "totalCount", "count")


class Szinf:
    """The city of Suzhou. A column is the service's address, or the page whose script names it."""

    name = "szinf"
    option_type = msgspec.defstruct("SzinfOptions", [], forbid_unknown_fields=True)

    def first(self, column: str, options: dict[str, Any]) -> ListRequest:
        return ListRequest(with_parameter(column, "currpage", 1) if "/getInfoCommon" in column else column)

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        if "/getInfoCommon" not in request.url:
            return self.read_shell(request, page)
        answer = answer_of(page, request.url)
        entries = [at(entry, "item") or entry for entry in objects(at(answer, "infolist"))]
        links = links_of(entries, request.url, "link", "title", "pubtime", "pubdate", "date")
        total = next((found for key in TOTALS if (found := number(at(answer, key))) is not None), None)
        asked, count = request.state.get("number", 1), request.state.get("count", 0) + len(links)
        over = not links or asked >= MOST_PAGES or (count >= total if total is not None else repeats(request, links))
        if over:
            return ListPage(links, None, None, total, complete=total is not None or not links)
        url = with_parameter(request.url, "currpage", asked + 1)
        return ListPage(links, follow(request, url, links, number=asked + 1, count=count), None, total)

    def read_shell(self, request: ListRequest, page: Page) -> ListPage:
        """The column page, whose script names the service."""
        listing = Listing(page, request.url)
        match = SERVICE.search(listing.scripts)
        url = absolute(listing.url, match[1].replace("&amp;", "&")) if match else None
        links = listing.links(self.is_detail)
        return ListPage(links, follow(request, with_parameter(url, "currpage", 1), ()) if url else None, complete=False)

    def is_detail(self, url: str) -> bool:
        return path_matches(DETAIL, url)

    def recognise(self, page: Page) -> float:
        return 0.95 if "/szinf/info/" in Listing(page, page.source).scripts else 0.0
