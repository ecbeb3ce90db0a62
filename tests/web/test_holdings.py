"""What the archive holds in memory gives the answers that SQL gives, in the order of dates and of relevance."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archive.search import escape_fts
from archive.web import holdings as module
from archive.web.holdings import Holdings
from archive.web.listing import NEWEST_FIRST, RANK, Question
from tests.web.fixture import add_text, insert, row

QUESTIONS = [
    Question(),
    Question(words="养老"),
    Question(words="台账 -养老"),
    Question(words="没有这样的词"),
    Question(filters={"place": "990100"}),
    Question(words="台账", filters={"year": "2023", "kind": "suggestion"}),
    Question(words="台账", filters={"category": "A", "department": "3"}),
    Question(filters={"person": "3", "type": "reply", "site": "yunze"}),
    Question(filters={"year": "nonsense"}),
    Question(words="台账", filters={"meeting": "9-3"}),
    Question(filters={"meeting": "10-2", "site": "yunze", "type": "original"}),
    Question(filters={"id": "yunze-suggestion-9-1-40"}),
    Question(filters={"category": "None"}),
]
SQL = {
    "place": "p.division = :place",
    "year": "CAST(p.year AS TEXT) = :year",
    "kind": "p.kind = :kind",
    "category": "p.category = :category",
    "type": "p.type = :type",
    "meeting": "p.term || '-' || p.session = :meeting",
    "id": "p.id = :id",
    "site": "p.site = :site",
    "department": "p.rowid IN (SELECT proposal FROM proposal_departments WHERE department = :department)",
    "person": "p.rowid IN (SELECT proposal FROM proposal_people WHERE person = :person)",
    "words": "p.rowid IN (SELECT rowid FROM proposals_fts WHERE proposals_fts MATCH :match)",
}


@pytest.fixture
def connection(archive_path: Path) -> Iterator[sqlite3.Connection]:
    """The archive with its records' dates turned round, so that no order of rowids helps."""
    source, database = sqlite3.connect(archive_path), sqlite3.connect(":memory:")
    source.backup(database)
    source.close()
    database.row_factory = sqlite3.Row
    database.execute("UPDATE proposals SET date = (SELECT date FROM proposals o WHERE o.rowid = 58 - proposals.rowid)")
    database.execute("UPDATE proposals SET date = NULL WHERE rowid IN (7, 8)")
    yield database
    database.close()


def in_sql(connection: sqlite3.Connection, question: Question, select: str, order: str) -> list[Any]:
    """The same question asked of SQL alone."""
    names = [*question.filters, *(["words"] if question.words else [])]
    where = " AND ".join(["1", *(SQL[name] for name in names)])
    values = {**question.filters, "match": question.match}
    return [tuple(row) for row in connection.execute(f"SELECT {select} FROM proposals p WHERE {where} {order}", values)]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_hits_their_facets_and_their_order_are_those_of_sql(connection, question):
    held = Holdings(connection)
    hits = held.hits(connection, question)
    expected = [row[0] for row in in_sql(connection, question, "p.rowid", f"ORDER BY {NEWEST_FIRST}")]
    assert held.newest(hits, len(expected) + 5) == expected
    assert held.newest(hits, 4, 3) == expected[3:7]
    facets = held.facets(hits)
    assert facets.count == len(expected)
    for name in ("year", "kind", "category", "type", "site"):
        rows = in_sql(connection, question, f"p.{name}, count(*)", f"AND p.{name} NOT NULL GROUP BY 1")
        assert {(value, n) for value, _, n in facets.values[name]} == {(str(value), n) for value, n in rows}
    departments = in_sql(
        connection,
        question,
        "count(*)",
        "AND EXISTS (SELECT 1 FROM proposal_departments l WHERE l.proposal = p.rowid AND l.department = 3)",
    )
    assert {value: n for value, _, n in facets.values["department"]}.get("3", 0) == departments[0][0]


@pytest.mark.parametrize(
    ("filters", "condition"),
    [
        ({"year": "2022,2024"}, "year IN (2022, 2024)"),
        ({"year": "2023-2024"}, "year BETWEEN 2023 AND 2024"),
        ({"year": "2024 至 2023,2025"}, "year BETWEEN 2023 AND 2025"),
        ({"year": "2024-"}, "year >= 2024"),
        ({"year": "-2023"}, "year <= 2023"),
        ({"year": "-"}, "0"),
        ({"year": "2023-nonsense"}, "0"),
        ({"meeting": "9"}, "term = 9"),
        ({"meeting": "9-1,10"}, "term = 10 OR term = 9 AND session = 1"),
        ({"kind": "motion,proposal"}, "kind IN ('motion', 'proposal')"),
        ({"category": "A,B"}, "category IN ('A', 'B')"),
        ({"place": "990100,990300"}, "division IN ('990100', '990300')"),
        ({"site": "yunze，qinghe"}, "site IN ('yunze', 'qinghe')"),
        ({"department": "3,4"}, "rowid IN (SELECT proposal FROM proposal_departments WHERE department IN (3, 4))"),
        ({"person": "3,4"}, "rowid IN (SELECT proposal FROM proposal_people WHERE person IN (3, 4))"),
    ],
)
@pytest.mark.parametrize("words", ["", "台账"])
def test_several_values_and_spans_are_alternatives(connection, filters, condition, words):
    held, question = Holdings(connection), Question(words=words, filters=filters)
    expected = {row[0] for row in connection.execute(f"SELECT rowid FROM proposals WHERE {condition}")}
    found = set(held.hits(connection, Question(words=words)).tolist())
    assert set(held.hits(connection, question).tolist()) == expected & found


