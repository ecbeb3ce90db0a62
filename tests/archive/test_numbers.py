"""The number ledger and the totals of yearly summaries: cases as data in numbers.toml and totals.toml."""

from __future__ import annotations

import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from archive import matters, numbers, reconcile

HERE = Path(__file__).parent
NUMBERS = tomllib.loads((HERE / "numbers.toml").read_text("utf-8"))["case"]
TOTALS = tomllib.loads((HERE / "totals.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", NUMBERS, ids=lambda case: case["name"])
def test_gaps_are_missing_where_numbers_are_dense(case: dict[str, Any]):
    found = numbers.ledger([(number, row, "present") for row, number in enumerate(case["there"])])
    assert [entry.number.printed for entry in found if entry.state == "missing"] == case["missing"]
    assert {entry.number.printed for entry in found if entry.state == "present"} == set(case["there"])


@given(st.sets(st.integers(1, 400), max_size=60))
def test_numbers_are_there_or_missing_and_never_both(there: set[int]):
    found = numbers.ledger([(str(number), number, "present") for number in sorted(there)])
    states = {int(entry.number.printed): entry.state for entry in found}
    assert len(states) == len(found)
    assert {number for number, state in states.items() if state == "present"} == there
    missing = [number for number, state in states.items() if state == "missing"]
    assert all(number < max(there) for number in missing)
    assert len(missing) <= len(there)


@pytest.fixture
def archive() -> sqlite3.Connection:
    """Two sites of one place; the first shows 1 to 7 without 3 and 6, and the second 3."""
    database = samples.empty(Path(":memory:"))
    samples.insert(database, "divisions", code="990100", name="云溪市", province="云溪")
    for site in ("yunxi", "water"):
        samples.insert(database, "sites", id=site, name=site, division="990100", state="fine")
    for number in (1, 2, 4, 5, 7):
        state = "withdrawn" if number == 5 else "present"
        samples.proposal(database, number, state=state, category="A1" if number > 3 else "B", year=2025)
    samples.proposal(database, 3, site="water", id="water-3", category="A", year=2025)
    for number in (1, 2, 3, 4, 5, 7):
        samples.insert(database, "proposal_numbers", proposal=number, position=0, number=str(number))
    samples.insert(database, "proposal_numbers", proposal=7, position=1, number="8")
    samples.insert(database, "departments", id=1, name="云溪市水务局", division="990100")
    samples.insert(
        database, "proposal_departments", proposal=3, department=1, role="host", position=0, printed="水务局"
    )
    return database


def test_the_ledger_says_why(archive: sqlite3.Connection):
    for _ in range(2):
        numbers.step(archive)
    rows = archive.execute("SELECT number, proposal, state, reason FROM numbers WHERE site = 'yunxi' ORDER BY id")
    assert rows.fetchall() == [
        ("1", 1, "present", None),
        ("2", 2, "present", None),
        ("3", None, "missing", "同地其他站点已收录"),
        ("4", 4, "present", None),
        ("5", 5, "withdrawn", "原站点已撤下"),
        ("6", None, "missing", None),
        ("7", 7, "present", None),
        ("8", 7, "present", None),
    ]


@pytest.mark.parametrize("case", TOTALS, ids=lambda case: case["name"])
def test_totals_are_read(case: dict[str, Any]):
    found = reconcile.read(case["title"], case["text"])
    totals = [[total.kind or "", total.category or "", total.total] for total in found.totals]
    assert sorted(totals) == sorted(case["totals"])
    assert (found.year, found.term, found.session) == (case.get("year"), case.get("term"), case.get("session"))
    assert found.organ == case.get("organ")
    assert all(total.quote in case["text"] and str(total.quote) for total in found.totals)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "2025年云溪市政协提案办理情况",
            "共办理提案9件，A类5件，B类4件。",
            [(None, "place", 9, 6), ("A", "place", 5, 4), ("B", "place", 4, 2)],
        ),
        ("云溪市水务局2025年提案办理情况", "我局共承办提案2件。", [(None, "organ", 2, 1)]),
        ("政协提案办理情况", "市政协十六届四次会议以来，共办理提案9件。", [(None, "place", 9, 6)]),
        ("政协提案办理情况", "市政协十六届三次会议以来，共办理提案9件。", [(None, "place", 9, 0)]),
        ("政协提案办理情况", "共办理提案9件。", [(None, "place", 9, None)]),
    ],
)
def test_totals_are_held_against_the_archive(archive: sqlite3.Connection, title: str, text: str, expected: list[Any]):
    samples.insert(
        archive, "documents", id=1, type="summary", title=title, text=text, site="yunxi", url="https://a.example"
    )
    matters.step(archive)
    for _ in range(2):
        reconcile.step(archive)
    rows = archive.execute("SELECT class, scope, total, held FROM summaries WHERE kind = 'proposal' ORDER BY id")
    assert rows.fetchall() == expected
