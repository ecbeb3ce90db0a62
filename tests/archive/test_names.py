"""Names of departments and people: one name for every way to print it, and no further than that."""

from __future__ import annotations

import sqlite3
import tomllib
from pathlib import Path

import pytest
from fictional import SITE, page, record
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import departments, people, places
from archive.places import Place
from archive.publish import publish
from archive.search import escape_fts
from archive.settings import Settings
from archive.store import Store

CASES = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))
PROVINCE = Place("990000", "北岭省")
CITY = Place("990100", "青禾市", (PROVINCE,))
ALONE = places.place("990303", "柳江市市中区")
PLACES = {"青禾市": CITY, "云溪区": Place("990102", "云溪区", (CITY, PROVINCE)), "柳江市市中区": ALONE, "": None}


def cases(kind: str) -> list[tuple[str, dict]]:
    return [(printed, case) for case in CASES[kind] for printed in case["printed"]]


@pytest.mark.parametrize(("printed", "case"), cases("department"))
def test_a_department_has_one_name(printed: str, case: dict):
    assert departments.normal(printed, PLACES[case["place"]]).name == case["name"]


@pytest.mark.parametrize(("printed", "case"), cases("person"))
def test_a_proposer_has_one_name(printed: str, case: dict):
    assert people.normal(printed, PLACES[case["place"]]) == people.Proposer(case["name"], case["type"])


@pytest.mark.parametrize("case", CASES["validity"], ids=lambda case: case["name"])
def test_a_name_is_valid_as_the_reforms_say(case: dict):
    expected = departments.Validity(case.get("start"), case.get("end"), tuple(case.get("successors", ())))
    assert departments.validity(case["name"]) == expected


@pytest.mark.parametrize(
    ("site", "level", "printed", "expected"),
    [
        ("990102", "区", None, "990102"),
        ("990102", "区", "云溪区", "990102"),
        ("990102", "市", None, "990100"),
        ("990102", "市", "青禾市", "990100"),
        ("990102", "省", None, "990000"),
        ("990102", "省", "北岭省", "990000"),
        ("990100", "市", None, "990100"),
        ("990100", None, None, "990100"),
        ("990100", "区", "云溪区", "990102"),
        ("990100", "区", None, None),
        ("990100", "县", "远山县", "9901:远山县"),
        ("990303", "区", "市中区", "990303"),
        ("990303", "区", "柳江市市中区", "990303"),
        ("990303", "市", None, "990300"),
        ("990303", "市", "柳江市", "990300"),
        ("990303", "全国", None, "全国"),
        (None, "市", "青禾市", None),
        (None, "全国", None, "全国"),
    ],
)
def test_the_place_that_met(site: str | None, level: str | None, printed: str | None, expected: str | None):
    known = {place.code: place for place in (PROVINCE, *PLACES.values()) if place}
    assert places.meeting_place(level, printed, known.get(site or ""), known) == expected


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("柳江市市中区", "市中区"),
        ("青禾市", "青禾市"),
        ("津市市", "津市市"),
        ("沙市区", "沙市区"),
        ("远州远市", "远市"),
    ],
)
def test_a_place_by_its_own_name(name: str, own: str):
    assert places.place("990303", name).name == own


def test_an_organ_of_the_city_above_belongs_to_the_city():
    assert departments.normal("市教育局", PLACES["云溪区"]).division == "990100"
    assert departments.normal("区教育局", PLACES["云溪区"]).division == "990102"


pieces = st.sampled_from([*departments.names(), "", "园林局", "柳桥镇", "某某街道办", "国网供电公司", "市场", "区"])
openings = st.sampled_from(["", "市", "区", "县", "省", "青禾市", "云溪区", "青禾市云溪区", "中共青禾", "远山县"])


@given(openings, pieces, st.sampled_from(list(PLACES.values())))
@settings(max_examples=300, deadline=None)
def test_a_normalised_department_is_normal(before: str, organ: str, place: Place | None):
    once = departments.normal(before + organ, place)
    assert departments.normal(once.name, place).name == once.name


@given(
    st.text("江舟李明等代表委员12人、 ·*界别民革市会", min_size=1, max_size=9), st.sampled_from(list(PLACES.values()))
)
@settings(max_examples=300, deadline=None)
def test_a_name_is_never_lost(printed: str, place: Place | None):
    assert people.normal(printed, place).name or not printed.strip()


def test_a_wrong_key_of_the_table_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    wrong = tmp_path / "departments.toml"
    wrong.write_text(departments.FILE.read_text("utf-8").replace('until = "2019-03"', 'till = "2019-03"'), "utf-8")
    monkeypatch.setattr(departments, "FILE", wrong)
    with pytest.raises(departments.DepartmentsError, match=r"departments.toml: .*`till`"):
        departments.known.__wrapped__()


def test_the_archive_keeps_the_printed_forms(tmp_path: Path):
    with Store.open(tmp_path) as store:
        store.put_sites([SITE])
        first = record(proposers=("江　舟", "民革市委会"), host_departments=("市环保局",), co_departments=("卫健委",))
        second = record(
            number="7", numbers=("7", "8"), proposers=("江舟代表",), host_departments=("市生态环境局",), signer="林 远"
        )
        store.add_pages([page(first), page(second, url=SITE["host"] + "/2")])
    publish(tmp_path, Settings())
    with sqlite3.connect(tmp_path / "public" / "archive.db") as archive:
        people_ = archive.execute(
            "SELECT name, type, role, printed FROM people JOIN proposal_people ON person = id"
        ).fetchall()
        organs = archive.execute(
            "SELECT d.name, d.valid_from, d.valid_to, s.name FROM departments d"
            " LEFT JOIN departments s ON s.id = d.successor ORDER BY d.name"
        )
        assert set(people_) == {
            ("林远", "person", "signer", "林 远"),
            ("林远", "person", "signer", "林远"),
            ("民革青禾市委员会", "body", "co-signer", "民革市委会"),
            ("江舟", "person", "lead", "江　舟"),
            ("江舟", "person", "lead", "江舟代表"),
        }
        assert archive.execute("SELECT count(*) FROM people").fetchone() == (3,)
        assert organs.fetchall() == [
            ("青禾市卫生健康委员会", "2018-03", None, None),
            ("青禾市环境保护局", None, "2019-03", "青禾市生态环境局"),
            ("青禾市生态环境局", "2018-03", None, None),
        ]
        found = archive.execute(
            "SELECT count(*) FROM proposals_fts WHERE proposals_fts MATCH ?", (escape_fts("青禾市卫生健康委员会"),)
        )
        assert found.fetchone() == (1,)  # printed as 卫健委
        numbers = archive.execute("SELECT number FROM proposal_numbers ORDER BY number").fetchall()
        assert numbers == [("7",), ("8",), ("98",)]
