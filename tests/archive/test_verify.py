"""What `proposals verify` finds: each kind of damage by itself, and nothing where everything is whole."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import proposals
from archive.importing import readable, store_pages
from archive.publish import publish
from archive.release import release
from archive.settings import Settings
from archive.store import Store
from archive.verify import Verification
from archive.warc_members import Member, Problem, read_members
from crawler import warc
from tests.command import bound_by_permissions
from tests.crawler.driver import crawl
from tests.sims.catalogue import make
from tests.sims.server import Server

PAGE = """<h1>对青禾市十六届人大四次会议第98号建议的答复</h1><p>江小舟代表:</p>
<p>您提出的关于建设河滨步道的建议收悉,现答复如下:步道已经列入今年的计划。</p><p>青禾市园林局</p><p>2025年5月20日</p>"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after the crawl of a small site, an import, a publish and a release."""
    folder = tmp_path_factory.mktemp("verify")
    data, sites = folder / "data", folder / "sites"
    sim = make("node_content")
    with Server(sim) as server:
        server.write_site_file(sites)
        assert crawl(data, sites, sim.content.id) == (0, "", "")
    page = folder / "page.html"
    page.write_text(PAGE, "utf-8")
    with Store.open(data) as store:
        store_pages(store, data, readable(page, print))
    publish(data, Settings())
    release(data / "public" / "archive.db", data / "public" / "releases")
    return data


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    """A copy that the test may damage."""
    return Path(shutil.copytree(whole, tmp_path / "data", symlinks=True))


def crawled(data: Path) -> Path:
    return next(path for path in sorted((data / "captures").iterdir()) if not path.name.startswith("import-"))


def imported(data: Path) -> Path:
    return next(path for path in sorted((data / "captures").iterdir()) if path.name.startswith("import-"))


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def handed_in(data: Path, *statements: str) -> None:
    (data / "ledgers").mkdir()
    shutil.copy(data / "ledger.db", data / "ledgers" / "second.db")
    change(data / "ledgers" / "second.db", *statements)


def flip(data: Path) -> None:
    path = crawled(data)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def a_release(data: Path) -> Path:
    return next(path for path in (data / "public" / "releases").iterdir() if path.is_dir() and not path.is_symlink())


DAMAGE: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "a flipped byte": (flip, ["captures/", "at byte", "restore the file"]),
    "a crawled file cut off": (lambda data: cut(crawled(data)), ["cut off", "torn at byte"]),
    "an imported file cut off": (
        lambda data: cut(imported(data)),
        ["torn at byte 0", "no record at byte 0, where store.db has"],
    ),
    "a capture file gone": (lambda data: crawled(data).unlink(), ["missing, with", "captures; restore"]),
    "a file of another program that is damaged": (
        lambda data: (data / "captures" / "handed.wacz").write_bytes(b"PK no archive") and None,
        ["captures/handed.wacz: damaged or unreadable"],
    ),
    "a capture of the ledger without a record": (
        lambda data: change(
            data / "ledger.db",
            "INSERT INTO captures (run, site, url, time, status, digest, file, offset, length) SELECT run, site, "
            "'https://lost.example/', time, status, digest, file, offset + 1, length FROM captures LIMIT 1",
        ),
        ["no record at byte", "where ledger.db has https://lost.example/"],
    ),
    "a capture of the store that is another record": (
        lambda data: change(
            data / "store.db",
            "UPDATE captures SET digest = 'sha256:00' WHERE id = (SELECT min(id) FROM captures WHERE file IS NOT NULL)",
        ),
        ["another record at byte", "than store.db has of"],
    ),
    "a record without a capture": (
        lambda data: change(data / "store.db", "DELETE FROM captures WHERE page IN (SELECT page FROM records LIMIT 1)"),
        ["store.db: ", "has no capture that proves it", "proposals rebuild"],
    ),
    "a ledger of another machine whose captures were not handed in": (
        lambda data: handed_in(data, "UPDATE files SET name = 'second-' || name"),
        ["captures/second-", "missing, with", "restore the file"],
    ),
    "a page that only the ledger has": (
        lambda data: change(
            data / "ledger.db",
            "UPDATE pages SET key = 'https://lost.example/' WHERE id = "
            "(SELECT id FROM pages WHERE state = 'parsed' LIMIT 1)",
        ),
        ["store.db: lacks https://lost.example/"],
    ),
    "a record that is not published": (
        lambda data: change(
            data / "public" / "archive.db",
            "DELETE FROM proposals WHERE rowid = (SELECT max(rowid) FROM proposals)",
        ),
        ["records where the store has", "publish --full"],
    ),
    "a published record that is not stored": (
        lambda data: change(data / "store.db", "UPDATE records SET id = 'x' || id", "DELETE FROM assigned"),
        ["archive.db: ", "is not in the store"],
    ),
    "a database that is none": (
        lambda data: (data / "store.db").write_bytes(b"no database" * 1000) and None,
        ["store.db: cannot be read", "move it away and run `proposals rebuild`"],
    ),
    "a release with another byte": (
        lambda data: (a_release(data) / "QUALITY.md").write_text("changed", "utf-8") and None,
        ["release ", "QUALITY.md: SHA-256 differs"],
    ),
    "a release file gone": (lambda data: (a_release(data) / "QUALITY.md").unlink(), ["QUALITY.md: missing"]),
}


