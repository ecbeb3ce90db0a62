"""Ji'an: a form posted to ``/api-ajax_list-<page>.html`` answers JSON (platforms.md 3.11)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urljoin

import msgspec

from crawler.families import ListPage, ListRequest
from crawler.families._json import answer_of, at, links_of, number, objects
from crawler.families._listing import Listing, path_matches
from crawler.families._paging import MOST_PAGES, follow, repeats
from parsers.record import Page

DETAIL = re.compile(r"/(?:xxgk-)?show-\d+(?:-\d+)*\.html$|/\d{6,8}/\d+\.s?html?$")
NUMBERED = re.compile(r"api-ajax_list-\d+\.html")
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
        fields = [*(("ajax_type[]", value) for value in wanted.form), *(("ajax_type[7][]", key) for key in wanted.sort)]
        return ListRequest(
            urljoin(column, "/api-ajax_list-1.html"), "POST", {**FORM, "Referer": column}, urlencode(fields)
        )

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        answer = answer_of(page, request.url)
        links = links_of(objects(at(answer, "data")), request.url, "url", "title", "inputtime")
        pages = number(at(answer, "pages")) or number(at(answer, "pagecount"))
        if request.page >= (pages or MOST_PAGES) or not links or repeats(request, links):
            return ListPage(links, None, pages, complete=pages is not None or not links)
        url = NUMBERED.sub(f"api-ajax_list-{request.page + 1}.html", request.url)
        following = follow(request, url, links)
        return ListPage(links, msgspec.structs.replace(following, method="POST", body=request.body), pages)

    def is_detail(self, url: str) -> bool:
        return path_matches(DETAIL, url)

    def recognise(self, page: Page) -> float:
        return 0.9 if "api-ajax_list" in Listing(page, page.source).text else 0.0
