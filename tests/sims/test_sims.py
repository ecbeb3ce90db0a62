"""The imitation sites are what they say: every entry listed and served, every fault switched by its name."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from crawler.families import family
from crawler.fetch import Fetcher
from crawler.site import parse_site
from parsers.record import Page
from tests.sims.catalogue import SIMS, make
from tests.sims.faults import FAULTS
from tests.sims.server import Server


def fetch(url: str, headers: dict[str, str] | None = None) -> Page:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=5) as response:
        found = {name.lower(): value for name, value in response.headers.items()}
        return Page(source=url, body=response.read(), url=url, headers=found)


def walk(server: Server) -> list[str]:
    """The addresses of all entries of a sim's column and of the columns below it."""
    site = parse_site(server.sim.site_file(server.base), server.sim.id, "sim")
    walker, fetcher = family(site.family), Fetcher("tests", delay=0, allow_private=True)
    waiting, urls = [site.columns[0].url or ""], []
    while waiting:
        request = walker.first(waiting.pop(), site.options)
        while request:
            listed = walker.read(request, fetcher(request), site.options)
            urls += [link.url for link in listed.links]
            waiting += [column.url for column in listed.columns]
            request = listed.following
    return urls


@pytest.mark.parametrize("name", SIMS)
@pytest.mark.parametrize("fault", [(), ("gbk",)], ids=["utf-8", "gbk"])
def test_the_family_walks_the_whole_list(name: str, fault: tuple[str, ...]) -> None:
    with Server(make(name, *fault)) as server:
        urls = walk(server)
        assert len(urls) == len(set(urls)) == len(server.sim.expected())
        assert all(fetch(url).body for url in urls)
        assert all(server.sim.is_detail(ask) for ask in server.sim.requests[-len(urls) :])


@pytest.mark.parametrize("fault", ["412", "202", "521", "403", "500"])
def test_a_status_fault_answers_with_its_status(fault: str) -> None:
    with Server(make("node_content", fault)) as server:
        try:
            status = urllib.request.urlopen(server.base + server.sim.column(), timeout=5).status
        except urllib.error.HTTPError as error:
            status = error.code
        assert status == int(fault)
        assert urllib.request.urlopen(server.base + "/robots.txt", timeout=5).status == 200


def test_an_unknown_fault_is_refused() -> None:
    from tests.sims.faults import apply
    from tests.sims.sim import Answer, Ask

    with pytest.raises(ValueError, match="no such fault: 413"):
        apply(make("node_content", "413"), Ask.of("GET", "/", {}), Answer())
    assert "412" in FAULTS


def test_unchanged_pages_answer_304() -> None:
    with Server(make("node_content")) as server:
        etag = fetch(server.base + "/robots.txt").headers["etag"]
        with pytest.raises(urllib.error.HTTPError, match="304"):
            fetch(server.base + "/robots.txt", {"If-None-Match": etag})
