"""Columns are found by what links say and where they lead, from any page of a site."""

from __future__ import annotations

import pytest

from crawler.discover import columns_on, discover
from crawler.errors import CrawlError
from crawler.families import ListRequest
from crawler.vocabulary import kind_of, names_column, names_year, slug_of
from parsers.record import Page

HOME = "https://www.xugou.example/"


def page(html: str, url: str = HOME) -> Page:
    return Page(source=url, body=html.encode(), url=url, headers={"content-type": "text/html; charset=utf-8"})


@pytest.mark.parametrize(
    ("html", "sure"),
    [
        ('<a href="/zwgk/jytabl/">建议提案办理</a>', 0.95),
        ('<a href="/Node-1466.html">人大代表建议办理结果</a>', 0.8),
        ('<a href="/col/col77/index.html">政协提案答复</a>', 0.8),
        ('<a href="/zwgk/2025njytabl/">2025年</a>', 0.6),
        ("<script>document.write(\"<a href='/jytabl.htm'>建议提案</a>\")</script>", 0.95),
        ('<a href="/hd/yjzj/">意见建议征集</a>', None),
        ('<a href="/hd/">我要建议</a>', None),
        ('<a href="/xw/">关于建议提案办理的通知</a>', 0.8),
        ('<a href="/Content-7.html">关于县人大第7号代表建议的答复</a>', None),
        ('<a href="/jyta/t20250601_77.html">建议提案办理</a>', None),
        ('<a href="javascript:void(0)">建议提案</a>', None),
        ('<a href="/xw/">新闻</a>', None),
    ],
)
def test_a_link_is_judged(html: str, sure: float | None) -> None:
    assert [candidate.sure for candidate in columns_on(page(html))] == ([] if sure is None else [sure])


def site(url: ListRequest | str) -> Page:
    pages = {
        HOME: '<a href="/open/">政务公开</a> <a href="/gone/">信息公开</a> <a href="http://other.example/jyta/">建议提案</a>',
        HOME + "open/": '<a href="/open/index/">公开目录</a><a href="/xw/">新闻</a>',
        HOME
        + "open/index/": '<a href="rdjy/">人大代表建议</a><a href="zxta/">政协提案</a><a href="/open/">政务公开</a>',
        HOME + "open/index/rdjy/": '<a href="/open/index/zxta/">政协提案</a>',
        HOME + "open/index/zxta/": '<a href="/open/index/rdjy/">人大代表建议</a>',
    }
    if url not in pages:
        raise CrawlError(f"{url}: answered 404")
    return page(pages[str(url)], str(url))


def test_sections_are_followed_to_the_columns() -> None:
    found, failures = discover(HOME, site)
    assert {(candidate.url, candidate.kind) for candidate in found} == {
        (HOME + "open/index/rdjy/", "suggestion"),
        (HOME + "open/index/zxta/", "proposal"),
    }
    assert failures == [f"{HOME}gone/: answered 404"]


def test_a_site_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(CrawlError, match="404"):
        discover(HOME + "x", site)


def test_words() -> None:
    assert names_column("人大 代表建议")
    assert not names_column("x" * 50 + "建议提案")
    assert names_year("2024年度")
    assert not names_year("2024年县人民政府工作报告全文发布")
    assert slug_of("http://a.example/x/ytabl_120989/rdjya/") == "rdjya"
    assert slug_of("http://a.example/2025njytabl/") == "njytabl"
    assert slug_of("http://a.example/news/") is None
    assert kind_of("人大代表建议和政协提案") is None
