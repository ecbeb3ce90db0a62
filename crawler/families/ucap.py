"""UCAP: ``<name>.shtml``, next ``<name>_2.shtml`` by a pager script, or a JSON search service (platforms.md 3.5).

The HTML list is read where it has entries; a page without any that names its channel is filled by the service, whose
path stands in the page's scripts or in the site file. A service that wants a browser-made token answers no JSON and is
reported.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urljoin

import msgspec

from crawler.families import Link, ListPage, ListRequest
from crawler.families._json import answer_of, at, links_of, number, objects
from crawler.families._listing import Listing, Options
from crawler.families._paging import PagedLists, follow, repeats, script_pager, sibling, with_parameter
from parsers.record import Page

SERVICE = re.compile(r"[\"'](/(?:[\w-]{1,40}/){0,3}(?:common/search|searchList|search))/?[\"'\w$+]")
NAME = re.compile(r"([\w-]+?)(?:_\d{1,5})?\.(s?html?)$")


class ChannelOptions(Options, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the JSON service is, where the column page does not say it."""

    service: str | None = None
    """``/common/search``, ``/search`` or ``/searchList``."""
    page_size: int = 20


class Ucap(PagedLists):
    """Hanzhong, counties of Ganzhou, Karamay, Urumqi, Suzhou, Heilongjiang."""

    name = "ucap"
    option_type = ChannelOptions
    detail = re.compile(r"/\d{6}/(?:[0-9a-f]{32}|\d+)(?:/content)?\.shtml$|/content\.shtml$")

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        if request.state.get("service"):
            return self.read_service(request, page)
        read = super().read(request, page, options)
        if read.links or read.columns or read.following:
            return read
        wanted = msgspec.convert(options, ChannelOptions)
        service = service_request(Listing(page, request.url), request, wanted)
        return ListPage((), service) if service else read

    def read_service(self, request: ListRequest, page: Page) -> ListPage:
        """One page of the JSON service."""
        data = at(answer_of(page, request.url), "data")
        links = links_of(objects(at(data, "results")), request.url, "url", "title", "publishedTimeStr", "publishedTime")
        total, size = number(at(data, "total")), request.state["size"]
        pages = None if total is None else -(-total // size)
        asked = request.state["number"]
        over = not links or (asked >= pages if pages is not None else repeats(request, links))
        if over:
            return ListPage(links, None, pages, total, complete=pages is not None or not links)
        return ListPage(links, service_page(request, asked + 1, links), pages, total)

    def total(self, listing: Listing) -> int | None:
        pager = script_pager(listing.scripts)
        return pager.total if pager else super().total(listing)

    def next_url(self, listing: Listing, request: ListRequest) -> str | None:
        pager = script_pager(listing.scripts)
        if (url := listing.next_link()) or pager is None:
            return url
        own = NAME.search(listing.url.partition("?")[0].rpartition("/")[2])
        stem, extension = pager.stem or (own[1] if own else "index"), pager.extension or "shtml"
        suffix = request.page + 1 if pager.current is None else pager.current + 1
        return sibling(listing, f"{stem}_{suffix}.{extension}")

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        marked = "page_div" in listing.scripts or "<ucap" in listing.text.lower()
        channel = channel_of(listing) is not None
        hits = any(self.is_detail(link.url) for link in listing.all_links())
        return 0.96 if marked else 0.9 if channel and SERVICE.search(listing.scripts) else 0.8 * hits


def channel_of(listing: Listing) -> str | None:
    """The channel's id from the page's meta tags."""
    return next(iter(listing.tree.xpath("//meta[translate(@name,'CHANELID','chanelid')='channelid']/@content")), None)


def service_request(listing: Listing, request: ListRequest, wanted: ChannelOptions) -> ListRequest | None:
    """The first request to the JSON service; ``None`` where the page names no channel or service."""
    channel, told = channel_of(listing), SERVICE.search(listing.scripts)
    path = wanted.service or (told[1] if told else None)
    if not channel or not path:
        return None
    asked = {"_isAgg": "true", "_isJson": "true", "_pageSize": wanted.page_size, "_template": "index"}
    query = urlencode(asked | {"_rangeTimeGte": "", "_channelName": "", "page": 1})
    state = {"service": True, "number": 1, "size": wanted.page_size}
    headers = {"Referer": listing.url, "X-Requested-With": "XMLHttpRequest"}
    url = f"{urljoin(listing.url, path)}/{channel}?{query}"
    return ListRequest(url, headers=headers, page=request.page + 1, state=state)


def service_page(request: ListRequest, asked: int, links: tuple[Link, ...]) -> ListRequest:
    """The service's request for another page."""
    return follow(request, with_parameter(request.url, "page", asked), links, number=asked)
