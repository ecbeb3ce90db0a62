"""The releases in the public folder: a page for each, and their files, whole or from where a download broke off.

Behind the proxy of ``deploy/`` these addresses never reach us; without one they are all that readers need.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive import shelf
from archive.web.context import DATABASE, Missing, href, page
from archive.web.guard import Receive, Send

FOLDER = "releases"
"""Beside the archive that is served."""
RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})")
"""From a byte on, or up to another: what takes a download up again. Of any other range the whole file is sent."""
CHUNK = 1 << 18
TEXT = (".md", ".cff", ".txt", shelf.SUMS)


async def on_shelf(datasette: Datasette) -> dict[str, shelf.Release]:
    """The releases that readers may have, by version, the newest first."""
    return await asyncio.to_thread(shelf.whole, folder_of(datasette))


def folder_of(datasette: Datasette) -> Path:
    """Where the releases lie."""
    return Path(datasette.get_database(DATABASE).path).parent / FOLDER


async def chosen(datasette: Datasette, version: str) -> shelf.Release:
    """The release of a version, or the newest one under its name. Raises Missing where there is none."""
    found = await on_shelf(datasette)
    release = next(iter(found.values()), None) if version == shelf.LATEST else found.get(version)
    if release is None:
        raise Missing(version)
    return release


async def overview(datasette: Datasette, request: Request) -> Response:
    """The data page tells of all releases."""
    return Response.redirect(href(datasette, "/data") + "#releases")


async def release(datasette: Datasette, request: Request) -> Response:
    """The page of one release."""
    found = await chosen(datasette, request.url_vars["version"])
    return await page(datasette, request, "release.html", {"release": found})


async def file(datasette: Datasette, request: Request, receive: Receive, send: Send) -> None:
    """Send a file of a release; only what its sums name can be asked for. Raises Missing for anything else."""
    found = await chosen(datasette, request.url_vars["version"])
    path = request.url_vars["path"]
    named = next((file for file in found.files if file.path == path), None)
    if named is None:
        raise Missing(path)
    headers = {"content-type": content_type(path), "accept-ranges": "bytes", "etag": f'"{named.digest or named.size}"'}
    status, start, stop = part(request, headers["etag"], named.size)
    if status == 206:
        headers["content-range"] = f"bytes {start}-{stop - 1}/{named.size}"
    elif status == 416:
        headers["content-range"] = f"bytes */{named.size}"
    headers["content-length"] = str(stop - start)
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    if request.method == "HEAD":
        stop = start
    await stream(folder_of(datasette) / found.version / path, start, stop, receive, send)


def content_type(path: str) -> str:
    """Texts are shown by browsers, everything else is kept."""
    if path.endswith(TEXT):
        return "text/plain; charset=utf-8"
    return "application/json" if path.endswith(".json") else "application/octet-stream"


def part(request: Request, etag: str, size: int) -> tuple[int, int, int]:
    """Status, first byte and end of what was asked for: 206 a part, 200 the whole, 416 a part behind the end."""
    asked = RANGE.fullmatch(request.headers.get("range", ""))
    if not asked or request.headers.get("if-range", etag) != etag:
        return 200, 0, size
    start, last = int(asked[1]), int(asked[2] or size)
    if start >= size or last < start:
        return 416, 0, 0
    return 206, start, min(last + 1, size)


async def stream(path: Path, start: int, stop: int, receive: Receive, send: Send) -> None:
    """The bytes of a file from ``start`` to before ``stop``, a piece in memory at a time, until the reader leaves."""
    left = asyncio.create_task(departure(receive))
    try:
        with path.open("rb") as opened:
            opened.seek(start)
            while start < stop and not left.done():
                piece = await asyncio.to_thread(opened.read, min(CHUNK, stop - start))
                start = start + len(piece) if piece else stop
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        left.cancel()


async def departure(receive: Receive) -> None:
    """Return when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
