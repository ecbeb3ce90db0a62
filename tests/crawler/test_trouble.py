"""What a site's trouble costs: it ends within the run, in a state that says what it was, and spoils no other page."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import Response
from scrapy.settings import Settings

from crawler.frontier import Frontier
from crawler.ledger import Ledger
from crawler.trouble import Trouble, nap, seconds_asked
from tests.crawler.driver import Started, crawl, proposals, query
from tests.forked import Ended, command
from tests.sims.catalogue import make
from tests.sims.content import many
from tests.sims.server import Server

URL = "http://www.liuquan.example/"


@pytest.mark.parametrize(
    ("code", "retry_after", "seconds"),
    [
        ("rate-limited", None, 60),
        ("rate-limited", "x", 60),
        ("rate-limited", "0", 0),
        ("rate-limited", "90", 90),
        ("server-error", None, None),
        ("server-error", "90", 90),
        ("forbidden", "90", None),
    ],
)
def test_how_long_an_answer_asks_to_be_left_alone(code: str, retry_after: str | None, seconds: float | None) -> None:
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    assert seconds_asked(code, Response(URL, headers=headers)) == seconds
    assert seconds_asked(code, None) is None


@pytest.mark.parametrize(("at", "seconds"), [(0.0, 0.05), (100.0, 0.05), (100.5, 0.5), (101.0, 1.0), (160.0, 1.0)])
def test_a_run_that_waits_sleeps(at: float, seconds: float) -> None:
    assert nap(100.0, at) == seconds


@pytest.mark.parametrize(("together", "halt"), [(True, None), (False, "rate-limited")])
def test_what_was_in_flight_together_is_one_refusal(tmp_path: Path, together: bool, halt: str | None) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    run = ledger.begin_run()
    ledger.begin_site(run, "liuquan")
    waits = {"PROPOSALS_RETRIES": 2, "PROPOSALS_RETRY_DELAY": 10, "PROPOSALS_PATIENCE": 120}
    trouble = Trouble(Frontier(ledger, run, "liuquan"), Settings(waits))
    for _ in range(3):
        assert trouble.again_at("rate-limited", 0, Response(URL, headers={"Retry-After": "0"})) is not None
        if not together:
            trouble.quiet_until = 0.0
    assert trouble.halt == halt
    assert dict(trouble.problems) == ({halt: 1} if halt else {})


def test_a_site_that_asks_for_quiet_twice_is_crawled_whole(tmp_path: Path) -> None:
    with Server(make("vsb", "429-twice")) as server:
        server.write_site_file(tmp_path / "sites")
        assert crawl(tmp_path / "data", tmp_path / "sites", server.sim.id) == (0, "", "")
    assert query(tmp_path / "data", "SELECT state, detail, pages FROM site_runs") == [("fine", None, 11)]
    assert query(tmp_path / "data", "SELECT count(*) FROM captures WHERE status = 429") == [(4,)]


def test_a_page_that_is_refused_for_ever_is_left_to_a_later_run(tmp_path: Path) -> None:
    with Server(make("vsb", "429-page")) as server:
        server.write_site_file(tmp_path / "sites")
        assert crawl(tmp_path / "data", tmp_path / "sites", server.sim.id) == (0, "", "")
        details = [ask.path for ask in server.sim.requests if server.sim.is_detail(ask)]
    assert details.count(details[0]) == 3
    assert query(tmp_path / "data", "SELECT state, count(*) FROM pages GROUP BY 1") == [("failed", 1), ("parsed", 10)]
    ((state, detail),) = query(tmp_path / "data", "SELECT state, detail FROM site_runs")
    assert (state, detail) == ("parsed with problems", "rate-limited 1")


@pytest.mark.parametrize(("others", "state"), [((), "parsed"), (("404-pages",), "gone")])
def test_failures_between_good_answers_are_not_in_a_row(tmp_path: Path, others: tuple[str, ...], state: str) -> None:
    data, sites = tmp_path / "data", tmp_path / "sites"
    sim = make("vsb")
    sim.content = many(sim.content, 20)
    with Server(sim) as server:
        server.write_site_file(sites)
        assert crawl(data, sites, sim.id) == (0, "", "")
        sim.faults = {"half-500", *others}
        assert crawl(data, sites, sim.id, settings={"PROPOSALS_RETRIES": 0}, full=True) == (0, "", "")
    found = dict(query(data, "SELECT state, count(*) FROM pages GROUP BY 1"))
    assert found == {"failed": 10, state: 10}
    assert "server-error 10" in query(data, "SELECT detail FROM site_runs WHERE run = 2")[0][0]


def test_a_column_is_asked_for_with_its_own_options(tmp_path: Path) -> None:
    with Server(make("hanweb_jpaas")) as server:
        path = server.write_site_file(tmp_path / "sites")
        text, column = path.read_text(), server.base + server.sim.column()
        begin, rest = text.split("[[columns]]", 1)
        columns = [f"[[columns]]\nurl = '{column}#{n}'\noptions = {{ search = {{ xxgkId = '{n}' }} }}\n" for n in "12"]
        path.write_text(begin + "options = { page_size = 5 }\n" + "".join(columns) + rest[rest.index("[politeness]") :])
        assert crawl(tmp_path / "data", tmp_path / "sites", server.sim.id) == (0, "", "")
    asked = [json.loads(ask.query["paramJson"]) for ask in server.sim.requests if "paramJson" in ask.query]
    assert {json.loads(one["search"])["xxgkId"] for one in asked} == {"1", "2"}
    assert {one["pageSize"] for one in asked} == {5}  # the site's, which no column changes


def test_a_service_that_answers_brackets_is_no_list(tmp_path: Path) -> None:
    with Server(make("szinf", "brackets")) as server:
        server.write_site_file(tmp_path / "sites")
        ended = proposals(tmp_path / "data", tmp_path / "sites", "crawl", server.sim.id)
    assert (ended.status, ended.stderr) == (2, "")
    assert ": empty list: " in ended.stdout
    assert "not-a-list" in ended.stdout


def fail(*arguments: Any) -> Any:
    """A reader with a mistake in it."""
    raise ZeroDivisionError("what nobody foresaw")


def mistaken_list(*arguments: str) -> None:
    """The command, with a family that fails over every list."""
    from crawler.families.vsb import Vsb

    Vsb.read = fail  # type: ignore[method-assign]
    command(*arguments)


def mistaken_page(*arguments: str) -> None:
    """The command, with parsers that fail over one site's pages."""
    from crawler import reading

    parse = reading.parse
    reading.parse = lambda page: fail() if "/info/" in page.source else parse(page)  # type: ignore[attr-defined]
    command(*arguments)


