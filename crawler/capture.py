"""Captures: every response to a WARC file, and its place to the ledger, before anything else looks at it.

The extension hangs on ``response_downloaded``, which Scrapy sends for redirects and robots.txt too, with bodies as
transferred. File, offset, length and digest are committed together with the page's new state.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from crawler import VERSION, warc
from crawler.clock import today
from crawler.errors import CrawlError
from crawler.ledger import Captured, Ledger, Written

MOST_BYTES = 1_000_000_000
"""A file that has grown beyond this is closed and the next one begun."""


class Captures:
    """The WARC files of one process: a new one per run and per gigabyte."""

    def __init__(self, folder: Path, ledger: Ledger, run: int, about: dict[str, str], most_bytes: int = MOST_BYTES):
        self.folder, self.ledger, self.run, self.about, self.most_bytes = folder, ledger, run, about, most_bytes
        self.writer: warc.Writer | None = None
        self.file = 0

    def add(self, site: str, ask: warc.Ask, answer: warc.Answer, page: int | None) -> Captured:
        """Write a response with its request, and commit both to the ledger.

        Raises CrawlError where the disk refuses; then nothing of the response is kept, neither here nor there.
        """
        writer = self._open()
        digest = answer.digest
        original = self.ledger.original_of(digest) if answer.body else None
        identifier, response = warc.response_record(answer, digest, original[1:] if original else None)
        offset = writer.append(response + warc.request_record(ask, answer, identifier))
        written = Written(
            url=answer.url, time=answer.time, status=answer.status, digest=digest, file=self.file,
            name=writer.path.name, offset=offset, length=len(response), end=writer.size,
            original=original[0] if original else None,
        )  # fmt: skip
        return self.ledger.add_capture(self.run, site, written, page, today())

    def response(self, captured: Captured) -> Response:
        """An answer as it was transferred. Raises CrawlError where its record cannot be read."""
        kept = warc.read_answer(self.folder / captured.file, captured.offset, captured.length)
        headers = {name: [value for key, value in kept.headers if key == name] for name, _ in kept.headers}
        return Response(captured.url, status=captured.status, headers=headers, body=kept.body)

    def _open(self) -> warc.Writer:
        if self.writer and self.writer.size > self.most_bytes:
            self.close()
        if self.writer is None:
            moment = datetime.now(UTC)
            name = f"{moment:%Y%m%d%H%M%S%f}-{self.run}.warc.gz"
            self.file = self.ledger.add_file(name)
            self.writer = warc.Writer(self.folder / name)
            self.writer.append(warc.info_record(name, moment.strftime("%Y-%m-%dT%H:%M:%SZ"), self.about))
        return self.writer

    def close(self) -> None:
        """Close the file that is open."""
        if self.writer:
            self.writer.close()
            self.ledger.close_file(self.file, self.writer.size)
            self.writer = None


def recover(folder: Path, ledger: Ledger) -> int:
    """Bring files that a killed run left open in order; returns how many torn tails were cut off.

    Whole records beyond what the ledger knows are kept, a torn one is cut off. Where the file is shorter than the
    ledger says (the power went), the pages behind the lost records are queued again. Raises CrawlError for a file that
    cannot be read or cut.
    """
    cut = 0
    for file, name, known in ledger.open_files():
        path = folder / name
        size = path.stat().st_size if path.exists() else 0
        if size < known:
            ledger.forget_beyond(file, size)
        try:
            end = warc.whole_end(path, known if size >= known else 0) if size else 0
            if size > end:
                cut += 1
                os.truncate(path, end)
        except OSError as error:
            raise CrawlError(
                f"{path}: its torn end cannot be cut off: {error.strerror}; make it writable, then crawl again"
            ) from error
        ledger.close_file(file, end)
    return cut


def about(user_agent: str, contact: str | None) -> dict[str, str]:
    """What the warcinfo record says."""
    fields = {
        "software": f"proposal-archive/{VERSION}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obey",
        "http-header-user-agent": user_agent,
    }
    return fields | ({"operator": contact} if contact else {})


class CaptureExtension:
    """Hands every downloaded response of a crawler to the run's captures."""

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        crawler.signals.connect(self.response_downloaded, signal=signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def response_downloaded(self, response: Response, request: Request, spider: Any) -> None:
        """Capture one response; where that fails, the whole run ends, because nothing may be fetched and not kept."""
        final = response.status not in (301, 302, 303, 304, 307, 308)
        page = request.meta.get("page") if final else None
        try:
            captured = spider.run.captures.add(spider.site.id, ask_of(request), answer_of(response), page)
        except CrawlError as error:
            spider.run.fail(error)
            return
        request.meta["captured"] = captured
        spider.spent += 1
        seconds = round(request.meta.get("download_latency", 0.0), 3)
        spider.waited += seconds
        about = {"url": request.url, "status": response.status, "bytes": len(response.body), "seconds": seconds}
        spider.run.log(site=spider.site.id, **about, digest=captured.digest, capture=captured.id)


def ask_of(request: Request) -> warc.Ask:
    """The request as it was sent."""
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = tuple((name, value) for name, values in request.headers.items() for value in values)
    return warc.Ask(request.method, target, parts.netloc, headers, request.body)


def answer_of(response: Response) -> warc.Answer:
    """The response as it was received."""
    moment = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    headers = tuple((name, value) for name, values in response.headers.items() for value in values)
    address = str(response.ip_address) if response.ip_address else None
    return warc.Answer(
        response.url, moment, response.status, headers, response.body, response.protocol or "HTTP/1.1", address
    )
