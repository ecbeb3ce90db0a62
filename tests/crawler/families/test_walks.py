"""Every family walks a list of its kind to its declared end: each entry met, in order, no page too many."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.errors import CrawlError
from crawler.families import ListRequest, family, names
from parsers.record import Page

HOST = "https://www.xugou.example"
HEX = "0123456789abcdef0123456789abcd"


XML = b'<?xml version="1.0" encoding="gbk"?><datastore><record><![CDATA[<a href=""]]></record>'


class Case(NamedTuple):
    """A list of three pages: what the site answers to an address (and body), and how its details are addressed."""

    family: str
    column: str
    answer: Callable[[ListRequest], str | None]
    detail: str
    options: dict[str, Any] = {}  # noqa: RUF012 - a NamedTuple's default is never changed
    requests: int = 3
    complete: bool = True
    pages: int = 3


def path_of(request: ListRequest) -> str:
    return request.url.removeprefix(HOST)


def entries(detail: str, page: int) -> list[str]:
    return [detail.format(n=page * 100 + n) for n in range(1, 3)]


def items(detail: str, page: int) -> str:
    return "".join(
        f'<li><a href="{url}" title="答复">答复</a><i>2024-05-0{page}</i></li>' for url in entries(detail, page)
    )


def static(pages: dict[str, int], detail: str, around: Callable[[int], str]) -> Callable[[ListRequest], str | None]:
    """A site of static lists: which address is which page, and what stands around the entries."""

    def answer(request: ListRequest) -> str | None:
        page = pages.get(path_of(request))
        return None if page is None else f"<ul>{items(detail, page)}</ul>{around(page)}"

    return answer


def script(text: str, start: int = 0) -> Callable[[int], str]:
    return lambda page: f"<script>{text.replace('CUR', str(page - 1 + start))}</script>"


def query_of(request: ListRequest, name: str) -> str:
    return parse_qs(urlsplit(request.url).query).get(name, [""])[0]


TRS = "/xxgk/jyta/202405/t20240501_{n}.html"
UCAP = "/xg/jyta/202405/" + HEX[:29] + "{n}.shtml"


def vsb_pager(page: int) -> str:
    following = "" if page == 3 else f'<span class="p_next"><a href="/jyta/{3 - page}.htm">下页</a></span>'
    return f'<div class="pb_sys_common"><span>共3页</span>{following}</div>'


def jpage(request: ListRequest) -> str | None:
    page = int(query_of(request, "page") or 1)
    detail = "/art/2024/5/1/art_77_{n}.html"
    records = "".join(f"<record><![CDATA[{item}</li>]]></record>" for item in items(detail, page).split("</li>")[:-1])
    proxy = "/module/web/jpage/dataproxy.jsp?page=2&amp;columnid=77&amp;webid=1"
    group = f'<nextgroup><![CDATA[<a href="{proxy}"></a>]]></nextgroup>' if page == 1 else ""
    return (
        f"<div><script type='text/xml'><datastore>{group}<totalpage>3</totalpage>{records}</datastore></script></div>"
    )


def jpage_from_two(request: ListRequest) -> str | None:
    """The same, its proxy's first page being the second of the list, and no total told."""
    text = jpage(ListRequest(request.url.replace("page=2", "page=3").replace("page=1", "page=2"))) or ""
    page = int(query_of(request, "page") or 0)
    return text.replace("page=2", "page=1").replace(
        "<totalpage>3</totalpage>", "<totalrecord>6</totalrecord>" * bool(page)
    )


def jpage_by_record(request: ListRequest) -> str | None:
    """The same, counting records."""
    start = int(query_of(request, "startrecord") or 1)
    text = jpage(ListRequest(f"{HOST}/?page={start // 2 + 1}")) or ""
    proxy = "/module/dataproxy.jsp?startrecord=3&amp;endrecord=4&amp;perpage=2"
    group = f'<nextgroup><![CDATA[<a href="{proxy}"></a>]]></nextgroup>'
    return text.replace("<datastore>", f"<datastore>{group}") if not query_of(request, "startrecord") else text


def ucap_service(request: ListRequest) -> str | None:
    if not query_of(request, "page"):
        return '<meta name="channelid" content="ab12"><script>$.get("/common/search/" + id)</script>'
    page = int(query_of(request, "page"))
    results = [{"title": "<em>答复</em>", "url": url, "publishedTime": 1714492800000} for url in entries(UCAP, page)]
    return json.dumps({"data": {"results": results, "total": 41}}) if "/common/search/ab12?" in request.url else None


