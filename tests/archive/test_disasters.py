"""Kills, full disks, locks, damaged and newer files: the old archive serves on, and one line says what to do."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.cli import main
from archive.locks import locked
from archive.publish import LOCK, LOCKED_BY, publish
from archive.settings import Settings
from archive.store import Store
from tests.archive import kills

VERBS = (["publish"], ["publish", "--full"], ["release", "{data}/releases"], ["rebuild"], ["import", "{more}"])


@dataclass
class Ended:
    """How a command ended."""

    returncode: int
    stderr: str


@pytest.fixture
def proposals(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """The command, in this process."""

    def run(*arguments: object) -> Ended:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        return Ended(int(left.value.code or 0), capsys.readouterr().err)

    return run


def test_kills_leave_everything_whole(tmp_path: Path):
    killer = kills.run(6, tmp_path, seed=int.from_bytes(os.urandom(2)), pages=15)
    assert len(killer.struck) == 5


def filled(data: Path) -> Path:
    """A data folder with thirty pages captured, stored and published."""
    kills.fill(data, range(30))
    publish(data, Settings())
    return data


def state(data: Path) -> tuple[bytes, list[tuple], list[str]]:
    """What must not change: the archive, the records, and that nothing half-built lies about."""
    with closing(sqlite3.connect(data / "store.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        records = store.execute("SELECT id, fields FROM records ORDER BY id").fetchall()
    leftovers = [path.name for path in data.rglob("*") if "building" in path.name or ".unfinished" in path.name]
    return (data / "public" / "archive.db").read_bytes(), records, leftovers


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes; skipped where this user may mount none."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = (
        shutil.which("mount")
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("this user may not mount a small disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_ends_every_verb_in_one_line(small_disk: Path, tmp_path: Path, proposals):
    data = filled(small_disk / "data")
    more = kills.pages_file(tmp_path / "more.jsonl", range(100, 400))
    kills.fill(data, range(30, 33))
    before = state(data)
    filler = small_disk / "filler"
    for free in (0, 200_000):
        for verb in VERBS:
            filler.write_bytes(b"\0" * max(0, shutil.disk_usage(small_disk).free - free))
            ended = proposals(*(word.format(data=data, more=more) for word in verb), "--data", data)
            filler.unlink()
            if ended.returncode:
                assert ended.returncode == 1, (verb, free, ended.stderr)
                assert len(ended.stderr.splitlines()) == 1 or verb[0] == "release", ended.stderr
                assert ended.stderr.splitlines()[-1].startswith("proposals: "), ended.stderr
                assert "no space left" in ended.stderr.lower() or "disk" in ended.stderr.lower(), ended.stderr
                archive, records, leftovers = state(data)
                assert archive == before[0]
                assert set(before[1]) <= set(records)
                assert leftovers == []
            assert ended.returncode or free, (verb, "had no room and ended well")
            before = state(data)
    assert publish(data, Settings()) >= 33


def test_a_second_release_at_the_same_time_ends_with_75(tmp_path: Path, proposals):
    data = filled(tmp_path)
    (data / "releases").mkdir()
    with (data / "releases" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert proposals("release", data / "releases", "--data", data).returncode == 75


@pytest.mark.parametrize("verb", [["publish"], ["rebuild"]])
def test_a_second_run_at_the_same_time_ends_with_75(tmp_path: Path, verb: list[str], proposals):
    data = filled(tmp_path)
    before = state(data)
    with locked(data / LOCK, LOCKED_BY):
        ended = proposals(*verb, "--data", data)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (75, 1)
    assert f"process {os.getpid()}" in ended.stderr
    assert state(data) == before


def test_a_store_that_is_being_written_can_be_published_and_not_replaced(tmp_path: Path, proposals):
    data = filled(tmp_path)
    kills.fill(data, range(30, 31))
    with closing(sqlite3.connect(data / "store.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert publish(data, Settings()) == 31
        other.execute("ROLLBACK")
    with closing(sqlite3.connect(data / "store.db", isolation_level=None)) as other:
        other.execute("SELECT count(*) FROM records").fetchone()
        other.execute("BEGIN IMMEDIATE")
        ended = proposals("rebuild", "--data", data)
        assert ended.returncode == 1
        assert "locked by another process" in ended.stderr
        other.execute("ROLLBACK")
    assert len(state(data)[1]) == 31


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path, proposals):
    data = filled(tmp_path)
    with closing(sqlite3.connect(data / "store.db")) as store, store:
        later = ("store", "2099-01-01-later", "2099")
        store.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, ?)", later)
    before = (data / "store.db").read_bytes(), state(data)[0]
    for verb in (["publish"], ["rebuild"], ["report"]):
        ended = proposals(*verb, "--data", data)
        assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
        assert "newer version" in ended.stderr
    assert ((data / "store.db").read_bytes(), state(data)[0]) == before


@pytest.mark.parametrize("where", ["start", "middle"])
def test_a_damaged_store_is_named_and_rebuilt(tmp_path: Path, where: str, proposals):
    data = filled(tmp_path)
    published = state(data)[0]
    content = bytearray((data / "store.db").read_bytes())
    at = 0 if where == "start" else len(content) // 2
    content[at : at + 40_000] = b"\xff" * 40_000
    (data / "store.db").write_bytes(content)
    ended = proposals("publish", "--full", "--data", data)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
    assert "rebuild" in ended.stderr
    assert (data / "public" / "archive.db").read_bytes() == published
    (data / "store.db").rename(data / "store.damaged")
    assert proposals("rebuild", "--data", data).returncode == 0
    with Store.open(data) as store:
        assert store.connection.execute("SELECT count(*) FROM records").fetchone()[0] == 30


def test_a_damaged_archive_is_found_and_built_anew(tmp_path: Path, proposals):
    data = filled(tmp_path)
    archive = data / "public" / "archive.db"
    content = bytearray(archive.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8192] = b"\xff" * 8192
    archive.write_bytes(content)
    kills.fill(data, range(30, 31))
    ended = proposals("publish", "--data", data)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
    assert "--full" in ended.stderr
    assert proposals("publish", "--full", "--data", data).returncode == 0
    with closing(sqlite3.connect(archive)) as published:
        assert published.execute("SELECT count(*) FROM proposals").fetchone() == (31,)
