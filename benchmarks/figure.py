"""What a benchmark hands over: one figure, the bound it is held against, and the raw numbers behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Literal

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """One measured figure.

    A module of this package that is a benchmark offers ``figures(quick: bool) -> Iterable[Figure]``; its docstring is
    the method, printed above its table. ``quick`` asks for the smallest size only: seconds, for trying it out.
    """

    what: str
    """What was measured, with its size: ``parse, 1,000 pages``."""
    value: float
    unit: str
    """``× lxml tree``, ``ms``, ``MB``, ``s``; ratios within one run are what counts."""
    bound: float | None = None
    """What must be reached; ``None`` where nothing is asked."""
    side: Literal["at most", "at least"] = "at most"
    raw: dict[str, float] = {}
    """The numbers that the value was computed from, by name with unit: ``{"ours ms": 1.61, "lxml ms": 1.02}``."""

    @property
    def reached(self) -> bool | None:
        """Whether the bound holds; ``None`` without one."""
        if self.bound is None:
            return None
        return self.value <= self.bound if self.side == "at most" else self.value >= self.bound


def cpu(function: Callable[[], object]) -> float:
    """The CPU seconds that one call costs this process."""
    started = process_time()
    function()
    return process_time() - started


def peak() -> float:
    """Megabytes of memory that the program held at most so far; getrusage would count the one that started it too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def ratio(ours: Callable[[], object], peer: Callable[[], object], rounds: int = 5) -> tuple[float, float, float]:
    """The median over rounds of our CPU time over the peer's, both measured in the same round; then both medians in s.

    The order changes from round to round, so that a machine that others use too does not favour one side.
    """
    pairs = []
    for turn in range(rounds):
        if turn % 2:
            theirs, mine = cpu(peer), cpu(ours)
        else:
            mine, theirs = cpu(ours), cpu(peer)
        pairs.append((mine, theirs))
    middle = rounds // 2
    ratios = sorted(mine / max(theirs, 1e-9) for mine, theirs in pairs)
    return ratios[middle], sorted(mine for mine, _ in pairs)[middle], sorted(theirs for _, theirs in pairs)[middle]
