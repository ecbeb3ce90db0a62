"""Each rule of the report: what must be named, and what looks alike and is ordinary."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from archive.judging import Ran, needs
from archive.measures import Measures

TODAY = date(2026, 6, 10)
USUAL = Measures(
    lists=3, lists_whole=3, listed=60, newest="2026-06-01", known=60, seconds=0.4, pages=4, answers=4, filled=0.9
)
QUIET = {"pages": 0, "answers": 0, "filled": None, "newest": None, "lists_whole": 0, "listed": 0}
"""A night on which the lists answered that they had not changed."""


def ran(days_ago: int, state: str = "fine", detail: str | None = None, **numbers: Any) -> Ran:
    started = f"{TODAY - timedelta(days=days_ago)}T02:30:00Z"
    values = {name: getattr(USUAL, name) for name in USUAL.__struct_fields__} | numbers
    return Ran(state, started, started, detail, Measures(**values))


def history(**numbers: Any) -> list[Ran]:
    """Six ordinary nights before the last one."""
    return [ran(day, **numbers) for day in range(1, 7)]


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ({"state": "blocked", "detail": "ruishu 3"}, "ruishu 3"),
        ({"state": "empty list"}, "empty list"),
        ({"lists_failed": 1}, "1 of 3 lists failed where 0 are usual"),
        ({"listed": 40}, "lists hold 40 entries where 60 are usual"),
        ({"newest": "2026-05-02"}, "the newest entry is of 2026-05-02 and was of 2026-06-01"),
        ({"known": 120, "vanished": 60}, "60 of 120 known pages vanished and 60 new ones came: a relaunch?"),
        ({"pages": 0, "answers": 0, "filled": None, "unread": 3}, "3 of the last 3 pages could not be read"),
        ({"answers": 0, "filled": None, "new_layouts": 4}, "none of the last 4 pages reads as a reply"),
        ({"filled": 0.4}, "40% of the fields are filled where 90% are usual"),
        ({"challenged": 9}, "56% of the answers are refusals"),
        ({"seconds": 8.0}, "an answer takes 8.0 seconds where 0.4 are usual"),
    ],
)
def test_what_is_worse_than_the_sites_own_history_is_named(last: dict[str, Any], words: str) -> None:
    found = needs([ran(0, **last), *history()], [], TODAY)
    assert [sentence for sentence in found if words in sentence] == found
    assert found


@pytest.mark.parametrize(
    "last",
    [
        {},
        QUIET,
        {"state": "not run", "detail": "its budget of requests for today is spent"},
        {"pages": 1, "answers": 0, "filled": None, "new_layouts": 0},
        {"pages": 40, "answers": 40, "filled": 0.8, "known": 100, "listed": 100},
        {"state": "parsed with problems", "detail": "server-error 1", "unread": 1},
        {"vanished": 2},
        {"new_layouts": 4},
        {"seconds": 1.9},
        {"challenged": 1},
    ],
)
def test_an_ordinary_night_calls_nobody(last: dict[str, Any]) -> None:
    assert needs([ran(0, **last), *history()], [], TODAY) == []


@pytest.mark.parametrize("number", [{"lists_failed": 1}, {"filled": 0.5}, {"challenged": 9}, {"seconds": 20.0}])
def test_what_is_usual_at_a_site_calls_nobody(number: dict[str, Any]) -> None:
    assert needs([ran(0, **number), *history(**number)], [], TODAY) == []


def test_what_was_found_is_said_for_a_week_and_not_longer_unless_it_is_found_again() -> None:
    broken = {"answers": 0, "filled": None, "new_layouts": 4}
    mended = [ran(0), ran(2, **broken), *[ran(day) for day in range(3, 8)]]
    assert needs(mended, [], TODAY) == []
    for days, expected in ((2, True), (8, False)):
        nights = [ran(day, **QUIET) for day in range(days)]
        found = needs([*nights, ran(days, **broken), *[ran(days + day) for day in range(1, 6)]], [], TODAY)
        assert bool(found) is expected


def test_two_single_pages_in_a_new_layout_are_judged_together() -> None:
    single = {"pages": 1, "answers": 0, "filled": None, "new_layouts": 1}
    assert needs([ran(0, **single), *history()], [], TODAY) == []
    assert needs([ran(0, **single), ran(1, **single), *history()[1:]], [], TODAY)


@pytest.mark.parametrize(("silent", "named"), [(200, False), (300, True)])
def test_a_silence_is_named_when_it_is_longer_than_any_before(silent: int, named: bool) -> None:
    newest = TODAY - timedelta(days=silent)
    days = [str(newest - timedelta(days=ago)) for ago in (700, 460, 230, 0)]
    found = needs([ran(0), *history()], days, TODAY)
    assert found == ([f"nothing new for {silent} days, 240 were the longest before"] if named else [])


def test_nobody_knows_how_long_a_young_site_is_silent() -> None:
    assert needs([ran(0)], ["2025-06-01", "2025-06-20"], TODAY) == []


def test_a_site_that_no_run_reads_is_named_after_two_weeks() -> None:
    waiting = [ran(day, state="not run", detail="outside its hours") for day in range(20)]
    assert needs([*waiting[:10], ran(10)], [], TODAY) == []
    assert needs([*waiting, ran(20)], [], TODAY) == ["not read for 20 days: outside its hours"]


def test_a_site_that_takes_part_in_no_run_is_named_whatever_its_last_state() -> None:
    assert needs([ran(13)], [], TODAY) == []
    assert needs([ran(20)], [], TODAY) == ["no run for 20 days: its file may be gone, or its process dies"]


def test_runs_of_an_older_version_without_numbers_are_no_history() -> None:
    old = [Ran("fine", f"2026-06-0{day}T00:00:00Z", None, None, None) for day in range(1, 6)]
    assert needs([ran(0), *old], [], TODAY) == []
    assert needs(old, [], TODAY) == []
