"""Processes for tests, forked from one that has imported everything once: a fifth of what a fresh interpreter costs."""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import resource
from collections.abc import Callable
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any, NamedTuple

from crawler import families

CONTEXT: ForkServerContext = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        *("pytest", "archive.cli.crawling", "archive.cli.pages", "archive.cli.publishing", "archive.cli.reporting"),
        *("archive.pipeline", "archive.publish", "archive.rebuild", "archive.repair", "archive.verify"),
        *("crawler.capture", "crawler.loader", "crawler.settings", "crawler.vocabulary"),
        *(f"crawler.families.{module.name}" for module in pkgutil.iter_modules(families.__path__)),
        *("scrapy.core.downloader.handlers.http11", "scrapy.downloadermiddlewares.cookies", "scrapy.dupefilters"),
        *("scrapy.extensions.closespider", "scrapy.extensions.throttle", "scrapy.squeues", "scrapy.pqueues"),
        # Scrapy imports these before it learns that they are switched off.
        *("aiohttp.web", "scrapy.extensions.feedexport", "scrapy.extensions.remote_control"),
        *("scrapy.extensions.telnet", "scrapy.downloadermiddlewares.httpcache", "scrapy.downloadermiddlewares.offsite"),
        *("rich.table", "uvloop"),
    ]
)
PATIENCE = 120
"""Seconds after which a process counts as hanging."""


class Ended(NamedTuple):
    """How a process ended."""

    status: int
    stdout: str
    stderr: str


class Forked:
    """A function that runs in a process of its own; what it prints goes into two files beside ``printed``.

    Of the user's own settings of the program it sees none, but those that are given. ``limit`` is the most bytes that
    a file of the process may have.
    """

    def __init__(
        self, printed: Path, target: Callable[..., None], *arguments: Any, limit: int | None = None, **variables: str
    ) -> None:
        printed.parent.mkdir(parents=True, exist_ok=True)
        self.printed = [printed.with_name(f"{printed.name}.{name}") for name in ("stdout", "stderr")]
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
    for name in [name for name in os.environ if name.startswith("PROPOSALS_")]:
        del os.environ[name]
    os.environ.update(variables)
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    target(*arguments)


def command(*arguments: str) -> None:
    """The command ``proposals``."""
    from archive.cli import main

    main(list(arguments))