def test_what_is_whole_is_fine(whole: Path):
    result = CliRunner().invoke(proposals, ["verify", "--data", str(whole)])
    assert result.exit_code == 0, result.output
    assert result.output.endswith("1 releases: fine\n")


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named_with_the_way_out(data: Path, name: str):
    damage, said = DAMAGE[name]
    damage(data)
    result = CliRunner().invoke(proposals, ["verify", "--data", str(data)])
    assert result.exit_code == 1
    assert [words for words in said if words not in result.output] == []
    assert "Traceback" not in result.output


def test_a_read_only_copy_is_read(data: Path):
    permit(data, writing=False)
    ended = bound_by_permissions("verify", "--data", data)
    permit(data, writing=True)
    assert (ended.status, ended.stderr) == (0, "")
    assert ended.stdout.endswith("1 releases: fine\n")


def test_what_may_not_be_read_is_not_called_damaged(data: Path):
    """A log beside a ledger in a folder that may not be written, and a store, a capture and a release without leave."""
    (data / "ledger.db-wal").write_bytes(b"left by a crash")
    (data / "ledger.db-shm").unlink(missing_ok=True)
    closed = [data / "store.db", imported(data), a_release(data) / "QUALITY.md"]
    for path in closed:
        path.chmod(0)
    data.chmod(0o500)
    ended = bound_by_permissions("verify", "--data", data)
    data.chmod(0o700)
    assert ended.status == 1
    said = dict(line.split(": not checked: ") for line in ended.stdout.splitlines())
    assert list(said) == ["ledger.db", "store.db", f"captures/{imported(data).name}", f"release {a_release(data).name}"]
    assert not any("move" in way or "rebuild" in way for way in said.values())


def permit(folder: Path, writing: bool):
    """Let the owner write into a folder and all below it, or not."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod((0o500 if path.is_dir() else 0o400) | (0o200 if writing else 0))


def test_what_a_crawl_is_writing_is_no_damage(data: Path):
    path = crawled(data)
    change(data / "ledger.db", f"UPDATE files SET closed = 0 WHERE name = '{path.name}'")
    with path.open("ab") as file:
        file.write(path.read_bytes()[:40])
    assert list(Verification(data).findings()) == []
    change(data / "ledger.db", "UPDATE files SET closed = 1")
    assert [finding.what.split(" at")[0] for finding in Verification(data).findings()] == ["torn"]


def test_without_a_data_folder_one_line_says_so(tmp_path: Path):
    result = CliRunner().invoke(proposals, ["verify", "--data", str(tmp_path / "none")])
    assert "nothing to verify" in str(result.exception)


def test_a_repeated_answer_stands_for_the_bytes_of_the_first(tmp_path: Path):
    answer = warc.Answer("https://www.qinghe.example/1", "2026-01-01T00:00:00Z", 200, (), b"page")
    first = warc.response_record(answer, answer.digest, None)[1]
    again = warc.response_record(answer, answer.digest, (answer.url, answer.time))[1]
    path = tmp_path / "x.warc.gz"
    path.write_bytes(first + again)
    expected = [Member(0, len(first), answer.digest), Member(len(first), len(again), answer.digest)]
    assert list(read_members(path, [])) == expected


def test_any_flipped_bit_and_any_cut_is_found(whole: Path, tmp_path: Path):
    """Any bit but those of gzip headers that say nothing of the content, which are only compared with the first one."""
    content = crawled(whole).read_bytes()
    known = [one.offset for one in read_members(crawled(whole), []) if isinstance(one, Member)]
    chance, path = random.Random(5), tmp_path / "x.warc.gz"
    for _ in range(60):
        at = chance.randrange(10, len(content))
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :])
        found = list(read_members(path, known))
        assert any(isinstance(one, Problem) for one in found), at
        assert len([one for one in found if isinstance(one, Member)]) >= len(known) - 1
        path.write_bytes(content[:at])
        whole_until = [one.offset + one.length for one in read_members(path, known) if isinstance(one, Member)]
        assert (at in whole_until) != any(isinstance(one, Problem) for one in read_members(path, known))
