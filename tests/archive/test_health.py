"""The report says what needs a person, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from fictional import SITE, page, record
from samples import sample

from archive.cli import proposals
from archive.health import examine
from archive.measures import Measures, Readings, put
from archive.store import Store
from crawler.conclusion import Numbers
from parsers.record import Problem


def run(data: Path, *arguments: str):
    return CliRunner().invoke(proposals, ["report", "--data", str(data), *arguments])


def days_ago(days: int) -> str:
    """A night of the last weeks, as runs write their start."""
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT02:30:00Z")


@pytest.mark.parametrize("state", ["blocked", "unreachable", "empty list", "listed but nothing parsed"])
def test_a_broken_site_needs_a_person(tmp_path: Path, state: str):
    with Store.open(tmp_path) as store:
        store.put_sites([SITE])
        store.put_crawl("qinghe", days_ago(1), state, detail="看这里")
    for form in ("table", "json", "markdown"):
        result = run(tmp_path, "--format", form)
        assert result.exit_code == 2
        assert "看这里" in result.output
    assert json.loads((tmp_path / "health.json").read_text("utf-8"))["sites"][0]["state"] == state


def test_a_run_is_held_against_the_sites_own_history(tmp_path: Path):
    usual = Measures(lists=1, lists_whole=1, listed=50, known=50)
    with Store.open(tmp_path) as store:
        store.put_sites([SITE])
        for day in range(1, 7):
            started = days_ago(7 - day)
            store.put_crawl("qinghe", started, "fine", requests=100)
            put(store, "qinghe", started, usual if day < 6 else msgspec.structs.replace(usual, listed=5))
            if day == 5:
                assert run(tmp_path).exit_code == 0
    assert "lists hold 5 entries where 50 are usual" in run(tmp_path, "--markdown").output
    site = json.loads((tmp_path / "health.json").read_text("utf-8"))["sites"][0]
    assert (site["since"], site["measures"]["listed"]) == (days_ago(6), 5)


def test_a_run_is_counted_by_what_was_read(tmp_path: Path):
    with Store.open(tmp_path) as store:
        store.add_pages([page(record(layout="old"))])
        readings = Readings.of(store, "qinghe")
    reply = record(
        layout="new", number=None, numbers=(), host_departments=(), problems=(Problem("unknown-label", "x"),)
    )
    blank = page(record(type="unrecognised"))
    readings.add([page(reply), page(record(layout="old")), page(record(layout="new", type="document")), page(), blank])
    crawled = Numbers(
        lists=1, lists_failed=0, lists_whole=1, newest=None, known=9, vanished=0, unread=1, challenged=0, seconds=0.5
    )
    found = readings.of_run(crawled, listed=9)
    assert (found.listed, found.seconds, found.unread, found.pages, found.answers) == (9, 0.5, 2, 3, 2)
    assert (found.filled, found.new_layouts, found.unknown_labels) == (0.833, 2, 1)


def test_unknown_labels_and_unreadable_layouts_ask_for_a_person_while_they_are_new(tmp_path: Path):
    with Store.open(tmp_path) as store:
        store.add_pages([page(record(problems=(Problem("unknown-label", "编码"),)))])
        store.add_pages([page(record(type="unrecognised", number=None), url="https://www.qinghe.example/x")])
    fresh = examine(tmp_path, datetime(2025, 6, 5, tzinfo=UTC))
    assert fresh.needs_person
    assert fresh.unknown_labels[0].name == "编码"
    assert (fresh.layouts[0].count, fresh.layouts[0].example) == (1, "https://www.qinghe.example/x")
    old = examine(tmp_path, datetime(2025, 6, 20, tzinfo=UTC))
    assert not old.needs_person
    assert [count.name for count in old.unknown_labels] == ["编码"]


def test_missing_numbers_are_listed_by_session(tmp_path: Path):
    Store.open(tmp_path).close()
    (tmp_path / "public").mkdir()
    sample(tmp_path / "public" / "archive.db")
    (gap,) = examine(tmp_path).missing
    assert (gap.site, gap.kind, gap.term, gap.session) == ("yunxi", "proposal", 16, 4)
    assert (gap.known, gap.missing, gap.first) == (2, 1, "9")
    assert "Missing numbers" in run(tmp_path, "--markdown").output
