"""The reading room in a real browser: the researcher's walk, accessibility, and nothing asked of another host.

Chromium is looked for on the path; without it these tests are skipped. Screenshots go to ``artefacts/``.
"""

from __future__ import annotations

import csv
import io
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from tests.web.addresses import ERRORS, HOSTILE, PAGES

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path")
ARTEFACTS = Path(__file__).parents[2] / "artefacts"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WINDOWS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}


class Server:
    """The application on a free port of the loopback, in a thread."""

    def __init__(self, datasette: Any) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.server = uvicorn.Server(uvicorn.Config(datasette.app(), log_level="error", lifespan="on"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        deadline = time.monotonic() + 20
        while not self.server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.url

    def __exit__(self, *error: object) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.socket.close()


@pytest.fixture(scope="module")
def site(room: Any) -> Iterator[str]:
    with Server(room) as url:
        yield url


@pytest.fixture(scope="module")
def sql_site(sql_room: Any) -> Iterator[str]:
    with Server(sql_room) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()


class Watched:
    """A page that notes each console error, script error and request to another host."""

    def __init__(self, browser: Any, site: str, window: str, scheme: str = "light") -> None:
        self.context = browser.new_context(
            viewport=WINDOWS[window], color_scheme=scheme, locale="zh-CN", reduced_motion="reduce"
        )
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", lambda m: m.type in ("error", "warning") and self.troubles.append(m.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", lambda request: self.note(site, request.url))

    def note(self, site: str, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and not url.startswith(site):
            self.troubles.append(f"request to {url}")

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *error: object) -> None:
        self.context.close()


def overflow(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("window", WINDOWS)
def test_the_walk_of_a_researcher(browser, site, sql_site, window):
    with Watched(browser, site, window) as watched:
        page = watched.page
        page.goto(site + "/")
        page.get_by_role("searchbox").fill("养老")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=**")
        assert "共 8 件" in page.get_by_role("status").inner_text()
        for name in ("云泽市", "2022", "人大代表建议", "A 类"):
            if window == "phone":
                page.get_by_text("筛选", exact=True).click()
            page.locator(".facets").get_by_role("link", name=name).first.click()
        assert page.locator(".chips li").count() == 4
        page.locator(".cards h2 a").first.click()
        page.wait_for_url("**/r/yunze-suggestion-9-1-40")
        proposal, reply = page.locator("#proposal").bounding_box(), page.locator("#reply").bounding_box()
        assert (abs(proposal["y"] - reply["y"]) < 2) == (window == "desk")
        page.locator("summary[aria-label='主办单位的依据']").click()
        assert page.get_by_text("主办单位：云泽市民政局").is_visible()
        original = page.get_by_role("link", name="打开原网页")
        assert original.get_attribute("href").startswith("https://www.yunze.example/")
        page.locator("button[data-copy=cite-standard]").click()
        page.get_by_role("button", name="已复制").wait_for()
        assert "[EB/OL]" in page.evaluate("navigator.clipboard.readText()")
        page.goto(site + "/r/yunze-motion-9-5-44")
        page.get_by_role("link", name="版本与改动").first.click()
        assert page.locator("ins").first.is_visible()
        page.goto(site + "/search?q=陆知远")
        feed = page.get_by_role("link", name="订阅", exact=True).get_attribute("href")
        assert "<feed" in page.request.get(site + feed).text()
        with page.expect_download() as started:
            page.get_by_role("link", name="CSV").click()
        rows = list(csv.DictReader(io.StringIO(Path(started.value.path()).read_text(encoding="utf-8-sig"))))
        assert rows
        assert all("陆知远" in "".join(value or "" for value in row.values()) for row in rows)
        assert page.request.get(site + "/search?q=第98号").ok
        assert watched.troubles == []
    with Watched(browser, sql_site, window) as watched:
        page = watched.page
        page.goto(sql_site + "/archive")
        page.get_by_label("查询语句").fill("select id from proposals where proposer like '%陆知远%'")
        page.get_by_role("button", name="运行").click()
        assert page.locator("table.answer tbody tr").count() >= 1
        assert watched.troubles == []


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Any, kind: str, values: list[str]) -> str:
    """What axe finds against the page, empty where it finds nothing."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    found = axe.Axe().run(page, options={"runOnly": {"type": kind, "values": values}})
    return found.generate_report() if found.violations_count else ""


def open_details(page: Any) -> None:
    """Open what a reader may open, so that it is checked too."""
    for details in page.locator("details:not([open]) > summary").all()[:6]:
        if details.is_visible():
            details.click()


@pytest.mark.parametrize("name", [*PAGES, *ERRORS])
def test_each_page_kind_is_accessible_and_fits_every_window(browser, site, name):
    """Light and dark, 1280, 390 and 360 px; the dark page differs by its colours alone."""
    ARTEFACTS.mkdir(exist_ok=True)
    with Watched(browser, site, "desk") as watched:
        page = watched.page
        page.goto(site + {**PAGES, **ERRORS}[name])
        for window in ("desk", "phone"):
            page.set_viewport_size(WINDOWS[window])
            assert overflow(page) <= 0
            page.screenshot(path=ARTEFACTS / f"{name}-{window}.png", full_page=True)
        page.set_viewport_size({"width": 360, "height": 640})
        assert overflow(page) <= 0
        page.set_viewport_size(WINDOWS["desk"])
        open_details(page)
        assert violations(page, "tag", RULES) == ""
        page.emulate_media(color_scheme="dark")
        assert violations(page, "rule", ["color-contrast"]) == ""
        page.screenshot(path=ARTEFACTS / f"{name}-dark.png")
        assert [trouble for trouble in watched.troubles if "status of 404" not in trouble] == []


def test_the_sql_page_is_accessible(browser, sql_site):
    with Watched(browser, sql_site, "desk") as watched:
        watched.page.goto(sql_site + "/archive?sql=select+id,title+from+proposals")
        assert violations(watched.page, "tag", RULES) == ""
        assert watched.troubles == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_runs_nothing(browser, site, name):
    with Watched(browser, site, "desk") as watched:
        watched.page.goto(site + HOSTILE[name])
        watched.page.wait_for_timeout(50)
        assert watched.page.evaluate("window.fired") is None
        assert overflow(watched.page) <= 0
        assert watched.troubles == []


def test_the_keyboard_reaches_the_text_first_and_then_the_menu(browser, site):
    with Watched(browser, site, "desk") as watched:
        watched.page.goto(site + "/")
        reached = []
        for _ in range(9):
            watched.page.keyboard.press("Tab")
            reached.append(
                watched.page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name")
            )
        assert reached[0] == "跳到正文"
        assert reached[2:8] == ["检索", "收录", "统计", "问题集", "数据", "帮助"]


def test_print_opens_the_citation_and_drops_the_furniture(browser, site):
    with Watched(browser, site, "desk") as watched:
        watched.page.goto(site + PAGES["record"])
        watched.page.emulate_media(media="print")
        assert watched.page.locator("#cite-standard").is_visible()
        assert not watched.page.locator(".top nav").is_visible()
        assert not watched.page.locator("button[data-copy]").first.is_visible()


def test_a_page_works_without_script(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport=WINDOWS["phone"])
    page = context.new_page()
    page.goto(site + "/search?q=养老")
    page.get_by_text("筛选", exact=True).click()
    page.locator(".facets").get_by_role("link", name="云泽市").first.click()
    assert page.locator(".chips li").count() == 1
    context.close()