def killed_over_page(*arguments: str) -> None:
    """The command, killed over the first page that it reads."""
    from crawler import reading

    reading.parse = lambda page: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[attr-defined]
    command(*arguments)


def run(folder: Path, target: Callable[..., None], *ids: str) -> Ended:
    """A crawl by such a program."""
    data, sites = folder / "data", folder / "sites"
    return Started(data, sites, target, "crawl", "--data", str(data), *ids).end()


@pytest.mark.parametrize(
    ("target", "state", "asked"), [(mistaken_list, "empty list", 2), (mistaken_page, "listed but nothing parsed", 15)]
)
def test_a_mistake_of_the_program_ends_what_it_struck(
    tmp_path: Path, target: Callable[..., None], state: str, asked: int
) -> None:
    with ExitStack() as stack:
        sims = [make(name) for name in ("vsb", "trs")]
        for sim in sims:
            stack.enter_context(Server(sim)).write_site_file(tmp_path / "sites")
        ended = run(tmp_path, target, *(sim.id for sim in sims))
        assert ended.status == 1
        assert "Traceback" in ended.stderr
        assert "ZeroDivisionError: what nobody foresaw" in ended.stderr
        assert ended.stderr.splitlines()[-1].startswith("proposals: sim-vsb: http://127.0.0.1:")
        assert len(sims[0].requests) == asked
        vsb, trs = (next(line for line in ended.stdout.splitlines() if sim.id in line) for sim in sims)
        assert vsb.startswith(f"sim-vsb: {state}: ")
        assert "program-error" in vsb
        assert trs.startswith("sim-trs: fine: 11 pages")
        again = proposals(tmp_path / "data", tmp_path / "sites", "crawl", "--full", sims[0].id)
    assert again.stdout.startswith("sim-vsb: fine: 11 pages"), again


def test_a_capture_that_the_program_fails_over_stops_one_run_only(tmp_path: Path) -> None:
    with Server(make("vsb")) as server:
        server.write_site_file(tmp_path / "sites")
        assert run(tmp_path, killed_over_page, server.sim.id).status < 0
        assert run(tmp_path, mistaken_page, server.sim.id).status == 1
        ended = proposals(tmp_path / "data", tmp_path / "sites", "crawl", "--full", server.sim.id)
    assert ended.stdout.startswith("sim-vsb: fine: 11 pages"), ended
