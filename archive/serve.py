"""The published archive, served by Datasette with the reading room's plugin."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from archive.building import SCHEMA_VERSION
from archive.errors import ServeError
from archive.publish import ARCHIVE

PREFIX = re.compile(r"/(?:[a-z0-9_-]+/)*")


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

    Raises ServeError, also where the port is in use or the prefix is no path.
    """
    path = checked(data)
    if not PREFIX.fullmatch(prefix):
        raise ServeError(f"{prefix}: no path to serve under; --prefix is written like /sql/")
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise ServeError(f"{host}:{port}: {reason}; choose another with --port") from error
    import uvicorn

    from archive.web.app import reading_room

    with listening, suppress(KeyboardInterrupt):
        print(f"http://{host}:{listening.getsockname()[1]}/", flush=True)  # noqa: T201 - where to go
        room = reading_room(path, sql=sql, prefix=prefix, sql_site=sql_site, address=address)
        uvicorn.Server(uvicorn.Config(room.app(), log_level="warning")).run(sockets=[listening])
