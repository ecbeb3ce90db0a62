"""Capturing: a response and its request into the WARC file and the ledger, as a crawl does before it reads the page.

Made-up pages of 60 KB (``benchmarks/parse.py``), each with a number of its own, without a network. The peer is warcio,
which writes the same two records and keeps no ledger; the floor is one gzip stream at the same level over the bodies
and nothing else. CPU time of one process, all three in one run; at three sizes, since the ledger grows. The last figure
captures the same pages once more: a record that refers to the first, and no body.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

from isal import isal_zlib
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from benchmarks.figure import Figure, cpu
from benchmarks.parse import page
from crawler import warc
from crawler.capture import Captures
from crawler.ledger import Ledger

SIZES = (500, 5_000, 50_000)
QUICK = (200,)
BODY = 60_000
DIFFERENT = 200
"""Pages that are made; the number that each capture adds makes them as many as are captured."""
TIME = "2026-01-01T00:00:00.000000Z"
HEADERS = (("Content-Type", "text/html"), ("Server", "nginx"), ("Date", "Thu, 01 Jan 2026 00:00:00 GMT"))
ASKED = (("User-Agent", "proposal-archive"), ("Accept", "text/html"), ("Accept-Encoding", "gzip"))


def bodies(count: int) -> Iterator[tuple[int, bytes]]:
    """So many pages, no two alike."""
    made = [page(BODY, number) for number in range(DIFFERENT)]
    return ((number, made[number % DIFFERENT] + b"<!-- %d -->" % number) for number in range(count))


def encoded(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[bytes, bytes], ...]:
    """Headers as bytes."""
    return tuple((name.encode(), value.encode()) for name, value in headers)


def ours(captures: Captures, pages: list[tuple[int, bytes]]) -> None:
    """What a crawl does with every response."""
    headers, asked = encoded(HEADERS), encoded(ASKED)
    for number, body in pages:
        answer = warc.Answer(f"http://a.example/{number}.html", TIME, 200, headers, body)
        captures.add("bench", warc.Ask("GET", f"/{number}.html", "a.example", asked, b""), answer, None)


def warcio(file: IO[bytes], pages: list[tuple[int, bytes]]) -> None:
    """The same records with warcio."""
    writer = WARCWriter(file, gzip=True)
    for number, body in pages:
        address = f"http://a.example/{number}.html"
        line = StatusAndHeaders("200 OK", list(HEADERS), protocol="HTTP/1.1")
        response = writer.create_warc_record(address, "response", io.BytesIO(body), http_headers=line)
        line = StatusAndHeaders(f"GET /{number}.html HTTP/1.1", list(ASKED), is_http_request=True)
        request = writer.create_warc_record(address, "request", io.BytesIO(), http_headers=line)
        writer.write_request_response_pair(request, response)


def packed(file: IO[bytes], pages: list[tuple[int, bytes]]) -> None:
    """The bodies alone."""
    for _, body in pages:
        compressor = isal_zlib.compressobj(warc.LEVEL, wbits=31)
        file.write(compressor.compress(body) + compressor.flush())


def figures(quick: bool) -> Iterator[Figure]:
    for size in QUICK if quick else SIZES:
        with tempfile.TemporaryDirectory() as folder:
            yield from measured(Path(folder), size)


def measured(folder: Path, size: int) -> Iterator[Figure]:
    """The figures of one size, taken in slices so that no more pages are held in memory than are made."""
    seconds = {"ours": 0.0, "again": 0.0, "warcio": 0.0, "gzip": 0.0}
    ledger = Ledger(folder / "ledger.db")
    captures = Captures(folder, ledger, ledger.begin_run(), {"software": "benchmark"})
    with (folder / "warcio.warc.gz").open("wb") as theirs, (folder / "bare.gz").open("wb") as bare:
        for pages in sliced(size):
            seconds["ours"] += cpu(partial(ours, captures, pages))
            seconds["warcio"] += cpu(partial(warcio, theirs, pages))
            seconds["gzip"] += cpu(partial(packed, bare, pages))
    for pages in sliced(min(size, DIFFERENT)):
        seconds["again"] += cpu(partial(ours, captures, pages))
    captures.close()
    ledger.close()
    each = {f"{name} ms": 1000 * took / size for name, took in seconds.items() if name != "again"}
    what = f"capture, {size:,} pages"
    yield Figure(what, seconds["ours"] / seconds["warcio"], "× warcio", 1, raw=each)
    yield Figure(what, seconds["ours"] / seconds["gzip"], "× gzip alone", raw=each)
    again = 1000 * seconds["again"] / min(size, DIFFERENT)
    yield Figure(f"the same once more, after {size:,} pages", again / each["ours ms"], "× the first", raw={"ms": again})


def sliced(size: int) -> Iterator[list[tuple[int, bytes]]]:
    """The pages in slices."""
    pages = bodies(size)
    for start in range(0, size, DIFFERENT):
        yield [next(pages) for _ in range(min(DIFFERENT, size - start))]
