"""What stands before every page: closed addresses, a queue for expensive questions, security headers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from datasette.app import Datasette
from datasette.utils.asgi import Request

from archive.web.catalogue import LANGUAGES
from archive.web.context import PLUGIN, page, without_language

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
TABLES = re.compile(r"/archive/")
"""Datasette's pages of tables and rows."""
AT_ONCE = 2
"""One of Datasette's three SQL threads stays free for readers of records."""
WAITING = 40
QUEUE = "archive.queue"


class Queue:
    """At most ``AT_ONCE`` expensive questions at a time; who would wait behind more than ``WAITING`` is sent away.

    A turn ends where the answer begins: sending takes as long as the reader likes. What is read after that, while the
    answer streams, takes turns of its own (``queue_of``).
    """

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


def queue_of(request: Request) -> Queue:
    """The queue in which an expensive question stands, for what it reads after its answer has begun."""
    queue: Queue = request.scope[QUEUE]
    return queue


def ending(turn: AsyncExitStack, send: Send) -> Send:
    """End the turn as soon as the answer begins."""

    async def send_on(message: Message) -> None:
        await turn.aclose()
        await send(message)

    return send_on


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


def named(scope: Scope, address: str | None) -> Scope:
    """The request as one to the public address, from which pages, feeds and Datasette compute the full addresses."""
    if address is None:
        return scope
    public = urlsplit(address)
    headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {**scope, "scheme": public.scheme, "headers": [(b"host", public.netloc.encode()), *headers]}


def guarded(datasette: Datasette, application: Application) -> Application:
    """The application behind the guard."""
    queue = Queue()
    address = (datasette.plugin_config(PLUGIN) or {}).get("address")

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
        scope, send = named(scope, address), secured(send)
        path = scope["path"].removeprefix(datasette.setting("base_url").rstrip("/"))
        if not readable(scope) or CLOSED.match(path):
            return await refuse(scope, receive, send, 404)
        request = Request(scope, receive)
        if TABLES.match(path) and request.args.get("lang") in LANGUAGES:
            await without_language(request).asgi_send(send)
            return None
        if not EXPENSIVE.match(path):
            return await application(scope, receive, send)
        if queue.full:
            return await refuse(scope, receive, send, 503)
        async with AsyncExitStack() as turn:
            await turn.enter_async_context(queue)
            return await application({**scope, QUEUE: queue}, receive, ending(turn, send))

    return guard
