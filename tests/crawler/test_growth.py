"""What a page costs the ledger stays the same however many pages its site has, counted in SQLite's own steps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.families import Link, ListRequest
from crawler.frontier import Done, Frontier
from crawler.ledger import Ledger, Written

SITE, DAY, HOST = "liuquan", "2026-11-27", "https://www.liuquan.example"
STEPS: dict[str, Callable[[Frontier, int], object]] = {
    "next list": lambda frontier, number: frontier.next_list(()),
    "enough for a limit": lambda frontier, number: frontier.queued(10),
    "take": lambda frontier, number: frontier.take(1),
    "an original": lambda frontier, number: frontier.ledger.original_of(f"sha256:{number}"),
    "capture": lambda frontier, number: capture(frontier, number + 1),
    "twin": lambda frontier, number: frontier.twin(frontier.take(1)[0], f"sha256:{number}"),
    "parsed": lambda frontier, number: parsed(frontier, number),
    "next time": lambda frontier, number: frontier.next_time(),
}


def filled(path: Path, pages: int) -> Frontier:
    """A site with so many parsed pages and as many queued ones."""
    ledger = Ledger(path / f"{pages}.db")
    run = ledger.begin_run()
    ledger.begin_site(run, SITE)
    frontier = Frontier(ledger, run, SITE)
    ledger.add_file("1.warc.gz")
    frontier.begin([f"{HOST}/"], ListRequest, full=True, full_walk_days=30)
    work = frontier.next_list(())
    assert work is not None
    links = [Link(f"{HOST}/{number}.htm", f"第{number}号", None) for number in range(1, 2 * pages + 1)]
    frontier.list_read(work, links, 0, None, "1")
    for number in range(1, pages + 1):
        capture(frontier, number)
        parsed(frontier, number)
    return frontier


def capture(frontier: Frontier, number: int) -> None:
    """The page of this number is answered."""
    place = {"file": 1, "name": "1.warc.gz", "offset": number * 100, "length": 90, "end": number * 100 + 100}
    written = Written(
        url=f"{HOST}/{number}.htm", time="2026-11-27T00:00:00Z", status=200, digest=f"sha256:{number}", original=None,
        **place,
    )  # fmt: skip
    frontier.ledger.add_capture(frontier.run, SITE, written, number, DAY)


def parsed(frontier: Frontier, number: int) -> None:
    """The page of this number is in the store."""
    done = Done(number, f"sha256:{number}", None, None, interval=30, outcome=None, new=True)
    frontier.parsed([done], pages=1, new=1)


def steps(frontier: Frontier, pages: int, step: Callable[[Frontier, int], object]) -> int:
    """How many instructions SQLite runs for one step of a page's way."""
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    frontier.ledger.db.set_progress_handler(count, 1)
    step(frontier, pages)
    frontier.ledger.db.set_progress_handler(None, 1)
    return counted[0]


@pytest.mark.parametrize("name", STEPS)
def test_a_step_costs_the_same_at_a_large_site(name: str, tmp_path: Path) -> None:
    few, many = (steps(filled(tmp_path, pages), pages, STEPS[name]) for pages in (20, 600))
    assert 0 < many <= few + 10
