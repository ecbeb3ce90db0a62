"""When a page is asked for again, told from the ledger alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from crawler.families import Link, ListRequest
from crawler.frontier import Done, Frontier, PageWork
from crawler.ledger import Ledger

SITE, COLUMN = "liuquan", "http://www.liuquan.example/list/"
LINK = Link("http://www.liuquan.example/1.htm", "关于停车的答复", "2026-05-06")
RENAMED = Link(LINK.url, "关于停车难的答复", LINK.date)
REDATED = Link(LINK.url, LINK.title, "2026-05-07")


@pytest.fixture
def frontier(tmp_path: Path) -> Frontier:
    return night(Ledger(tmp_path / "ledger.db"))


def night(ledger: Ledger, *columns: str) -> Frontier:
    """The site in a new run."""
    run = ledger.begin_run()
    ledger.begin_site(run, SITE)
    frontier = Frontier(ledger, run, SITE)
    frontier.begin(columns or [COLUMN], ListRequest, full=False, full_walk_days=28)
    return frontier


def walk(frontier: Frontier, *links: Link) -> tuple[int, int, int]:
    """The column shows these links, to its declared end; how many of them were new, changed and known."""
    work = frontier.next_list(())
    assert work is not None
    seen = frontier.list_read(work, links, 0, None, "1")
    frontier.end_walk(work, None, whole=True, declared=True)
    return seen.new, seen.changed, seen.known


def taken(frontier: Frontier) -> PageWork:
    """The one page that waits."""
    (work,) = frontier.take(5)
    return work


def parsed(frontier: Frontier, work: PageWork, outcome: str | None = None) -> None:
    """The page was read."""
    done = Done(page=work.id, digest="x", etag="e", last_modified=None, interval=30, outcome=outcome, new=True)
    frontier.parsed([done], pages=1)


def gone(frontier: Frontier, work: PageWork) -> None:
    """The page answered that it is not there."""
    frontier.page_ended(work, "gone", "gone", 30)


@pytest.mark.parametrize(
    ("dead", "shown", "due", "asked"),
    [
        (True, LINK, False, 0),
        (True, RENAMED, False, 1),
        (True, REDATED, False, 1),
        (True, LINK, True, 1),
        (False, LINK, False, 0),
        (False, RENAMED, False, 1),
        (False, LINK, True, 1),
    ],
)
def test_what_stays_on_a_list_is_asked_for_when_it_changes_or_is_due(
    frontier: Frontier, dead: bool, shown: Link, due: bool, asked: int
) -> None:
    assert walk(frontier, LINK) == (1, 0, 0)
    (gone if dead else parsed)(frontier, taken(frontier))
    if due:
        frontier.ledger.db.execute("UPDATE pages SET due = ?", (time.time() - 1,))
    for changed in (shown is not LINK, False):
        frontier = night(frontier.ledger)
        assert walk(frontier, shown) == (0, int(changed), int(not changed))
        waiting = frontier.take(5)
        assert len(waiting) == asked
        for work in waiting:
            gone(frontier, work)
        asked = 0


def test_lists_may_print_a_page_differently(frontier: Frontier) -> None:
    ledger, columns = frontier.ledger, (COLUMN, COLUMN + "news/")
    for shown, changed in ((RENAMED, 0), (RENAMED, 0), (REDATED, 1), (REDATED, 0)):
        frontier = night(ledger, *columns)
        assert walk(frontier, LINK)[1] == 0
        assert walk(frontier, shown)[1] == changed
        for work in frontier.take(5):
            parsed(frontier, work)


def test_a_ledger_of_the_first_version_knows_what_its_lists_printed(frontier: Frontier) -> None:
    walk(frontier, LINK)
    parsed(frontier, taken(frontier))
    for column in ("title", "date"):
        frontier.ledger.db.execute(f"ALTER TABLE entries DROP COLUMN {column}")
    frontier.ledger.db.execute("PRAGMA user_version = 1")
    frontier.ledger.close()
    again = Ledger(frontier.ledger.path)
    assert walk(night(again), LINK) == (0, 0, 1)
    assert walk(night(again), RENAMED) == (0, 1, 0)


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_gone_page_that_a_list_shows_again_is_asked_for(frontier: Frontier, withdrawn: bool) -> None:
    walk(frontier, LINK)
    gone(frontier, taken(frontier))
    frontier = night(frontier.ledger)
    walk(frontier)
    work = taken(frontier)
    gone(frontier, work)
    if withdrawn:
        frontier.withdrawn(work.id)
    frontier = night(frontier.ledger)
    assert walk(frontier, LINK) == (0, 1, 0)
    assert taken(frontier).missed == 0


@pytest.mark.parametrize("outcome", [None, "unrecognised", "list-page"])
def test_an_unchanged_page_keeps_what_was_thought_of_it(frontier: Frontier, outcome: str | None) -> None:
    walk(frontier, LINK)
    parsed(frontier, taken(frontier), outcome)
    for failed in (False, True):
        frontier.begin([COLUMN], ListRequest, full=True, full_walk_days=28)
        work = taken(frontier)
        frontier.page_again(work, 0.0)
        work = taken(frontier)
        assert work.attempts == 1
        frontier.unchanged(work, 60)
        assert frontier.ledger.rows("SELECT state, outcome FROM pages") == [("parsed", outcome)]
        if not failed:
            assert frontier.has_parsed() == (outcome is None)


def test_a_failure_is_over_once_the_page_answers(frontier: Frontier) -> None:
    walk(frontier, LINK)
    parsed(frontier, taken(frontier))
    frontier.begin([COLUMN], ListRequest, full=True, full_walk_days=28)
    frontier.page_ended(taken(frontier), "failed", "timeout", 1)
    assert frontier.failed() == [("timeout", 1)]
    frontier.begin([COLUMN], ListRequest, full=True, full_walk_days=28)
    frontier.unchanged(taken(frontier), 60)
    assert frontier.ledger.rows("SELECT state, outcome FROM pages") == [("parsed", None)]
    assert frontier.has_parsed()


def test_a_list_that_is_tried_again_says_why_until_it_answers(frontier: Frontier) -> None:
    work = frontier.next_list(())
    assert work is not None
    frontier.list_again(work, "rate-limited", 0.0)
    assert frontier.lists() == [(COLUMN, "rate-limited")]
    again = frontier.next_list(())
    assert again is not None
    assert again.attempts == 1
    frontier.list_read(again, [LINK], 0, ListRequest(COLUMN + "2"), "1")
    assert frontier.lists() == [(COLUMN, None)]
