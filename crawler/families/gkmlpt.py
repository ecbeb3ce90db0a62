"""gkmlpt, open government in Guangdong: ``/gkmlpt/index#<category>``, filled by a JSON service (platforms.md 3.4).

The site number the service wants stands in the shell's ``window._CONFIG`` or in the site file, which saves a request.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urldefrag, urlencode

import msgspec

from crawler.errors import CrawlError
from crawler.families import Link, ListPage, ListRequest
from crawler.families._json import answer_of, at, links_of, number, objects
from crawler.families._listing import path_matches
from crawler.families._paging import MOST_PAGES, follow, repeats, with_parameter
from crawler.vocabulary import names_column
from parsers.decode import decode
from parsers.record import Page

DETAIL = re.compile(r"/gkmlpt/content/(?:[\w/]+/)?m?post_\d+\.html$|/content/m?post_\d+\.html$")
SID = re.compile(r"\bSID[\"']?\s{0,5}[:=]\s{0,5}[\"']?(\d{1,9})")
SHELL = re.compile(r"^(.*/gkmlpt)/index(?:\.html)?(?:$|\?)")
CATEGORY = re.compile(r"""\bid["']?\s?:\s?["']?(\d{1,9})["']?,[^{}]{0,200}\bname["']?\s?:\s?["']([^"']{1,60})["']""")
PER_PAGE = 100


class GkmlptOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the service must be asked, where the site file says it."""

    sid: int | None = None


class Gkmlpt:
    """Portals and bureaus of Guangdong."""

    name = "gkmlpt"
    option_type = GkmlptOptions

    def first(self, column: str, options: dict[str, Any]) -> ListRequest:
        shell, category = urldefrag(column)
        sid = msgspec.convert(options, GkmlptOptions).sid
        if sid is not None:
            return service(shell, category, sid, 1)
        return ListRequest(shell, state={"category": category})

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        if "number" in request.state:
            return self.read_service(request, page)
        text, category = decode(page.body, page.headers).text, request.state["category"]
        match = SID.search(text)
        if not match:
            raise CrawlError(f"{request.url}: no SID on the page, so no gkmlpt; correct the column or the family")
        if not category:
            return ListPage((), columns=categories(text, request.url))
        return ListPage((), service(request.url, category, int(match[1]), request.page + 1))

    def read_service(self, request: ListRequest, page: Page) -> ListPage:
        """One page of the service, which counts from 1."""
        answer, asked = answer_of(page, request.url), request.state["number"]
        links = articles(objects(at(answer, "articles")), request.url)
        total = number(at(answer, "total"))
        pages = None if total is None else max(1, -(-total // PER_PAGE))
        over = asked >= (pages or MOST_PAGES) or (pages is None and (not links or repeats(request, links)))
        if over:
            return ListPage(links, None, pages, total, complete=pages is not None)
        url = with_parameter(request.url, "page", asked + 1)
        return ListPage(links, follow(request, url, links, number=asked + 1), pages, total)

    def is_detail(self, url: str) -> bool:
        return path_matches(DETAIL, url)

    def recognise(self, page: Page) -> float:
        text = decode(page.body, page.headers).text
        return 0.97 if "/gkmlpt/" in text and SID.search(text) else 0.3 if "/gkmlpt/" in text else 0.0


def categories(text: str, shell: str) -> tuple[Link, ...]:
    """The categories of the shell's tree that hold replies, by their names."""
    named = {match[1]: match[2] for match in CATEGORY.finditer(text) if names_column(match[2])}
    return tuple(Link(f"{shell}#{number}", name) for number, name in named.items())


def service(shell: str, category: str, sid: int, page: int) -> ListRequest:
    """The first request to the service. Raises CrawlError for a column that is no gkmlpt address."""
    match = SHELL.search(shell)
    if not match or not category.isdecimal():
        raise CrawlError(f"{shell}#{category}: a gkmlpt column is written /gkmlpt/index#<category number>")
    url = f"{match[1]}/api/all/{category}?{urlencode({'page': 1, 'sid': sid})}"
    return ListRequest(url, headers={"Referer": shell}, page=page, state={"number": 1})


def articles(entries: list[dict[str, Any]], url: str) -> tuple[Link, ...]:
    """The entries: the address of the article, and where that is missing of its post."""
    filled = [entry if entry.get("url") else {**entry, "url": entry.get("post_url")} for entry in entries]
    return links_of(filled, url, "url", "title", "display_publish_time", "create_time", "created_at")
