"""The store made again from captures: the same for one and two processes, whole after damage and kills."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.captures import ImportWriter
from archive.cli import proposals
from archive.errors import ArchiveError, StoreError
from archive.importing import readable, store_pages
from archive.locks import locked
from archive.publish import LOCK, LOCKED_BY, publish
from archive.rebuild import rebuild
from archive.settings import Settings
from archive.store import Store
from parsers.record import Page

PAGE = """<h1>对青禾市十六届人大四次会议第{n}号建议的答复</h1><p>江小舟代表:</p>
<p>您提出的关于建设河滨步道的建议收悉,现答复如下:步道第{n}段已经列入今年的计划。</p><p>感谢您的关心。</p>
<p>青禾市园林局</p><p>2025年5月20日</p>"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    with Store.open(folder) as store:
        for name in ("a", "b", "c"):
            file = tmp_path / f"{name}.jsonl"
            lines = [line(f"https://www.qinghe.example/{name}/{n}.html", n) for n in range(20)]
            file.write_text("\n".join(lines), "utf-8")
            store_pages(store, folder, readable(file, print))
    return folder


def line(url: str, n: int) -> str:
    import msgspec

    return msgspec.json.encode({"url": url, "html": PAGE.format(n=n)}).decode()


def hashes(data: Path) -> list[tuple]:
    with closing(sqlite3.connect(data / "store.db")) as connection:
        return connection.execute("SELECT id, reading, fields FROM records ORDER BY id").fetchall()


def test_one_and_two_processes_give_identical_records(data: Path):
    before = hashes(data)
    for jobs in (1, 2):
        assert rebuild(data, print, jobs).new == 60
        assert hashes(data) == before
    (data / "store.db").unlink()
    rebuild(data, print)
    assert hashes(data) == before


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_large_file_is_read_in_pieces(data: Path, jobs: int, monkeypatch: pytest.MonkeyPatch):
    before = hashes(data)
    monkeypatch.setattr("archive.rebuild.AT_ONCE", 3)
    sizes = []
    add_pages = Store.add_pages

    def counted(store: Store, pages, *values):
        found = add_pages(store, pages, *values)
        sizes.append(found.pages)
        return found

    monkeypatch.setattr(Store, "add_pages", counted)
    assert rebuild(data, print, jobs).new == 60
    assert hashes(data) == before
    assert max(sizes) == 3
    assert sum(sizes) == 60


def test_ids_and_redirects_outlive_a_rebuild(data: Path):
    with closing(sqlite3.connect(data / "store.db")) as connection, connection:
        connection.execute("UPDATE records SET id = 'page-given-before' WHERE rowid = 1")
        connection.execute("INSERT INTO redirects VALUES ('page-older', 'page-given-before')")
    rebuild(data, print)
    with closing(sqlite3.connect(data / "store.db")) as connection:
        assert connection.execute("SELECT count(*) FROM records WHERE id = 'page-given-before'").fetchone() == (1,)
        assert connection.execute("SELECT new_id FROM redirects").fetchall() == [("page-given-before",)]


GONE = """
    INSERT INTO files (id, name) VALUES (1, 'qinghe-1.warc.gz');
    INSERT INTO captures (id, run, site, url, time, status, digest, file, offset, length, page)
    VALUES (1, 2, 'qinghe', 'https://www.qinghe.example/a/1.html', '2025-09-01T00:00:00.000000Z', 404, '0', 1, 0, 9, 1);
    INSERT INTO pages (id, site, key, url, kind, state, capture)
    VALUES (1, 'qinghe', 'qinghe.example/a/1.html', 'https://www.qinghe.example/a/1.html', 'detail', 'withdrawn', 1);
    INSERT INTO lists (id, site, url) VALUES (1, 'qinghe', 'https://www.qinghe.example/a/');
    INSERT INTO entries (list, page, walk) VALUES (1, 1, 0);
    INSERT INTO walks VALUES (1, 1, 1, 1756500000), (1, 2, 2, 1756600000);"""


