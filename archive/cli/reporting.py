"""The verb ``report``: what needs a person."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from archive import health, settings
from archive.cli import data_option

UNCUT = 10_000
"""Characters that a line may have where no terminal bounds it."""


@click.command()
@data_option
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--markdown", "form", flag_value="markdown", help="The same as --format markdown.")
@click.option(
    "--repair", "broken", type=(str, click.Path(path_type=Path, file_okay=False)), metavar="SITE DIR",
    help="Collect into DIR what a repair of SITE needs.",
)  # fmt: skip
def report(data: Path, form: str, broken: tuple[str, Path] | None) -> None:
    """Say what needs a person: sites that broke or fell behind their own history, unknown labels, unreadable layouts.

    Writes health.json into the data folder. Exit status 2 where something needs a person. A site that is acknowledged
    in the settings, in this state and until a date, is listed with the reason and calls nobody.

    With --repair: the page that fails, the last good one, the difference between their layouts and a drafted test case
    go into DIR, and the repair is counted.
    """
    if broken:
        from archive import repair

        site, folder = broken
        failing = repair.collect(data, site, folder)
        click.echo(f"{folder}: {failing.capture.url}: {failing.outcome}; begin with {folder / 'README.md'}")
        return
    set_ = settings.load(data)
    found = health.examine(data, settings=set_)
    for site in sorted({entry.site for entry in set_.acknowledged} - {site.site for site in found.sites}):
        click.echo(f"{data / settings.NAME}: acknowledged: no site {site!r} was ever run; correct its name", err=True)
    if form == "json":
        click.echo(health.as_json(found))
    elif form == "markdown":
        click.echo(health.as_markdown(found))
    else:
        show(found)
    if found.needs_person:
        sys.exit(2)


def show(found: health.Health) -> None:
    """The tables on the terminal, or uncut into a file or a mail."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=UNCUT)
    for title, head, rows in health.tables(found):
        table = Table(*head, title=title, title_justify="left")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
    if not health.tables(found):
        console.print("Nothing to report.")
