"""A page that was written to trip a reader: every family gives a list or says that it is none, and never fails."""

from __future__ import annotations

import contextlib
import json
import re
from urllib.parse import urljoin

import pytest

from crawler import families
from crawler.errors import CrawlError
from crawler.families import ListRequest, family
from crawler.families._listing import Listing
from crawler.site import parse_site
from parsers.record import Page
from tests.sims.catalogue import SIMS, make
from tests.sims.sim import Ask, Sim, encode

BASE = "http://127.0.0.1:8000"
LONG = "1" * 5000
"""A number that Python refuses to read."""
KEYS = ("total", "page_count", "totalpage", "totalrecord", "pages", "publishedTime", "display_publish_time", "date")
SPOILT = {
    "a base that is no address": lambda body: b'<base href="http://[x/">' + body,
    "a base that is no page": lambda body: b'<base href="javascript:x()">' + body,
    "links that are no addresses": lambda body: body.replace(b'href="', b'href="//[x/'),
    "long page numbers": lambda body: re.sub(rb"(?<=[_=>])[1-9]\d{0,2}(?=[.<\"&])", LONG.encode(), body),
    "brackets": lambda body: b"[" * 200_000,
    "braces": lambda body: b'{"data":' * 100_000,
    "tags in tags": lambda body: b"<div>" * 500 + body,
    "a number": lambda body: b"7",
    "nothing": lambda body: b"",
    "numbers everywhere": lambda body: json.dumps(dict.fromkeys(KEYS, LONG)).encode(),
    "lists everywhere": lambda body: json.dumps({key: [[]] for key in KEYS}).encode(),
}


def answered(sim: Sim, request: ListRequest) -> Page:
    """What an imitation site answers to a list's request."""
    body = (request.body or "").encode()
    answer = sim.answer(Ask.of(request.method, request.url.removeprefix(BASE), dict(request.headers), body))
    content, headers = encode(sim, answer)
    return Page(request.url, content, request.url, {name.lower(): value for name, value in headers})


@pytest.mark.parametrize("spoil", SPOILT)
@pytest.mark.parametrize("name", SIMS)
def test_a_hostile_list_is_read_or_refused(name: str, spoil: str) -> None:
    sim = make(name)
    site = parse_site(sim.site_file(BASE), sim.id, "sim")
    lists, asked = family(site.family), 0
    request: ListRequest | None = lists.first(site.columns[0].url or "", site.options)
    while request and asked < 3:
        asked, page = asked + 1, answered(sim, request)
        hostile = Page(page.source, SPOILT[spoil](page.body), page.url, page.headers)
        with contextlib.suppress(CrawlError):
            lists.read(request, hostile, site.options)
        lists.recognise(hostile)
        request = lists.read(request, page, site.options).following


def test_every_family_is_tried() -> None:
    tried = {parse_site(make(name).site_file(BASE), "sim", "sim").family for name in SIMS}
    assert tried == set(families.names())


@pytest.mark.parametrize(
    ("base", "leads"),
    [("/other/", "/other/a.html"), ("http://[x/", "/list/a.html"), ("javascript:x()", "/list/a.html")],
)
def test_a_base_that_is_no_address_is_none(base: str, leads: str) -> None:
    url = f"{BASE}/list/"
    body = f'<base href="{base}"><a href="a.html">x</a>'.encode()
    links = Listing(Page(url, body, url, {}), url).all_links()
    assert [link.url for link in links] == [urljoin(BASE, leads)]
