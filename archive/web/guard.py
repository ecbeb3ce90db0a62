"""What stands before every page: closed addresses, a queue for expensive questions, security headers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote_to_bytes

from datasette.app import Datasette
from datasette.utils.asgi import Request

from archive.web.context import page

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
}
CLOSED = re.compile(r"/-/|/:memory:|/_memory|/_internal|.*\.db$")
"""Addresses of Datasette that tell the server's paths, threads and versions, and the file itself: dumps serve that."""
EXPENSIVE = re.compile(r"/(?:search|archive|questions|statistics)(?:[/.?]|$)")
AT_ONCE = 2
"""One of Datasette's three SQL threads stays free for readers of records."""
WAITING = 40


class Queue:
    """At most ``AT_ONCE`` expensive questions at a time; who would wait behind more than ``WAITING`` is sent away."""

    def __init__(self) -> None:
        self.turns = asyncio.Semaphore(AT_ONCE)
        self.waiting = 0

    @property
    def full(self) -> bool:
        return self.waiting >= WAITING

    async def __aenter__(self) -> None:
        self.waiting += 1
        try:
            await self.turns.acquire()
        finally:
            self.waiting -= 1

    async def __aexit__(self, *error: object) -> None:
        self.turns.release()


def policy(content_type: str) -> str:
    """The Content-Security-Policy of a response: pages may load our own style and script, data nothing at all."""
    return POLICY if content_type.startswith("text/html") else DATA_POLICY


def secured(send: Send) -> Send:
    """Add the security headers to whatever is sent."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(key.lower(), value) for key, value in message.get("headers", [])]
            kind = next((value.decode("latin-1") for key, value in headers if key == b"content-type"), "")
            ours = {**HEADERS, "content-security-policy": policy(kind)}
            kept = [(key, value) for key, value in headers if key.decode("latin-1") not in ours]
            message = {**message, "headers": kept + [(k.encode(), v.encode()) for k, v in ours.items()]}
        await send(message)

    return with_headers


def readable(scope: Scope) -> bool:
    """Whether the address is one that Datasette's router can read: ASCII, and UTF-8 once unquoted."""
    raw = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
    try:
        raw.decode("ascii")
        unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in unquote_to_bytes(raw)


def guarded(datasette: Datasette, application: Application) -> Application:
    """The application behind the guard."""
    queue = Queue()

    async def refuse(scope: Scope, receive: Receive, send: Send, status: int) -> None:
        await datasette.invoke_startup()
        harmless = {**scope, "path": "/", "raw_path": b"/", "query_string": b"", "csrftoken": lambda: ""}
        response = await page(datasette, Request(harmless, receive), "error.html", {"status": status}, status=status)
        if status == 503:
            response.headers["retry-after"] = "10"
        await response.asgi_send(send)

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await application(scope, receive, send)
        send = secured(send)
        path = scope["path"].removeprefix(datasette.setting("base_url").rstrip("/"))
        if not readable(scope) or CLOSED.match(path):
            return await refuse(scope, receive, send, 404)
        if not EXPENSIVE.match(path):
            return await application(scope, receive, send)
        if queue.full:
            return await refuse(scope, receive, send, 503)
        async with queue:
            return await application(scope, receive, send)

    return guard