def test_a_withdrawal_is_one_row_however_often_it_is_rebuilt(data: Path):
    schema = (Path(__file__).parents[2] / "crawler" / "ledger.sql").read_text("utf-8")
    with closing(sqlite3.connect(data / "ledger.db")) as ledger:
        ledger.executescript(schema + GONE)
    for _ in range(3):
        rebuild(data, print)
        with closing(sqlite3.connect(data / "store.db")) as store:
            assert store.execute("SELECT time FROM withdrawals").fetchall() == [("2025-09-01T00:00:00.000000Z",)]
            assert store.execute("SELECT count(*) FROM records WHERE state = 'withdrawn'").fetchone() == (1,)
    (data / "ledger.db").unlink()
    rebuild(data, print)
    with closing(sqlite3.connect(data / "store.db")) as store:
        assert store.execute("SELECT count(*) FROM withdrawals").fetchone() == (1,)


def test_a_damaged_capture_is_named_and_the_rest_is_rebuilt(data: Path):
    torn = sorted((data / "captures").iterdir())[1]
    content = torn.read_bytes()
    torn.write_bytes(content[: len(content) // 2])
    said: list[str] = []
    total = rebuild(data, said.append, 2)
    assert 40 <= total.new < 60
    assert len(said) == 1
    assert torn.name in said[0]


def test_two_at_once_are_refused(data: Path):
    with locked(data / LOCK, LOCKED_BY):
        for run in (lambda: rebuild(data, print), lambda: publish(data, Settings())):
            with pytest.raises(ArchiveError, match="running already"):
                run()


def test_what_is_stored_during_a_rebuild_is_not_lost(data: Path, tmp_path: Path):
    file = tmp_path / "late.jsonl"
    file.write_text(line("https://www.qinghe.example/late/1.html", 99), "utf-8")
    torn = sorted((data / "captures").iterdir())[0]
    torn.write_bytes(torn.read_bytes()[:-3])

    def store_more(_: str) -> None:
        with Store.open(data) as store:
            store_pages(store, data, readable(file, print))

    with pytest.raises(StoreError, match="rebuild again"):
        rebuild(data, store_more)
    assert len(hashes(data)) == 61


def torn(folder: Path) -> Path:
    """A WARC file with 19 whole pages and a torn one."""
    writer = ImportWriter(folder)
    for n in range(20):
        url = f"https://www.qinghe.example/torn/{n}.html"
        writer.write(Page(url, PAGE.format(n=n).encode(), url, {"content-type": "text/html; charset=utf-8"}))
    writer.close()
    file = folder / "torn.warc.gz"
    file.write_bytes(writer.path.read_bytes()[:-60])
    return file


def broken(folder: Path) -> Path:
    """JSON Lines with 19 good ones and a broken one among them."""
    lines = [line(f"https://www.qinghe.example/broken/{n}.html", n) for n in range(19)]
    file = folder / "broken.jsonl"
    file.write_text("\n".join([*lines[:9], "{broken", *lines[9:]]), "utf-8")
    return file


@pytest.mark.parametrize(("made", "says"), [(torn, "torn or damaged"), (broken, "line 10 is no object")])
@pytest.mark.parametrize("batch", [1, 7, 19, 500])
def test_what_is_whole_of_a_damaged_file_is_stored_and_counted(
    tmp_path: Path, made, says: str, batch: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Store.add_pages, "__defaults__", (batch,))
    file, folder = made(tmp_path), tmp_path / "new"
    done = CliRunner().invoke(proposals, ["import", str(file), "--data", str(folder)])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert says in done.stderr
    assert done.stdout.startswith("19 pages, 19 new records, ")
    stored = hashes(folder)
    assert len(stored) == 19
    assert rebuild(folder, print).new == 19
    assert hashes(folder) == stored


def test_a_wrong_site_file_is_named_and_stops_neither_import_nor_rebuild(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    sites, file = tmp_path / "sites", tmp_path / "pages.jsonl"
    sites.mkdir()
    (sites / "typo.toml").write_text('name = "青禾"\nfamly = "trs"\n', "utf-8")
    monkeypatch.setenv("PROPOSALS_SITES", str(sites))
    file.write_text(line("https://www.qinghe.example/1.html", 1), "utf-8")
    for words, status, says in (
        (["import", str(file)], 1, "1 pages, 1 new"),
        (["rebuild"], 2, "1 captures, 1 records"),
    ):
        done = CliRunner().invoke(proposals, [*words, "--data", str(tmp_path / "data")])
        assert done.exit_code == status
        assert done.stdout.startswith(says)
        assert done.stderr.startswith(f"proposals: {sites / 'typo.toml'}: ")
        assert done.stderr.count("\n") == 1
