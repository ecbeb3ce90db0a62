"""Publishing again: the same rows as a publish from nothing, at the cost of what changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from edits import Life
from fictional import SITE, page, record

from archive import building, derive, dictionary
from archive import publish as publishing
from archive.errors import PublishError
from archive.publish import publish
from archive.search import escape_fts
from archive.settings import Masking, Removed, Settings
from archive.store import Store

PASSING = ("built", "updated")
QUERIES = ("步道", "产业园", "养老 公交", "江小舟", "a类", "第7号", "水", "隐去")


def content(data: Path) -> dict[str, object]:
    """Every row of the published archive, and what the search index says."""
    with closing(sqlite3.connect(data / "public" / "archive.db")) as archive:
        assert archive.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found: dict[str, object] = {}
        for name, table in dictionary.schema().items():
            if table.kind == "table" and not name.startswith("proposals_fts"):
                columns = ", ".join(f'"{column.name}"' for column in table.columns)
                rows = archive.execute(f"SELECT {columns} FROM {name}").fetchall()
                found[name] = sorted((row for row in rows if row[0] not in PASSING), key=repr)
        for query in QUERIES:
            sql = "SELECT rowid, round(bm25(proposals_fts), 6) FROM proposals_fts WHERE proposals_fts MATCH ?"
            found[query] = sorted(archive.execute(sql, (escape_fts(query),)))
        return found


@pytest.fixture
def updates_only(monkeypatch: pytest.MonkeyPatch):
    """However much changed, it is an update."""
    monkeypatch.setattr(building, "LARGEST_UPDATE", 9)
    monkeypatch.setattr(building, "MOST_UPDATED", 99)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.usefixtures("updates_only")
def test_updates_give_the_rows_of_a_build_from_nothing(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch):
    life = Life(tmp_path, seed)
    life.crawl(40)
    settings = taking_down(tmp_path)
    publish(tmp_path, settings)
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "built", None)
        for visits in (0, 1, 15, 40):
            life.crawl(visits)
            publish(tmp_path, settings)
    updated = content(tmp_path)
    publish(tmp_path, settings, full=True)
    built = content(tmp_path)
    for name, rows in built.items():
        assert updated[name] == rows, name
    assert all(built[name] for name in ("proposals", "documents", "versions", "captures", "masked", "evidence"))


def taking_down(data: Path) -> Settings:
    """Settings that take down a few answers by their id and a few documents by their address."""
    with closing(sqlite3.connect(data / "store.db")) as store:
        sql = "SELECT r.id FROM records r WHERE r.type = 'reply' ORDER BY r.rowid LIMIT 4"
        names = [name for (name,) in store.execute(sql)]
        sql = "SELECT p.url FROM records r JOIN pages p ON p.id = r.page WHERE r.type = 'document' ORDER BY 1 LIMIT 3"
        names += [url for (url,) in store.execute(sql)]
    return Settings(removed=Removed(ids=tuple(names)))


def test_what_was_taken_down_stays_so_in_an_update(tmp_path: Path):
    many(tmp_path)
    letter, url = (
        record(type="document", number=None, title="市民来信的答复", text="信中的事"),
        "https://www.qinghe.example/a.html",
    )
    with Store.open(tmp_path) as store:
        store.add_pages([page(letter, url=url)])
    settings = Settings(removed=Removed(ids=("qinghe-proposal-16-4-3", "http://www.qinghe.example/a.html")))
    for time, full in (("2025-06-02", True), ("2025-06-03", False), ("2025-06-04", True), ("2025-06-05", False)):
        with Store.open(tmp_path) as store:
            answer = page(
                record(number="3"), url="https://www.qinghe.example/3.html", time=f"{time}T00:00:00Z", body=time
            )
            store.add_pages([answer, page(letter, url=url, time=f"{time}T00:00:00Z", body=time)])
        publish(tmp_path, settings, full)
        with closing(sqlite3.connect(tmp_path / "public" / "archive.db")) as archive:
            assert archive.execute("SELECT title, url, text FROM documents").fetchall() == [
                ("市民来信的答复", url, None)
            ]
            assert archive.execute("SELECT count(*) FROM proposals WHERE state = 'withdrawn'").fetchone() == (1,)
            shown = f"('{url}', 'https://www.qinghe.example/3.html')"
            assert archive.execute(f"SELECT count(*) FROM captures WHERE url IN {shown}").fetchone() == (0,)
        assert "信中的事" not in (tmp_path / "public" / "archive.db").read_bytes().decode("utf-8", "replace")


OLD, RELAUNCHED = "https://www.qinghe.example/3.html", "https://www.qinghe.example/new/3.html"
OTHER = record(number="77", subject="另一件", reply_text="另一件的答复。")


@pytest.mark.parametrize(
    ("name", "later", "shown"),
    [
        ("qinghe-proposal-16-4-3", page(record(number="77", numbers=("77",)), url=OLD, time="2026-06-02T00:00:00Z"), 1),
        (OLD, page(record(number="3"), url=RELAUNCHED, time="2026-06-02T00:00:00Z"), 1),
        (RELAUNCHED, page(record(number="3"), url=RELAUNCHED, time="2026-06-02T00:00:00Z"), 1),
        (OLD, page(OTHER, url=OLD, time="2026-06-02T00:00:00Z"), 2),
        (OLD, page(record(number="3"), record(number="4", part=1), url=OLD, time="2026-06-02T00:00:00Z"), 2),
    ],
    ids=["renumbered", "moved", "named-by-the-new-address", "another-record-came", "a-known-record-came"],
)
@pytest.mark.usefixtures("updates_only")
def test_a_renumbered_or_moved_record_stays_taken_down(tmp_path: Path, name: str, later, shown: int):
    many(tmp_path)
    settings = Settings(removed=Removed(ids=(name,)))
    if name != RELAUNCHED:
        publish(tmp_path, settings)
    with Store.open(tmp_path) as store:
        store.add_pages([later])
    for full in (False, True):
        publish(tmp_path, settings, full)
        with closing(sqlite3.connect(tmp_path / "public" / "archive.db")) as archive:
            sql = "SELECT reply_text FROM proposals JOIN texts ON proposal = rowid WHERE state = 'withdrawn'"
            assert archive.execute(sql).fetchall() == [(None,)] * shown
            assert archive.execute("SELECT count(*) FROM texts WHERE reply_text IS NULL").fetchone() == (shown,)


def test_a_takedown_that_means_nothing_is_refused(tmp_path: Path):
    many(tmp_path)
    publish(tmp_path, Settings())
    with pytest.raises(
        PublishError, match=r"removed\.ids: no record has the id or the address 'qinghe-proposal-16-4-333'"
    ):
        publish(tmp_path, Settings(removed=Removed(ids=("qinghe-proposal-16-4-333",))))


def test_derived_steps_may_run_again(tmp_path: Path):
    Life(tmp_path, 1).crawl(60)
    publish(tmp_path, Settings())
    before = content(tmp_path)
    with closing(sqlite3.connect(tmp_path / "public" / "archive.db")) as archive, archive:
        derive.run(archive)
    assert content(tmp_path) == before


def many(data: Path) -> None:
    with Store.open(data) as store:
        store.put_sites([SITE])
        store.add_pages(page(record(number=str(n)), url=f"https://www.qinghe.example/{n}.html") for n in range(40))


@pytest.mark.parametrize(
    ("change", "full"),
    [
        (lambda data: Settings(), False),
        (lambda data: Settings(masking=Masking(off=("landline",))), True),
        (lambda data: Settings(removed=Removed(ids=("qinghe-proposal-16-4-3",))), True),
        (lambda data: put_site(data, division="990199"), True),
        (lambda data: put_site(data, state="fine"), False),
        (lambda data: another_store(data), True),
    ],
)
def test_what_changes_every_row_is_built_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change, full: bool
):
    many(tmp_path)
    publish(tmp_path, Settings())
    settings = change(tmp_path)
    calls = []
    built = publishing.built
    monkeypatch.setattr(publishing, "built", lambda *values: calls.append(1) or built(*values))
    assert publish(tmp_path, settings) == 40 - len(settings.removed.ids)
    assert bool(calls) == full


def put_site(data: Path, **values: str) -> Settings:
    with Store.open(data) as store:
        store.put_sites([SITE | values])
    return Settings()


def another_store(data: Path) -> Settings:
    (data / "store.db").unlink()
    many(data)
    return Settings()


def test_many_changes_and_many_small_ones_are_built_from_nothing(tmp_path: Path):
    many(tmp_path)
    publish(tmp_path, Settings())
    counts = []
    for number in range(12):
        with Store.open(tmp_path) as store:
            edited = record(number=str(number), status="已办结")
            store.add_pages(
                [page(edited, url=f"https://www.qinghe.example/{number}.html", time="2025-09-01T00:00:00Z")]
            )
        publish(tmp_path, Settings())
        with closing(sqlite3.connect(tmp_path / "public" / "archive.db")) as archive:
            counts += archive.execute("SELECT value FROM about WHERE key = 'updated'").fetchone()
    assert counts == [*map(str, range(1, 11)), "0", "1"]


def test_an_archive_that_cannot_be_read_is_built_from_nothing(tmp_path: Path):
    many(tmp_path)
    (tmp_path / "public").mkdir()
    with closing(sqlite3.connect(tmp_path / "public" / "archive.db")) as archive:
        archive.execute("CREATE TABLE proposals (id)")
    assert publish(tmp_path, Settings()) == 40
