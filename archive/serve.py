"""The published archive, served by Datasette with the reading room's plugin."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

import uvicorn

from archive.building import SCHEMA_VERSION
from archive.errors import ServeError
from archive.publish import ARCHIVE

PREFIX = re.compile(r"/(?:[a-z0-9_-]+/)*")
TICKS = 20
"""Tenths of a second between two looks at whether another archive was published."""
PATIENCE = 10
"""Seconds that answers under way get to end before the new archive is opened."""


class Server(uvicorn.Server):
    """A server that ends when the archive which it serves is replaced.

    Datasette goes on reading the file that it opened, and with it all that was taken down since.
    """

    def __init__(self, config: uvicorn.Config, path: Path) -> None:
        super().__init__(config)
        self.path, self.opened, self.replaced = path, inode(path), False

    async def on_tick(self, counter: int) -> bool:
        """Whether to end; called ten times a second."""
        if counter % TICKS == 0:
            self.replaced = inode(self.path) not in (self.opened, None)
        return self.replaced or await super().on_tick(counter)


def inode(path: Path) -> int | None:
    """What tells a file from the one that replaces it; ``None`` where there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return None


def checked(data: Path) -> Path:
    """The archive of a data folder. Raises ServeError where there is none, or one of another version."""
    path = data / "public" / ARCHIVE
    if not path.exists():
        raise ServeError(f"{path}: no archive yet; run `proposals publish` first")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as connection:
            row = connection.execute("SELECT value FROM about WHERE key = 'schema_version'").fetchone()
    except sqlite3.DatabaseError as error:
        raise ServeError(f"{path}: no sound archive ({error}); run `proposals publish`") from error
    if row is None or int(row[0]) > int(SCHEMA_VERSION):
        raise ServeError(f"{path}: published by a newer version of this program; install that, or publish again")
    return path


def serve(
    data: Path,
    host: str,
    port: int,
    *,
    sql: bool = False,
    prefix: str = "/",
    sql_site: str | None = None,
    address: str | None = None,
) -> None:
    """Serve until interrupted; ``sql``, ``prefix``, ``sql_site`` and ``address`` are those of ``reading_room``.

    Where another archive is published meanwhile, this process begins anew with that, under the same address.
    Raises ServeError, also where the port is in use or the prefix is no path.
    """
    path = checked(data)
    if not PREFIX.fullmatch(prefix):
        raise ServeError(f"{prefix}: no path to serve under; --prefix is written like /sql/")
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        if (error.errno or 0) < 0:  # those of names
            raise ServeError(f"{host}: no address of this machine; choose another with --host") from error
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise ServeError(f"{host}:{port}: {reason}; choose another with --port") from error
    from archive.web.app import reading_room

    with listening, suppress(KeyboardInterrupt):
        port = listening.getsockname()[1]
        print(f"http://{host}:{port}/", flush=True)  # noqa: T201 - where to go
        app = reading_room(path, sql=sql, prefix=prefix, sql_site=sql_site, address=address).app()
        server = Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=PATIENCE), path)
        server.run(sockets=[listening])
        if server.replaced:
            words = ["serve", "--data", str(data), "--host", host, "--port", str(port), "--prefix", prefix]
            os.execv(sys.executable, [sys.executable, "-m", "archive.cli", *words, *(["--sql"] if sql else [])])  # noqa: S606 - ourselves
