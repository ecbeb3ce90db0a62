"""The verb ``sites``: the known sites, one of them tried live, a site file drafted from a URL."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from archive.cli import contact_option
from crawler.draft import DIVISION_MISSING, Check, ColumnReport, Draft, PageReport
from crawler.errors import CrawlError
from crawler.fetch import Fetcher, contact_of
from crawler.probe import check, probe
from crawler.site import Site, load_site, load_sites
from parsers import parse

LONGEST_DELAY = 3600.0


def delay_given(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """The delay, where it is one; nan is not. Raises CrawlError."""
    if not 0 <= value <= LONGEST_DELAY:
        raise CrawlError(f"--delay {value}: give 0 to {LONGEST_DELAY:.0f} seconds")
    return value


@click.group(invoke_without_command=True)
@click.pass_context
def sites(context: click.Context) -> None:
    """List the known sites; check one; draft a site file from a URL.

    Without a verb: one line per site with its id, name, family, known columns, and whether the file was seen to work.
    Site files lie in the package and in the folders that PROPOSALS_SITES names.
    """
    if context.invoked_subcommand is None:
        for site in load_sites():
            click.echo("\t".join(line_of(site)))


def line_of(site: Site) -> tuple[str, ...]:
    """A site in the list."""
    columns = len(site.known_columns())
    known = "no host known" if not site.hosts else f"{columns} columns" if columns else "columns to be discovered"
    return site.id, site.name, site.family, known, "verified" if site.verified else "not verified"


@sites.command("check")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@contact_option
def check_sites(ids: tuple[str, ...], contact: str | None) -> None:
    """Try known sites live and say what can be read; every site where no ID is given.

    Reads the first page of each column and three of its pages. Exit status 2 where a site does not work.
    """
    known = [load_site(site_id) for site_id in ids] if ids else [site for site in load_sites() if site.hosts]
    results = [check_one(site, contact) for site in known]
    if not all(results):
        sys.exit(2)


def check_one(site: Site, contact: str | None) -> bool:
    """Try one site and print what was seen; whether it works."""
    fetcher = fetcher_for(contact, site.allow_private, site.politeness.delay)
    try:
        checked = check(site, fetcher, parse)
    except CrawlError as error:
        click.echo(f"{site.id}: broken: {error}")
        return False
    click.echo(f"{site.id}: {verdict(site, checked)}")
    say(checked.columns, checked.pages)
    for candidate in checked.candidates:
        click.echo(f"  may be a column: {candidate.url}  {candidate.title}")
    return checked.works


def verdict(site: Site, checked: Check) -> str:
    """How a check ended, and what is to be done."""
    if checked.works and site.division is None:
        return f"works, but its file has no division ({DIVISION_MISSING}); enter it"
    if checked.works:
        return "works" if site.verified else "works; set verified = true in its file"
    if not checked.columns:
        return "no column known yet; enter one of these, or run `proposals sites probe` with an address of the site"
    return "does not work as its file says"


@sites.command("probe")
@click.argument("url")
@contact_option
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Write ID.toml into this folder.")
@click.option("--allow-private", is_flag=True, help="Fetch private and loopback addresses: for imitation sites.")
@click.option("--delay", default=1.0, show_default=True, callback=delay_given, help="Seconds between two requests.")
def probe_url(url: str, contact: str | None, into: Path | None, allow_private: bool, delay: float) -> None:
    """Draft a site file from any address of a site: its home page, or the list of its replies.

    Names the system, finds the columns, tries three pages. The draft goes to standard output, what it rests on to
    standard error. Read it, put it into a folder of PROPOSALS_SITES, and the site is in.
    """
    if "://" not in url:
        raise CrawlError(f"{url}: give the whole address, beginning with http:// or https://")
    draft = probe(url, fetcher_for(contact, allow_private, delay), parse, allow_private)
    explain(draft)
    if into is None:
        click.echo(draft.toml, nl=False)
    else:
        write(draft, into)


def write(draft: Draft, folder: Path) -> None:
    """Write the drafted file; an existing one stays as it is. Raises CrawlError."""
    path = folder / f"{draft.id}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(draft.toml)
    except FileExistsError as error:
        raise CrawlError(f"{path}: is there already; remove it or choose another folder") from error
    except OSError as error:
        raise CrawlError(f"{path}: cannot be written: {error.strerror}") from error
    click.echo(f"wrote {path}", err=True)


def explain(draft: Draft) -> None:
    """What the draft rests on."""
    click.echo(f"family {draft.family} (sure {draft.sure:.2f}), {len(draft.columns)} columns", err=True)
    say(draft.columns, draft.pages, err=True)
    for warning in draft.warnings:
        click.echo(f"  note: {warning}", err=True)


def say(columns: Iterable[ColumnReport], pages: Iterable[PageReport], err: bool = False) -> None:
    """What was seen of columns and pages."""
    for column in columns:
        seen = f"{len(column.entries)} entries on the first page, {len(column.subcolumns)} lists below"
        total = f", {column.pages} pages" if column.pages else ""
        click.echo(f"  column {column.url}  {column.error or seen + total}", err=err)
    for page in pages:
        read = f"{page.type} {page.kind or ''} {page.number or ''} {page.title or ''} ({page.filled} fields)"
        click.echo(f"  page {page.url}  {page.error or ' '.join(read.split())}", err=err)


def fetcher_for(contact: str | None, allow_private: bool, delay: float) -> Fetcher:
    """A polite fetcher; imitation sites alone need no contact."""
    return Fetcher(contact or ("imitation" if allow_private else contact_of()), delay, allow_private)
