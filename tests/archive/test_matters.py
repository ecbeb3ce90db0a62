"""What is one matter and what is not, as data in matters.toml; and what must hold of any records."""

from __future__ import annotations

import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import pytest
import samples
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import matters

DATA = tomllib.loads(Path(__file__).with_name("matters.toml").read_text("utf-8"))
DIVISIONS = {"990000": "北岭省", "990100": "青禾市", "990102": "云溪区", "990200": "柳江市"}
SITES = {"city": "990100", "bureau": "990100", "district": "990102", "other": "990200", "none": None}
TEXTS = {"long": "步道已经列入计划，今年开工。" * 30}
TEXTS["long,"] = TEXTS["long"].replace("，", ",").replace("。", "\n")


def archive_of(records: list[dict[str, Any]]) -> sqlite3.Connection:
    """An archive in memory with these records, rowids from 1."""
    database = samples.empty(Path(":memory:"))
    for code, name in DIVISIONS.items():
        samples.insert(database, "divisions", code=code, name=name, province="北岭")
    for site in [name for name in SITES if name != "none"]:
        samples.insert(database, "sites", id=site, name=site, division=SITES[site], state="fine")
    for rowid, given_ in enumerate(records, 1):
        add(database, rowid, DATA["base"] | given_)
    return database


def add(database: sqlite3.Connection, rowid: int, record: dict[str, Any]) -> None:
    said = {name: value if value != "" else None for name, value in record.items()}
    site, proposer, reply = said.pop("site"), said.pop("proposer"), said.pop("reply", None)
    numbers = said.pop("numbers", [said["number"]])
    where = {"site": None if site == "none" else site, "division": SITES[site], "place": None, "title": f"第{rowid}页"}
    date = {"date": said["year"] and f"{said['year']}-06-0{rowid % 9 + 1}"}
    text = TEXTS.get(reply, reply or f"答复{rowid}")
    samples.proposal(database, rowid, **(where | date | said | {"number": numbers[0], "reply_text": text}))
    for position, number in enumerate(numbers):
        if number:
            samples.insert(database, "proposal_numbers", proposal=rowid, position=position, number=number)
    if proposer:
        database.execute("INSERT OR IGNORE INTO people (name, division) VALUES (?, '990100')", (proposer,))
        [person] = database.execute("SELECT id FROM people WHERE name = ?", (proposer,)).fetchone()
        samples.insert(
            database, "proposal_people", proposal=rowid, person=person, role="lead", position=0, printed=proposer
        )


def grouped(database: sqlite3.Connection) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for rowid, matter in database.execute("SELECT rowid, matter FROM proposals ORDER BY rowid"):
        found.setdefault(matter, []).append(rowid - 1)
    return list(found.values())


@pytest.mark.parametrize("case", DATA["case"], ids=lambda case: case["name"])
def test_a_matter_holds_one_suggestion(case: dict[str, Any]):
    database = archive_of(case["records"])
    matters.step(database)
    assert grouped(database) == case["matters"]
    if "reasons" in case:
        reasons = [reason for (reason,) in database.execute("SELECT matter_reason FROM proposals ORDER BY rowid")]
        assert reasons == case["reasons"]


def test_a_record_alone_is_a_matter_without_a_reason():
    database = archive_of([{}])
    matters.step(database)
    assert database.execute("SELECT matter, matter_reason FROM proposals").fetchone() == (1, None)
    assert database.execute("SELECT id, title FROM matters").fetchall() == [(1, DATA["base"]["subject"])]


@pytest.mark.parametrize(
    ("original", "reply", "days"),
    [
        ("2025-01-10", "2025-06-01", 142),
        ("2025-06-01", "2025-06-01", 0),
        ("2025-06-02", "2025-06-01", None),
        ("2015-01-10", "2025-06-01", None),
        (None, "2025-06-01", None),
        ("2025-01-10", None, None),
    ],
)
def test_the_reply_clock_runs_from_the_original(original: str | None, reply: str | None, days: int | None):
    database = archive_of([{"date": original or "", "type": "original"}, {"date": reply or ""}])
    for _ in range(2):
        matters.step(database)
    assert [row[0] for row in database.execute("SELECT reply_days FROM proposals ORDER BY rowid")] == [None, days]


records = st.lists(
    st.fixed_dictionaries(
        {
            "site": st.sampled_from(list(SITES)),
            "kind": st.sampled_from(["suggestion", "proposal", ""]),
            "term": st.sampled_from([15, 16, ""]),
            "session": st.sampled_from([3, 4, ""]),
            "number": st.sampled_from(["98", "099", "99", ""]),
            "level": st.sampled_from(["市", "区", "省", ""]),
            "subject": st.sampled_from(
                ["关于建设河滨步道的建议", "关于建设河滨步道及路灯的建议", "关于校外培训的建议", ""]
            ),
            "proposer": st.sampled_from(["江小舟", "陆远", ""]),
            "year": st.sampled_from([2024, 2025, ""]),
            "type": st.sampled_from(["reply", "original"]),
            "reply": st.sampled_from(["long", "long,", "收悉"]),
        }
    ),
    max_size=12,
)


@given(records)
@settings(max_examples=60, deadline=None)
def test_no_matter_contradicts_itself_and_grouping_again_changes_nothing(given_: list[dict[str, Any]]):
    database = archive_of(given_)
    matters.step(database)
    once = database.execute("SELECT rowid, matter, matter_reason FROM proposals").fetchall()
    titles = database.execute("SELECT * FROM matters").fetchall()
    matters.step(database)
    assert database.execute("SELECT rowid, matter, matter_reason FROM proposals").fetchall() == once
    assert database.execute("SELECT * FROM matters").fetchall() == titles
    assert {matter for _, matter, _ in once} == {matter for matter, _ in titles}
    for members in grouped(database):
        for field in ("kind", "term", "session", "number"):
            said = {str(given_[member][field]).lstrip("0") for member in members} - {""}
            assert len(said) <= 1
        heads = [reason for row, _, reason in once if row - 1 in members and reason == matters.HEAD]
        assert len(heads) == (len(members) > 1)
