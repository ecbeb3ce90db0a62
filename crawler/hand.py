"""The pages that a spider fetches next, taken from the ledger by the handful so that each costs no step of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from crawler.frontier import Frontier, PageWork

HANDFUL = 16
"""So many pages are taken in one step; after a kill or at the run's end they are there to be taken again."""


class Hand:
    """What has been taken and not yet asked for."""

    def __init__(self, frontier: Frontier, limit: int | None) -> None:
        """``limit`` is how many pages the run may ask for; ``None``: any number."""
        self.frontier, self.left = frontier, limit
        self.pages: deque[PageWork] = deque()

    def deal(self, room: int, budget: int) -> Iterator[PageWork]:
        """The next pages, at most ``room``; no more than ``budget`` are taken for later ones."""
        while room > 0 and self.left != 0:
            if not self.pages:
                most = min(HANDFUL, budget)
                self.pages.extend(self.frontier.take(most if self.left is None else min(most, self.left)))
            if not self.pages:
                return
            room, budget = room - 1, budget - 1
            self.left = self.left if self.left is None else self.left - 1
            yield self.pages.popleft()
