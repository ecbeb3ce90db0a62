"""A site's last run held against the runs before: what is worse than the site's own history.

Counts of one night mislead, because a night without anything new is a good night. So lists, vanished pages, refusals,
times and what was read are each compared with what is usual at this site; there are no bounds that all sites must meet
but the least sizes below, which keep one odd page from calling a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

import msgspec

from archive.measures import Measures

HISTORY = 10
"""Good runs that the last one is held against."""
BROKEN = ("blocked", "unreachable", "empty list", "listed but nothing parsed")
"""States in which a person must look at the site whatever its history is."""
GOOD = ("fine", "parsed with problems")
STATES = (*BROKEN, "not run", *GOOD)
FEWEST_PAGES = 2
"""Pages that are judged together at least; where a run has fewer, those of the runs before are added."""
FEWEST_VANISHED = 3
VANISHED = 0.1
"""Share of the known pages that may vanish from one run to the next."""
LISTED = 0.8
"""Entries of a walk through all lists, as a share of the median of such walks."""
FILLED = 0.25
"""How far the share of filled fields may fall below its median."""
CHALLENGED = 0.2
"""Share of answers that may be refusals, at least; more where that is usual."""
SLOWER, SLOW = 4.0, 3.0
"""How many times slower than usual answers are reported, from how many seconds on."""
SILENT, SILENT_DAYS = 1.2, 60
"""How much longer than the longest silence before a site may be silent, and how many days at least."""
SILENCES_FROM = 400
"""Days of publishing that are needed to know how long a site is usually silent: replies come by the year."""
REPEATED = 7
"""Days for which something that was found once is said again, unless a later run shows it mended."""
IDLE_DAYS = 14
"""Days after which a site that no run has read is reported."""

Rule = Callable[[Measures, Sequence[Measures]], Iterator[str]]
"""The last run and those before, the newest first; in words what is worse."""


class Ran(msgspec.Struct, frozen=True):
    """A run at a site as the store keeps it; times in ISO 8601, UTC."""

    state: str
    started: str
    finished: str | None
    detail: str | None
    measures: Measures | None
    """``None`` for runs of a version that kept none."""


def needs(runs: Sequence[Ran], published: Sequence[str], today: date) -> list[str]:
    """What a person should look at, in words; empty where nothing is wrong.

    ``runs`` are a site's runs, the newest first; ``published`` the days on which it published, oldest first.
    """
    return [*lasting(runs, published, today), *passing(runs, today)]


def lasting(runs: Sequence[Ran], published: Sequence[str], today: date) -> list[str]:
    """What is said until it is mended: no run, a broken state, silence. It may be acknowledged."""
    last = runs[0]
    if (since := days_since(last, today)) >= IDLE_DAYS:
        return [f"no run for {since} days: its file may be gone, or its process dies"]
    if last.state in BROKEN:
        return [f"{last.detail or last.state}"]
    return list(silence(published, today)) if last.state in GOOD else idle(runs, today)


def passing(runs: Sequence[Ran], today: date) -> list[str]:
    """What the last runs did worse than those before: it is said for some days and becomes the site's history."""
    last = runs[0]
    if last.state not in GOOD or days_since(last, today) >= IDLE_DAYS:
        return []
    good = [run for run in runs if run.state in GOOD and run.measures]
    found = judged(good, LIST_RULES) if last.measures else []
    week = (today - timedelta(days=REPEATED)).isoformat()
    while good and good[0].started >= week and not busy(good[0]):
        good = good[1:]
    if good and good[0].started >= week:
        found += judged(good, PAGE_RULES)
    return found


def days_since(run: Ran, today: date) -> int:
    """How many days ago a run was begun."""
    return (today - date.fromisoformat(run.started[:10])).days


def judged(runs: Sequence[Ran], rules: Sequence[Rule]) -> list[str]:
    """What the rules say of the first of these runs, held against the others."""
    last, *earlier = [run.measures for run in runs[: HISTORY + 1] if run.measures]
    return [words for rule in rules for words in rule(last, earlier)]


def busy(run: Ran) -> bool:
    """Whether a run asked for any page that it had not read before."""
    return bool(run.measures and (run.measures.pages or run.measures.unread))


def idle(runs: Sequence[Ran], today: date) -> list[str]:
    """Whether the site was not read for long; nights that end before a site's turn are ordinary."""
    read = next((run.started[:10] for run in runs if run.state != "not run"), runs[-1].started[:10])
    days = (today - date.fromisoformat(read)).days
    return [f"not read for {days} days: {runs[0].detail or runs[0].state}"] if days >= IDLE_DAYS else []


