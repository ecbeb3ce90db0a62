"""Machines that crawl apart: a restore from captures and ledger, and captures of two machines in one archive."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.command import proposals
from tests.sims.catalogue import make
from tests.sims.server import Server
from tests.sims.sim import Sim

pytestmark = pytest.mark.long

HISTORY = ("versions", "redirects", "captures", "evidence", "citations", "documents", "matters", "numbers", "sites")
TABLES = ("proposals", "texts", "people", "departments", "proposal_people", "proposal_departments", "crawls", *HISTORY)
DAY = 86400


def command(*arguments: object, sites: Path, status: int = 0) -> None:
    done = proposals(*arguments, PROPOSALS_SITES=str(sites))
    assert done.status == status, done.stdout + done.stderr


def published(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the published tables, in an order that does not depend on when it was written."""
    with closing(sqlite3.connect(data / "public" / "archive.db")) as archive:
        return {name: sorted(archive.execute(f"SELECT * FROM {name}"), key=repr) for name in TABLES}


def records(data: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "store.db")) as store:
        return store.execute("SELECT id, site, fields, state FROM records ORDER BY id").fetchall()


def edit(sim: Sim) -> None:
    """Change the reply of one entry."""
    first, second, *others = sim.content.entry
    changed = replace(second, reply=second.reply.replace("现答复如下", "经再次研究，现答复如下"))
    sim.content = replace(sim.content, entry=(first, changed, *others))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data folder after three full crawls of a site that edits one page and takes another one away, and its sites."""
    folder = tmp_path_factory.mktemp("one")
    with ExitStack() as stack:
        sim: Sim = make("node_content", "gone")
        stack.enter_context(Server(sim)).write_site_file(folder / "sites")
        for visit in (1, 2, 2):
            if visit > sim.visit:
                edit(sim)
            sim.visit = visit
            time.sleep(1)  # runs of a site are told apart by the second in which they begin
            command("crawl", sim.id, "--full", "--data", folder / "data", sites=folder / "sites")
    command("publish", "--data", folder / "data", sites=folder / "sites")
    return folder / "data", folder / "sites"


def test_the_crawls_have_left_a_history(crawled: tuple[Path, Path]) -> None:
    found = published(crawled[0])
    assert found["versions"]
    assert [state for *_, state in records(crawled[0])].count("withdrawn") == 1
    assert len(found["crawls"]) == 3


def test_captures_and_ledger_give_the_same_archive_again(crawled: tuple[Path, Path], tmp_path: Path) -> None:
    data, sites = crawled
    shutil.copytree(data / "captures", tmp_path / "data" / "captures")
    shutil.copy(data / "ledger.db", tmp_path / "data" / "ledger.db")
    command("rebuild", "--data", tmp_path / "data", sites=sites)
    command("publish", "--data", tmp_path / "data", sites=sites)
    before, after = published(data), published(tmp_path / "data")
    for name in TABLES:
        assert after[name] == before[name], name


def test_two_machines_make_one_archive(tmp_path: Path) -> None:
    sims = [make("node_content"), make("hanweb_jpaas"), make("trs"), make("vsb")]
    sites = tmp_path / "sites"
    with ExitStack() as stack:
        for sim in sims:
            stack.enter_context(Server(sim)).write_site_file(sites)
        alone, first, second = tmp_path / "alone", tmp_path / "first", tmp_path / "second"
        command("crawl", *(sim.id for sim in sims), "--data", alone, sites=sites)
        for data, share in ((first, sims[:2]), (second, sims[2:])):
            command("crawl", *(sim.id for sim in share), "--data", data, sites=sites)
    (first / "ledgers").mkdir()
    shutil.copy(second / "ledger.db", first / "ledgers" / "second.db")
    for file in (second / "captures").iterdir():
        assert not (first / "captures" / file.name).exists()
        shutil.copy(file, first / "captures")
    command("rebuild", "--jobs", 2, "--data", first, sites=sites)
    command("publish", "--data", first, sites=sites)
    assert records(first) == records(alone)
    assert len(records(first)) == sum(len(sim.expected()) for sim in sims)
    assert {row[1] for row in published(first)["crawls"]} >= {sim.id for sim in sims}
