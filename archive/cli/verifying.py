"""The verb ``verify``: whether everything is whole and fits together."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from archive.cli import data_option


@click.command()
@data_option
@click.option(
    "--releases",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder with the releases [public/releases in the data folder].",
)
def verify(data: Path, releases: Path | None) -> None:
    """Check captures, ledger, store, archive and releases against each other; change nothing.

    Captures are read whole, with every digest. What is wrong is one line each, with the way out, and exit status 1.
    """
    from archive.verify import Verification

    run, wrong = Verification(data, releases), 0
    for finding in run.findings():
        wrong += 1
        click.echo(str(finding))
    click.echo(f"{', '.join(run.checked)}: {f'{wrong} findings' if wrong else 'fine'}", err=bool(wrong))
    if wrong:
        sys.exit(1)
