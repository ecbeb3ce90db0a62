"""One night, by a clock that runs some days ahead."""

from __future__ import annotations

import contextlib
import datetime
import importlib
import io
import pkgutil
import sys
import time

import archive
import archive.cli
import crawler
from crawler import settings

DAY = 86400
PACKAGES = (archive, archive.cli, crawler)
QUICK = {"PROPOSALS_RETRIES": 1, "PROPOSALS_RETRY_DELAY": 0.2, "DOWNLOAD_TIMEOUT": 2}
"""What the program waits for is minutes on real sites; here it is cut down, and what is found stays the same."""


class Ahead(datetime.datetime):
    """``datetime`` whose ``now`` follows ``time.time``, which is what :func:`ahead` moves."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
        return datetime.datetime.fromtimestamp(time.time(), tz)


def ahead(days: float) -> None:
    """Move the clock of the process: ``time.time``, and ``datetime.now`` in the program's own modules.

    Monotonic time, by which timeouts run, is left alone.
    """
    real = time.time
    time.time = lambda: real() + days * DAY
    for package in PACKAGES:
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if module.name.endswith("__main__"):
                continue
            if getattr(importlib.import_module(module.name), "datetime", None) is datetime.datetime:
                sys.modules[module.name].datetime = Ahead  # type: ignore[attr-defined]


def night(days: int, *calls: str) -> None:
    """Call the command with each of these, whatever became of the one before, and print each verb with its exit status.

    For a process of its own: it moves the clock.
    """
    ahead(days)
    for name, value in QUICK.items():
        setattr(settings, name, value)
    for call in calls:
        status: object = 0
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                archive.cli.main(call.split())
            except SystemExit as end:
                status = end.code or 0
        sys.stdout.write(f"{call.split()[0]} {status}\n")
