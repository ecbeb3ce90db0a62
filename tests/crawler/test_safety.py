"""What may be fetched: the site's own hosts by http and https, never a private address unless the file says so."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from twisted.internet.error import DNSLookupError

from crawler.blocks import Refused
from crawler.middlewares import SafetyMiddleware, is_private
from crawler.process import settings_for
from crawler.resolver import PublicResolver
from crawler.site import Site
from parsers.urls import canonical
from tests.crawler.driver import crawl, query
from tests.sims.catalogue import make
from tests.sims.server import Server

SITE = Site(name="柳泉市人民政府", family="trs", hosts=("www.liuquan.example", "zfxx.liuquan.example:8080"))
FOREIGN = [
    "http://liuquan.example/",
    "http://www.liuquan.example.casino.example/",
    "http://www.liuquan.example@casino.example/",
    "http://www.liuquan.example:80@casino.example/",
    "http://www.liuquan.example\\@casino.example/",
    "http://casino.example\\www.liuquan.example/",
    "http://casino.example#www.liuquan.example/",
    "http://casino.example?www.liuquan.example/",
    "http://www.liuquan.example./",
    "http://zfxx.liuquan.example/",
    "http://zfxx.liuquan.example:80/",
    "http://www。liuquan。example/",
    "http://www.liuquan.example:99999/",
    "http://[www.liuquan.example/",
    "//www.liuquan.example/",
    "ftp://www.liuquan.example/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/html,x",
    "",
]
OWN = [
    "http://www.liuquan.example/a",
    "HTTPS://WWW.LIUQUAN.EXAMPLE/a",
    "http://x@www.liuquan.example/",
    "http://zfxx.liuquan.example:8080/",
]
PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "198.18.0.1"),
    *("[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]"),
    *("localhost", "db.localhost", "printer.local", "metadata.internal"),
]
DISGUISED = ["127.1", "2130706433", "0x7f000001", "0177.0.0.1"]
"""Names that no rule knows for addresses, and the system's resolver does."""


@pytest.mark.parametrize("url", FOREIGN)
def test_an_address_elsewhere_is_not_the_sites(url: str) -> None:
    assert not SITE.owns(url)


@pytest.mark.parametrize("url", OWN)
def test_an_address_of_the_site_is(url: str) -> None:
    assert SITE.owns(url)


def refusal(url: str, site: Site = SITE, **meta: Any) -> str | None:
    """The code with which a request is refused."""
    middleware = SafetyMiddleware(SimpleNamespace(spider=SimpleNamespace(site=site)))  # type: ignore[arg-type]
    try:
        middleware.process_request(Request(url, meta=meta))
    except Refused as error:
        return error.code
    return None


def test_requests_and_redirects_are_looked_at() -> None:
    own = "http://www.liuquan.example/a"
    assert refusal(own) is None
    assert refusal("http://casino.example/") == "refused-request"
    assert refusal("http://casino.example/", redirect_urls=[own]) == "redirect-away"
    assert refusal(own, redirect_urls=[own]) == "redirect-loop"
    assert refusal(own, redirect_urls=[own, "https://www.liuquan.example/a"]) == "redirect-loop"
    assert refusal("https://liuquan.example/a?version=2", redirect_urls=[own]) == "redirect-away"
    assert refusal(own + "?" + "a" * 2000) == "refused-request"
    assert refusal("http://169.254.169.254/latest/meta-data/", redirect_urls=[own]) == "private-address"


TWINS = [
    ["http://www.liuquan.example/a", "https://www.liuquan.example/a"],
    ["http://liuquan.example/a", "http://www.liuquan.example/a"],
    ["http://www.liuquan.example/mpost_12.html", "http://www.liuquan.example/post_12.html"],
    ["http://www.liuquan.example/a?version=2", "http://www.liuquan.example/a"],
]
"""Addresses with one canonical form, of which a server redirects the one to the other."""


@pytest.mark.parametrize(("one", "other"), [*TWINS, *(twins[::-1] for twins in TWINS)])
def test_a_redirect_to_the_twin_of_an_address_is_no_loop(one: str, other: str) -> None:
    site = Site(name="x", family="trs", hosts=("liuquan.example", "www.liuquan.example"))
    assert canonical(one) == canonical(other)
    assert refusal(other, site, redirect_urls=[one]) is None
    assert refusal(one, site, redirect_urls=[one, other]) == "redirect-loop"


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_host_is_refused_though_the_file_names_it(host: str) -> None:
    assert is_private(host.strip("[]"))
    hosts = (host.strip("[]"),)
    assert refusal(f"http://{host}/", Site(name="x", family="trs", hosts=hosts)) == "private-address"
    assert refusal(f"http://{host}/", Site(name="x", family="trs", hosts=hosts, allow_private=True)) is None


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "www.liuquan.example"])
def test_a_public_host_is_not_private(address: str) -> None:
    assert not is_private(address)


def test_a_public_name_may_not_lead_to_a_private_address() -> None:
    resolver = PublicResolver.__new__(PublicResolver)
    resolver.allowed = frozenset({"sim.example"})
    assert resolver._check("8.8.8.8", "www.liuquan.example") == "8.8.8.8"
    assert resolver._check("127.0.0.1", "sim.example") == "127.0.0.1"
    with pytest.raises(DNSLookupError, match=r"www\.liuquan\.example resolves to the private address 10\.0\.0\.1"):
        resolver._check("10.0.0.1", "www.liuquan.example")


@pytest.mark.parametrize("hosts", [["localhost", "private-address"], *([host, "dns"] for host in DISGUISED)])
def test_no_name_for_this_machine_reaches_it(tmp_path: Path, hosts: list[str]) -> None:
    name, code = hosts
    with Server(make("trs")) as server:
        path = server.write_site_file(tmp_path / "sites")
        path.write_text(path.read_text().replace("127.0.0.1", name).replace("allow_private = true\n", ""))
        quick = {"PROPOSALS_CONTACT": "tests", "PROPOSALS_RETRIES": 0}
        assert crawl(tmp_path / "data", tmp_path / "sites", server.sim.id, settings=quick) == (0, "", "")
        assert server.sim.requests == []
    state, detail = query(tmp_path / "data", "SELECT state, detail FROM site_runs")[0]
    assert state == "unreachable"
    assert code in detail


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@given(host=st.lists(LABEL, min_size=2, max_size=4).map(".".join), path=st.text(max_size=40))
def test_no_path_leads_to_another_hosts_key(host: str, path: str) -> None:
    key = canonical(f"http://{host}/{path}")
    assert key.startswith(f"http://{host.removeprefix('www.')}/")


def test_the_user_agent_names_the_contact_that_the_command_was_given() -> None:
    assert "contact: a@archive.example)" in settings_for(PROPOSALS_CONTACT="a@archive.example")["USER_AGENT"]
