"""Ji'an: a form posted to ``/api-ajax_list-<page>.html`` answers JSON (platforms.md 3.11).

What the form says stands in the column page's script, or in the site file, which saves a request.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urljoin

import msgspec

from crawler.errors import CrawlError
from crawler.families import ListPage, ListRequest
from crawler.families._json import answer_of, at, links_of, number, objects
from crawler.families._listing import Listing, path_matches
from crawler.families._paging import MOST_PAGES, follow, repeats
from parsers.record import Page

DETAIL = re.compile(r"/(?:xxgk-)?show-\d+(?:-\d+)*\.html$|/\d{6,8}/\d+\.s?html?$")
NUMBERED = re.compile(r"api-ajax_list-\d+\.html")
SCRIPT = re.compile(r"""ajax_type[^\[\]]{0,20}[:=]\s{0,5}\[([^\[\]]{1,500})\]""")
VALUE = re.compile(r"""["']([^"']{0,100})["']""")
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "X-Requested-With": "XMLHttpRequest"}


class FormOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the form says, from a browser's view of the column."""

    form: tuple[str, ...] = ()
    """The values of ``ajax_type[]`` in order: model, category id, site id, kind, date format, counts."""
    sort: tuple[str, ...] = ()
    """The values of ``ajax_type[7][]``."""


class Jian:
    """Bureaus of Ji'an."""

    name = "jian"
    option_type = FormOptions

    def first(self, column: str, options: dict[str, Any]) -> ListRequest:
        wanted = msgspec.convert(options, FormOptions)
        return posted(column, wanted.form, wanted.sort, 1) if wanted.form else ListRequest(column)

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        if request.method == "GET":
            return ListPage((), self.form_on(request, page))
        answer = answer_of(page, request.url)
        links = links_of(objects(at(answer, "data")), request.url, "url", "title", "inputtime")
        pages = number(at(answer, "pages")) or number(at(answer, "pagecount"))
        asked = request.state["number"]
        if asked >= (pages or MOST_PAGES) or not links or repeats(request, links):
            return ListPage(links, None, pages, complete=pages is not None or not links)
        url = NUMBERED.sub(f"api-ajax_list-{asked + 1}.html", request.url)
        following = follow(request, url, links, number=asked + 1)
        return ListPage(links, msgspec.structs.replace(following, method="POST", body=request.body), pages)

    def form_on(self, request: ListRequest, page: Page) -> ListRequest:
        """The form that the column page's script posts. Raises CrawlError where it has none."""
        match = SCRIPT.search(Listing(page, request.url).scripts)
        if not match:
            raise CrawlError(f"{request.url}: no script posts ajax_type; give options.form in the site file")
        return posted(page.url or request.url, tuple(VALUE.findall(match[1])), (), request.page + 1)

    def is_detail(self, url: str) -> bool:
        return path_matches(DETAIL, url)

    def recognise(self, page: Page) -> float:
        return 0.9 if "api-ajax_list" in Listing(page, page.source).text else 0.0


def posted(column: str, form: tuple[str, ...], sort: tuple[str, ...], page: int) -> ListRequest:
    """The first request for the list."""
    fields = [*(("ajax_type[]", value) for value in form), *(("ajax_type[7][]", key) for key in sort)]
    headers = {**FORM, "Referer": column}
    url = urljoin(column, "/api-ajax_list-1.html")
    return ListRequest(url, "POST", headers, urlencode(fields), page, {"number": 1})
