"""The verb ``demo``: imitation sites on loopback, crawled, published and served, as the real ones are."""

from __future__ import annotations

import importlib
import os
import socket
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import click

from archive import settings
from archive.cli.crawling import crawl_sites, summary
from archive.database import explained
from archive.errors import ArchiveError
from archive.publish import publish
from archive.serve import serve
from crawler.errors import CrawlError
from crawler.site import Site, read_site

CHECKOUT = Path(__file__).parents[2]
SEARCH = "园区"
HOST = "127.0.0.1"


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data/demo"),
    show_default=True,
    help="The demonstration's own data folder.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Another one where it is in use."
)
def demo(data: Path, port: int) -> None:
    """Do all of it on bundled imitation sites: crawl, capture, parse, store, publish, serve until Ctrl-C.

    Everything is fictional and stays on this machine. A second call goes on from the first one.
    """
    catalogue, server = bundled()
    folder = data.absolute() / "sites"
    with explained(folder, ArchiveError, ""):
        folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROPOSALS_SITES"] = str(folder)
    with ExitStack() as stack:
        sites = [site_of(stack, server, catalogue.make(name, *faults), folder) for name, faults in catalogue.DEMO]
        click.echo(f"Crawling {' and '.join(f'{site.name} at {site.columns[0].url}' for site in sites)}")
        outcome = crawl_sites(sites, sites, data, None)
        for ended in outcome.sites:
            click.echo(f"  {summary(ended)}")
        if outcome.error:
            raise CrawlError(outcome.error)
        click.echo(f"Published {publish(data, settings.load(data, {}))} records in {data / 'public' / 'archive.db'}")
        port = free(port)
        click.echo(f"Open http://{HOST}:{port}/search?q={quote(SEARCH)} to search for {SEARCH}; Ctrl-C ends it.")
        serve(data, HOST, port)


def bundled() -> tuple[Any, Any]:
    """The catalogue and the server of the imitation sites, which come with a checkout and not with the wheel.

    Raises ArchiveError where there is no checkout.
    """
    if not (CHECKOUT / "tests" / "sims" / "catalogue.py").exists():
        raise ArchiveError(
            "the imitation sites come with the project's repository; clone it and call `make demo` there"
        )
    sys.path.insert(0, str(CHECKOUT))
    return importlib.import_module("tests.sims.catalogue"), importlib.import_module("tests.sims.server").Server


def site_of(stack: ExitStack, server: Any, sim: Any, folder: Path) -> Site:
    """Serve an imitation site while ``stack`` lives, at the address of the call before, so that pages keep theirs.

    Raises ArchiveError where that address is in use by now.
    """
    path = folder / f"{sim.id}.toml"
    port = urlsplit(f"//{read_site(path).hosts[0]}").port if path.exists() else 0
    try:
        running = stack.enter_context(server(sim, port))
    except OSError as error:
        raise ArchiveError(
            f"{HOST}:{port}: in use, perhaps by another demo; end that, or begin anew with another --data"
        ) from error
    return read_site(running.write_site_file(folder))


def free(port: int) -> int:
    """The port where it is free, else one that is."""
    for candidate in (port, 0):
        try:
            with socket.create_server((HOST, candidate)) as found:
                chosen: int = found.getsockname()[1]
                return chosen
        except OSError:
            continue
    raise ArchiveError(f"{HOST}: no port is free")
