"""A URL alone gives a site file that walks the site with no edit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.families import family
from crawler.fetch import Fetcher
from crawler.probe import probe
from crawler.site import Site, parse_site
from tests.sims.catalogue import SIMS, make
from tests.sims.server import Server


def parse(page):
    return ()


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
        assert draft.sure >= 0.1
        assert [column.url for column in site.columns] == [server.base + server.sim.column()]
        met = set(entries(site, fetcher))
        assert len(met) == len(server.sim.expected())
        assert site.allow_private
        assert all(site.owns(url) for url in met)
