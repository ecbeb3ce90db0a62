"""The verbs that make something public."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from archive.cli import Complaints, data_option, site_rows


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@data_option
@click.option(
    "--previous", type=click.Path(path_type=Path, exists=True), help="Compare with this release [newest in DIR]."
)
def release(folder: Path, data: Path, previous: Path | None) -> None:
    """Write the published archive as a release into a new folder of DIR.

    SQLite, CSV, an edition for Excel, JSON Lines, Parquet, capture index, data dictionary, datapackage.json, checksums
    and the difference from the release before. Every file is read back; what is there is whole. Who publishes says the
    section [public] of the settings.
    """
    from archive import settings
    from archive.release import Publisher
    from archive.release import release as write

    public = settings.load(data).public
    named = {"name": public.publisher} if public.publisher else {}
    who = Publisher(contact=public.takedown_contact, url=public.url, doi=public.doi, **named)
    done = write(data / "public" / "archive.db", folder, who, previous, lambda line: click.echo(line, err=True))
    click.echo(str(done))


@click.command()
@data_option
@click.option("--full", is_flag=True, help="Build all of it, also where little has changed since the last time.")
def publish(data: Path, full: bool) -> None:
    """Make archive.db from the store: masked, searchable, checked, and put in place of the old one in one step.

    After a small crawl the old archive is brought up to date in a copy. Where anything fails the old archive stays and
    one line says why.
    """
    from archive import settings
    from archive.publish import publish as build

    count = build(data, settings.load(data), full)
    click.echo(f"{count} records published in {data / 'public' / 'archive.db'}")


@click.command()
@data_option
@click.option("--host", help="The address to listen on [setting serve.host].")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 for any free one [setting serve.port].")
@click.option("--sql", is_flag=True, help="Let readers write SQL; meant for a second process.")
@click.option("--prefix", default="/", show_default=True, help="The path that a proxy hands to this process: /sql/.")
def serve(data: Path, host: str | None, port: int | None, sql: bool, prefix: str) -> None:
    """Serve the published archive with Datasette."""
    from archive import settings
    from archive.serve import serve as run

    chosen = settings.load(data)
    port = chosen.serve.port if port is None else port
    sql_site, address = chosen.serve.sql_site, chosen.public.url
    run(data, host or chosen.serve.host, port, sql=sql, prefix=prefix, sql_site=sql_site, address=address)


@click.command()
@data_option
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Parse on so many processes.")
@click.option("--cluster", metavar="ADDRESS", help="Parse on the workers of a dask.distributed scheduler instead.")
def rebuild(data: Path, jobs: int, cluster: str | None) -> None:
    """Parse every capture again into a fresh store, and put it in place of the old one in one step.

    Run it after the parsers have changed. A damaged capture file and a wrong site file are one line each and exit
    status 2; the rest is rebuilt.
    """
    from archive.rebuild import rebuild as run

    say = Complaints()
    total = run(data, say, jobs, cluster, site_rows(say))
    click.echo(f"{total.pages} captures, {total.new} records")
    if say.count:
        sys.exit(2)
