"""The trouble that a site's run meets: what is asked for once more and when, and when the site has had enough."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler import blocks
from crawler.errors import CrawlError
from crawler.frontier import Frontier
from crawler.headers import seconds_of

CHALLENGES_IN_A_ROW = 3
FAILURES_IN_A_ROW = 6
WAIT_AFTER_429 = 60.0
SHORTEST_NAP, LONGEST_NAP = 0.05, 1.0


class Trouble:
    """Of one site in one run."""

    def __init__(self, frontier: Frontier, settings: BaseSettings):
        self.frontier = frontier
        self.retries = settings.getint("PROPOSALS_RETRIES")
        self.delay = settings.getfloat("PROPOSALS_RETRY_DELAY")
        self.patience = settings.getfloat("PROPOSALS_PATIENCE")
        self.problems: Counter[str] = Counter()
        self.in_a_row = self.challenged = 0
        self.quiet_until = 0.0
        """Before this (Unix seconds) the site is asked for nothing."""
        self.halt: str | None = None
        """The code over which the site's run ends early."""

    def problem(self, code: str) -> None:
        """Count a problem of this run."""
        self.problems[code] += 1
        self.frontier.count(problems=1)

    def answered(self) -> None:
        """The site has answered as it should: refusals before this and after it are not in a row."""
        self.in_a_row = 0

    def again_at(self, code: str, attempts: int, response: Response | None = None) -> float | None:
        """When a request that gave nothing is sent again; ``None`` where it is not, or only by a later run.

        ``attempts`` went before. An answer that asks for time costs an attempt too, for a server may ask without end.
        """
        self.challenged += code in blocks.CHALLENGES
        at = time.time() + self.delay * 2**attempts
        again = code in blocks.TRANSIENT and attempts < self.retries
        seconds = seconds_asked(code, response)
        if seconds is not None:
            at = self.keep_quiet(code, max(at, time.time() + seconds))
        elif not again:
            self.note(code)
        if again and self.halt:
            self.problem(self.halt)  # nothing else would say why the run ends
        return at if again else None

    def keep_quiet(self, code: str, until: float) -> float:
        """Leave the site alone until then, or as long as an earlier answer asked; later than this run waits ends it."""
        if time.time() >= self.quiet_until:  # what was in flight together is one refusal
            self.note(code)
        self.quiet_until = max(self.quiet_until, until)
        if self.quiet_until - time.time() > self.patience:
            self.frontier.ledger.pause(self.frontier.site, self.quiet_until)
            self.halt = "rate-limited"
        return self.quiet_until

    def note(self, code: str) -> None:
        """End the site's run after several refusals or failures in a row."""
        if code in blocks.CHALLENGES or code in blocks.TRANSIENT:
            self.in_a_row += 1
            if self.in_a_row >= (CHALLENGES_IN_A_ROW if code in blocks.CHALLENGES else FAILURES_IN_A_ROW):
                self.halt = code


class Foreseen:
    """Calls ``struck`` with an exception that is no CrawlError, which goes on its way: Scrapy prints its traceback."""

    def __init__(self, struck: Callable[[Exception], None]):
        self.struck = struck

    def __enter__(self) -> None:
        """Nothing is to be prepared."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, CrawlError):
            self.struck(error)


def seconds_asked(code: str, response: Response | None) -> float | None:
    """For how long an answer asks to be left alone: 429, or another failure with Retry-After; ``None``: it does not."""
    if response is None or code not in blocks.TRANSIENT:
        return None
    if code != "rate-limited" and b"Retry-After" not in response.headers:
        return None
    seconds = seconds_of(response.headers.get(b"Retry-After"))
    return WAIT_AFTER_429 if seconds is None else seconds


def nap(now: float, at: float) -> float:
    """How long to sleep where something is due ``at``; budget and hours are looked at in between."""
    return min(max(at - now, SHORTEST_NAP), LONGEST_NAP)
