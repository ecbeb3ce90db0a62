"""Crawls for tests: each in a process of its own, and what ledger and store say afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.forked import PATIENCE, Ended, Forked, command

QUICK = {"PROPOSALS_RETRY_DELAY": 0.05, "DOWNLOAD_TIMEOUT": 1}


class Started(Forked):
    """A process that has been started in a data folder; what it prints is kept beside that folder."""

    def __init__(self, data: Path, sites: Path, target: Callable[..., None], *arguments: Any, limit: int | None = None):
        folders = {"PROPOSALS_DATA": str(data), "PROPOSALS_SITES": str(sites)}
        super().__init__(data, target, *arguments, limit=limit, **folders)


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
