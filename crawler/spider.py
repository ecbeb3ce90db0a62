"""The spider: one class per site file, fed by the ledger.

``start`` hands out what the ledger says is to be fetched and waits while nothing is; callbacks write what became of
it. No request lives in Scrapy's own queue longer than it is in flight, so a kill loses nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Self

import msgspec
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler import blocks, reading
from crawler.clock import CHINA, today
from crawler.conclusion import Numbers, conclude, numbers
from crawler.errors import CrawlError
from crawler.families import Link, ListPage, ListRequest, family
from crawler.families._listing import digest
from crawler.frontier import Done, Frontier, ListWork, PageWork
from crawler.hand import Hand
from crawler.headers import conditions, page_of, validators
from crawler.ledger import Captured, SiteRun
from crawler.middlewares import DecompressionMiddleware
from crawler.run import Run, check_contact
from crawler.site import Site
from crawler.trouble import Foreseen, Trouble, nap
from parsers.record import Page, ParsedPage

MOST_LIST_PAGES = 2000
"""A list that is longer is cut off: no column of replies has so many pages."""
MOST_LISTS = 300
DEEPEST = 3
"""How many levels of sub-columns are followed: year and kind need two."""
PROGRAM_ERROR = "program-error"
"""The outcome of a page or list over which this program itself failed."""


class SiteSpider(Spider):
    """Crawls one site. Arguments (``scrapy crawl -a``): ``limit`` pages, ``since`` a date, ``full`` any text."""

    site: ClassVar[Site]
    run: Run
    frontier: Frontier
    hand: Hand
    trouble: Trouble

    def __init__(
        self, limit: str | int | None = None, since: str | None = None, full: str | bool = False, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.limit = int(limit) if limit is not None else None
        self.since, self.full = since, bool(full)
        self.lists = family(self.site.family)
        self.done: dict[int, Done] = {}
        self.busy: set[int] = set()
        self.day, self.spent = "", 0
        self.flying = self.unread = 0
        self.idle_reason: str | None = None
        self.waited = 0.0
        self.wakeup = asyncio.Event()

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The manners of the site's file."""
        super().update_settings(settings)
        manners = cls.site.politeness
        settings.set("DOWNLOAD_DELAY", manners.delay, "spider")
        settings.set("AUTOTHROTTLE_START_DELAY", manners.delay, "spider")
        settings.set("AUTOTHROTTLE_ENABLED", manners.delay > 0, "spider")
        settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", manners.concurrency, "spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """The spider with its run. Raises CrawlError where the contact is missing or the data folder cannot be had."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        check_contact(cls.site, crawler.settings)
        spider.run = Run.of(crawler.settings)
        spider.frontier = Frontier(spider.run.ledger, spider.run.number, cls.site.id)
        spider.trouble = Trouble(spider.frontier, crawler.settings)
        spider.hand = Hand(spider.frontier, spider.limit)
        return spider

    # What is to be fetched

    async def start(self) -> AsyncIterator[Any]:
        """Captures that were not parsed, then requests until nothing is left that may be fetched in this run."""
        with self.guarded():
            async for work in self.work():
                yield work

    async def work(self) -> AsyncIterator[Any]:
        """The same. Raises CrawlError where the ledger cannot be written."""
        self.run.ledger.begin_site(self.run.number, self.site.id)
        columns = [column.url for column in self.site.known_columns() if column.url]
        self.idle_reason = self.why_not_now(columns)
        for item in self.recovered():
            yield item
        if self.idle_reason:
            return
        self.frontier.begin(columns, self.first, self.full, self.site.politeness.full_walk_days)
        while not self.ending():
            for request in self.requests():
                yield request
            if self.flying == 0 and not self.may_wait():
                return
            await self.pause()

    def why_not_now(self, columns: Sequence[str]) -> str | None:
        """Why the site is not crawled now; ``None`` where it is."""
        if not columns:
            return "no column is known yet; run `proposals sites probe` with its address"
        if self.run.ledger.paused_until(self.site.id) > time.time():
            return "the site asked to be left alone for a while"
        if not self.site.politeness.allows(datetime.now(CHINA)):
            return f"outside its hours {self.site.politeness.night}"
        return None if self.budget() > 0 else "its budget of requests for today is spent"

    def first(self, column: str) -> ListRequest:
        """The first request of a column."""
        return self.lists.first(column, self.site.options_for(column))

    def budget(self) -> int:
        """How many more requests the site gets today."""
        if self.day != today():
            self.day = today()
            self.spent = self.run.ledger.requests_on(self.site.id, self.day)
        return self.site.politeness.daily_budget - self.spent - self.flying

    def ending(self) -> bool:
        """Whether nothing more is to be fetched in this run."""
        if self.run.ended_by or self.trouble.halt or self.hand.left == 0 or self.run.orphaned():
            return True
        if self.budget() + self.flying <= 0:
            self.idle_reason = self.idle_reason or "its budget of requests for today is spent"
        elif not self.site.politeness.allows(datetime.now(CHINA)):
            self.idle_reason = "its hours are over"
        return bool(self.idle_reason)

    def requests(self) -> Iterator[Request]:
        """The requests that may be sent now: lists first, so that pages do not shift under a long walk.

        No more are given away than may be in flight: without a delay Scrapy 2.19 sends all that a host's queue holds
        at once, whatever CONCURRENT_REQUESTS_PER_DOMAIN says.
        """
        if time.time() < self.trouble.quiet_until:
            return
        room = min(self.site.politeness.concurrency - self.flying, self.budget())
        left = self.hand.left
        enough = left is not None and self.frontier.queued(left) >= left
        while room > 0 and not enough and (work := self.frontier.next_list(self.busy)):
            self.busy.add(work.id)
            room -= 1
            yield self.list_request(work)
        if self.busy:
            return
        for page in self.hand.deal(room, self.budget()):
            yield self.page_request(page)

    def list_request(self, work: ListWork) -> Request:
        """The request of a list page; the first page of a walk that may end early is asked for conditionally."""
        self.flying += 1
        headers: dict[str, str] = dict(work.request.headers)
        if not work.full and work.read == 0:
            headers |= conditions(work.etag, work.last_modified)
        asked = work.request
        return Request(
            asked.url, method=asked.method, headers=headers, body=asked.body, meta={"work": work},
            callback=self.on_list, errback=self.on_list_failed, dont_filter=True,
        )  # fmt: skip

    def page_request(self, work: PageWork) -> Request:
        """The request of a content page."""
        self.flying += 1
        headers = conditions(work.etag, work.last_modified) if work.digest else {}
        return Request(
            work.url, headers=headers, meta={"work": work, "page": work.id},
            callback=self.on_page, errback=self.on_page_failed, dont_filter=True,
        )  # fmt: skip

    def may_wait(self) -> bool:
        """Whether something will be due within the run's patience."""
        at = self.due_at()
        return at is not None and at - time.time() < self.trouble.patience

    def due_at(self) -> float | None:
        """When something may be fetched while nothing is in flight; ``None`` where nothing waits."""
        at = 0.0 if self.hand.pages else self.frontier.next_time()
        return at if at is None else max(at, self.trouble.quiet_until)

    async def pause(self) -> None:
        """Wait until a request has come back, or until one is due."""
        if self.flying:
            await self.wakeup.wait()
        else:
            await asyncio.sleep(nap(time.time(), self.due_at() or 0.0))
        self.wakeup.clear()

    @contextlib.contextmanager
    def guarded(self, work: ListWork | PageWork | None = None) -> Iterator[None]:
        """Where the ledger cannot be written the run ends, for it would go on blindly."""
        try:
            with self.foreseen(work):
                yield
        except CrawlError as error:
            self.run.fail(error)

    def foreseen(self, work: ListWork | PageWork | None) -> Foreseen:
        """What nobody foresaw ends the walk or the page that it struck, so that it is not asked for again at once."""
        return Foreseen(partial(self.struck, work))

    def struck(self, work: ListWork | PageWork | None, error: Exception) -> None:
        """The program itself has failed over a page or a list; the command ends with that."""
        place = f"{self.site.id}: {work.url}" if work else self.site.id
        said = f"{place}: {' '.join(f'{type(error).__name__}: {error}'.split())}"
        self.run.log(site=self.site.id, problem=PROGRAM_ERROR, detail=said)
        self.run.flaw = self.run.flaw or CrawlError(f"{said}; a mistake of the program, report it with its traceback")
        if isinstance(work, ListWork):
            self.list_ended(work, PROGRAM_ERROR)
        elif work:
            self.page_failed(work, PROGRAM_ERROR)

    @contextlib.contextmanager
    def landing(self, work: ListWork | PageWork) -> Iterator[None]:
        """A request has come back."""
        try:
            with self.guarded(work):
                yield
        finally:
            if isinstance(work, ListWork):
                self.busy.discard(work.id)
            self.flying -= 1
            self.wakeup.set()

    # Lists

    def on_list(self, response: Response) -> None:
        """A list page has come."""
        work: ListWork = response.meta["work"]
        with self.landing(work):
            if "captured" in response.meta:
                self.read_list(work, response)

    def on_list_failed(self, failure: Failure) -> None:
        """A list page has not come."""
        work: ListWork = failure.request.meta["work"]  # type: ignore[attr-defined]
        with self.landing(work):
            self.list_problem(work, self.failed(failure))

    def read_list(self, work: ListWork, response: Response) -> None:
        """Write to the ledger what stands on a list page, or why nothing does."""
        if response.status == 304:
            self.trouble.answered()
            self.frontier.end_walk(work, None, whole=False)
            return
        page = page_of(response)
        if response.status != 200:
            self.list_problem(work, blocks.name_of(response.status, page.headers, page.body) or "not-a-list", response)
            return
        try:
            listed = self.lists.read(work.request, page, self.site.options_for(work.url))
        except CrawlError as error:
            self.run.log(site=self.site.id, url=response.url, problem=str(error))
            self.list_problem(work, reading.not_a_list(page, self.site))
            return
        if not (listed.links or listed.columns) and (code := blocks.name_of(200, page.headers, page.body)):
            self.list_problem(work, code, response)
            return
        self.trouble.answered()
        if work.read == 0 and listed.links:
            # A shell that a service fills never changes; only a page with entries may end the next walk by 304.
            self.frontier.validators_of_list(work, *validators(page.headers))
        self.walk_on(work, listed, page)

    def walk_on(self, work: ListWork, listed: ListPage, page: Page) -> None:
        """Queue the entries of a list page and decide whether the walk goes on."""
        own = [link for link in listed.links if self.site.owns(link.url)]
        kept = [link for link in own if not self.too_old(link)]
        shown = digest(listed.links)
        trapped = work.read + 1 >= MOST_LIST_PAGES or self.frontier.seen_before(work, shown)
        self.follow_columns(work, listed.columns)
        seen = self.frontier.list_read(work, kept, len(listed.links) - len(own), listed.following, shown)
        known = bool(own) and not work.full and not seen.new and not seen.changed
        if trapped and listed.following:
            self.list_ended(work, "trap")
        elif known or (own and not kept):
            self.frontier.end_walk(work, None, whole=False)
        elif listed.following is None:
            empty = None if listed.columns else self.frontier.emptiness(work)
            outcome = (empty and reading.foreign(page, self.site)) or empty
            whole = not self.since and not outcome
            self.list_ended(work, outcome, whole, whole and listed.complete)

    def too_old(self, link: Link) -> bool:
        """Whether an entry is from before the date that the run was told."""
        return bool(self.since and link.date and link.date < self.since)

    def follow_columns(self, work: ListWork, columns: Sequence[Link]) -> None:
        """Add sub-columns, within the bounds that stop endless calendars."""
        if work.depth >= DEEPEST or self.frontier.lists_known() >= MOST_LISTS:
            return
        urls = [link.url for link in columns if self.site.owns(link.url)]
        if urls:
            self.frontier.add_columns(urls, self.first, work.depth + 1)

    def list_problem(self, work: ListWork, code: str, response: Response | None = None) -> None:
        """A list page gave no list: try again later, or end the walk."""
        at = self.trouble.again_at(code, work.attempts, response)
        if at is None:
            self.list_ended(work, code)
        else:
            self.frontier.list_again(work, code, at)

    def list_ended(self, work: ListWork, outcome: str | None, whole: bool = False, declared: bool = False) -> None:
        """A walk is over."""
        self.frontier.end_walk(work, outcome, whole, declared)
        if outcome:
            self.trouble.problem(outcome)

    # Pages

    def on_page(self, response: Response) -> list[ParsedPage]:
        """A content page has come; what it says goes to the pipeline."""
        work: PageWork = response.meta["work"]
        with self.landing(work):
            captured = response.meta.get("captured")
            if captured is None:
                return []
            if response.status == 304:
                return self.unchanged(work)
            return self.judge(work, page_of(response), captured, response)
        return []

    def on_page_failed(self, failure: Failure) -> None:
        """A content page has not come."""
        work: PageWork = failure.request.meta["work"]  # type: ignore[attr-defined]
        with self.landing(work):
            self.page_problem(work, self.failed(failure))

    def judge(
        self, work: PageWork, page: Page, captured: Captured, response: Response | None = None
    ) -> list[ParsedPage]:
        """Decide what a captured answer is; success is judged by what was read from it."""
        if captured.status != 200:
            code = blocks.name_of(captured.status, page.headers, page.body) or f"http-{captured.status}"
            if code == "gone":
                return self.page_gone(work)
            self.page_problem(work, code, response)
            return []
        if work.digest == captured.digest:
            return self.unchanged(work)
        twin = work.kind == "detail" and self.frontier.twin(work, captured.digest)
        read = reading.read(work, page, self.site.id, captured, twin)
        if read.item is None:
            self.page_problem(work, read.outcome or "unrecognised", response)
            return []
        self.trouble.answered()
        return self.keep(work, page, captured, read, read.item)

    def unchanged(self, work: PageWork) -> list[ParsedPage]:
        """The page is as it was read last."""
        self.trouble.answered()
        self.frontier.unchanged(work, reading.longer(work.interval))
        self.frontier.count(pages=1)
        return []

    def keep(
        self, work: PageWork, page: Page, captured: Captured, read: reading.Read, item: ParsedPage
    ) -> list[ParsedPage]:
        """Hand what was read to the pipeline, and remember what to write once the store has it."""
        if read.outcome:
            self.trouble.problem(read.outcome)
        attachments = [url for url in read.attachments if self.site.owns(url)]
        if attachments:
            self.frontier.add_attachments(work.url, attachments)
        etag, last_modified = validators(page.headers)
        self.done[id(item)] = Done(
            page=work.id, digest=captured.digest, interval=read.interval, outcome=read.outcome,
            new=work.digest is None, etag=etag, last_modified=last_modified,
        )  # fmt: skip
        return [item]

    def stored(self, items: Sequence[ParsedPage]) -> None:
        """The store has committed these items: the ledger says parsed. Called by the pipeline.

        Where the ledger cannot be written the pages stay captured and are stored once more by the next run.
        """
        done = [found for item in items if (found := self.done.pop(id(item), None))]
        new = sum(one.new for one in done)
        records = sum(len(item.records) for item in items)
        try:
            self.frontier.parsed(done, pages=len(done), new=new, changed=len(done) - new, records=records)
        except CrawlError as error:
            self.run.fail(error)

    def withdrawn(self, page: int) -> None:
        """The store has withdrawn a page's records. Called by the pipeline."""
        try:
            self.frontier.withdrawn(page)
        except CrawlError as error:
            self.run.fail(error)

    def page_gone(self, work: PageWork) -> list[ParsedPage]:
        """The page answers 404 or 410. Whether it is withdrawn is decided by the lists."""
        self.trouble.answered()
        self.frontier.page_ended(work, "gone", "gone", reading.LOOK_AGAIN)
        self.frontier.count(pages=1, gone=1)
        if work.digest is None:
            self.trouble.problem("gone")
        return []

    def page_problem(self, work: PageWork, code: str, response: Response | None = None) -> None:
        """A content page gave nothing to read: try again later, or leave it to a later run."""
        at = self.trouble.again_at(code, work.attempts, response)
        if at is None:
            self.page_failed(work, code)
        else:
            self.frontier.page_again(work, at)

    def page_failed(self, work: PageWork, code: str) -> None:
        """A content page is left to a later run."""
        self.unread += 1
        self.frontier.page_ended(work, "failed", code, reading.after_failure(work))
        self.frontier.count(pages=1)
        self.trouble.problem(code)

    def recovered(self) -> Iterator[ParsedPage]:
        """Pages that an earlier run captured and did not bring to the store."""
        inflate = self.crawler.get_downloader_middleware(DecompressionMiddleware)
        assert inflate is not None
        for work, captured in self.frontier.unparsed():
            try:
                response = inflate.process_response(Request(captured.url), self.run.captures.response(captured))
            except (CrawlError, IgnoreRequest) as error:
                self.run.log(site=self.site.id, url=captured.url, problem=str(error))
                self.frontier.page_again(work, 0.0)
                continue
            assert isinstance(response, Response)
            with self.foreseen(work):
                found = self.judge(work, page_of(response), captured)
            yield from found

    def failed(self, failure: Failure) -> str:
        """The code of a request without an answer, logged."""
        assert failure.value is not None
        code = blocks.name_of_failure(failure.value)
        request: Request = failure.request  # type: ignore[attr-defined]
        self.run.log(site=self.site.id, url=request.url, problem=code, detail=str(failure.value)[:300])
        return code

    # The end

    def conclusion(self) -> SiteRun:
        """How the site's run ended, written to the ledger; the pipeline asks when it has stored everything."""
        early = self.run.ended_by or self.run.stopped
        ended = conclude(self.frontier, self.trouble.problems, self.trouble.halt, self.idle_reason, early)
        try:
            self.run.ledger.end_site(self.run.number, self.site.id, ended.state, ended.detail)
        except CrawlError as error:
            self.run.fail(error)
        runs = self.run.ledger.site_runs(self.run.number, self.site.id)
        found = runs[0] if runs else SiteRun(self.site.id, time.time())
        finished = found.finished or time.time()
        return msgspec.structs.replace(found, state=ended.state, detail=ended.detail, finished=finished)

    def still_there(self, ended: SiteRun) -> Iterator[str]:
        """Addresses of the pages that the run met or had answered. Called by the pipeline."""
        try:
            yield from self.frontier.see(ended.started, ended.finished or time.time())
        except CrawlError as error:
            self.run.fail(error)

    def numbers(self) -> Numbers:
        """What the run saw of the site, for the report; the pipeline asks after :meth:`conclusion`."""
        return numbers(self.frontier, self.unread, self.trouble.challenged, self.waited)

    def closed(self, reason: str) -> None:
        """The last act of Scrapy."""
        self.conclusion()
        self.run.release()
