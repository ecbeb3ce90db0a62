"""A second crawl of an unchanged site asks for robots.txt and the head of each list, and for pages only when due."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.crawler.driver import query
from tests.crawler.recrawl import crawl, served, sims_of
from tests.sims.catalogue import SIMS

pytestmark = pytest.mark.long

HEADS = dict.fromkeys(("hanweb_jpaas", "ucap_service", "longxin_label", "gkmlpt", "jian", "szinf"), 2)
"""Sites whose list is a shell and a service ask for both; ``trs_years`` has a list for each year below its column."""
HEADS["trs_years"] = 3


@pytest.mark.parametrize("validates", [True, False], ids=["etag", "no etag"])
def test_an_unchanged_site_costs_its_first_list_pages(tmp_path: Path, validates: bool) -> None:
    sims = sims_of(list(SIMS), None, validates)
    with served(tmp_path, sims):
        crawl(tmp_path, sims)
        for name, asked in crawl(tmp_path, sims).items():
            paths = [ask.path for ask in asked]
            assert paths[0] == "/robots.txt", name
            assert len(paths) == 1 + HEADS.get(name, 1), (name, paths)
            assert not any(sims[name].is_detail(ask) for ask in asked), name


def test_its_size_does_not_matter_and_pages_are_asked_for_when_due(tmp_path: Path) -> None:
    sims, data = sims_of(["vsb"], 60, True), tmp_path / "data"
    with served(tmp_path, sims):
        assert len(crawl(tmp_path, sims)["vsb"]) > 60
        assert query(data, "SELECT count(*) FROM records", file="store.db") == [(60,)]
        assert len(crawl(tmp_path, sims)["vsb"]) == 2
        with closing(sqlite3.connect(data / "ledger.db")) as db, db:
            db.execute("UPDATE pages SET due = 0 WHERE id IN (SELECT id FROM pages ORDER BY id LIMIT 3)")
        details = [ask for ask in crawl(tmp_path, sims)["vsb"] if sims["vsb"].is_detail(ask)]
    assert len(details) == 3
    assert all(ask.headers["if-none-match"] for ask in details)
    assert query(data, "SELECT min(interval), max(interval), count(*) FROM pages WHERE interval > 30") == [(60, 60, 3)]
