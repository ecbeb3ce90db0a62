"""The walk of a researcher who has never heard of Datasette, on the archive that the demonstration builds.

Both imitation sites of ``proposals demo`` are crawled twice by the command itself, and one page of each changes between
the two crawls; then the archive is published and read in a real browser, on a phone and at a desk.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest

from archive.web.app import reading_room
from tests.sims.content import load
from tests.web.browsing import WINDOWS, Server, Watched, overflow
from tests.web.demo import demo_archive

pytestmark = pytest.mark.long

ATOM = "{http://www.w3.org/2005/Atom}"
ENTRY = next(entry for entry in load("yunling").entry if entry.number == "41")
TITLE = "关于完善社区养老助餐服务的建议"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_archive(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def addresses(demo: Path) -> Iterator[tuple[str, str]]:
    """Where the reading site and the process for SQL are."""
    with Server(reading_room(demo, sql=True)) as sql, Server(reading_room(demo, sql_site=sql)) as site:
        yield site, sql


def test_the_walk_of_a_researcher(browser: Any, addresses: tuple[str, str]) -> None:
    site, sql = addresses
    for window in WINDOWS:
        with Watched(browser, site, window) as watched:
            search_and_narrow(watched.page, site, window)
            read_and_cite(watched.page, window)
            see_what_changed(watched.page, site)
            take_away(watched.page, site)
            assert watched.troubles == []
        with Watched(browser, "http://127.0.0.1:", window) as watched:
            write_sql(watched.page, site)
            assert watched.page.url.startswith(sql)
            assert watched.troubles == []


def ask(page: Any, words: str) -> int:
    """Type words into the search box; the number of records found."""
    page.get_by_role("searchbox").fill(words)
    page.keyboard.press("Enter")
    page.locator(".resultbar").wait_for()
    page.wait_for_function("words => new URLSearchParams(location.search).get('q') === words", arg=words)
    return count(page)


def count(page: Any) -> int:
    """The number of records that the page tells."""
    return int(re.search(r"共 ([\d,]+) 件", page.get_by_role("status").inner_text())[1].replace(",", ""))


def search_and_narrow(page: Any, site: str, window: str) -> None:
    """养老, a deputy, a number; then place, year, kind, department and class, each by one tap; back out again."""
    page.goto(site + "/")
    assert overflow(page) <= 0
    assert ask(page, "养老") >= 1
    assert TITLE in page.locator(".cards").inner_text()
    assert ask(page, "冯秀英") == 1
    assert ask(page, "第４１号") == 1
    assert ask(page, "園區") == ask(page, "园区")
    found = ask(page, "建议")
    for name in ("云岭市", "2025", "政协提案", "A 类", "云岭市民政局"):
        if window == "phone":
            page.get_by_text("筛选", exact=True).click()
        page.locator(".facets").get_by_role("link", name=name).first.click()
        page.locator(".chips", has_text=name).wait_for()
        fewer = count(page)
        assert 1 <= fewer <= found
        found = fewer
    assert page.locator(".chips li").count() == 5
    page.locator(".cards h2 a").first.click()
    page.locator("#reply").wait_for()
    assert TITLE in page.title()


def read_and_cite(page: Any, window: str) -> None:
    """Proposal and reply beside each other, where a value comes from, the original page, the citation."""
    proposal, reply = page.locator("#proposal").bounding_box(), page.locator("#reply").bounding_box()
    assert (abs(proposal["y"] - reply["y"]) < 2) == (window == "desk")
    page.locator("summary[aria-label='主办单位的依据']").click()
    assert page.locator(".proof", has_text="办理部门").get_by_text("云岭市民政局").is_visible()
    original = page.get_by_role("link", name="打开原网页").get_attribute("href")
    assert original.startswith("http://127.0.0.1:")
    assert original.endswith(f"/Content-{ENTRY.id}.html")
    assert "sha256:" in page.locator(".captures").inner_text()
    page.locator("button[data-copy=cite-standard]").click()
    page.get_by_role("button", name="已复制").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith(f"云岭市民政局. {TITLE}[EB/OL].")


def see_what_changed(page: Any, site: str) -> None:
    """The words that were added to a reply after it was first read."""
    page.goto(site + "/search?q=经再次研究")
    page.locator(".cards h2 a").first.click()
    page.get_by_role("link", name="版本与改动").first.click()
    assert page.locator("ins", has_text="经再次研究").first.is_visible()


def take_away(page: Any, site: str) -> None:
    """The search as a feed and as a spreadsheet."""
    page.goto(site + "/search?q=园区&year=2025")
    found = count(page)
    feed = page.request.get(urljoin(site, page.get_by_role("link", name="订阅", exact=True).get_attribute("href")))
    assert len(ElementTree.fromstring(feed.body()).findall(ATOM + "entry")) == found
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(started.value.path()).read_text(encoding="utf-8-sig"))))
    assert len(rows) == found
    assert {row["year"] for row in rows} == {"2025"}


def write_sql(page: Any, site: str) -> None:
    """A question that no page answers."""
    page.goto(site + "/data")
    page.get_by_role("link", name="用 SQL 查询").click()
    page.get_by_label("查询语句").fill("select id, number from proposals where proposer = '冯秀英'")
    page.get_by_role("button", name="运行").click()
    assert page.locator("table.answer tbody tr").count() == 1
