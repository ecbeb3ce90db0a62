"""The verb ``crawl``: crawl sites, with progress on a terminal and a summary that scripts can read."""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import AbstractContextManager, closing, nullcontext
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from archive.cli import contact_option, data_option
from archive.database import read_only
from archive.judging import BROKEN
from archive.pipeline import site_row
from archive.store import Store
from crawler.errors import CrawlError
from crawler.ledger import SiteRun
from crawler.process import Outcome, settings_for
from crawler.process import crawl as run
from crawler.run import check_contact
from crawler.site import Site, load_site, usable_sites

COLUMNS = ("site", "state", "requests", "pages", "new", "changed", "gone", "problems")
PROGRESS = """
    SELECT s.site, s.state, s.requests,
      s.pages + (SELECT count(*) FROM pages p WHERE p.site = s.site AND p.state = 'captured') AS pages,
      s.new, s.changed, s.gone, s.problems, s.started, coalesce(s.finished, ?1), s.detail,
      (SELECT count(*) FROM pages p WHERE p.site = s.site AND p.state IN ('queued', 'tried'))
    FROM site_runs s WHERE s.run = (SELECT max(id) FROM runs WHERE finished IS NULL)
    ORDER BY s.state <> 'running', s.finished DESC, s.site"""
"""The sites that are being read first, as a terminal may be too small for all; pages that wait for the store count."""


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@data_option
@click.option("--limit", type=click.IntRange(1), help="Read at most so many pages of each site.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Leave out what lists date before this day.")
@click.option("--full", is_flag=True, help="Walk every list to its end and look at every page again.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Crawl on so many processes.")
@contact_option
def crawl(
    ids: tuple[str, ...],
    data: Path,
    limit: int | None,
    since: datetime | None,
    full: bool,
    jobs: int,
    contact: str | None,
) -> None:
    """Crawl sites: fetch what is new or due, capture, parse, store. Without an ID: every site with a known column.

    Safe to kill and to start again: the next run goes on where this one stopped. Each request is a line of JSON in
    data/logs. Exit status 2 where a site is blocked, unreachable, empty or no longer readable; 75 where another crawl
    is active.
    """
    sites, wrong = ([load_site(site_id) for site_id in dict.fromkeys(ids)], []) if ids else runnable()
    day = since.date().isoformat() if since else None
    outcome = crawl_sites(sites, usable_sites()[0], data, contact, jobs=jobs, limit=limit, full=full, since=day)
    for site in outcome.sites:
        click.echo(summary(site))
    if outcome.error:
        raise CrawlError(f"{outcome.error}; what was fetched is kept, and the next crawl goes on from there")
    for error in wrong:
        click.echo(f"proposals: {error}", err=True)
    if wrong:
        raise CrawlError(f"{len(wrong)} site files are wrong and were left out; the other sites were crawled")
    if any(site.state in BROKEN for site in outcome.sites):
        sys.exit(2)


def runnable() -> tuple[list[Site], list[CrawlError]]:
    """The sites with a column whose address is known, and what is wrong in other files. Raises CrawlError for none."""
    usable, wrong = usable_sites()
    sites = [site for site in usable if site.known_columns()]
    if not sites:
        raise CrawlError("no site has a known column yet; run `proposals sites probe URL` to draft a site file")
    return sites, wrong


def crawl_sites(
    sites: list[Site],
    known: list[Site],
    data: Path,
    contact: str | None,
    jobs: int = 1,
    **arguments: str | int | bool | None,
) -> Outcome:
    """Crawl into a data folder, shown on a terminal meanwhile; ``known`` are all sites that the archive shows.

    Raises CrawlError or StoreError before it begins.
    """
    overrides = {"PROPOSALS_DATA": str(data.absolute())}
    if contact:
        overrides |= {"PROPOSALS_CONTACT": contact}
    settings = settings_for(**overrides)
    for site in sites:
        check_contact(site, settings)
    with Store.open(data) as store:
        store.put_sites(map(site_row, known))
    given = {name: value for name, value in arguments.items() if value is not None and value is not False}
    with progress(data / "ledger.db"):
        return run(sites, settings, jobs, **given)


def progress(ledger: Path) -> AbstractContextManager[object]:
    """A table that follows the ledger, where there is a terminal to show it on."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return nullcontext()
    return Live(console=console, get_renderable=lambda: table(ledger), refresh_per_second=2, transient=True)


def table(ledger: Path) -> Table | Text:
    """The running run, one row per site that has been begun."""
    try:
        with closing(read_only(ledger)) as connection:
            rows = connection.execute(PROGRESS, (time.time(),)).fetchall()
    except sqlite3.OperationalError:  # no ledger yet, or its schema is being made
        return Text("starting")
    found = Table(*COLUMNS, "queued", "time left, or what was seen")
    for row in rows:
        *cells, begun, now, detail, queued = tuple(row)
        left = time_left(cells[3], queued, now - begun) if cells[1] == "running" else detail or ""
        found.add_row(*(Text(str(cell)) for cell in cells), str(queued), Text(left, no_wrap=True, overflow="ellipsis"))
    return found


def time_left(pages: int, queued: int, seconds: float) -> str:
    """How long the queued pages will take at the pace so far; empty until there is one."""
    if not pages or not queued:
        return ""
    minutes, rest = divmod(round(queued * seconds / pages), 60)
    return f"{minutes}:{rest:02}"


def summary(site: SiteRun) -> str:
    """A site's run on one line."""
    counts = f"{site.pages} pages, {site.new} new, {site.changed} changed, {site.gone} gone, {site.requests} requests"
    return f"{site.site}: {site.state}: {counts}" + (f" ({site.detail})" if site.detail else "")
