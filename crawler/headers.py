"""What the crawler reads in headers of answers and writes into those of requests."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from scrapy.http import Response

from parsers.record import Page

LONGEST_WAIT = 24 * 3600.0
"""Seconds: a site that asks to be left alone for longer, or by mistake for ever, is asked again once a day."""


def page_of(response: Response) -> Page:
    """A response as parsers and families read it."""
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    return Page(source=response.url, body=response.body, url=response.url, headers=headers)


def validators(headers: dict[str, str]) -> tuple[str | None, str | None]:
    """ETag and Last-Modified of a response."""
    return headers.get("etag"), headers.get("last-modified")


def conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The headers of a conditional request."""
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in conditions.items() if value}


def seconds_of(retry_after: bytes | None) -> float | None:
    """A Retry-After header in seconds, a day at most; ``None`` where it says nothing that can be read."""
    text = (retry_after or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_WAIT)
    try:
        return min(max(0.0, parsedate_to_datetime(text).timestamp() - time.time()), LONGEST_WAIT)
    except (ValueError, OverflowError):
        return None
