"""JPAAS lists: parameters from the column page, then the service until a page without entries."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.errors import CrawlError
from crawler.families import ListRequest, family
from parsers.record import Page

JPAAS = family("hanweb_jpaas")
COLUMN = "https://www.xugou.example/col/col1229/index.html"
SHELL = """<div querydata="{'webId':'37','pageId':'1229','parseType':'bulidstatic','pageType':'column',
'tagId':'导航','tplSetId':'ab'}"></div><div querydata="{'webId':'37','pageId':'1229','parseType':'bulidstatic',
'pageType':'column','tagId':'列表新闻','tplSetId':'ab'}" url="/api"></div>"""


def page(body: str, url: str = COLUMN) -> Page:
    return Page(source=url, body=body.encode(), url=url, headers={"content-type": "text/html; charset=utf-8"})


def unit(number: int, pages: int) -> str:
    items = (
        f'<li><a href="/art/2024/art_{number:032x}.html" title="答复{number}">x</a><b class="fr">2024-05-06</b></li>'
    )
    return json.dumps({"success": True, "data": {"html": f"<ul>{items}</ul>" if number <= pages else ""}})


def walk(options: dict[str, object]) -> tuple[list[str], list[str], bool]:
    request: ListRequest | None = JPAAS.first(COLUMN, options)
    links, asked, complete = [], [], False
    while request:
        asked.append(request.url)
        query = parse_qs(urlsplit(request.url).query)
        body = unit(json.loads(query["paramJson"][0])["pageNo"], 3) if query else SHELL
        read = JPAAS.read(request, page(body, request.url), options)
        links += [link.url for link in read.links]
        request, complete = read.following, read.complete
    return asked, links, complete


def test_parameters_are_read_from_the_page() -> None:
    asked, links, complete = walk({})
    assert asked[0] == COLUMN
    query = parse_qs(urlsplit(asked[1]).query)
    assert query["tagId"] == ["列表新闻"]
    assert query["parseType"] == ["bulidstatic"]
    assert links == [f"https://www.xugou.example/art/2024/art_{n:032x}.html" for n in (1, 2, 3)]
    assert complete
    assert len(asked) == 5


def test_parameters_in_the_site_file_save_the_column_page() -> None:
    asked, links, _ = walk({"query": {"webId": "37", "pageId": "1229"}, "search": {"xxgkId": "W001-001"}})
    assert len(asked) == 4
    assert len(links) == 3
    search = json.loads(json.loads(parse_qs(urlsplit(asked[0]).query)["paramJson"][0])["search"])
    assert search == {"xxgkType": "xxgk_combination", "xxgkId": "W001-001"}


def test_a_service_that_repeats_a_page_is_left() -> None:
    options = {"query": {"webId": "1"}}
    first = JPAAS.read(JPAAS.first(COLUMN, options), page(unit(1, 9)), options)
    assert first.following is not None
    again = JPAAS.read(first.following, page(unit(1, 9)), options)
    assert again.following is None
    assert not again.complete


@pytest.mark.parametrize("body", ["<html>blocked</html>", "{"])
def test_no_json_is_an_error(body: str) -> None:
    with pytest.raises(CrawlError, match="no JSON"):
        JPAAS.read(JPAAS.first(COLUMN, {"query": {"a": "b"}}), page(body), {"query": {"a": "b"}})


def test_a_page_without_querydata_is_an_error() -> None:
    with pytest.raises(CrawlError, match="querydata"):
        JPAAS.read(JPAAS.first(COLUMN, {}), page("<p>x</p>"), {})


@pytest.mark.parametrize(
    "path",
    ["/art/2023/12/18/art_1229844112_59028123.html", f"/col/col5/art/2025/art_{'0a' * 16}.html"],
)
def test_detail_form(path: str) -> None:
    assert JPAAS.is_detail("http://www.xugou.example" + path)


def test_recognised() -> None:
    assert JPAAS.recognise(page(SHELL)) > 0.9
