"""Hanweb JPAAS: a static column page whose list is filled from the page unit service (platforms.md 3.3).

The service answers JSON with a piece of HTML. What it must be asked stands in the ``querydata`` attribute of the
list's block on the column page; a site file may give it in ``options.query``, which saves the column page's request.
The walk ends at a page without entries: the service tells no total.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin

import msgspec

from crawler.errors import CrawlError
from crawler.families import Link, ListPage, ListRequest
from crawler.families._json import answer_of
from crawler.families._listing import Listing, Options, digest, path_matches
from crawler.families._paging import named_lists
from parsers.record import Page

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
DETAIL = re.compile(r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/art_\d+_\d+|art_[0-9a-f]{32})\.html$")
COLUMN = re.compile(r"/col/col\d+/(?:index\.html)?$")
LIST_BLOCK = re.compile("列表|list|内容区域|分页|栏目", re.I)
PAIR = re.compile(r"""["'](\w{1,40})["']\s?:\s?["']([^"']{0,300})["']""")
MOST_PAGES = 2000


class UnitOptions(Options, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the page unit service must be asked, where the site file says it."""

    query: dict[str, str] = msgspec.field(default_factory=dict)
    """``webId``, ``pageId``, ``tagId`` …, as in the block's ``querydata``; empty: read from the column page."""
    search: dict[str, str] = msgspec.field(default_factory=dict)
    """The nested search of an open-government list: ``xxgkId``, ``xxgkType``, ``nodeId``, ``className``."""
    tag: str | None = None
    """The ``tagId`` of the list's block, for a page with several."""
    page_size: int = 15


class HanwebJpaas:
    """Newer sites of Zhejiang, some of Shandong, several ministries."""

    name = "hanweb_jpaas"
    option_type = UnitOptions

    def first(self, column: str, options: dict[str, Any]) -> ListRequest:
        wanted, column = msgspec.convert(options, UnitOptions), urldefrag(column)[0]
        return unit_request(column, wanted.query, wanted, 1, 1) if wanted.query else ListRequest(column)

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        wanted = msgspec.convert(options, UnitOptions)
        if "query" not in request.state:
            return self.read_column(request, page, wanted)
        return self.read_unit(request, page, wanted)

    def read_column(self, request: ListRequest, page: Page, wanted: UnitOptions) -> ListPage:
        """The static column page: what to ask the service. Its first entries may stand in it already."""
        listing = Listing(page, request.url)
        query = block_query(listing, wanted)
        links = listing.links(self.is_detail, wanted.item)
        columns = named_lists(listing, lambda url: path_matches(COLUMN, url))
        return ListPage(links, unit_request(listing.url, query, wanted, 1, request.page + 1), columns=columns)

    def read_unit(self, request: ListRequest, page: Page, wanted: UnitOptions) -> ListPage:
        """One page of the service."""
        html = unit_html(page, request.url)
        state = request.state
        if html is None:
            return ListPage((), complete=False)
        links = unit_links(html, state["column"], self.is_detail)
        if not links:
            return ListPage(())
        if digest(links) == state.get("seen") or state["number"] >= MOST_PAGES:
            return ListPage(links, complete=False)
        following = unit_request(
            state["column"], state["query"], wanted, state["number"] + 1, request.page + 1, seen=digest(links)
        )
        return ListPage(links, following)

    def is_detail(self, url: str) -> bool:
        return path_matches(DETAIL, url)

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        if listing.tree.xpath("//*[@querydata]") or "jpaas-publish-server" in listing.text:
            return 0.97
        return 0.4 if any(self.is_detail(link.url) for link in listing.all_links()) else 0.0


def unit_request(
    column: str, query: dict[str, str], wanted: UnitOptions, number: int, page: int, seen: str = ""
) -> ListRequest:
    """The request for one page of the service; ``number`` counts the service's pages, ``page`` the walk."""
    asked: dict[str, Any] = {"pageNo": number, "pageSize": wanted.page_size}
    if wanted.search:
        asked["search"] = json.dumps({"xxgkType": "xxgk_combination", **wanted.search}, ensure_ascii=False)
    parameters = {"pageType": "column", "editType": "null", **query, "paramJson": json.dumps(asked)}
    url = f"{urljoin(column, UNIT)}?{urlencode(parameters)}"
    headers = {"X-Requested-With": "XMLHttpRequest", "Referer": column}
    state = {"query": query, "column": column, "number": number, "seen": seen}
    return ListRequest(url, headers=headers, page=page, state=state)


def block_query(listing: Listing, wanted: UnitOptions) -> dict[str, str]:
    """The ``querydata`` of the list's block. Raises CrawlError where the page has none that can be read."""
    if wanted.query:
        return wanted.query
    blocks = [block for node in listing.tree.xpath("//*[@querydata]") if (block := querydata(node.get("querydata")))]
    tagged = [block for block in blocks if block.get("tagId") == wanted.tag] if wanted.tag else []
    lists = [block for block in blocks if LIST_BLOCK.search(block.get("tagId", ""))]
    for block in (*tagged, *lists, *blocks):
        return {key: value for key, value in block.items() if key != "paramJson"}
    raise CrawlError(f"{listing.url}: no block with querydata, so no JPAAS list; correct the column or the family")


def querydata(text: str) -> dict[str, str]:
    """The attribute's object, which sites write with either kind of quotes; without what is no string."""
    return {match[1]: match[2] for match in PAIR.finditer(text)}


def unit_html(page: Page, url: str) -> str | None:
    """The piece of HTML in the service's answer; ``None`` where it says that it failed. Raises CrawlError."""
    answer = answer_of(page, url)
    if not isinstance(answer, dict) or answer.get("success") is False:
        return None
    data = answer.get("data") or {}
    return str(data.get("html") or "") if isinstance(data, dict) else None


def unit_links(html: str, column: str, accept: Any) -> tuple[Link, ...]:
    """The entries in a piece of HTML; its relative addresses belong to the column page."""
    if not html.strip():
        return ()
    headers = {"content-type": "text/html; charset=utf-8"}
    piece = Page(source=column, body=html.encode(), url=column, headers=headers)
    return Listing(piece, column).links(accept)
