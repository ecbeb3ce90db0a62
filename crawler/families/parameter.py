"""Any site whose list is paged by a query parameter or by numbers, without a link 下一页."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from crawler.families import Link, ListPage, ListRequest
from crawler.families._generic import FormOptions, GenericLists
from crawler.families._listing import Listing
from crawler.families._paging import follow, largest_number, repeats, shows_end, with_parameter
from parsers.record import Page

KNOWN = ("page", "pageindex", "pageno", "cur_page", "currpage", "pagenum", "p")
NUMBERED = re.compile(rf"[?&]({'|'.join(KNOWN)})=(\d{{1,5}})(?=&|$)", re.I)


NUMBER = re.compile(r"(?<!\d)[1-9]\d{0,3}(?!\d)")


class ParameterOptions(FormOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the pages are counted, where the pager's own links do not show it."""

    parameter: str | None = None
    """The query parameter that holds the page's number."""
    path: str | None = None
    """The end of the second page's address with ``{page}`` for its number, as in ``column-index-{page}.shtml``."""
    start: int = 1
    """The number of the first page."""


class Parameter(GenericLists):
    """The walk counts on to the largest number that the pager links, or until a page has no entry."""

    name = "parameter"
    option_type = ParameterOptions

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        read, wanted = super().read(request, page, options), msgspec.convert(options, ParameterOptions)
        listing = Listing(page, request.url)
        total = self.pages(listing, wanted)
        over = request.page >= total if total else (not read.links or repeats(request, read.links))
        url = None if over else next_address(request, listing, wanted)
        following = follow(request, url, read.links, column=column_of(request)) if url else None
        complete = total is not None or following is not None or not read.links or shows_end(listing)
        return ListPage(read.links, following, total, read.total_entries, read.columns, complete)

    def following(
        self, request: ListRequest, listing: Listing, links: tuple[Link, ...], total: int | None
    ) -> ListRequest | None:
        return None

    def pages(self, listing: Listing, wanted: ParameterOptions) -> int | None:
        """The number of pages, from the pager's text or its links."""
        if told := self.total(listing):
            return told
        pattern = numbers_of(wanted)
        linked, own = largest_number(listing, pattern), pattern.search(listing.url)
        return max(linked, int(own[1]) if own else 1) - wanted.start + 1 if linked else None

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        numbered = 2 in numbered_links(listing) or any(NUMBERED.search(link.url) for link in listing.all_links())
        return 0.25 if numbered and any(self.is_detail(link.url) for link in listing.all_links()) else 0.0


def numbers_of(wanted: ParameterOptions) -> re.Pattern[str]:
    """Where an address holds the page's number, as the first group."""
    if wanted.path:
        before, _, after = wanted.path.partition("{page}")
        return re.compile(rf"{re.escape(before)}(\d{{1,5}}){re.escape(after)}$")
    names = re.escape(wanted.parameter) if wanted.parameter else "|".join(KNOWN)
    return re.compile(rf"[?&](?:{names})=(\d{{1,5}})(?=&|$)", re.I)


def next_address(request: ListRequest, listing: Listing, wanted: ParameterOptions) -> str | None:
    """The next page's address, counted by path or parameter; the parameter's name may be learnt from the pager."""
    number, column = wanted.start + request.page, column_of(request)
    if not (wanted.path or wanted.parameter) and (shown := numbered_links(listing)):
        return shown.get(request.page + 1)
    if wanted.path:
        folder = column.partition("?")[0].rpartition("/")[0]
        return f"{folder}/{wanted.path.lstrip('/').replace('{page}', str(number))}"
    learnt = (NUMBERED.search(link.url) for link in listing.all_links())
    name = wanted.parameter or next((match[1] for match in learnt if match), None)
    return with_parameter(column, name, number) if name else None


def numbered_links(listing: Listing) -> dict[int, str]:
    """The pager's links by the number that they show, where the address holds that number too."""
    shown = ((link.title or "", link.url) for link in listing.all_links())
    return {int(text): url for text, url in shown if NUMBER.fullmatch(text) and text in NUMBER.findall(url)}


def column_of(request: ListRequest) -> str:
    """The column's own address, remembered from the first page."""
    return str(request.state.get("column") or request.url)
