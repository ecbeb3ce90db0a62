"""The reading room in a real browser: accessibility, every window, hostile text, and nothing asked of another host.

Chromium is looked for on the path; without it these tests are skipped. Pictures go to ``artefacts/``.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.addresses import ERRORS, HOSTILE, PAGES
from tests.web.browsing import ARTEFACTS, WINDOWS, Watched, overflow

pytestmark = pytest.mark.long

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Any, kind: str, values: list[str]) -> str:
    """What axe finds against the page, empty where it finds nothing."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    options = {"runOnly": {"type": kind, "values": values}, "resultTypes": ["violations"]}
    found = axe.Axe().run(page, options=options)
    return found.generate_report() if found.violations_count else ""


def open_details(page: Any) -> None:
    """Open what a reader may open, so that it is checked too."""
    for details in page.locator("details:not([open]) > summary").all()[:6]:
        if details.is_visible():
            details.click()


@pytest.fixture(scope="module")
def desk(browser, site):
    """One page at a desk that every page kind is opened in."""
    with Watched(browser, site, "desk") as watched:
        yield watched


@pytest.mark.parametrize("name", [*PAGES, *ERRORS])
def test_each_page_kind_is_accessible_and_fits_every_window(desk, site, name):
    """Light and dark, 1280, 390 and 360 px; the dark page differs by its colours alone."""
    page = desk.page
    desk.troubles.clear()
    page.emulate_media(color_scheme="light")
    page.goto(site + {**PAGES, **ERRORS}[name])
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.jpg", type="jpeg")
    for window in ({"width": 360, "height": 640}, WINDOWS["phone"], WINDOWS["desk"]):
        page.set_viewport_size(window)
        assert overflow(page) <= 0
    open_details(page)
    assert violations(page, "tag", RULES) == ""
    page.emulate_media(color_scheme="dark")
    assert violations(page, "rule", ["color-contrast"]) == ""
    assert [trouble for trouble in desk.troubles if "status of 404" not in trouble] == []


def test_the_sql_page_is_accessible(browser, sql_site):
    with Watched(browser, sql_site, "desk") as watched:
        watched.page.goto(sql_site + "/archive?sql=select+id,title+from+proposals")
        assert violations(watched.page, "tag", RULES) == ""
        assert watched.troubles == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_runs_nothing(desk, site, name):
    desk.troubles.clear()
    desk.page.goto(site + HOSTILE[name])
    assert desk.page.evaluate("window.fired") is None
    assert overflow(desk.page) <= 0
    assert desk.troubles == []


def test_at_a_desk_no_word_of_a_record_is_broken_and_no_proof_is_cut(browser, site):
    with Watched(browser, site, "desk") as watched:
        watched.page.goto(site + PAGES["record"] + "?lang=en")
        name = "document.querySelector('.captures td:last-child code').textContent = '-'.repeat(60) + '.warc.gz'"
        watched.page.evaluate(name)
        cut = "[...document.querySelectorAll('.scroll')].filter(each => each.scrollWidth > each.clientWidth).length"
        assert watched.page.evaluate(cut) == 0
        broken = (
            "[...document.querySelectorAll('.facts dt')].filter(each => {"
            " each.style.overflowWrap = 'normal'; return each.scrollWidth > each.clientWidth }).length"
        )
        assert watched.page.evaluate(broken) == 0


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
