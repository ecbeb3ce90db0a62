"""How a site's run ended: one of the states of design.md, and the codes behind it."""

from __future__ import annotations

from collections import Counter

import msgspec

from crawler import blocks
from crawler.frontier import Frontier

SEVERITY = ("blocked", "unreachable", "empty list")


class Numbers(msgspec.Struct, frozen=True):
    """What a run saw of a site, beside the ledger's counters; the site's next runs are held against it."""

    lists: int
    """Lists known."""
    lists_failed: int
    """Lists whose last walk ended in a problem."""
    lists_whole: int
    """Lists that this run read to their declared end."""
    newest: str | None
    """The newest date of an entry that this run saw on a list."""
    known: int
    """Content pages that lists have ever shown."""
    vanished: int
    """Those of them that whole walks no longer meet, or that answer gone."""
    unread: int
    """Content pages that this run asked for in vain, so that nothing of them reached the store."""
    challenged: int
    """Answers that were a challenge or a refusal."""
    seconds: float
    """That an answer took, on average."""


class Conclusion(msgspec.Struct, frozen=True):
    """The state of a site after a run."""

    state: str
    """not run, blocked, unreachable, empty list, listed but nothing parsed, parsed with problems or fine."""
    detail: str | None


def conclude(
    frontier: Frontier, problems: Counter[str], halt: str | None, idle: str | None, error: Exception | None
) -> Conclusion:
    """The state, judged positively: fine is only what was read without a problem.

    ``halt`` is the code that ended the site's run early, ``idle`` why it was not read (any longer), ``error`` what
    ended the whole run before it was through, a signal for instance: the next whole run judges.
    """
    lists = frontier.lists()
    said = [f"{code} {count}" for code, count in problems.most_common()]
    said += [f"{url}: {outcome}" for url, outcome in lists if outcome][:5]
    said += [f"{count} pages failed before: {code}" for code, count in frontier.failed() if code not in problems]
    if idle:
        said.append(idle)
    if queued := frontier.queued():
        said.append(f"{queued} pages left for the next run")
    if error:
        said.insert(0, f"the run ended early: {error}")
    return Conclusion(state_of(frontier, problems, halt, idle, error), "; ".join(said) or None)


def state_of(
    frontier: Frontier, problems: Counter[str], halt: str | None, idle: str | None, error: Exception | None
) -> str:
    """The state alone."""
    if not frontier.asked() or error:
        return "not run"
    states = [blocks.site_state(outcome) for _, outcome in frontier.lists()]
    if states and all(states):
        return min((state for state in states if state), key=SEVERITY.index)
    if halt and (state := blocks.site_state(halt)):
        return state
    if frontier.has_parsed():
        return "parsed with problems" if problems or frontier.failed() else "fine"
    if idle and not (problems or frontier.failed()):
        return "not run"  # it ended before the first page
    worst = [code for code, _ in problems.most_common(1) if code in blocks.TRANSIENT or code in blocks.CHALLENGES]
    return (worst and blocks.site_state(worst[0])) or "listed but nothing parsed"


def numbers(frontier: Frontier, unread: int, challenged: int, waited: float) -> Numbers:
    """What the run saw of the site; ``waited`` seconds for all of its answers."""
    lists, failed, whole = frontier.lists_seen()
    known, vanished = frontier.pages_known()
    return Numbers(
        lists=lists, lists_failed=failed, lists_whole=whole, newest=frontier.newest_seen(), known=known,
        vanished=vanished, unread=unread, challenged=challenged, seconds=round(waited / max(1, frontier.requests()), 3),
    )  # fmt: skip
