"""What the archive says after a site edited, took away or moved a page: through store, updates and published file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fictional import SITE, URL, page, record

from archive.publish import publish
from archive.settings import Removed, Settings
from archive.store import ListReading, Store
from parsers.record import Capture

ID = "qinghe-proposal-16-4-98"
LATER = "2025-07-01T00:00:00Z"
MOVED = "https://www.qinghe.example/2026/art/98.html"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with Store.open(tmp_path) as store:
        store.put_sites([SITE])
        store.add_pages([page(record())])
        others = (record(number=str(n), reply_text=f"第{n}封答复。") for n in range(20))
        store.add_pages(page(one, url=f"https://www.qinghe.example/o/{one.number}.html") for one in others)
    publish(tmp_path, Settings())
    return tmp_path


def rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / "public" / "archive.db")) as archive:
        return archive.execute(sql, {"id": ID} if ":id" in sql else {}).fetchall()


OF_IT = "proposal = (SELECT rowid FROM proposals WHERE id = :id)"


def test_an_edited_page_keeps_its_address_and_shows_what_changed(data: Path):
    with Store.open(data) as store:
        store.add_pages([page(record(category="B", status="已办结"), time=LATER)])
    publish(data, Settings())
    assert rows(data, "SELECT category, status, state FROM proposals WHERE id = :id") == [("B", "已办结", "present")]
    assert rows(data, f"SELECT seen, field, old, new FROM versions WHERE {OF_IT} ORDER BY field") == [
        (LATER, "category", "A", "B"),
        (LATER, "status", None, "已办结"),
    ]
    assert len(rows(data, f"SELECT 1 FROM captures WHERE {OF_IT}")) == 2


def test_a_vanished_page_stays_whole_and_says_so(data: Path):
    text = rows(data, f"SELECT reply_text FROM texts WHERE {OF_IT}")
    with Store.open(data) as store:
        absences = [ListReading("https://www.qinghe.example/list", run, LATER, True) for run in ("1", "2")]
        store.withdraw(Capture(URL, LATER, 404, "sha256:" + "0" * 64), absences)
    publish(data, Settings())
    assert rows(data, "SELECT state FROM proposals WHERE id = :id") == [("withdrawn",)]
    assert rows(data, f"SELECT reply_text FROM texts WHERE {OF_IT}") == text
    assert rows(data, f"SELECT count(*) FROM evidence WHERE {OF_IT}") == [(1,)]
    assert (404,) in rows(data, f"SELECT status FROM captures WHERE {OF_IT}")


def test_a_relaunched_site_keeps_ids_and_leads_to_the_new_addresses(data: Path):
    with Store.open(data) as store:
        store.add_pages([page(record(), url=MOVED, time=LATER)])
    publish(data, Settings())
    assert rows(data, "SELECT url, state FROM proposals WHERE id = :id") == [(MOVED, "present")]
    assert rows(data, "SELECT count(*) FROM proposals") == [(21,)]
    assert rows(data, f"SELECT count(*) FROM versions WHERE {OF_IT}") == [(0,)]
    assert {url for (url,) in rows(data, f"SELECT url FROM captures WHERE {OF_IT}")} == {URL, MOVED}


def test_a_renumbered_record_is_found_under_both_ids(data: Path):
    with Store.open(data) as store:
        store.add_pages([page(record(number="99", numbers=("99",)), time=LATER)])
    publish(data, Settings())
    assert rows(data, "SELECT old_id, new_id FROM redirects") == [(ID, "qinghe-proposal-16-4-99")]
    assert rows(data, "SELECT number FROM proposals WHERE id = 'qinghe-proposal-16-4-99'") == [("99",)]


def test_a_record_that_was_taken_down_is_a_tombstone_in_every_byte(data: Path):
    with Store.open(data) as store:
        store.add_pages([page(record(reply_text="江小舟委员:答复改过一次。"), time=LATER)])
    publish(data, Settings())
    publish(data, Settings(removed=Removed(ids=(ID,))))
    assert rows(data, "SELECT state, host, proposer FROM proposals WHERE id = :id") == [("withdrawn", None, None)]
    for table in ("evidence", "versions", "captures", "proposal_people", "proposal_departments", "citations"):
        assert rows(data, f"SELECT count(*) FROM {table} WHERE {OF_IT}") == [(0,)]
    content = (data / "public" / "archive.db").read_bytes().decode("utf-8", "replace")
    assert "答复改过一次" not in content
    assert "第3封答复" in content