def longxin_label(request: ListRequest) -> str | None:
    if "/site/label/8888" not in request.url:
        label = "/site/label/8888?labelName=publicInfoList&amp;catId=7&amp;isJson=true"
        return f"<script>load('{label}'); pageCount:3</script>"
    page = int(query_of(request, "pageIndex"))
    data = [{"title": "答复", "link": url, "publishDate": "2024-05-01"} for url in entries("/public/31/{n}.html", page)]
    return json.dumps({"data": data})


def gkmlpt(request: ListRequest) -> str | None:
    if "/api/all/" not in request.url:
        return "<script>window._CONFIG = {SID: '7', TREE: []}; '/gkmlpt/api'</script>"
    page = int(query_of(request, "page"))
    articles = [
        {"title": "答复", "url": url, "create_time": 1714492800}
        for url in entries("/gkmlpt/content/1/2/post_{n}.html", page)
    ]
    return json.dumps({"total": 250, "articles": articles}) if query_of(request, "sid") == "7" else None


def jian(request: ListRequest) -> str | None:
    if request.method == "GET":
        return """<script>$.post('/api-ajax_list-1.html', {ajax_type: ["49_xxgk", '9', ""]})</script>"""
    page = int(request.url.partition("list-")[2].partition(".")[0])
    urls = entries("/xxgk-show-{n}.html", page) if page < 4 else []
    assert request.body == "ajax_type%5B%5D=49_xxgk&ajax_type%5B%5D=9&ajax_type%5B%5D="
    return json.dumps({"data": [{"title": "答复", "url": url, "inputtime": "2024-05-01"} for url in urls]})


def szinf(request: ListRequest) -> str | None:
    if "getInfoCommon" not in request.url:
        return "<script>var u='/szinf/info/getInfoCommon/?pagesize=2&currpage=1&channelid=c'</script>"
    urls = entries("/szs/jyta/202405/" + HEX[:29] + "{n}.shtml", int(query_of(request, "currpage")))
    return json.dumps(
        {"total": 6, "infolist": [{"link": url, "title": "答复", "pubtime": "2024-05-01"} for url in urls]}
    )


def ylcms(request: ListRequest) -> str | None:
    page = int(query_of(request, "page") or 1)
    if page > 1 and query_of(request, "siteId") != "col9":
        return None
    detail = "/cms/html/xgx/2024-05-01/{n}.html"
    return f"<meta name='siteIdMeta' content='col9'>{items(detail, page)}<div class='page'>共3页</div>"


def zhengzhou(request: ListRequest) -> str | None:
    page = int(query_of(request, "page") or 1)
    links = "".join(f'<a href="?a=dir&p=D1101X&page={n}">{n}</a>' for n in (1, 2, 3))
    listed = items("/D1101X/{n}.jhtml", page)
    return f"<ul class='common-list'>{listed}</ul><div class='page-tile'>{links}<a>下一页</a></div>"


def parameter(request: ListRequest) -> str | None:
    page = int(query_of(request, "cur_page") or 1)
    links = "".join(f'<a href="iList.jsp?node_id=1&cur_page={n}">{n}</a>' for n in (2, 3))
    return items("/view/jyta/{n}.html", page) + links


def next_link(page: int) -> str:
    more = f'<a href="list-{page + 1}.html">下一页</a>' if page < 3 else "<a>下一页</a>"
    return f'<div class="page"><a href="list-1.html">首页</a>{more}</div>'


def numbered(stem: str, suffixes: tuple[object, object, object]) -> dict[str, int]:
    return {stem.format(suffix): page for page, suffix in enumerate(suffixes, 1)}


