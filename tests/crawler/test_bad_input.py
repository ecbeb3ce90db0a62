"""What goes wrong on the maintainer's side: one clear line, no traceback, the other sites unharmed, nothing lost."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.crawler.driver import proposals, query
from tests.forked import Ended
from tests.sims.catalogue import make
from tests.sims.server import Server

SITE = "sim-yunling"
ENTRIES = 12
ROOT = Path(__file__).parents[2]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Path]:
    """A folder with the file of one good site, which is served."""
    with Server(make("node_content")) as server:
        server.write_site_file(tmp_path / "sites")
        yield tmp_path / "sites"


def failed(ended: Ended, *said: str, status: int = 1) -> None:
    """The command ended with its status and one line on standard error."""
    assert ended.status == status, ended.stdout + ended.stderr
    assert ended.stderr.startswith("proposals: "), ended.stderr
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    for part in said:
        assert part in ended.stderr


def whole(data: Path, sites: Path) -> None:
    """The next crawl reads everything, each page once."""
    ended = proposals(data, sites, "crawl", SITE)
    assert (ended.status, ended.stderr) == (0, ""), ended.stdout + ended.stderr
    assert query(data, "SELECT state, count(*) FROM pages GROUP BY 1") == [("parsed", ENTRIES)]
    assert query(data, "SELECT count(*) FROM records WHERE type = 'reply'", file="store.db") == [(ENTRIES,)]


def test_a_wrong_site_file_stops_no_other_site(data: Path, sites: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (sites / "sim-wrong.toml").write_text('name = "x"\nfamily = "trss"\nhosts = []\n')
    for file in (ROOT / "crawler" / "sites").glob("*.toml"):  # the public ones are not for tests
        (sites / file.name).write_text('name = "x"\nfamily = "trs"\n')
    ended = proposals(data, sites, "crawl")
    assert ended.status == 1
    first, second = ended.stderr.splitlines()
    assert "sim-wrong.toml: key 'family': unknown family 'trss'" in first
    assert "the other sites were crawled" in second
    assert ended.stdout.startswith(f"{SITE}: fine: 12 pages")
    failed(proposals(data, sites, "crawl", "sim-wrong"), "sim-wrong.toml", "trss")
    failed(proposals(data, sites, "crawl", "sim-yunlin"), "did you mean sim-yunling")


def test_a_wrong_column_is_a_state(data: Path, sites: Path) -> None:
    good = (sites / f"{SITE}.toml").read_text()
    (sites / "sim-column.toml").write_text(good.replace("/Node-81.html", "/Node-82.html"))
    ended = proposals(data, sites, "crawl", "sim-column", SITE)
    assert (ended.status, ended.stderr) == (2, "")
    column, other = ended.stdout.splitlines()
    assert column.startswith("sim-column: empty list: ")
    assert "/Node-82.html: gone" in column
    assert other.startswith(f"{SITE}: fine: 12 pages")


def test_a_public_site_needs_a_contact(data: Path, sites: Path) -> None:
    path = sites / f"{SITE}.toml"
    path.write_text(path.read_text().replace("allow_private = true\n", ""))
    failed(proposals(data, sites, "crawl", SITE), SITE, "PROPOSALS_CONTACT")


def test_a_data_folder_that_another_run_holds(data: Path, sites: Path) -> None:
    data.mkdir()
    with (data / "crawl.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("process 1, since noon")
        lock.flush()
        failed(proposals(data, sites, "crawl", SITE), "another run is active (process 1, since noon)", status=75)
    whole(data, sites)


@pytest.mark.parametrize("limit", [40, 110, 160], ids=lambda limit: f"{limit} KB")
def test_a_disk_that_fills_up(data: Path, sites: Path, limit: int) -> None:
    """No file may grow beyond so much: making the store, filling the ledger, filling the store come to it."""
    failed(proposals(data, sites, "crawl", SITE, limit=limit * 1024))
    whole(data, sites)


def as_anybody(data: Path, sites: Path) -> Ended:
    """A crawl by somebody who may not write everywhere, as root may. Skips the test where root cannot give that up."""
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root may write anywhere, and there is no setpriv to take that away")
        prefix = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
    variables = {**os.environ, "PROPOSALS_SITES": str(sites)}
    code = f"from tests.forked import command; command('crawl', '--data', {str(data)!r}, {SITE!r})"
    ended = subprocess.run(
        [*prefix, sys.executable, "-c", code], cwd=ROOT, env=variables, capture_output=True, text=True
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def test_captures_that_are_read_only(data: Path, sites: Path) -> None:
    (data / "captures").mkdir(parents=True)
    (data / "captures").chmod(0o555)
    failed(as_anybody(data, sites), "captures", "Permission denied")
    (data / "captures").chmod(0o755)
    torn = data / "captures" / "torn.warc.gz"
    torn.write_bytes(b"\x1f\x8b torn")
    with closing(sqlite3.connect(data / "ledger.db")) as db, db:
        db.execute("INSERT INTO files (name) VALUES ('torn.warc.gz')")
    torn.chmod(0o444)
    failed(as_anybody(data, sites), "torn.warc.gz", "make it writable")
    torn.chmod(0o644)
    whole(data, sites)
    assert torn.read_bytes() == b""


@pytest.mark.parametrize(
    ("file", "sql"),
    [
        ("ledger.db", "PRAGMA user_version = 99"),
        (
            "store.db",
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('store', '2099-01-01-later', '')",
        ),
    ],
)
def test_a_schema_from_the_future(data: Path, sites: Path, file: str, sql: str) -> None:
    whole(data, sites)
    with closing(sqlite3.connect(data / file)) as db, db:
        db.execute(sql)
    before = query(data, "SELECT count(*) FROM captures")
    failed(proposals(data, sites, "crawl", SITE), file, "newer version")
    assert query(data, "SELECT count(*) FROM captures") == before


def test_a_ledger_that_is_none(data: Path, sites: Path) -> None:
    data.mkdir()
    (data / "ledger.db").write_text("this is no database at all, but text that goes on for a while" * 40)
    failed(proposals(data, sites, "crawl", SITE), "ledger.db", "not a database")
