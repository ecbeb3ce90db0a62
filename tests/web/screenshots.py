"""The pictures of docs/screenshots, from the made-up archive of these tests: `python -m tests.web.screenshots`.

The record that the readme shows comes from the archive of the demonstration.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from archive.release import release
from archive.web.app import reading_room
from tests.web.addresses import ERRORS, PAGES
from tests.web.browsing import CHROMIUM, SWITCHES, WINDOWS, Server
from tests.web.demo import demo_archive
from tests.web.fixture import build

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
DESK = (
    "home", "search", "record", "withdrawn", "versions", "matter", "department", "person", "place", "document",
    "coverage", "statistics", "questions", "question", "data", "help", "table", "not-found",
)  # fmt: skip
PHONE = ("home", "search", "record", "coverage")
DARK = ("home", "record")


def take(page: Any, address: str, name: str) -> None:
    """Open an address and keep its picture."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    if "record-desk" in name:
        page.locator("summary[aria-label='主办单位的依据']").click()
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=78)


def window(browser: Any, kind: str, scheme: str = "light") -> Any:
    """A page of one size and colour scheme."""
    size = {"width": 1280, "height": 1000} if kind == "desk" else WINDOWS[kind]
    return browser.new_context(viewport=size, color_scheme=scheme, locale="zh-CN").new_page()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    addresses = {**PAGES, **ERRORS}
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        archive = build(Path(made) / "archive.db")
        release(archive, archive.parent / "releases")
        with Server(reading_room(archive)) as site:
            for kind, scheme, names, suffix in (
                ("desk", "light", DESK, "desk"),
                ("phone", "light", PHONE, "phone"),
                ("desk", "dark", DARK, "dark"),
            ):
                page = window(browser, kind, scheme)
                for name in names:
                    take(page, site + addresses[name], f"{name}-{suffix}")
        with Server(reading_room(demo_archive(Path(made) / "demo"))) as site:
            page = window(browser, "desk")
            page.goto(site + "/search?q=养老助餐")
            take(page, page.locator(".cards h2 a").first.evaluate("link => link.href"), "record-desk")
        browser.close()


if __name__ == "__main__":
    main()
