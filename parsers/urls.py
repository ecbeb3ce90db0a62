"""Which addresses are one page: the canonical form of a URL. The patterns are data in urls.toml."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from urllib.parse import urlsplit

import msgspec
from w3lib.url import canonicalize_url, url_query_cleaner

from parsers.data_files import checked, text_of

PORTS = {"http": 80, "https": 443}


class Twin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way in which a page has several addresses."""

    pattern: str
    replace: str


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What urls.toml holds."""

    dropped: tuple[str, ...]
    twins: tuple[Twin, ...]


@cache
def rules() -> tuple[tuple[str, ...], tuple[tuple[re.Pattern[str], str], ...]]:
    """The dropped parameters and the compiled twins. Raises :class:`DataFileError` for a wrong key."""
    read = checked(text_of("urls.toml"), Rules, "urls.toml")
    return read.dropped, tuple((re.compile(twin.pattern, re.I), twin.replace) for twin in read.twins)


@lru_cache(maxsize=4096)
def canonical(url: str) -> str:
    """The one form of all addresses of a page: a key to compare by, not always an address to fetch.

    Scheme, default port, ``www.``, fragment, session and version parameters, the order of parameters, mobile and print
    twins fold; everything else of the address stays. A text that is no URL comes back as it is.
    """
    dropped, twins = rules()
    try:
        cleaned = canonicalize_url(
            url_query_cleaner(url.partition(";jsessionid=")[0], dropped, remove=True, unique=False)
        )
        parts = urlsplit(cleaned)
        port = parts.port
    except ValueError:
        return url
    if parts.scheme not in PORTS or not parts.hostname:
        return url
    place = re.sub(r"/{2,}", "/", parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    for pattern, replace in twins:
        place, found = pattern.subn(replace, place, count=1)
        if found:
            break
    host = parts.hostname.removeprefix("www.")
    return f"http://{host}{'' if port in (None, PORTS[parts.scheme]) else f':{port}'}{place}"
