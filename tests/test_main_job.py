"""The main job from end to end, through the command line: five real pages, and the demonstration."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.command import SHARED, get, proposals, rows, serving
from tests.sims.catalogue import DEMO, make

pytestmark = pytest.mark.long

PAGES = SHARED / "pages"
needs_pages = pytest.mark.skipif(not PAGES.is_dir(), reason="../shared/pages is not there")

ANKANG, ZHENHAI = "000_bdc783b1c81c64e4.txt", "004_95a9f0f3304fc312.txt"
SAID: dict[str, dict[str, Any]] = {
    ANKANG: {
        "type": "reply",
        "kind": "proposal",
        "title": "关于提升高新区产业园区发展动力,促进安康经济高质量发展的建议",
        "number": "98",
        "host_departments": ["安康高新技术产业开发区管理委员会"],
        "status": "已办结",
        "signer": "陈帆",
        "sign_date": "2025-06-04T12:48:00+08:00",
        "publish_date": "2025-06-04T12:48:00+08:00",
        "category": "A",
        "proposers": ["杨彬"],
    },
    "001_22d7242a70a386e5.txt": {
        "type": "document",
        "title": "安康市人民政府办公室关于印发安康市加快县域工业集中区 (产业园区)建设行动计划的通知",
        "publish_date": "2018-11-30T10:10:00+08:00",
    },
    "002_63fabe975af94394.txt": {"type": "document", "title": None, "mirror": "traditional-pinyin"},
    "003_74684bb8aa156b56.txt": {
        "type": "document",
        "title": "以新发展理念引领产业园高质量发展",
        "publish_date": "2021-01-06",
    },
    ZHENHAI: {
        "type": "reply",
        "kind": "suggestion",
        "number": "61",
        "title": "对区十六届人大四次会议第61号建议的答复",
        "subject": "关于加强镇海产业园区(小微园区)建设管理的建议",
        "proposers": ["潘杨"],
        "host_departments": ["区经信局"],
        "co_departments": ["区投资促进中心", "区发改局", "区国资中心"],
        "signer": None,
        "sign_date": None,
        "publish_date": None,
        "category": None,
        "status": None,
    },
}
TEXTS = {
    ANKANG: {"proposal_text": ("高新区各类产业园区", "熟练工人。"), "reply_text": ("杨彬委员:", "宝贵的意见和建议。")},
    ZHENHAI: {"proposal_text": ("", ""), "reply_text": ("", "")},
    "002_63fabe975af94394.txt": {"text": ("", "")},
    "003_74684bb8aa156b56.txt": {"text": ("", "")},
}
FURNITURE = ("智能搜索", "扫一扫", "打开当前页", "全国热线")
SEARCHES = {
    "园区": {"98", "61"},
    "产业园区": {"98", "61"},
    "新质生产力": {"98", "61"},
    "招宝智造谷": {"61"},
    "陈帆": {"98"},
}


def folded(text: str) -> str:
    """Text whose brackets and colons are compared in one width."""
    return text.translate(str.maketrans("（）：，", "():,")).replace(" ", "")


@pytest.fixture(scope="module")
def parsed() -> dict[str, dict[str, Any]]:
    done = proposals("parse", *(PAGES / name for name in SAID))
    assert (done.status, done.stderr) == (0, "")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(records) == len(SAID)
    return {Path(record["source"]).name: record for record in records}


@needs_pages
@pytest.mark.parametrize(("name", "field"), [(name, field) for name, fields in SAID.items() for field in fields])
def test_the_real_pages_say(parsed: dict[str, dict[str, Any]], name: str, field: str) -> None:
    expected, found = SAID[name][field], parsed[name][field]
    assert (folded(found) if isinstance(found, str) else found) == (
        folded(expected) if isinstance(expected, str) else expected
    )


@needs_pages
@pytest.mark.parametrize("name", TEXTS)
def test_the_long_texts_begin_and_end_where_they_should(parsed: dict[str, dict[str, Any]], name: str) -> None:
    for field, (begin, end) in TEXTS[name].items():
        text = parsed[name][field]
        assert len(text) > 200
        assert folded(text).startswith(folded(begin))
        assert text.endswith(end)
        assert [words for words in FURNITURE if words in text] == []


@needs_pages
def test_a_cited_policy_is_named_with_its_number(parsed: dict[str, dict[str, Any]]) -> None:
    cited = {folded(c["title"] or ""): c["doc_number"] for c in parsed[ZHENHAI]["citations"]}
    assert cited[folded("关于进一步规范小微企业园项目开发建设管理工作的意见")] == "镇制高办〔2022〕6号"
    assert "陕政办发〔2018〕20号" in {c["doc_number"] for c in parsed["001_22d7242a70a386e5.txt"]["citations"]}


@needs_pages
def test_the_mirror_is_repaired(parsed: dict[str, dict[str, Any]]) -> None:
    text = parsed["002_63fabe975af94394.txt"]["text"]
    assert "强县域" in text
    assert "qiáng" not in text


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("five")
    assert proposals("import", *sorted(PAGES.glob("*.txt")), "--data", data).status == 0
    assert proposals("publish", "--data", data).status == 0
    with serving("serve", "--data", data, "--port", 0) as found:
        yield found


@needs_pages
@pytest.mark.parametrize("words", SEARCHES)
def test_the_stock_search_box_finds(address: str, words: str) -> None:
    query = f"{address}archive/proposals.%s?_search={words}&_shape=array"
    assert {row["number"] for row in rows(query % "json")} == SEARCHES[words]
    table = csv.DictReader(io.StringIO(get(query % "csv").decode()))
    assert {row["number"] for row in table} == SEARCHES[words]


@needs_pages
def test_records_are_reached_by_page(address: str) -> None:
    for row in rows(f"{address}archive/proposals.json?_shape=array"):
        page = get(f"{address}r/{row['id']}").decode()
        assert row["title"] in page.replace("&#39;", "'")


class Demo(NamedTuple):
    """The demonstration, called a second time."""

    data: Path
    address: str
    first_seen: list[str]
    """What it said when it was called first."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data = tmp_path_factory.mktemp("demo")
    with serving("demo", "--data", data, "--port", 0) as address:
        seen = first_seen(address)
    with serving("demo", "--data", data, "--port", 0) as address:
        yield Demo(data, address, seen)


