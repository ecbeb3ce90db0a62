"""Node/Content lists: the pager's last anchor tells the pages."""

from __future__ import annotations

import pytest

from crawler.families import ListRequest, family
from parsers.record import Page

NODE = family("node_content")
COLUMN = "https://www.xugou.example/Node-77.html"


def page(html: str, url: str = COLUMN) -> Page:
    return Page(source=url, body=html.encode(), url=url, headers={"content-type": "text/html; charset=utf-8"})


def entries(*numbers: int) -> str:
    return "".join(
        f'<li><a href="/Content-{n}.html" title="关于第{n}号的答复">关于…</a><span>2024-03-{n:02}</span></li>'
        for n in numbers
    )


PAGER = '<div class="page"><a href="/Node-77_2.html">2</a> … <a href="Node-77_4.html">尾页</a></div>'


def test_pages_to_the_end_that_the_pager_tells() -> None:
    request: ListRequest | None = NODE.first(COLUMN, {})
    asked = []
    while request:
        asked.append(request.url)
        read = NODE.read(request, page(f"<ul class=newlist>{entries(request.page)}</ul>{PAGER}", request.url), {})
        assert read.total_pages == 4
        assert read.complete
        assert [link.url for link in read.links] == [f"https://www.xugou.example/Content-{request.page}.html"]
        request = read.following
    assert asked == [COLUMN] + [COLUMN.replace(".html", f"_{n}.html") for n in (2, 3, 4)]


def test_title_and_date_of_an_entry() -> None:
    link = NODE.read(NODE.first(COLUMN, {}), page(f"<ul>{entries(5)}</ul>"), {}).links[0]
    assert (link.title, link.date) == ("关于第5号的答复", "2024-03-05")


def test_without_a_pager_nothing_is_proved() -> None:
    read = NODE.read(NODE.first(COLUMN, {}), page(f"<ul>{entries(5)}</ul>"), {})
    assert read.following is None
    assert not read.complete


@pytest.mark.parametrize("url", ["/Content-85630.html", "/WapContent-85630.html"])
def test_detail_form(url: str) -> None:
    assert NODE.is_detail("https://www.xugou.example" + url)


def test_recognised_by_its_addresses() -> None:
    assert NODE.recognise(page(entries(1, 2, 3) + PAGER)) > 0.4
    assert NODE.recognise(page("<a href=/art/1.html>x</a>")) == 0
