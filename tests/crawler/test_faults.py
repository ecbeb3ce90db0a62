"""Every fault ends in its own state, and the other sites of the run go on. One run over all of them, then a second."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.crawler.driver import crawl, proposals, query
from tests.sims.catalogue import make
from tests.sims.server import Server

pytestmark = pytest.mark.long

Ended = tuple[str, str | None]

STATES: dict[str, Ended] = {
    "none": ("fine", None),
    "412": ("blocked", "ruishu"),
    "202": ("blocked", "ruishu"),
    "521": ("blocked", "jiasule"),
    "403": ("blocked", "forbidden"),
    "waf": ("blocked", "waf"),
    "captcha": ("blocked", "captcha"),
    "geo-block": ("blocked", "geo-block"),
    "429": ("blocked", "rate-limited"),
    "429-at-once": ("blocked", "rate-limited"),
    "503-at-once": ("unreachable", "server-error"),
    "robots": ("blocked", "robots"),
    "500": ("unreachable", "server-error"),
    "slow": ("unreachable", "timeout"),
    "cut": ("unreachable", "connection"),
    "404": ("empty list", "gone"),
    "foreign-home": ("empty list", "foreign-home"),
    "empty-list": ("empty list", "empty-list"),
    "no-own-links": ("empty list", "no-own-links"),
    "soft-404": ("listed but nothing parsed", "soft-404"),
    "home-instead": ("listed but nothing parsed", "soft-404"),
    "redirect-loop": ("listed but nothing parsed", "redirect-loop"),
    "redirect-away": ("listed but nothing parsed", "redirect-away"),
    "redirect-circle": ("listed but nothing parsed", "redirect-loop"),
    "gzip-bomb": ("listed but nothing parsed", "too-large"),
    "evil-links": ("parsed with problems", "gone"),
    "calendar": ("parsed with problems", "trap"),
    "robots-503": ("unreachable", "server-error"),
    "robots-cut": ("unreachable", "connection"),
    "robots-slow": ("unreachable", "timeout"),
    "robots-away": ("unreachable", "redirect-away"),
    "robots-circle": ("unreachable", "redirect-loop"),
    "robots-521": ("fine", None),
    "robots-404": ("fine", None),
    "redirect-to-twin": ("fine", None),
    "500-then-200": ("fine", None),
    "bad-base": ("fine", None),
    "gbk": ("fine", None),
    "wrong-charset": ("fine", None),
    "script-pager": ("fine", None),
    "packed": ("fine", None),
    "packed-deflate": ("fine", None),
    "packed-br": ("fine", None),
    "packed-zstd": ("fine", None),
    "packed-utf-8": ("fine", None),
    "packed-xz": ("unreachable", "broken-encoding"),
    "edit": ("fine", None),
    "shift": ("fine", None),
    "duplicates": ("fine", None),
    "gone": ("fine", None),
}
"""Faults of a site that answers: the state, and a code that its detail names."""
NOBODY: dict[str, tuple[str, Ended]] = {
    "dns": ("http://no-such-host.invalid", ("unreachable", "dns")),
    "tls": ("https://{none}", ("unreachable", "tls")),
    "refused": ("http://127.0.0.1:9", ("unreachable", "refused")),
}
"""Addresses where no site answers; ``{none}`` is one that speaks no TLS."""
SECOND: dict[str, Ended] = {
    "moved": ("unreachable", "refused"),
    "closed": ("empty list", "gone"),
    "hidden": ("blocked", "ruishu"),
    "gone": ("fine", None),
    "shift": ("fine", None),
    "none": ("fine", None),
}
"""The second visit: a server that went away, a site that answers 404 to everything, one behind a challenge."""
FIRST = {**STATES, **{name: ended for name, (_, ended) in NOBODY.items()}, **dict.fromkeys(SECOND, ("fine", None))}
FEW = {"slow": 1}
"""How many entries a site has whose every page takes the time-out."""


def sim_of(fault: str) -> Any:
    sim = make("node_content", *({fault} & STATES.keys() - {"none"}))
    entries = sim.content.entry[: FEW.get(fault)]
    sim.content = msgspec.structs.replace(sim.content, id=f"sim-{fault}", entry=entries)
    return sim


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, Any]]]:
    """The data folder after two runs, and the report after the first."""
    folder = tmp_path_factory.mktemp("faults")
    sites, data = folder / "sites", folder / "data"
    with ExitStack() as stack:
        servers = {fault: stack.enter_context(Server(sim_of(fault))) for fault in {**STATES, **SECOND}}
        for server in servers.values():
            server.write_site_file(sites)
        for name, (address, _) in NOBODY.items():
            base = address.format(none=servers["none"].base.removeprefix("http://"))
            (sites / f"sim-{name}.toml").write_text(sim_of(name).site_file(base))
        run(data, sites, *FIRST)
        first = report(data, sites)
        servers["moved"].__exit__()
        servers["closed"].sim.faults = {"404"}
        servers["hidden"].sim.faults = {"412"}
        servers["gone"].sim.visit = 2
        run(data, sites, *SECOND)
    return data, first


def run(data: Path, sites: Path, *names: str) -> None:
    ended = crawl(data, sites, *(f"sim-{name}" for name in names), full=True)
    assert ended == (0, "", "")


def report(data: Path, sites: Path) -> dict[str, dict[str, Any]]:
    """What ``proposals report`` says of each site."""
    said = proposals(data, sites, "report", "--json")
    assert said.status == 2, said.stderr
    return {site["site"]: site for site in json.loads(said.stdout)["sites"]}


@pytest.mark.parametrize("fault", FIRST)
def test_every_fault_ends_in_its_own_state(runs: tuple[Path, Any], fault: str) -> None:
    sql = "SELECT state, detail FROM site_runs WHERE site = ? AND run = 1"
    state, detail = query(runs[0], sql, f"sim-{fault}")[0]
    expected, code = FIRST[fault]
    assert state == expected, detail
    assert code is None or re.search(rf"\b{code}\b", detail or ""), detail


@pytest.mark.parametrize("fault", FIRST)
def test_the_report_says_so(runs: tuple[Path, Any], fault: str) -> None:
    said = runs[1][f"sim-{fault}"]
    expected, code = FIRST[fault]
    assert said["state"] == expected
    if expected == "fine":
        assert said["needs"] == []
    elif expected != "parsed with problems":
        assert code is None or code in " ".join(said["needs"])


@pytest.mark.parametrize("fault", [fault for fault in FIRST if FIRST[fault][0] == "unreachable" and "robots" in fault])
def test_a_site_whose_rules_cannot_be_had_is_left_alone(runs: tuple[Path, Any], fault: str) -> None:
    asked = query(runs[0], "SELECT DISTINCT url FROM captures WHERE site = ?", f"sim-{fault}")
    assert all(url.endswith("/robots.txt") for (url,) in asked)


READABLE = [fault for fault, (state, _) in FIRST.items() if state in ("fine", "parsed with problems")]


@pytest.mark.parametrize("fault", READABLE)
def test_a_readable_site_is_read_whole(runs: tuple[Path, Any], fault: str) -> None:
    sql = "SELECT count(*) FROM records WHERE site = ? AND type = 'reply'"
    read = query(runs[0], sql, f"sim-{fault}", file="store.db")[0][0]
    assert read == 12 + (fault == "shift")  # the new entry, seen by the second run


@pytest.mark.parametrize("fault", SECOND)
def test_what_vanished_is_no_proof(runs: tuple[Path, Any], fault: str) -> None:
    sql = "SELECT state, detail FROM site_runs WHERE site = ? AND run = 2"
    state, detail = query(runs[0], sql, f"sim-{fault}")[0]
    expected, code = SECOND[fault]
    assert state == expected, detail
    assert code is None or code in (detail or "")
    sql = "SELECT state, count(*) FROM records WHERE site = ? GROUP BY state"
    assert query(runs[0], sql, f"sim-{fault}", file="store.db") == [("present", 12 + (fault == "shift"))]


@pytest.mark.parametrize("fault", ["429", "429-at-once", "503-at-once"])
def test_a_site_that_asks_for_quiet_without_end_is_left(runs: tuple[Path, Any], fault: str) -> None:
    sql = "SELECT requests, problems FROM site_runs WHERE site = ? AND run = 1"
    requests, problems = query(runs[0], sql, f"sim-{fault}")[0]
    assert requests <= 4  # robots.txt, and a list three times
    assert problems == 1


def test_nothing_leaves_the_sites_hosts(runs: tuple[Path, Any]) -> None:
    urls = {row[0] for row in query(runs[0], "SELECT url FROM captures")}
    assert urls
    assert not [url for url in urls if ":1/" in url.partition("?")[0] or "casino" in url or "passwd" in url]