CASES = {
    "trs from zero": Case(
        "trs",
        "/xxgk/jyta/",
        static(
            {"/xxgk/jyta/": 1, "/xxgk/jyta/index_1.shtml": 2, "/xxgk/jyta/index_2.shtml": 3},
            TRS,
            script('function createPageHTML(n, c, s, e) {} createPageHTML(3, CUR, "index", "shtml");'),
        ),
        TRS,
    ),
    "trs from one": Case(
        "trs",
        "/xxgk/jyta/index.html",
        static(
            numbered("/xxgk/jyta/index{}.html", ("", "_2", "_3")), TRS, script('createPage(3, CUR, "index", "html")', 1)
        ),
        TRS,
    ),
    "trs variables": Case(
        "trs",
        "/xxgk/jyta/",
        static(
            {"/xxgk/jyta/": 1, "/xxgk/jyta/index_1.html": 2, "/xxgk/jyta/index_2.html": 3},
            TRS,
            script('var countPage = 3; var currentPage = CUR; document.write("index_" + n + ".html")'),
        ),
        TRS,
    ),
    "trs offset found by trying": Case(
        "trs",
        "/xxgk/jyta/",
        static(
            {
                "/xxgk/jyta/": 1,
                "/xxgk/jyta/index_1.html": 1,
                "/xxgk/jyta/index_2.html": 2,
                "/xxgk/jyta/index_3.html": 3,
            },
            TRS,
            script("var countPage = 3;"),
        ),
        TRS,
        requests=4,
    ),
    "vsb": Case(
        "vsb",
        "/jyta.htm",
        static({"/jyta.htm": 1, "/jyta/2.htm": 2, "/jyta/1.htm": 3}, "/info/12/{n}.htm", vsb_pager),
        "/info/12/{n}.htm",
    ),
    "vsb without links": Case(
        "vsb",
        "/jyta.htm",
        static(
            {"/jyta.htm": 1, "/jyta/2.htm": 2, "/jyta/1.htm": 3},
            "/info/12/{n}.htm",
            lambda _: "<p class=page>共3页</p>",
        ),
        "/info/12/{n}.htm",
    ),
    "shaanxi": Case(
        "shaanxi",
        "/zw/rdjy/1.html",
        static(
            numbered("/zw/rdjy/{}.html", (1, 2, 3)),
            "/zw/rdjy/1958091978013503{n}.html",
            script("var maxPage = parseInt('3');"),
        ),
        "/zw/rdjy/1958091978013503{n}.html",
    ),
    "jpage": Case("hanweb_jpage", "/col/col77/index.html", jpage, "/art/2024/5/1/art_77_{n}.html"),
    "jpage from two": Case("hanweb_jpage", "/col/col77/index.html", jpage_from_two, "/art/2024/5/1/art_77_{n}.html"),
    "jpage by record": Case("hanweb_jpage", "/col/col77/index.html", jpage_by_record, "/art/2024/5/1/art_77_{n}.html"),
    "ucap": Case(
        "ucap",
        "/xg/jyta/list.shtml",
        static(
            numbered("/xg/jyta/list{}.shtml", ("", "_2", "_3")),
            UCAP,
            script("createPageHTML('page_div',3,CUR,'list','shtml',6);", 1),
        ),
        UCAP,
    ),
    "ucap service": Case("ucap", "/xg/jyta/list.shtml", ucap_service, UCAP, requests=4),
    "longxin": Case(
        "longxin",
        "/content/column/66",
        static(
            numbered("/content/column/66?pageIndex={}", (1, 2, 3)),
            "/content/article/{n}",
            script("$.page({pageCount:3})"),
        ),
        "/content/article/{n}",
    ),
    "longxin label": Case(
        "longxin", "/public/column/31?type=4&catId=7", longxin_label, "/public/31/{n}.html", requests=4
    ),
    "gkmlpt": Case("gkmlpt", "/gkmlpt/index#12", gkmlpt, "/gkmlpt/content/1/2/post_{n}.html", requests=4),
    "gkmlpt with sid": Case("gkmlpt", "/gkmlpt/index#12", gkmlpt, "/gkmlpt/content/1/2/post_{n}.html", {"sid": 7}),
    "nfcms": Case(
        "nfcms",
        "/xxgk/jyta/index.html",
        static(
            numbered("/xxgk/jyta/index{}.html", ("", "_2", "_3")),
            "/xxgk/jyta/content/post_{n}.html",
            lambda page: '<a href="index_3.html">尾页</a>',
        ),
        "/xxgk/jyta/content/post_{n}.html",
    ),
    "zhengzhou": Case("zhengzhou", "/?a=dir&p=D1101X", zhengzhou, "/D1101X/{n}.jhtml"),
    "yueyang": Case(
        "yueyang",
        "/12/34/index.htm",
        static(
            numbered("/12/34/index{}.htm", ("", "_2", "_3")),
            "/12/34/content_{n}.html",
            script("if(num<1){} else if(num>3){}"),
        ),
        "/12/34/content_{n}.html",
    ),
    "jeecms": Case(
        "jeecms",
        "/jyta/index.jhtml",
        static(numbered("/jyta/index{}.jhtml", ("", "_2", "_3")), "/jyta/{n}.jhtml", lambda _: ""),
        "/jyta/{n}.jhtml",
        complete=False,
    ),
    "ylcms": Case("ylcms", "/cms/html/xgx/rdjy/index.html", ylcms, "/cms/html/xgx/2024-05-01/{n}.html"),
    "xuancheng": Case(
        "xuancheng",
        "/XxgkContent/showList/1/2/page_1.html",
        static(
            numbered("/XxgkContent/showList/1/2/page_{}.html", (1, 2, 3)),
            "/XxgkContent/show/{n}.html",
            lambda page: '<a href="page_3.html">尾页</a>',
        ),
        "/XxgkContent/show/{n}.html",
    ),
    "jian": Case("jian", "/xxgk/jyta.html", jian, "/xxgk-show-{n}.html", requests=5),
    "jian with form": Case(
        "jian", "/xxgk/jyta.html", jian, "/xxgk-show-{n}.html", {"form": ["49_xxgk", "9", ""]}, requests=4
    ),
    "szinf": Case("szinf", "/szs/jyta/list.shtml", szinf, "/szs/jyta/202405/" + HEX[:29] + "{n}.shtml", requests=4),
    "next link": Case(
        "next_link",
        "/c/list-1.html",
        static(numbered("/c/list-{}.html", (1, 2, 3)), "/c/2024-05-01/{n}.shtml", next_link),
        "/c/2024-05-01/{n}.shtml",
        {"details": ["/c/{n}-{n}-{n}/{n}.shtml"]},
    ),
    "parameter": Case("parameter", "/info/iList.jsp?node_id=1", parameter, "/view/jyta/{n}.html"),
    "numbered links": Case(
        "parameter",
        "/c/column-index-1.shtml",
        static(
            numbered("/c/column-index-{}.shtml", (1, 2, 3)),
            "/c/{n}.shtml",
            lambda page: (
                '<div class="page">首页 <a href="column-index-2.shtml">2</a> <a href="column-index-3.shtml">3</a></div>'
            ),
        ),
        "/c/{n}.shtml",
    ),
    "parameter in the path": Case(
        "parameter",
        "/c/column-index-1.shtml",
        static(
            numbered("/c/column-index-{}.shtml", (1, 2, 3)), "/c/{n}.shtml", lambda _: "<div class=page>共3页</div>"
        ),
        "/c/{n}.shtml",
        {"path": "column-index-{page}.shtml"},
    ),
}


