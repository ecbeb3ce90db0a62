"""The capture index: one CDXJ line per capture, sorted as replay tools expect; the bytes are not released."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from archive.release.files import Written, gzipped
from archive.release.source import Source

SQL = (
    "SELECT surt(url) AS key, substr(digits(time) || '00000000000000', 1, 14),"
    " url, status, digest, file AS filename, offset, length FROM captures ORDER BY key, time, id"
)


NAMES = ("url", "status", "digest", "filename", "offset", "length")


def write(source: Source, folder: Path) -> Written:
    """All captures as ``key timestamp {json}`` lines; SQLite sorts them, on disk where they are many."""
    source.connection.create_function("surt", 1, surt, deterministic=True)
    source.connection.create_function("digits", 1, digits, deterministic=True)
    path = "captures.cdxj.gz"
    with gzipped(folder / path) as file:
        for key, time, *values in source.connection.execute(SQL):
            line = {name: value for name, value in zip(NAMES, values, strict=True) if value is not None}
            file.write(f"{key} {time} ".encode() + msgspec.json.encode(line) + b"\n")
    return Written(path, "cdxj", "抓取索引 capture index", source.counts["captures"])


def surt(url: str) -> str:
    """The sort-friendly form of a URL: ``https://www.example.gov.cn/a?b`` is ``cn,gov,example,www)/a?b``."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return re.sub(r"\s", "%20", url)
    key = ",".join(reversed(host.split("."))) + (f":{port}" if port not in (None, 80, 443) else "")
    key += f"){parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
    return re.sub(r"\s", "%20", key.lower())


def digits(time: str) -> str:
    """The digits of a time, as CDX writes it."""
    return re.sub(r"[^0-9]", "", time)
