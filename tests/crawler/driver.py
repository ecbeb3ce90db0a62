"""Crawls for tests: in a process of their own, as a user starts them, and what the ledger says afterwards."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler

ROOT = Path(__file__).parents[2]
PIPELINE = "tests.crawler.driver.LinePipeline"
QUICK = {"PROPOSALS_RETRY_DELAY": 0.05, "DOWNLOAD_TIMEOUT": 1, "ITEM_PIPELINES": {PIPELINE: 1}}


class LinePipeline:
    """Stands in for the store where a test is about the crawler alone: one line of JSON per page."""

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        self.path = Path(crawler.settings["PROPOSALS_DATA"]) / "items.jsonl"

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LinePipeline:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        capture, types = item.capture, [record.type for record in item.records]
        line = {"site": item.site, "url": capture.url, "types": types, "digest": capture.digest}
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        self.crawler.spider.stored([item])  # type: ignore[union-attr]
        return item


def command(sites: Iterable[str], arguments: dict[str, Any], settings: dict[str, Any], jobs: int = 1) -> list[str]:
    """What runs :func:`crawler.process.crawl` in a new process."""
    code = (
        "import json, sys\n"
        "from crawler.process import crawl, settings_for\n"
        "from crawler.site import load_site\n"
        "sites, arguments, settings, jobs = json.loads(sys.argv[1])\n"
        "outcome = crawl([load_site(site) for site in sites], settings_for(**settings), jobs, **arguments)\n"
        "sys.exit(1 if outcome.error else 0)\n"
    )
    return [sys.executable, "-c", code, json.dumps([list(sites), arguments, QUICK | settings, jobs])]


def start(data: Path, folder: Path, *sites: str, jobs: int = 1, settings: Any = None, **arguments: Any) -> Any:
    """A crawl that has just been started; its output can be read from it."""
    return subprocess.Popen(
        command(sites, arguments, settings or {}, jobs),
        cwd=ROOT, env=environment(data, folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def crawl(data: Path, folder: Path, *sites: str, **options: Any) -> tuple[int, str]:
    """(exit status, output) of a crawl that ran to its end."""
    process = start(data, folder, *sites, **options)
    output, _ = process.communicate(timeout=120)
    return process.returncode, output


def proposals(data: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command ``proposals`` with a data folder and a folder of site files, as a user calls it."""
    return subprocess.run(
        proposals_command(data, *arguments), env=environment(data, folder), capture_output=True, text=True, timeout=120
    )


def proposals_command(data: Path, *arguments: str) -> list[str]:
    """The arguments that call it."""
    verb, *others = arguments
    return [sys.executable, "-c", "from archive.cli import main; main()", verb, "--data", str(data), *others]


def environment(data: Path, folder: Path) -> dict[str, str]:
    """The variables of a crawl."""
    variables = {"PROPOSALS_DATA": str(data), "PROPOSALS_SITES": str(folder), "PYTHONPATH": str(ROOT)}
    return {**os.environ, **variables}


def query(data: Path, sql: str, *values: Any, file: str = "ledger.db") -> list[tuple[Any, ...]]:
    """Rows of the ledger, or of the store."""
    db = sqlite3.connect(data / file)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


def items(data: Path) -> list[dict[str, Any]]:
    """What went to the pipeline."""
    path = data / "items.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
