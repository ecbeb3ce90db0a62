"""The verbs that read pages from disk: ``parse`` prints their records, ``import`` stores them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from parsers import parse as parse_page
from parsers.errors import UnreadableInput
from parsers.files import read_pages
from parsers.record import to_json


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def parse(paths: tuple[str, ...]) -> None:
    """Print the records of pages on disk as JSON Lines; store nothing.

    PATH is a .txt or .html file of any encoding, or a .jsonl file of {"url", "text" or "html"}. What cannot be read is
    one line on standard error and exit status 1; all other paths are still parsed and printed.
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
