"""Every fault ends in its own state, and the other sites of the run go on. One run over all of them, then a second."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from tests.crawler.driver import crawl, query
from tests.sims.catalogue import make
from tests.sims.server import Server

STATES = {
    "none": ("fine", None),
    "412": ("blocked", "ruishu"),
    "202": ("blocked", "ruishu"),
    "521": ("blocked", "jiasule"),
    "403": ("blocked", "forbidden"),
    "waf": ("blocked", "waf"),
    "captcha": ("blocked", "captcha"),
    "429": ("blocked", "rate-limited"),
    "robots": ("blocked", "robots"),
    "500": ("unreachable", "server-error"),
    "slow": ("unreachable", "timeout"),
    "cut": ("unreachable", "connection"),
    "foreign-home": ("empty list", "foreign-home"),
    "empty-list": ("empty list", "empty-list"),
    "no-own-links": ("empty list", "no-own-links"),
    "soft-404": ("listed but nothing parsed", "soft-404"),
    "home-instead": ("listed but nothing parsed", "soft-404"),
    "redirect-loop": ("listed but nothing parsed", "redirect-loop"),
    "redirect-away": ("listed but nothing parsed", "redirect-away"),
    "gzip-bomb": ("listed but nothing parsed", "too-large"),
    "evil-links": ("parsed with problems", "gone"),
    "calendar": ("parsed with problems", "trap"),
    "500-then-200": ("fine", None),
    "gbk": ("fine", None),
    "wrong-charset": ("fine", None),
    "edit": ("fine", None),
    "shift": ("fine", None),
    "duplicates": ("fine", None),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults")
    with ExitStack() as stack:
        for fault in STATES:
            sim = make("node_content", *({fault} - {"none"}))
            sim.content = msgspec.structs.replace(sim.content, id=f"sim-{fault}")
            stack.enter_context(Server(sim)).write_site_file(folder / "sites")
        status, output = crawl(folder / "data", folder / "sites", *(f"sim-{fault}" for fault in STATES))
        assert (status, output) == (0, "")
    return folder / "data"


@pytest.mark.parametrize("fault", STATES)
def test_every_fault_ends_in_its_own_state(data: Path, fault: str) -> None:
    state, detail = query(data, "SELECT state, detail FROM site_runs WHERE site = ?", f"sim-{fault}")[0]
    expected, code = STATES[fault]
    assert state == expected, detail
    assert code is None or code in (detail or "")


@pytest.mark.parametrize(
    "fault", [fault for fault, (state, _) in STATES.items() if state in ("fine", "parsed with problems")]
)
def test_a_readable_site_is_read_whole(data: Path, fault: str) -> None:
    sql = "SELECT count(*) FROM pages WHERE site = ? AND state = 'parsed' AND outcome IS NULL"
    assert query(data, sql, f"sim-{fault}") == [(12,)]


def test_nothing_leaves_the_sites_hosts(data: Path) -> None:
    urls = {row[0] for row in query(data, "SELECT url FROM captures")}
    assert urls
    assert not [url for url in urls if ":1/" in url.partition("?")[0] or "casino" in url or "passwd" in url]