def walk(case: Case) -> tuple[list[str], list[str], bool]:
    """The addresses asked for, the entries met, and whether the list was read to its declared end."""
    lists, asked, met, complete = family(case.family), [], [], False
    request: ListRequest | None = lists.first(HOST + case.column, case.options)
    while request and len(asked) < 20:
        asked.append(request.url)
        body = case.answer(request)
        if body is None:
            return asked, met, False
        kind = {"content-type": "text/html; charset=utf-8"}
        read = lists.read(
            request, Page(source=request.url, body=body.encode(), url=request.url, headers=kind), case.options
        )
        met += [link.url for link in read.links]
        assert all(link.title == "答复" for link in read.links)
        assert all((link.date or "").startswith("2024-05-0") for link in read.links)
        request, complete = read.following, read.complete
    return asked, met, complete


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_walk(case: Case) -> None:
    asked, met, complete = walk(case)
    expected = [HOST + url for page in (1, 2, 3) for url in entries(case.detail, page)]
    assert list(dict.fromkeys(met)) == expected
    assert complete == case.complete
    assert len(asked) == case.requests + (not case.complete)
    if case.family not in ("next_link", "parameter"):
        assert all(family(case.family).is_detail(url) for url in met)
    assert not any(family(case.family).is_detail(url) for url in asked)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_own_family_is_recognised_first(case: Case) -> None:
    if "path" in case.options:
        pytest.skip("its column page does not show the family")
    body = case.answer(ListRequest(HOST + case.column.partition("#")[0]))
    if case.family == "longxin" and body is None:
        body = case.answer(ListRequest(HOST + case.column + "?pageIndex=1"))
    page = Page(source=HOST + case.column, body=(body or "").encode(), url=HOST + case.column, headers={})
    scores = {name: family(name).recognise(page) for name in names()}
    assert max(scores, key=lambda name: scores[name]) == case.family, scores


@pytest.mark.parametrize("name", names())
def test_any_bytes_are_read_or_refused(name: str) -> None:
    lists = family(name)
    request = lists.first(HOST + ("/gkmlpt/index#1" if name == "gkmlpt" else "/x/"), {})
    for body in (
        b"",
        b"\0\xff",
        b"{}",
        b"[1]",
        b'{"data": 7, "articles": 3}',
        b"<a href='http://[::1'>x</a>",
        b"null",
        XML,
        b'{"data": {"html": "\\ud800"}}',
    ):
        page = Page(source="x", body=body, url=request.url, headers={})
        assert 0 <= lists.recognise(page) <= 1
        with contextlib.suppress(CrawlError):
            assert lists.read(request, page, {}).links == ()
