"""The command ``proposals``: one verb, one function, in the module that the table VERBS names.

Modules are imported when their verb is called, so that ``proposals parse`` does not wait for Scrapy and Datasette.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from archive.errors import ArchiveError
from parsers.errors import ParserError

VERBS = {
    "parse": ("archive.cli.pages:parse", "Print the records of pages on disk as JSON Lines; store nothing."),
    "import": ("archive.cli.pages:import_pages", "Take pages from disk into the store."),
    "sites": ("archive.cli.sites:sites", "List the known sites; check one; draft a site file from a URL."),
    "crawl": ("archive.cli.crawling:crawl", "Crawl sites: fetch, capture, parse, store."),
    "rebuild": ("archive.cli.publishing:rebuild", "Parse every capture again into a fresh store."),
    "publish": ("archive.cli.publishing:publish", "Build archive.db from the store, verified, atomically."),
    "release": ("archive.cli.publishing:release", "Write a release folder that verifies itself."),
    "serve": ("archive.cli.publishing:serve", "Serve the published archive with Datasette."),
    "report": ("archive.cli.reporting:report", "Say what needs a person; exit status 2 where something does."),
    "verify": (
        "archive.cli.verifying:verify",
        "Check captures, ledger, store, archive and releases against each other.",
    ),
    "demo": ("archive.cli.demo:demo", "Do all of it on bundled imitation sites."),
}

CONTACT = re.compile(r"(?:mailto:)?[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+|https?://[!-~]+\.[!-~]+")
WAY_OUT = "correct the path, its permissions or the disk, then start this again"

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data"),
    envvar="PROPOSALS_DATA",
    show_default=True,
    show_envvar=True,
    help="The data folder.",
)


class Complaints:
    """Says at once, on standard error, each thing that is wrong and does not end the verb; counts them."""

    count = 0

    def __call__(self, line: str) -> None:
        self.count += 1
        click.echo(f"proposals: {line}", err=True)


def site_rows(say: Callable[[str], None]) -> list[dict[str, Any]]:
    """The known sites as the store takes them; ``say`` is told which files are wrong and left out."""
    from archive.pipeline import site_row
    from crawler.site import usable_sites

    usable, wrong = usable_sites()
    for error in wrong:
        say(f"{error}; the site was left out")
    return [site_row(site) for site in usable]


def contact_given(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """The contact, where a site's operator can use it. Raises ArchiveError."""
    if value and not CONTACT.fullmatch(value):
        raise ArchiveError(f"contact {value!r}: write a mail address, or the http(s) address of a page, in ASCII")
    return value or None


contact_option = click.option(
    "--contact",
    envvar="PROPOSALS_CONTACT",
    show_envvar=True,
    callback=contact_given,
    help="A mail address or page where a site's operator reaches you; the User-Agent names it.",
)


class LazyGroup(click.Group):
    """A group whose verbs are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module, function = VERBS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, summary) for verb, (_, summary) in VERBS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="proposal-archive")
def proposals() -> None:
    """Collect, read and publish the answers to deputies' suggestions and CPPCC proposals."""


def errors_of_ours() -> tuple[type[Any], ...]:
    """The roots of the packages' exception trees; the crawler's only where a verb has imported it."""
    crawler_errors = sys.modules.get("crawler.errors")
    roots: tuple[type[Any], ...] = (ArchiveError, ParserError)
    return (*roots, crawler_errors.CrawlError) if crawler_errors else roots


def main(arguments: list[str] | None = None) -> Any:
    """Run the command; an error of ours is one line on standard error and the error's exit status, no traceback."""
    try:
        return proposals.main(args=arguments, prog_name="proposals")
    except errors_of_ours() as error:
        click.echo(f"proposals: {error}", err=True)
        sys.exit(error.exit_status)
    except OSError as error:  # a folder that may not be written, a full disk: nothing that a traceback would explain
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"proposals: {place}{(error.strerror or str(error)).lower()}; {WAY_OUT}", err=True)
        sys.exit(1)
