"""The store: ids, levels of change, versions, relaunches, withdrawal, batches."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest
from fictional import SITE, START, URL, page, record

from archive.errors import NotProven, StoreError
from archive.store import ListReading, Store
from parsers.record import Capture, Meeting, Problem

LATER = "2025-07-01T00:00:00Z"
OTHER = "https://www.qinghe.example/Content-2.html"


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path) as opened:
        opened.put_sites([SITE])
        yield opened


def rows(store: Store, sql: str) -> list[tuple]:
    return [tuple(row) for row in store.connection.execute(sql)]


def ids(store: Store) -> list[str]:
    return [name for (name,) in rows(store, "SELECT id FROM records ORDER BY rowid")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "qinghe-proposal-16-4-98"),
        ({"kind": "suggestion", "number": "TA2022091"}, "qinghe-suggestion-16-4-ta2022091"),
        ({"type": "original"}, "qinghe-proposal-16-4-98-original"),
    ],
)
def test_an_id_comes_from_the_sources_own_numbers(store: Store, fields: dict, expected: str):
    store.add_pages([page(record(**fields))])
    assert ids(store) == [expected]


@pytest.mark.parametrize(
    "missing", [{"number": None}, {"meeting": None}, {"meeting": Meeting("cppcc")}, {"kind": None}]
)
def test_without_numbers_an_id_comes_from_the_address_and_not_from_text(store: Store, missing: dict):
    store.add_pages([page(record(**missing))])
    [before] = ids(store)
    store.add_pages([page(record(**missing, title="另一个标题"), time=LATER)])
    assert ids(store) == [before]
    assert before.startswith("qinghe-")


def test_an_id_stays_when_the_numbers_are_read_later(store: Store):
    store.add_pages([page(record(meeting=None))])
    before = ids(store)
    store.add_pages([page(record(), time=LATER)])
    assert ids(store) == before
    assert rows(store, "SELECT * FROM redirects") == []


def test_a_renumbered_record_leaves_a_redirect_and_chains_stay_short(store: Store):
    for number, time in [("89", START), ("98", LATER), ("99", "2025-08-01T00:00:00Z")]:
        store.add_pages([page(record(number=number), time=time)])
    assert ids(store) == ["qinghe-proposal-16-4-99"]
    new = "qinghe-proposal-16-4-99"
    assert rows(store, "SELECT * FROM redirects ORDER BY 1") == [
        ("qinghe-proposal-16-4-89", new),
        ("qinghe-proposal-16-4-98", new),
    ]


def test_another_record_at_the_same_address_is_another_record(store: Store):
    store.add_pages([page(record())])
    other = record(number="7", subject="关于增设路灯的建议", reply_text="您提出的建议收悉。路灯已经装好。")
    store.add_pages([page(other, time=LATER)])
    assert ids(store) == ["qinghe-proposal-16-4-98", "qinghe-proposal-16-4-7"]
    assert rows(store, "SELECT * FROM versions") == []


def test_an_address_that_shows_one_record_after_the_other_never_runs_out_of_ids(store: Store):
    for turn in range(6):
        day = f"2025-06-0{turn + 1}"
        shown = record(number=str(turn % 2), subject=f"关于第{turn}件事", reply_text=f"第{turn}封答复。", sign_date=day)
        store.add_pages([page(shown, time=f"{day}T00:00:00Z")])
    assert len(set(ids(store))) == 6


def test_records_of_one_page_are_matched_by_number_when_one_is_put_before_them(store: Store):
    first, second = record(number="5", reply_text="甲"), record(number="4", reply_text="乙", subject="乙")
    store.add_pages([page(first)])
    store.add_pages([page(second, msgspec.structs.replace(first, part=1), time=LATER)])
    assert ids(store) == ["qinghe-proposal-16-4-5", "qinghe-proposal-16-4-4"]
    assert rows(store, "SELECT * FROM redirects") == rows(store, "SELECT * FROM versions") == []


def test_only_a_changed_field_makes_a_version(store: Store):
    store.add_pages([page(record(), body="1")])
    for position, harmless in enumerate(
        [{}, {"layout": "form-2"}, {"reply_text": record().reply_text.replace("\n", "\n ")}]
    ):
        counts = store.add_pages(
            [page(record(**harmless), body=f"b{position}", time=f"2025-06-0{position + 2}T00:00:00Z")]
        )
        assert (counts.new, counts.changed, counts.unchanged) == (0, 0, 1)
    counts = store.add_pages([page(record(status="已办结", proposers=("江小舟", "沈禾")), body="c", time=LATER)])
    assert counts.changed == 1
    assert rows(store, "SELECT seen, field, old, new FROM versions ORDER BY field") == [
        (LATER, "proposers", '["江小舟"]', '["江小舟","沈禾"]'),
        (LATER, "status", None, "已办结"),
    ]
    assert rows(store, "SELECT first_seen, last_seen FROM records") == [(START, LATER)]


def test_a_better_parser_corrects_without_a_version(store: Store):
    store.add_pages([page(record(signer=None), body="same")])
    store.add_pages([page(record(parser="2"), body="same", time=LATER)])
    assert rows(store, "SELECT json_extract(record, '$.signer'), parser FROM records") == [("林远", "2")]
    assert rows(store, "SELECT * FROM versions") == []


def test_an_older_capture_replaces_nothing(store: Store):
    store.add_pages([page(record(), time=LATER)])
    store.add_pages([page(record(status="办理中"), body="old", time=START)])
    assert rows(store, "SELECT json_extract(record, '$.status'), first_seen, last_seen FROM records") == [
        (None, START, LATER)
    ]


def test_adding_a_page_twice_changes_nothing(store: Store):
    store.add_pages([page(record())])
    before = list(store.connection.iterdump())
    store.add_pages([page(record())])
    changed = set(store.connection.iterdump()) - set(before)
    assert all("sequence" in line or 'INSERT INTO "records"' in line for line in changed)
    assert rows(store, "SELECT count(*) FROM captures") == [(1,)]


def test_mobile_twins_are_one_page(store: Store):
    store.add_pages([page(record()), page(record(), url="http://qinghe.example/WapContent-1.html")])
    assert rows(store, "SELECT count(*) FROM pages") == [(1,)]
    assert rows(store, "SELECT count(*) FROM captures") == [(2,)]


def test_a_relaunched_site_keeps_ids_and_gives_the_new_address(store: Store):
    store.add_pages([page(record())])
    store.add_pages([page(record(), url="https://www.qinghe.example/art/1.html", time=LATER)])
    assert ids(store) == ["qinghe-proposal-16-4-98"]
    assert rows(store, "SELECT url FROM records JOIN pages ON pages.id = page") == [
        ("https://www.qinghe.example/art/1.html",)
    ]
    assert rows(store, "SELECT * FROM versions") == []


def test_two_columns_of_one_site_show_one_record_without_versions(store: Store):
    store.add_pages([page(record()), page(record(category=None), url=OTHER, time="2025-06-01T00:01:00Z")])
    assert ids(store) == ["qinghe-proposal-16-4-98"]
    assert rows(store, "SELECT url FROM records JOIN pages ON pages.id = page") == [(URL,)]
    assert rows(store, "SELECT * FROM versions") == []


def test_a_co_handlers_opinion_under_the_same_number_is_its_own_record(store: Store):
    opinion = record(host_departments=("青禾市水务局",), reply_text="市园林局:\n现将会办意见函告如下。")
    store.add_pages([page(record()), page(opinion, url=OTHER)])
    first, second = ids(store)
    assert second.startswith(f"{first}-")


def test_a_page_that_turns_into_a_challenge_keeps_its_record(store: Store):
    store.add_pages([page(record())])
    store.add_pages([page(record(type="unrecognised", number=None, reply_text=None), time=LATER)])
    assert rows(store, "SELECT id, type FROM records") == [("qinghe-proposal-16-4-98", "reply")]
    assert rows(store, "SELECT code FROM problems") == [("record-lost",)]


def test_withdrawal_needs_two_complete_runs_and_gone(store: Store):
    store.add_pages([page(record())])
    gone = Capture(URL, LATER, 404, "sha256:0")
    missed = [ListReading("https://www.qinghe.example/Node-1.html", run, LATER, True) for run in ("a", "b")]
    for capture, readings in [
        (gone, missed[:1]),
        (gone, [missed[0], missed[0]]),
        (gone, [missed[0], msgspec.structs.replace(missed[1], complete=False)]),
        (gone, [missed[0], msgspec.structs.replace(missed[1], listed=True)]),
        (msgspec.structs.replace(gone, status=403), missed),
        (msgspec.structs.replace(gone, status=200), missed),
    ]:
        with pytest.raises(NotProven, match="not withdrawn"):
            store.withdraw(capture, readings)
    assert store.withdraw(gone, missed) == 1
    assert rows(store, "SELECT state, last_seen FROM records") == [("withdrawn", START)]
    store.add_pages([page(record(), time="2025-09-01T00:00:00Z")])
    assert rows(store, "SELECT state FROM records") == [("present",)]
    assert rows(store, "SELECT returned FROM withdrawals") == [("2025-09-01T00:00:00Z",)]


def test_an_error_answer_is_a_capture_and_touches_no_record(store: Store):
    store.add_pages([page(record())])
    store.add_pages([page(status=404, time=LATER)])
    assert rows(store, "SELECT state, last_seen FROM records") == [("present", START)]
    assert rows(store, "SELECT status FROM captures ORDER BY time") == [(200,), (404,)]


def test_problems_and_evidence_follow_the_newest_reading(store: Store):
    store.add_pages([page(record(problems=(Problem("unknown-label", "编码"),)))])
    assert rows(store, "SELECT code, detail FROM problems") == [("unknown-label", "编码")]
    store.add_pages([page(record(), time=LATER)])
    assert rows(store, "SELECT count(*) FROM problems") == [(0,)]
    assert rows(store, "SELECT field, quote FROM evidence") == [("number", "第98号")]


def test_a_batch_is_all_or_nothing(store: Store):
    def broken():
        yield page(record())
        yield page(record(number="99"), url=OTHER)
        raise RuntimeError("torn")

    with pytest.raises(RuntimeError):
        store.add_pages(broken(), batch=1)
    assert len(ids(store)) == 2
    with pytest.raises(AttributeError):
        store.add_pages([page(record(number="100"), url=URL + "?a=1"), None], batch=10)  # type: ignore[list-item]
    assert len(ids(store)) == 2


def test_a_site_is_known_by_its_host_unless_several_have_it(store: Store):
    assert store.site_of(URL) == "qinghe"
    assert store.site_of("https://elsewhere.example/") is None
    store.put_sites([SITE | {"id": "qinghe-npc"}])
    assert store.site_of(URL) is None
    assert store.site_of("https://[broken/") is None


def test_a_crawl_is_said_twice_and_kept_once(store: Store):
    store.put_crawl("qinghe", START, "not run")
    store.put_crawl("qinghe", START, "fine", finished=LATER, requests=9, new=3)
    assert rows(store, "SELECT state, finished, requests, new FROM crawls") == [("fine", LATER, 9, 3)]


def test_pages_seen_again_move_last_seen_only_forward(store: Store):
    store.add_pages([page(record())])
    store.saw([URL], LATER)
    store.saw([URL], START)
    assert rows(store, "SELECT last_seen FROM records") == [(LATER,)]


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path):
    Store.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('store', '2099-later')")
    with pytest.raises(StoreError, match=r"store\.db: written by a newer version .*--data"):
        Store.open(tmp_path)


def test_a_damaged_store_and_a_missing_right_are_one_line(tmp_path: Path):
    (tmp_path / "store.db").write_bytes(b"no database at all, but long enough to be read as one" * 99)
    with pytest.raises(StoreError, match=r"damaged .* `proposals rebuild`"):
        Store.open(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="file"):
        Store.open(tmp_path / "file")


def test_a_lock_held_elsewhere_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("archive.store.WAIT", 0.05)
    with Store.open(tmp_path) as store, sqlite3.connect(tmp_path / "store.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another process"):
            store.add_pages([page(record())])
        other.execute("COMMIT")
        assert store.add_pages([page(record())]).new == 1


def test_a_commit_is_on_the_disk_before_the_crawl_counts_on_it(store: Store):
    assert rows(store, "PRAGMA journal_mode") == [("wal",)]
    assert rows(store, "PRAGMA synchronous") == [(2,)]  # FULL, www.sqlite.org/pragma.html#pragma_synchronous
