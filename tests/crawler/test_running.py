"""A run as a whole: on several processes, stopped by a signal, watched on a terminal, within its budget and hours."""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from archive.cli.crawling import table
from crawler.process import groups_of
from crawler.site import Site
from tests.crawler.driver import Started, proposals, query
from tests.forked import command
from tests.sims.catalogue import make
from tests.sims.server import Server
from tests.sims.sim import Sim

NAMES = ("vsb", "trs", "shaanxi")


def served(stack: ExitStack, folder: Path, *faults: str, **options: Any) -> list[Sim]:
    """Imitation sites with their files in the folder."""
    sims = [make(name, *faults, **options) for name in NAMES]
    for sim in sims:
        stack.enter_context(Server(sim)).write_site_file(folder / "sites")
    return sims


def test_several_processes_share_the_sites(tmp_path: Path) -> None:
    with ExitStack() as stack:
        ids = [sim.id for sim in served(stack, tmp_path)]
        ended = proposals(tmp_path / "data", tmp_path / "sites", "crawl", "--jobs", "2", *ids)
    assert (ended.status, ended.stderr) == (0, "")
    assert ended.stdout.count(": fine: 11 pages, 11 new") == len(NAMES)
    assert query(tmp_path / "data", "SELECT count(*), count(DISTINCT url) FROM captures") == [(45, 45)]
    assert query(tmp_path / "data", "SELECT count(*) FROM records", file="store.db") == [(33,)]
    assert query(tmp_path / "data", "SELECT count(*), count(finished), max(error) FROM runs") == [(1, 1, None)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_signal_ends_a_run_cleanly(tmp_path: Path, number: signal.Signals, jobs: int) -> None:
    data, sites = tmp_path / "data", tmp_path / "sites"
    with ExitStack() as stack:
        sims = served(stack, tmp_path, delay=0.1)
        arguments = ("crawl", "--data", str(data), "--jobs", str(jobs), *(sim.id for sim in sims))
        running = Started(data, sites, command, *arguments)
        end = time.monotonic() + 60
        while not all(any(sim.is_detail(ask) for ask in sim.requests) for sim in sims) and time.monotonic() < end:
            time.sleep(0.02)
        watched = Console(width=200, record=True, file=(tmp_path / "screen").open("w"))
        watched.print(table(data / "ledger.db"))
        os.kill(running.process.pid or 0, number)
        ended = running.end()
        assert (ended.status, ended.stderr) == (0, "")
        assert all(
            ": not run: " in line and "the run ended early: it was stopped" in line
            for line in ended.stdout.splitlines()
        )
        assert ended.stdout.count("pages left for the next run") >= 1
        report = proposals(data, sites, "report")
        assert (report.status, report.stdout.count("not run")) == (0, len(sims))
        assert query(data, "SELECT count(*) FROM pages WHERE state IN ('captured', 'failed')") == [(0,)]
        again = proposals(data, sites, *arguments[:1], *arguments[3:])
    assert (again.status, again.stderr) == (0, "")
    fetched = "SELECT count(*), count(DISTINCT c.page) FROM captures c WHERE c.page IS NOT NULL"
    assert query(data, fetched) == [(33, 33)]
    screen = watched.export_text()
    assert all(sim.id in screen for sim in sims)
    assert "running" in screen


def test_a_run_that_ends_between_lists_and_pages_is_not_judged(tmp_path: Path) -> None:
    """Lists have been read and no page yet, when a signal comes or the budget ends: that says nothing of the site."""
    data, sites = tmp_path / "data", tmp_path / "sites"
    with Server(make("vsb", delay=0.2)) as server:
        path = server.write_site_file(sites)
        running = Started(data, sites, command, "crawl", "--data", str(data), server.sim.id)
        end = time.monotonic() + 60
        while not any(server.sim.is_detail(ask) for ask in server.sim.requests) and time.monotonic() < end:
            time.sleep(0.01)
        os.kill(running.process.pid or 0, signal.SIGINT)
        stopped = running.end()
        lists = sum(not server.sim.is_detail(ask) for ask in server.sim.requests)
        path.write_text(path.read_text().replace("1_000_000", str(lists)))
        spent = proposals(tmp_path / "other", sites, "crawl", server.sim.id)
    for ended in (stopped, spent):
        assert ": not run: " in ended.stdout
        assert (ended.status, ended.stderr) == (0, "")


def test_a_budget_and_a_limit_end_a_run_that_the_next_one_continues(tmp_path: Path) -> None:
    data, sites = tmp_path / "data", tmp_path / "sites"
    with Server(make("vsb")) as server:
        path = server.write_site_file(sites)
        text = path.read_text()
        path.write_text(text.replace("1_000_000", "9"))
        spent = proposals(data, sites, "crawl", server.sim.id)
        assert "its budget of requests for today is spent" in spent.stdout
        assert len(server.sim.requests) == 9
        assert "its budget" in proposals(data, sites, "crawl", server.sim.id).stdout
        assert len(server.sim.requests) == 9
        path.write_text(text)
        assert ": fine: 2 pages, 2 new" in proposals(data, sites, "crawl", "--limit", "2", server.sim.id).stdout
        assert ": fine: 4 pages, 4 new" in proposals(data, sites, "crawl", server.sim.id).stdout
    assert query(data, "SELECT count(*) FROM records", file="store.db") == [(11,)]


def test_a_site_is_left_alone_outside_its_hours(tmp_path: Path) -> None:
    with Server(make("vsb")) as server:
        path = server.write_site_file(tmp_path / "sites")
        hour = (time.gmtime().tm_hour + 8 + 2) % 24
        path.write_text(path.read_text() + f'night = ["{hour:02}:00", "{(hour + 1) % 24:02}:00"]\n')
        ended = proposals(tmp_path / "data", tmp_path / "sites", "crawl", server.sim.id)
        assert ": not run: " in ended.stdout
        assert "outside its hours" in ended.stdout
        assert server.sim.requests == []


GROUPS: list[tuple[list[tuple[str, ...]], list[list[int]]]] = [
    ([("a.example",), ("b.example",)], [[0], [1]]),
    ([("a.example",), ("a.example:8080",)], [[0, 1]]),
    ([("a.example:81",), ("b.example",), ("a.example:82", "b.example")], [[0, 1, 2]]),
]
"""The hosts of sites, and which of the sites are read one after the other."""


@pytest.mark.parametrize(("hosts", "groups"), GROUPS)
def test_sites_on_one_server_are_read_one_after_the_other(
    hosts: list[tuple[str, ...]], groups: list[list[int]]
) -> None:
    sites = [Site(id=str(number), name="x", family="trs", hosts=own) for number, own in enumerate(hosts)]
    assert [[int(site.id) for site in group] for group in groups_of(sites)] == groups


def test_imitation_sites_share_a_machine() -> None:
    sites = [Site(name="x", family="trs", hosts=(f"127.0.0.1:{port}",), allow_private=True) for port in (81, 82)]
    assert groups_of(sites) == [[sites[0]], [sites[1]]]
