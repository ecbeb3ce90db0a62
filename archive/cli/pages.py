"""The verbs that read pages from disk: ``parse`` prints their records, ``import`` stores them."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path

import click

from archive.cli import Complaints, data_option, site_rows
from archive.records import Counts
from parsers import parse as parse_page
from parsers.errors import UnreadableInput
from parsers.files import read_pages
from parsers.record import to_json


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def parse(paths: tuple[str, ...]) -> None:
    """Print the records of pages on disk as JSON Lines; store nothing.

    PATH is a .txt or .html file of any encoding, a .pdf, .docx or .doc file, or a .jsonl file of {"url", "text" or
    "html"}.
    What cannot be read is one line on standard error and exit status 1; all other paths are still parsed and printed.
    """
    out, failed = sys.stdout.buffer, False
    for path in paths:
        try:
            for page in read_pages(Path(path)):
                out.writelines(to_json(record) + b"\n" for record in parse_page(page))
        except UnreadableInput as error:
            failed = True
            out.flush()
            click.echo(f"proposals: {error}", err=True)
    out.flush()
    if failed:
        sys.exit(1)


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@data_option
def import_pages(paths: tuple[str, ...], data: Path) -> None:
    """Take pages into the store: .txt, .html, .pdf, .docx, .doc, .jsonl of {"url", "text" or "html"}, .warc, .wacz.

    Each page is captured first, so that a rebuild finds it. What cannot be read is one line on standard error and exit
    status 1; all other paths are still stored, and of a damaged file what stands before the damage.
    """
    from archive.captures import FOLDER
    from archive.errors import CaptureError
    from archive.importing import begun, store_pages
    from archive.store import Store

    say, total = Complaints(), Counts()
    files = begun(map(Path, paths), say)
    for first in files:  # where nothing can be read, nothing is made
        with Store.open(data) as store:
            store.put_sites(site_rows(say))
            for pages in chain([first], files):
                try:
                    total += store_pages(store, data, pages)
                except CaptureError as error:
                    say(str(error))
    if total.pages:
        click.echo(
            f"{total.pages} pages, {total.new} new records, {total.changed} changed, {total.other} new pages without"
            f" a record, {total.problems} problems; kept in {data / FOLDER}"
        )
    if say.count:
        sys.exit(1)