def test_a_value_with_a_comma_is_one_value(connection):
    connection.execute("UPDATE proposals SET category = 'A,已办结' WHERE rowid = 5")
    held, question = Holdings(connection), Question(filters={"category": "A,已办结"})
    assert 5 in held.hits(connection, question)


def test_the_oldest_come_first_and_those_without_a_date_last(connection):
    held = Holdings(connection)
    rows = connection.execute("SELECT rowid FROM proposals ORDER BY date IS NULL, date, rowid").fetchall()
    expected = [row[0] for row in rows]
    assert expected[-2:] == [7, 8]
    assert held.oldest(held.dated, 60) == expected
    assert held.oldest(held.dated, 5, 54) == expected[54:]
    some = held.hits(connection, Question(words="养老", sort="oldest"))
    assert held.page(connection, Question(words="养老", sort="oldest"), some) == [r for r in expected if r in some]


def test_a_facet_is_cut_after_its_commonest_values_unless_it_is_asked_for_whole(connection, monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    held = Holdings(connection)
    facets, whole = held.facets(held.dated), held.facets(held.dated, "department")
    assert facets.cut == {"place", "meeting", "category", "department", "site"}
    assert whole.cut == facets.cut - {"department"}
    assert len(facets.values["department"]) == 3
    departments = connection.execute("SELECT count(DISTINCT department) FROM proposal_departments").fetchone()[0]
    assert len(whole.values["department"]) == departments
    assert whole.values["department"][:3] == facets.values["department"]


def test_meetings_stand_under_their_names_the_last_first(connection):
    held = Holdings(connection)
    facets = held.facets(held.hits(connection, Question(filters={"meeting": "9-2,9-10,9-1,10-1"})))
    connection.execute("UPDATE proposals SET session = NULL WHERE term = 9 AND session = 1")
    assert [label for _, label, _ in facets.values["meeting"]] == ["十届一次会议", "九届二次会议", "九届一次会议"]
    held = Holdings(connection)
    facets = held.facets(held.hits(connection, Question(filters={"meeting": "9"})))
    assert facets.values["meeting"][-1][:2] == ("9", "第九届")


def test_the_best_come_first_and_among_equals_the_newest(connection):
    held, question = Holdings(connection), Question(words="养老", sort="relevance")
    hits = held.hits(connection, question)
    dates = dict(connection.execute("SELECT rowid, coalesce(date, '') FROM proposals").fetchall())
    scores = connection.execute(
        f"SELECT rowid, {RANK} FROM proposals_fts WHERE proposals_fts MATCH ?", (escape_fts("养老"),)
    ).fetchall()
    by_date = sorted(scores, key=lambda row: dates[row[0]], reverse=True)
    expected = [row[0] for row in sorted(by_date, key=lambda row: row[1])]
    assert held.page(connection, question, hits) == expected


@pytest.mark.parametrize("typed", ["《{}》", "{}", "“{}”"])
def test_a_title_pasted_whole_finds_its_record_first(connection, typed):
    title = "关于加强养老、助餐服务（第一批）的建议"
    records = {99: title, 98: "关于加强养老的建议"}
    for rowid, titled in records.items():
        record = row(rowid) | {"rowid": rowid, "id": f"{rowid}", "title": titled}
        insert(connection, "proposals", record)
        add_text(connection, record, None, f"您提出的《{title}》收悉，现答复如下：加强养老服务，助餐也在其中。")
    held, question = Holdings(connection), Question(words=typed.format(title), sort="relevance")
    assert held.page(connection, question, held.hits(connection, question))[:1] == [99]


def test_of_very_many_hits_those_with_the_words_in_their_title_come_first(connection, monkeypatch):
    monkeypatch.setattr(module, "MOST_RANKED", 5)
    held, question = Holdings(connection), Question(words="养老", sort="relevance")
    hits = held.hits(connection, question)
    found = held.best(connection, question, hits, len(hits), 0)
    titled = {row[0] for row in connection.execute("SELECT rowid FROM proposals WHERE title LIKE '%养老%'")}
    assert sorted(found) == sorted(hits)
    assert set(found[: len(titled)]) == titled
    assert found[len(titled) :] == held.newest(hits[~np.isin(hits, list(titled))], len(hits))
    assert held.best(connection, question, hits, 3, 2) == found[2:5]


def test_a_character_alone_in_very_many_records_ranks_none(connection, monkeypatch):
    monkeypatch.setattr(module, "MOST_RANKED", 5)
    held, question = Holdings(connection), Question(words="养", sort="relevance")
    hits = held.hits(connection, question)
    assert len(hits) > 5
    assert held.page(connection, question, hits) == held.newest(hits, 20)


def test_a_filter_keeps_the_best_in_order(connection):
    held = Holdings(connection)
    question = Question(words="台账", filters={"kind": "proposal"}, sort="relevance")
    hits = held.hits(connection, question)
    whole = held.best(connection, Question(words="台账", sort="relevance"), held.dated, 57, 0)
    assert held.page(connection, question, hits) == [rowid for rowid in whole if rowid in hits][:20]


def test_an_archive_without_records_holds_nothing(connection):
    connection.executescript("DELETE FROM proposals; DELETE FROM proposal_departments")
    held = Holdings(connection)
    assert held.facets(held.hits(connection, Question())).count == 0
    assert held.newest(held.dated, 20) == []
