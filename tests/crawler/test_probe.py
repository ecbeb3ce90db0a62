"""A URL alone gives a site file that walks the site with no edit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from crawler.draft import ColumnReport, PageReport, division_guessed, id_of, kind_seen
from crawler.errors import CrawlError
from crawler.families import family
from crawler.fetch import Fetcher
from crawler.probe import check, probe
from crawler.site import Site, load_site, parse_site
from crawler.vocabulary import kind_of
from parsers import parse
from parsers.record import Kind
from tests.crawler.driver import crawl, query
from tests.sims.catalogue import SIMS, make
from tests.sims.server import Server


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher("tests", delay=0, allow_private=True)


def entries(site: Site, fetcher: Fetcher) -> Iterator[str]:
    """The addresses of all entries of a site's columns and of the columns below them."""
    walker, waiting = family(site.family), [column.url or "" for column in site.columns]
    while waiting:
        column = waiting.pop()
        request = walker.first(column, site.options_for(column))
        while request:
            listed = walker.read(request, fetcher(request), site.options_for(column))
            yield from (link.url for link in listed.links)
            waiting += [column.url for column in listed.columns]
            request = listed.following


@pytest.mark.parametrize("name", SIMS)
def test_the_draft_walks_the_site(name: str, fetcher: Fetcher) -> None:
    with Server(make(name)) as server:
        draft = probe(server.base + "/", fetcher, parse, allow_private=True)
        site = parse_site(draft.toml, draft.id, "draft")
        assert draft.family == server.sim.family
        assert [page.type for page in draft.pages] == ["reply"] * 3
        assert site.examples == tuple(page.url for page in draft.pages)
        assert [column.url for column in site.columns] == [server.base + server.sim.column()]
        assert site.name == server.sim.content.name
        met = set(entries(site, fetcher))
        assert len(met) == len(server.sim.expected())
        assert all(site.owns(url) for url in met)
        assert check(site, fetcher, parse).works


def test_the_drafts_are_crawled_whole_with_no_edit(tmp_path: Path, fetcher: Fetcher) -> None:
    hurried = {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(Server(make(name))) for name in SIMS}
        (tmp_path / "sites").mkdir()
        for name, server in servers.items():
            draft = probe(server.base + "/", fetcher, parse, allow_private=True)
            path = tmp_path / "sites" / f"draft-{name.replace('_', '-')}.toml"
            path.write_text(draft.toml)
        ids = [path.stem for path in (tmp_path / "sites").iterdir()]
        assert crawl(tmp_path / "data", tmp_path / "sites", *ids, settings=hurried) == (0, "", "")
    sql = "SELECT site, count(*) FROM records WHERE type = 'reply' GROUP BY site"
    found = dict(query(tmp_path / "data", sql, file="store.db"))
    assert found == {f"draft-{name.replace('_', '-')}": len(server.sim.expected()) for name, server in servers.items()}


def test_a_column_given_by_hand(fetcher: Fetcher) -> None:
    with Server(make("xuancheng")) as server:
        column = server.base + server.sim.column()
        draft = probe(column, fetcher, parse, allow_private=True)
        assert [report.url for report in draft.columns] == [column]


@pytest.mark.parametrize(
    ("fault", "said"),
    [("412", "412, a challenge"), ("robots", "robots.txt disallows"), ("empty-list", "no entries on the list")],
)
def test_what_cannot_be_probed_says_why(fault: str, said: str, fetcher: Fetcher) -> None:
    with Server(make("trs", fault)) as server, pytest.raises(CrawlError, match=said):
        probe(server.base + "/", fetcher, parse, allow_private=True)


def test_a_site_without_replies_is_no_site(fetcher: Fetcher) -> None:
    class Nothing(type(make("trs"))):  # type: ignore[misc]
        def home(self) -> str:
            return "<title>首页</title><a href='/xw/1.html'>新闻</a>"

    with (
        Server(Nothing(make("trs").content)) as server,
        pytest.raises(CrawlError, match="address of the column's list"),
    ):
        probe(server.base + "/", fetcher, parse, allow_private=True)


def test_a_draft_without_leave_is_not_private(fetcher: Fetcher) -> None:
    with Server(make("vsb")) as server:
        assert "allow_private" not in probe(server.base + "/", fetcher, parse).toml


def test_check_says_which_column_broke(fetcher: Fetcher) -> None:
    with Server(make("trs")) as server:
        text = server.sim.site_file(server.base).replace("/xxgk/jytabl/", "/xxgk/gone/")
        checked = check(parse_site(text, "moved", "moved"), fetcher, parse)
        assert not checked.works
        assert "answered 404" in (checked.columns[0].error or "")


def test_check_of_a_site_to_be_discovered_names_candidates(fetcher: Fetcher) -> None:
    with Server(make("trs")) as server:
        text = (
            f"""name = "x"\nfamily = "trs"\nhosts = ["{server.base.removeprefix("http://")}"]\nallow_private = true"""
        )
        checked = check(parse_site(text, "new", "new"), fetcher, parse)
        assert [candidate.url for candidate in checked.candidates] == [server.base + "/xxgk/jytabl/"]
        assert not checked.works


def test_a_site_without_a_host_says_so(fetcher: Fetcher) -> None:
    with pytest.raises(CrawlError, match="'yongji' has no known host"):
        check(load_site("yongji"), fetcher, parse)


@pytest.mark.parametrize(
    ("name", "code"),
    [("青禾市教育局", "990100"), ("青禾市人民政府", "990100"), ("青禾市云溪区教育局", None), ("河湾市教育局", None)],
)
def test_a_known_site_of_the_same_place_tells_the_division(name: str, code: str | None) -> None:
    known = [
        Site(name="青禾市人民政府", division="990100", family="trs"),
        Site(name="河湾市司法局", division="990200", family="trs"),
    ]
    assert division_guessed(name, known) == code


@pytest.mark.parametrize(
    ("title", "kinds", "kind"),
    [
        ("政协提案", ("suggestion", "suggestion"), "suggestion"),
        ("建议提案办理", (), "proposal"),
        ("人大代表建议", (), "suggestion"),
        ("办理结果", ("suggestion", "proposal"), None),
        ("人大代表建议和政协提案", ("suggestion",), None),
    ],
)
def test_the_kind_is_that_of_the_pages_tried(title: str, kinds: tuple[Kind, ...], kind: Kind | None) -> None:
    column = ColumnReport(url="https://www.qinghe.example/", title=title, kind=kind_of(title))
    tried = [PageReport(url=f"{column.url}{kind}", column=column.url, type="reply", kind=kind) for kind in kinds]
    assert kind_seen(column, tried) == kind


@pytest.mark.parametrize(
    ("url", "site_id"),
    [
        ("https://www.qingwu.gov.cn/", "qingwu"),
        ("https://jyj.qingwu.gov.cn/x", "qingwu-jyj"),
        ("http://127.0.0.1:8001/", "site-127-0-0-1-8001"),
        ("http://www.qingwu.example/", "qingwu"),
    ],
)
def test_ids_from_hosts(url: str, site_id: str) -> None:
    assert id_of(url) == site_id
