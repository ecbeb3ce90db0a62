"""Hanweb JCMS: records in CDATA on the column page, the rest from an XML proxy (platforms.md 3.2).

The proxy's address stands in ``<nextgroup>`` and is asked for as written, then counted on by its ``page`` or, where it
counts records, by ``startrecord`` and ``endrecord``. Whether its first page is the column page's own records again or
those after them, the walk sees. ``<totalpage>`` or ``<totalrecord>`` tells the end.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.families import Link, ListPage, ListRequest
from crawler.families._json import number
from crawler.families._listing import Listing, Options, absolute, digest, path_matches, unique
from crawler.families._paging import MOST_PAGES, repeats, with_parameter
from parsers.decode import decode
from parsers.record import Page

DETAIL = re.compile(r"/art/\d{4}/\d{1,2}/\d{1,2}/art_\d+_\d+\.html$")
TOTAL_PAGE = re.compile(r"<totalpage>\s{0,9}(\d{1,6})|\btotalpage[\"']?\s{0,5}[:=]\s{0,5}[\"']?(\d{1,6})", re.I)
TOTAL_RECORD = re.compile(r"<totalrecord>\s{0,9}(\d{1,7})|\btotalrecord[\"']?\s{0,5}[:=]\s{0,5}[\"']?(\d{1,7})", re.I)
PROXY = re.compile(r"""["']([^"'<>\s]{0,300}dataproxy\.jsp[^"'<>\s]{0,800})["']""")


class HanwebJpage:
    """Older sites of Zhejiang, Shandong, Jiangsu departments, Dalian."""

    name = "hanweb_jpage"
    option_type = Options

    def first(self, column: str, options: dict[str, Any]) -> ListRequest:
        return ListRequest(column)

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        text, state = decode(page.body, page.headers).text, request.state
        column = state.get("column") or page.url or request.url
        links = tuple(unique(self.entries(text, column, page, request, options.get("item"))))
        pages, records = told(TOTAL_PAGE, text), told(TOTAL_RECORD, text)
        if state.get("first") and repeats(request, links):
            return ListPage((), ask(counted_on(request.url), request, {**state, "first": False}), pages, records)
        position, count = state.get("position", 0) + 1, state.get("count", 0) + len(links)
        over = bool(pages and position >= pages) or bool(records and count >= records) or not links
        proxy = next_group(text, column) if not state else counted_on(request.url)
        if over or not proxy or repeats(request, links) or request.page >= MOST_PAGES:
            return ListPage(links, None, pages, records, complete=over and (not links or bool(pages or records)))
        remembered = {"column": column, "position": position, "count": count, "seen": digest(links)}
        return ListPage(links, ask(proxy, request, {**remembered, "first": not state}), pages, records)

    def entries(self, text: str, column: str, page: Page, request: ListRequest, item: str | None) -> Iterator[Link]:
        """The records of the CDATA sections; of the markup where the page has no such section."""
        records = [record for record in sections(text) if "<" in record and "dataproxy" not in record]
        if not records and "<datastore" not in text:
            yield from Listing(page, request.url).links(self.is_detail, item)
        for record in records:
            piece = Page(source=column, body=record.encode(), url=column, headers={"content-type": "text/html"})
            yield from Listing(piece, column).links(self.is_detail)

    def is_detail(self, url: str) -> bool:
        return path_matches(DETAIL, url)

    def recognise(self, page: Page) -> float:
        text = decode(page.body, page.headers).text
        if "dataproxy.jsp" in text or "<datastore" in text:
            return 0.96
        marked = "/script/pagecontrol.js" in text or "大汉版通" in text or "visitcount/visit.jsp" in text
        links = Listing(page, page.source).all_links()
        return 0.6 * marked or 0.45 * any(self.is_detail(link.url) for link in links)


def sections(text: str) -> Iterator[str]:
    """The CDATA sections of a text."""
    for piece in text.split("<![CDATA[")[1:]:
        yield piece.partition("]]>")[0]


def told(pattern: re.Pattern[str], text: str) -> int | None:
    """The number that a tag or a script variable tells."""
    match = pattern.search(text)
    return int(match[1] or match[2]) if match else None


def next_group(text: str, column: str) -> str | None:
    """The proxy's address for the records after these."""
    match = PROXY.search(text)
    return absolute(column, html.unescape(match[1])) if match else None


def ask(url: str, request: ListRequest, state: dict[str, Any]) -> ListRequest:
    """The request that follows another."""
    headers = {"Referer": state["column"], "X-Requested-With": "XMLHttpRequest"}
    return ListRequest(url, headers=headers, page=request.page + 1, state=state)


def counted_on(url: str) -> str:
    """The proxy's address for the records after those that this address gave."""
    query = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    if "startrecord" not in query:
        return with_parameter(url, "page", (number(query.get("page")) or 1) + 1)
    start, end = number(query["startrecord"]) or 1, number(query.get("endrecord")) or 0
    size = max(1, end - start + 1)
    return with_parameter(with_parameter(url, "startrecord", start + size), "endrecord", end + size)
