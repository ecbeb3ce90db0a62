"""Lists that a service answers as JSON: reading it, totals and times in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from crawler.clock import CHINA
from crawler.errors import CrawlError
from crawler.families import Link
from crawler.families._listing import absolute, date_in, fragment, text_of, unique
from parsers.record import Page


def answer_of(page: Page, url: str) -> Any:
    """What a service answered. Raises CrawlError where it is no JSON: an error page, a challenge, a token asked for."""
    try:
        return json.loads(page.body)
    except (ValueError, RecursionError) as error:  # the latter for brackets in brackets without end
        raise CrawlError(f"{url}: the list service answered no JSON; open the column in a browser") from error


def at(value: Any, *keys: str) -> Any:
    """The value under nested keys; ``None`` where one is missing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; nothing where it is no list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def number(value: Any) -> int | None:
    """A count that services write as number or text."""
    text = str(value).strip()
    return int(text) if text.isdecimal() and len(text) < 8 else None


def day(value: Any) -> str | None:
    """A date from text or from an epoch in seconds or milliseconds, in China's time, as ``YYYY-MM-DD``."""
    text = str(value or "").strip()
    if not text.isdecimal() or len(text) > 13:
        return date_in(text)
    seconds = int(text) / 1000 if len(text) > 11 else int(text)
    if not 0 < seconds < 4e9:
        return None
    return datetime.fromtimestamp(seconds, UTC).astimezone(CHINA).date().isoformat()


def links_of(entries: Iterable[dict[str, Any]], base: str, url: str, title: str, *dates: str) -> tuple[Link, ...]:
    """The links of a service's entries: the keys of the address, the title and, the first that is there, the date."""
    made = []
    for entry in entries:
        if address := absolute(base, str(entry.get(url) or "")):
            date = next((found for key in dates if (found := day(entry.get(key)))), None)
            made.append(Link(address, plain(entry.get(title)), date))
    return tuple(unique(made))


def plain(title: Any) -> str | None:
    """A title without the marks that search services put in it."""
    text = str(title or "").strip()
    return (text_of(fragment(text)) if "<" in text else text) or None
