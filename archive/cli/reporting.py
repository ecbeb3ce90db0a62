"""The verb ``report``: what needs a person."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from archive import health
from archive.cli import data_option


@click.command()
@data_option
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--markdown", "form", flag_value="markdown", help="The same as --format markdown.")
def report(data: Path, form: str) -> None:
    """Say what needs a person: broken sites, unknown labels, unreadable layouts, problems.

    Writes health.json into the data folder. Exit status 2 where something needs a person.
    """
    found = health.examine(data)
    if form == "json":
        click.echo(health.as_json(found))
    elif form == "markdown":
        click.echo(health.as_markdown(found))
    else:
        show(found)
    if found.needs_person:
        sys.exit(2)


def show(found: health.Health) -> None:
    """The tables on the terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    for title, head, rows in health.tables(found):
        table = Table(*head, title=title, title_justify="left")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
    if not health.tables(found):
        console.print("Nothing to report.")
