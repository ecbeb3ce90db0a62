"""The fetcher of probing and checking: polite, bounded, and each failure one line that names the address."""

from __future__ import annotations

import time

import pytest

from crawler import fetch
from crawler.errors import CrawlError
from crawler.families import ListRequest
from crawler.fetch import Fetcher, contact_of
from tests.sims import faults
from tests.sims.catalogue import make
from tests.sims.server import Server
from tests.sims.sim import Answer, Ask, Sim


def fetcher(**options: bool | float) -> Fetcher:
    return Fetcher("https://archive.example/contact", **{"delay": 0, "allow_private": True, **options})  # type: ignore[arg-type]


def detail(server: Server) -> str:
    return f"{server.base}/xxgk/jytabl/202506/t20250601_4101.html"


def test_a_page_with_its_address_and_headers() -> None:
    with Server(make("trs")) as server:
        page = fetcher()(server.base + "/xxgk/jytabl/")
        assert "建议提案办理" in page.body.decode()
        assert page.url == server.base + "/xxgk/jytabl/"
        assert page.headers["content-type"].startswith("text/html")
        asked = server.sim.requests
        assert [ask.path for ask in asked] == ["/robots.txt", "/xxgk/jytabl/"]
        assert "archive.example/contact" in asked[1].headers["user-agent"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("412", "answered 412, a challenge or a block"),
        ("521", "answered 521, a challenge or a block"),
        ("403", "answered 403, a challenge or a block"),
        ("500", "answered 500, no page"),
        ("robots", "robots.txt disallows it"),
        ("robots-503", "robots.txt: answered 503; without its robots.txt a site is left alone"),
        ("robots-cut", "ended in the middle|IncompleteRead"),
        ("robots-circle", "robots.txt: answered 302; without its robots.txt"),
        ("cut", "ended in the middle|IncompleteRead"),
        ("redirect-loop", "more than 5 redirects"),
        ("gzip-bomb", "unpacks to more than 8 MB"),
    ],
)
def test_failures_say_what_happened(fault: str, said: str) -> None:
    with Server(make("trs", fault)) as server, pytest.raises(CrawlError) as raised:
        fetcher()(detail(server))
    assert any(part in str(raised.value) for part in said.split("|")), raised.value
    assert str(raised.value).startswith(server.base)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("fault", ["robots-404", "robots-521", "redirect-to-twin"])
def test_what_is_no_failure(fault: str) -> None:
    with Server(make("trs", fault)) as server:
        assert fetcher()(detail(server)).body


@pytest.mark.parametrize("target", ["http://[bad/", "http://127.0.0.1:99999/", f"http://{'a' * 64}.example/", "//["])
@pytest.mark.parametrize("redirected", ["/robots.txt", "/a.html"])
def test_a_redirect_to_no_address(target: str, redirected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(sim: Sim, ask: Ask, answer: Answer) -> Answer:
        return Answer(status=302, headers=[("Location", target)]) if ask.path == redirected else answer

    monkeypatch.setitem(faults.FAULTS, "away", away)
    with Server(make("trs", "away")) as server:
        for url in (server.base + redirected, target):
            with pytest.raises(CrawlError, match=r"no address|host name") as raised:
                fetcher()(url)
            assert "\n" not in str(raised.value)


def test_private_addresses_are_refused() -> None:
    with Server(make("trs")) as server:
        with pytest.raises(CrawlError, match="private address 127"):
            fetcher(allow_private=False)(server.base)
        assert server.sim.requests == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/", "http:///x", "javascript:1"])
def test_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(CrawlError, match="only http and https"):
        fetcher()(url)


def test_nobody_there() -> None:
    with Server(make("trs")) as server:
        base = server.base
    with pytest.raises(CrawlError, match="ConnectionRefused"):
        fetcher()(base + "/")
    with pytest.raises(CrawlError, match="does not resolve"):
        fetcher()("http://no-such-host.invalid/")


def test_slow_answers_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT", 0.1)
    with Server(make("trs", "slow")) as server, pytest.raises(CrawlError, match=r"no answer|still sending"):
        fetcher()(detail(server))


def test_the_delay_between_requests_is_kept() -> None:
    with Server(make("trs")) as server:
        polite = fetcher(delay=0.2)
        start = time.monotonic()
        polite(server.base + "/")
        polite(server.base + "/xxgk/jytabl/")
        assert time.monotonic() - start >= 0.4


def test_the_number_of_requests_is_bounded() -> None:
    with Server(make("trs")) as server:
        bounded = fetcher(most=2)
        bounded(server.base + "/")
        with pytest.raises(CrawlError, match="request limit"):
            bounded(server.base + "/xxgk/jytabl/")


def test_a_form_is_posted() -> None:
    with Server(make("jian")) as server:
        request = ListRequest(server.base + "/api-ajax_list-1.html", "POST", {}, "ajax_type%5B%5D=49_xxgk")
        assert fetcher()(request).body == b'{"data": []}'


def test_a_contact_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROPOSALS_CONTACT", raising=False)
    with pytest.raises(CrawlError, match="PROPOSALS_CONTACT"):
        contact_of()
    monkeypatch.setenv("PROPOSALS_CONTACT", "mailto:a@archive.example")
    assert contact_of() == "mailto:a@archive.example"