def first_seen(address: str) -> list[str]:
    return sorted(row["first_seen"] for row in rows(f"{address}archive/proposals.json?_shape=array"))


def records_of(data: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """The demonstration's records by site and number, in the form in which the imitation sites say them."""
    with closing(sqlite3.connect(data / "public" / "archive.db")) as archive:
        archive.row_factory = sqlite3.Row
        return {(row["site"], row["number"]): record_of(archive, row) for row in archive.execute(RECORDS)}


RECORDS = "SELECT p.*, t.proposal_text, t.reply_text FROM proposals p JOIN texts t ON t.proposal = p.rowid"
MEETING = ("body", "level", "place", "term", "session")
PEOPLE = "SELECT printed FROM proposal_people WHERE proposal = ? AND role <> 'signer' ORDER BY position"
ORGANS = "SELECT printed FROM proposal_departments WHERE proposal = ? AND role = ? ORDER BY position"


def record_of(archive: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    def printed(sql: str, *values: object) -> list[str]:
        return [found[0] for found in archive.execute(sql, (row["rowid"], *values))]

    meeting = {name: row[name] for name in MEETING}
    return {
        **dict(row),
        "meeting": meeting if any(meeting.values()) else None,
        "numbers": [row["number"]],
        "proposers": printed(PEOPLE),
        "host_departments": printed(ORGANS, "host"),
        "co_departments": printed(ORGANS, "co"),
    }


def test_the_demonstration_holds_what_its_sites_say(demo: Demo) -> None:
    found = records_of(demo.data)
    said = {
        (sim.id, str(record["number"])): record
        for sim in (make(name, *faults) for name, faults in DEMO)
        for record in sim.expected()
    }
    assert found.keys() == said.keys()
    for key, record in said.items():
        assert {field: found[key][field] for field in record} == record, key


def test_a_search_in_the_demonstration_finds_what_it_should(demo: Demo) -> None:
    said = {
        record["title"]
        for sim in (make(name, *faults) for name, faults in DEMO)
        for record in sim.expected()
        if "园区" in json.dumps(record, ensure_ascii=False)
    }
    found = rows(f"{demo.address}archive/proposals.json?_search=园区&_shape=array&_size=max")
    assert {row["title"] for row in found} == said
    page = get(f"{demo.address}search?q=园区").decode()
    assert f"{len(said)}" in page


def test_a_second_demonstration_goes_on_from_the_first(demo: Demo) -> None:
    assert first_seen(demo.address) == demo.first_seen
    with closing(sqlite3.connect(demo.data / "ledger.db")) as ledger:
        runs = ledger.execute("SELECT run, sum(pages) FROM site_runs GROUP BY run ORDER BY run").fetchall()
    assert [pages for _, pages in runs] == [24, 0]
