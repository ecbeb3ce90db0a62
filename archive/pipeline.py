"""The Scrapy item pipeline that brings what the crawler read into the store, and tells the ledger once it is there.

The crawler's settings name it by its dotted path. It uses the spider by what it offers (``stored``, ``conclusion``,
``numbers``, ``frontier``, ``run``), so that neither package imports the other.
"""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path
from typing import Any, Self

from archive import measures
from archive.errors import NotProven, StoreError
from archive.ledgers import exactly, iso
from archive.measures import Readings
from archive.store import ListReading, Store
from parsers.record import Capture, ParsedPage

BATCH = 50
"""Pages to a transaction."""
PATIENCE = 5.0
"""Seconds after which a batch is stored though it is not full, so that a slow site's pages do not wait for long."""
SEEN_AT_ONCE = 1000


class StorePipeline:
    """One site's way into the store of the data folder."""

    def __init__(self, crawler: Any) -> None:
        self.crawler = crawler
        self.data = Path(crawler.settings["PROPOSALS_DATA"])
        self.waiting: list[ParsedPage] = []
        self.since = time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler)

    def open_spider(self) -> None:
        """Open the store; where it cannot be had the run ends, and what was fetched waits in the captures."""
        self.store: Store | None = None
        try:
            self.store = Store.open(self.data)
            self.readings = Readings.of(self.store, self.crawler.spider.site.id)
            self.store.put_sites([site_row(self.crawler.spider.site)])
        except StoreError as error:
            self.fail(error)

    def process_item(self, item: ParsedPage) -> ParsedPage:
        """Keep a page until its batch is stored."""
        self.waiting.append(item)
        if len(self.waiting) >= BATCH or time.monotonic() - self.since > PATIENCE:
            self.flush()
        return item

    def flush(self) -> None:
        """Store the pages that wait; a page whose batch fails stays ``captured`` and is stored by the next run."""
        batch, self.waiting, self.since = self.waiting, [], time.monotonic()
        if not batch or self.store is None:
            return
        try:
            self.store.add_pages(batch)
        except StoreError as error:
            self.fail(error)
        else:
            self.readings.add(batch)
            self.crawler.spider.stored(batch)

    def fail(self, error: StoreError) -> None:
        """End the run: to go on would be to fetch what cannot be kept."""
        self.crawler.spider.run.fail(error)
        if self.store is not None:
            self.store.close()
            self.store = None

    def close_spider(self) -> None:
        """Store the rest, then what the run as a whole has shown of the site."""
        self.flush()
        if self.store is None:
            return
        with self.store:
            try:
                self.conclude(self.store)
            except StoreError as error:
                self.crawler.spider.run.fail(error)

    def conclude(self, store: Store) -> None:
        """What was still there, what is withdrawn, and the state in which the site's run ended."""
        spider = self.crawler.spider
        ended = spider.conclusion()
        urls = spider.still_there(ended)
        while chunk := list(islice(urls, SEEN_AT_ONCE)):
            store.saw(chunk, exactly(ended.finished))
        for page, captured, absences in spider.frontier.gone():
            readings = [ListReading(found.list_url, str(found.run), iso(found.time), True) for found in absences]
            try:
                store.withdraw(capture_of(captured), readings)
            except NotProven:
                continue  # two walks of one run, or a page that answers again: a later run decides
            spider.withdrawn(page)
        store.put_crawl(
            ended.site, iso(ended.started), ended.state,
            finished=iso(ended.finished), requests=ended.requests, new=ended.new, changed=ended.changed,
            problems=ended.problems, detail=ended.detail,
        )  # fmt: skip
        numbers = self.readings.of_run(spider.numbers(), ended.listed)
        measures.put(store, ended.site, iso(ended.started), numbers)


def site_row(site: Any) -> dict[str, Any]:
    """A site file's site as :meth:`archive.store.Store.put_sites` takes it."""
    names = ("id", "name", "division", "province", "family", "verified")
    return {name: getattr(site, name) for name in names} | {"host": site.hosts[0] if site.hosts else None}


def capture_of(captured: Any) -> Capture:
    """The ledger's capture as the store keeps it."""
    return Capture(**{name: getattr(captured, name) for name in Capture.__struct_fields__})