def silence(published: Sequence[str], today: date) -> Iterator[str]:
    """Whether nothing was published for longer than ever before."""
    days = [date.fromisoformat(day) for day in published]
    if len(days) < 2 or (days[-1] - days[0]).days < SILENCES_FROM:
        return
    longest = max((after - before).days for before, after in pairwise(days))
    silent = (today - days[-1]).days
    if silent > max(SILENT_DAYS, SILENT * longest):
        yield f"nothing new for {silent} days, {longest} were the longest before"


def lists(last: Measures, earlier: Sequence[Measures]) -> Iterator[str]:
    """Whether lists fail that used to answer."""
    usual = typical(earlier, lambda run: run.lists_failed)
    if last.lists_failed > usual:
        yield f"{last.lists_failed} of {last.lists} lists failed where {usual:.0f} are usual"


def entries(last: Measures, earlier: Sequence[Measures]) -> Iterator[str]:
    """Whether the lists, read to their ends, hold fewer entries than before."""
    whole = [run.listed for run in earlier if run.lists_whole == run.lists]
    if whole and last.lists and last.lists_whole == last.lists and last.listed < LISTED * median(whole):
        yield f"lists hold {last.listed} entries where {median(whole):.0f} are usual"


def dates(last: Measures, earlier: Sequence[Measures]) -> Iterator[str]:
    """Whether the newest date on the lists is older than it was."""
    before = max((run.newest for run in earlier if run.newest), default=None)
    if last.newest and before and last.newest < before:
        yield f"the newest entry is of {last.newest} and was of {before}"


def vanished(last: Measures, earlier: Sequence[Measures]) -> Iterator[str]:
    """Whether more pages than a few vanished since the run before."""
    more = last.vanished - earlier[0].vanished if earlier else 0
    if more >= max(FEWEST_VANISHED, VANISHED * last.known):
        new = last.known - earlier[0].known
        yield f"{more} of {last.known} known pages vanished and {new} new ones came: a relaunch?"


def unread(last: Measures, earlier: Sequence[Measures]) -> Iterator[str]:
    """Whether pages could not be read, or are not what the lists promise."""
    asked, failed = 0, 0
    for run in (last, *earlier):
        asked, failed = asked + run.unread + run.pages, failed + run.unread
        if asked >= FEWEST_PAGES:
            break
    usual = typical(earlier, lambda run: run.unread / max(1, run.unread + run.pages))
    if last.unread and asked >= FEWEST_PAGES and failed / asked >= max(0.5, 1.5 * usual):
        yield f"{failed} of the last {asked} pages could not be read"


def layout(last: Measures, earlier: Sequence[Measures]) -> Iterator[str]:
    """Whether pages in a layout that is new no longer read as replies."""
    read, answers, new = 0, 0, 0
    for run in (last, *earlier):
        read, answers, new = read + run.pages, answers + run.answers, new + run.new_layouts
        if read >= FEWEST_PAGES:
            break
    before = typical([run for run in earlier if run.pages], lambda run: run.answers / run.pages)
    if last.pages and read >= FEWEST_PAGES and new == read and answers == 0 and before >= 0.5:
        yield f"none of the last {read} pages reads as a reply, and their layout is new"


def fields(last: Measures, earlier: Sequence[Measures]) -> Iterator[str]:
    """Whether replies fill fewer fields than before."""
    usual = [run.filled for run in earlier if run.filled is not None]
    enough = last.answers > FEWEST_PAGES or (last.answers > 0 and last.new_layouts == last.pages)
    if usual and last.filled is not None and enough and last.filled < median(usual) - FILLED:
        yield f"{last.filled:.0%} of the fields are filled where {median(usual):.0%} are usual"


def challenges(last: Measures, earlier: Sequence[Measures]) -> Iterator[str]:
    """Whether the site refuses more often than before."""
    most = max(CHALLENGED, 2 * typical(earlier, challenge_share))
    if last.challenged >= FEWEST_PAGES and challenge_share(last) > most:
        yield f"{challenge_share(last):.0%} of the answers are refusals"


def slow(last: Measures, earlier: Sequence[Measures]) -> Iterator[str]:
    """Whether answers take much longer than before."""
    usual = typical(earlier, lambda run: run.seconds)
    if earlier and last.seconds >= max(SLOW, SLOWER * usual):
        yield f"an answer takes {last.seconds:.1f} seconds where {usual:.1f} are usual"


LIST_RULES: tuple[Rule, ...] = (lists, entries, dates, vanished, challenges, slow)
PAGE_RULES: tuple[Rule, ...] = (unread, layout, fields)
"""These judge the newest run that had pages to read: nights without any do not make what they found well again."""


def typical(runs: Sequence[Measures], number: Callable[[Measures], float]) -> float:
    """The median of a number over runs; 0 where there are none."""
    return median(map(number, runs)) if runs else 0.0


def challenge_share(run: Measures) -> float:
    """Refusals as a share of the run's answers, of which there are as many as it asked for lists and pages."""
    return run.challenged / max(1, run.challenged + run.unread + run.pages + run.lists)
