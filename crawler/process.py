"""Running sites: many in one process, or in several processes that share one run."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import Any

import msgspec
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from crawler.errors import CrawlError
from crawler.ledger import SiteRun
from crawler.loader import spider_of
from crawler.run import Run
from crawler.site import Site

AT_ONCE = 16
"""Sites that one process reads at the same time."""


class Outcome(msgspec.Struct, frozen=True):
    """How a run ended."""

    run: int
    sites: tuple[SiteRun, ...]
    error: str | None
    """What ended the whole run early."""


def settings_for(**overrides: Any) -> Settings:
    """The project's settings with some replaced, whatever the working directory is.

    The User-Agent names the contact among them.
    """
    settings = get_project_settings()
    settings.setmodule("crawler.settings", "project")
    if contact := overrides.get("PROPOSALS_CONTACT"):
        overrides = {"USER_AGENT": settings["PROPOSALS_AGENT"].format(contact=contact), **overrides}
    settings.setdict(overrides, "cmdline")
    return settings


def crawl(sites: Sequence[Site], settings: Settings, jobs: int = 1, **arguments: Any) -> Outcome:
    """Crawl sites in one run; ``arguments`` are those of the spider.

    Raises Busy where another run holds the data folder, CrawlError where the folder or a site cannot be used.
    """
    run = Run.of(settings)
    try:
        shards = divide(groups_of(sites), jobs)
        if len(shards) > 1:
            crawl_in_children(run, shards, settings, arguments)
        elif shards:
            Shard(run, settings, shards[0], arguments).start()
        run.ledger.died(run.number)
        return Outcome(run.number, run.ledger.site_runs(run.number), str(run.error) if run.error else None)
    finally:
        run.release()


def groups_of(sites: Sequence[Site]) -> list[list[Site]]:
    """The sites in groups that share no server: the members of a group are read one after the other."""
    groups: list[list[Site]] = []
    for site in sites:
        sharing = [group for group in groups if any(servers_of(site) & servers_of(other) for other in group)]
        groups = [group for group in groups if group not in sharing]
        groups.append([*(other for group in sharing for other in group), site])
    return groups


def servers_of(site: Site) -> set[str]:
    """The names of a site's hosts, without port: its manners are owed to a machine. Imitation sites share this one."""
    return set(site.hosts) if site.allow_private else {host.partition(":")[0] for host in site.hosts}


def divide(groups: Sequence[list[Site]], jobs: int) -> list[list[list[Site]]]:
    """The groups over at most ``jobs`` processes."""
    return [shard for shard in (list(groups[start::jobs]) for start in range(max(1, jobs))) if shard]


def crawl_in_children(
    run: Run, shards: Sequence[list[list[Site]]], settings: Settings, arguments: dict[str, Any]
) -> None:
    """One process per shard. They are forked, so that they keep the lock even if this process dies before them."""
    settings = settings.copy()
    settings.set("PROPOSALS_RUN", run.number, "cmdline")
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=crawl_shard, args=(settings, shard, arguments)) for shard in shards]
    for child in children:
        child.start()
    with stopping(children):
        for child in children:
            child.join()
    if any(child.exitcode for child in children):
        run.fail(CrawlError("a process of the run died; its sites go on with the next run"))


@contextlib.contextmanager
def stopping(children: Sequence[ForkProcess]) -> Iterator[None]:
    """Meanwhile a signal to stop goes to the children, and this process waits for what they bring to an end.

    They are in groups of their own, so that Ctrl-C does not reach them twice: a second one makes Scrapy stop at once.
    """

    def pass_on(number: int, frame: FrameType | None) -> None:
        for child in children:
            child.terminate()

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def crawl_shard(settings: Settings, groups: list[list[Site]], arguments: dict[str, Any]) -> None:
    """The whole life of a child process."""
    os.setpgrp()
    Run.current.clear()
    run = Run.of(settings)
    try:
        Shard(run, settings, groups, arguments).start()
    finally:
        error = run.error
        run.release()
    if error:
        raise SystemExit(1)


class Shard(AsyncCrawlerProcess):
    """Groups of sites in this process: groups side by side, the sites of a group in turn."""

    def __init__(self, run: Run, settings: Settings, groups: Sequence[list[Site]], arguments: dict[str, Any]):
        super().__init__(settings)
        self.run, self.groups, self.arguments = run, groups, arguments

    async def join(self) -> None:
        """Crawl everything; Scrapy stops the process when this returns."""
        room = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self.crawl_group(group, room) for group in self.groups))

    async def crawl_group(self, group: list[Site], room: asyncio.Semaphore) -> None:
        """The sites of a group, one after the other."""
        for site in group:
            async with room:
                if not self.run.stopped:
                    await self.crawl(spider_of(site), **self.arguments)

    async def stop(self) -> None:
        """Stop after a signal: no further site is begun."""
        self.run.stopped = CrawlError("it was stopped")
        await super().stop()
