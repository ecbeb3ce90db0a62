"""Crawls for tests: each in a process of its own, and what ledger and store say afterwards.

The processes are forked from one that has imported everything once, which costs a fifth of a fresh interpreter.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any, NamedTuple

CONTEXT: ForkServerContext = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        *("pytest", "archive.cli.crawling", "archive.cli.reporting", "archive.pipeline", "crawler.capture"),
        *("crawler.loader", "crawler.settings", "scrapy.core.downloader.handlers.http11"),
        *("scrapy.downloadermiddlewares.cookies", "uvloop"),
    ]
)
QUICK = {"PROPOSALS_RETRY_DELAY": 0.05, "DOWNLOAD_TIMEOUT": 1}
PATIENCE = 120
"""Seconds after which a process counts as hanging."""


class Ended(NamedTuple):
    """How a process ended."""

    status: int
    stdout: str
    stderr: str


class Started:
    """A process that has been started in a data folder; what it prints is kept beside that folder."""

    def __init__(self, data: Path, sites: Path, target: Callable[..., None], *arguments: Any, limit: int | None = None):
        """Begin; ``limit`` is the most bytes that a file of the process may have."""
        data.parent.mkdir(parents=True, exist_ok=True)
        self.printed = [data.with_name(f"{data.name}.{name}") for name in ("stdout", "stderr")]
        variables = {"PROPOSALS_DATA": str(data), "PROPOSALS_SITES": str(sites)}
        given = ([str(path) for path in self.printed], variables, limit, target, arguments)
        self.process: ForkServerProcess = CONTEXT.Process(target=inside, args=given)
        self.process.start()

    def end(self, seconds: float = PATIENCE) -> Ended:
        """Wait for its end. Raises AssertionError where it does not come."""
        self.process.join(seconds)
        if self.process.exitcode is None:
            self.process.kill()
            raise AssertionError("the process hangs")
        return Ended(self.process.exitcode, *(path.read_text() for path in self.printed))


def inside(
    printed: list[str], variables: dict[str, str], limit: int | None, target: Callable[..., None], arguments: Any
) -> None:
    """The life of such a process."""
    for number, path in enumerate(printed, 1):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
        os.close(file)
    os.environ.update(variables)
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    target(*arguments)


def command(*arguments: str) -> None:
    """The command ``proposals``."""
    from archive.cli import main

    main(list(arguments))


def proposals(
    data: Path, sites: Path, verb: str, *arguments: str, limit: int | None = None, seconds: float = PATIENCE
) -> Ended:
    """The command ``proposals`` with a data folder and a folder of site files, to its end."""
    return Started(data, sites, command, verb, "--data", str(data), *arguments, limit=limit).end(seconds)


def with_settings(ids: tuple[str, ...], settings: dict[str, Any], jobs: int, arguments: dict[str, Any]) -> None:
    """A crawl with settings of Scrapy that the command does not offer."""
    from crawler.process import crawl, settings_for
    from crawler.site import load_site

    outcome = crawl([load_site(site) for site in ids], settings_for(**settings), jobs, **arguments)
    raise SystemExit(1 if outcome.error else 0)


def crawl(data: Path, sites: Path, *ids: str, settings: Any = None, jobs: int = 1, **arguments: Any) -> Ended:
    """A crawl that loses no time over what fails."""
    given = QUICK | {"PROPOSALS_DATA": str(data)} | (settings or {})
    return Started(data, sites, with_settings, ids, given, jobs, arguments).end()


def query(data: Path, sql: str, *values: Any, file: str = "ledger.db") -> list[tuple[Any, ...]]:
    """Rows of the ledger, or of the store."""
    with closing(sqlite3.connect(data / file)) as db:
        return db.execute(sql, values).fetchall()
