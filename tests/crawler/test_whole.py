"""Every family's imitation site, crawled whole into the store by the command: three runs, with changes between them.

The first run reads everything; before the second one entry is edited and one is removed; the third proves it gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from parsers.record import Record
from tests.crawler.driver import proposals, query
from tests.sims.catalogue import SIMS, make
from tests.sims.server import Server
from tests.sims.sim import Sim

CHANGES = {"edit", "gone"}


class Crawled(NamedTuple):
    """What the store says of a site after each run, and what the site said itself."""

    stored: list[list[dict[str, Any]]]
    said: list[list[dict[str, Any]]]
    most_waiting: list[int]
    """The most requests that were at the site at once."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def runs(folder: Path) -> Iterator[dict[str, Crawled]]:
    sims = {name: make(name) for name in SIMS}
    found = {name: Crawled([], [], []) for name in SIMS}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(Server(sim)) for name, sim in sims.items()}
        for server in servers.values():
            server.sim.delay = 0.005
            server.write_site_file(folder / "sites")
        for visit in (1, 2, 3):
            crawl_all(folder, list(sims.values()), visit)
            for name, sim in sims.items():
                found[name].stored.append(stored(folder / "data", sim.id))
                found[name].said.append(in_order(sim.expected()))
                found[name].most_waiting.append(servers[name].most_waiting)
        yield found


def crawl_all(folder: Path, sims: list[Sim], visit: int) -> None:
    """One run over all sites in the form that they have on this visit."""
    for sim in sims:
        sim.visit, sim.requests = visit, []
        sim.faults |= CHANGES if visit > 1 else set()
    ended = proposals(folder / "data", folder / "sites", "crawl", "--full", *(sim.id for sim in sims))
    assert (ended.status, ended.stderr) == (0, ""), ended.stdout + ended.stderr
    assert [line.split(": ")[1] for line in ended.stdout.splitlines()] == ["fine"] * len(sims), ended.stdout


def stored(data: Path, site: str) -> list[dict[str, Any]]:
    """The site's records that are present in the store."""
    sql = "SELECT record FROM records WHERE site = ? AND state = 'present'"
    rows = query(data, sql, site, file="store.db")
    return in_order([msgspec.to_builtins(msgspec.json.decode(row[0], type=Record)) for row in rows])


def in_order(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(records, key=lambda record: (record["kind"] or "", record["number"] or "", record["title"] or ""))


def like(record: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The fields of a record that the other has, as plain JSON."""
    fields: dict[str, Any] = json.loads(json.dumps({name: record[name] for name in other}, ensure_ascii=False))
    return fields


@pytest.mark.parametrize("visit", [0, 1, 2], ids=["first", "second", "third"])
@pytest.mark.parametrize("name", SIMS)
def test_the_store_says_what_the_site_says(name: str, visit: int, runs: dict[str, Crawled]) -> None:
    crawled = runs[name]
    said = crawled.said[visit] if visit != 1 else in_order([*crawled.said[1], *missing(crawled)])
    assert len({identity(record) for record in crawled.stored[visit]}) == len(said)
    assert [like(record, other) for record, other in zip(crawled.stored[visit], said, strict=True)] == said


def identity(record: dict[str, Any]) -> tuple[str, str]:
    return record["kind"], record["number"]


def missing(crawled: Crawled) -> list[dict[str, Any]]:
    """What the second run did not meet any more: missing once, it is not withdrawn."""
    still = {identity(record) for record in crawled.said[1]}
    return [record for record in crawled.said[0] if identity(record) not in still]


@pytest.mark.parametrize("name", SIMS)
def test_an_edit_is_one_version(name: str, folder: Path, runs: dict[str, Crawled]) -> None:
    sql = "SELECT v.field FROM versions v JOIN records r ON r.rowid = v.record WHERE r.site = ?"
    assert query(folder / "data", sql, make(name).id, file="store.db") == [("reply_text",)]


@pytest.mark.parametrize("name", SIMS)
def test_what_is_gone_is_withdrawn_with_proof(name: str, folder: Path, runs: dict[str, Crawled]) -> None:
    sql = "SELECT w.proof FROM withdrawals w JOIN records r ON r.rowid = w.record WHERE r.site = ?"
    (row,) = query(folder / "data", sql, make(name).id, file="store.db")
    proof = json.loads(row[0])
    assert proof["gone"]["status"] == 404
    assert len({absence["run"] for absence in proof["absences"]}) == 2
    assert all(absence["complete"] for absence in proof["absences"])
    states = query(folder / "data", "SELECT state, count(*) FROM pages WHERE site = ? GROUP BY 1", make(name).id)
    assert dict(states) == {"parsed": len(runs[name].said[2]), "withdrawn": 1}


def test_one_request_at_a_time(runs: dict[str, Crawled]) -> None:
    assert {most for crawled in runs.values() for most in crawled.most_waiting} == {1}


def test_nothing_is_read_twice(folder: Path, runs: dict[str, Crawled]) -> None:
    sql = "SELECT site, run, url, count(*) FROM captures GROUP BY 1, 2, 3 HAVING count(*) > 1"
    assert query(folder / "data", sql) == []


def test_every_record_lies_in_a_capture(folder: Path, runs: dict[str, Crawled]) -> None:
    sql = "SELECT file, offset, length FROM captures WHERE file IS NULL OR offset IS NULL OR length IS NULL"
    assert query(folder / "data", sql, file="store.db") == []
    assert query(folder / "data", "SELECT count(*) FROM captures", file="store.db")[0][0] > 20 * 12
