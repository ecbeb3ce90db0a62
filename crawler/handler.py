"""Scrapy's download handler, without the traceback that its end may print."""

from __future__ import annotations

import asyncio
import contextlib

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.utils.defer import maybe_deferred_to_future


class DownloadHandler(HTTP11DownloadHandler):
    """Ends as Scrapy's own does, waiting a second at most for connections to close.

    Scrapy 2.19 calls a result a second time where the loop is held up in that second, by a large page of another site.
    """

    async def close(self) -> None:
        closing = self._pool.closeCachedConnections()  # type: ignore[no-untyped-call]  # Twisted's
        closed = asyncio.ensure_future(maybe_deferred_to_future(closing))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(closed), self._disconnect_timeout)
