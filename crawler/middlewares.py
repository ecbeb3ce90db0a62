"""Downloader middlewares: only the site's own hosts, robots.txt as RFC 9309 reads it, decompression at its price."""

from __future__ import annotations

import ipaddress
import logging
import time
from typing import Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response
from scrapy.robotstxt import RobotParser

from crawler.blocks import Refused, name_of_failure
from crawler.robots import rules_in
from parsers.packing import OFFERED, StillPacked, TooLarge, unpacked

LONGEST_URL = 2000
PACKED = b"Content-Encoding"


class SafetyMiddleware:
    """Refuses every request, redirects and robots.txt included, that does not go to the site's own hosts by http(s)."""

    def __init__(self, crawler: Crawler):
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises Refused for a request that may not be sent."""
        spider: Any = self.crawler.spider
        redirected = bool(request.meta.get("redirect_urls"))
        if len(request.url) > LONGEST_URL:
            raise Refused("refused-request", f"an address of {len(request.url)} characters")
        if not spider.site.allow_private and is_private(urlsplit(request.url).hostname or ""):
            raise Refused("private-address", f"{request.url} is a private address")
        if not spider.site.owns(request.url):
            raise Refused(
                "redirect-away" if redirected else "refused-request", f"{request.url} is not on the site's hosts"
            )
        # Addresses as they are: a redirect to https, to www. or from a mobile twin has the same canonical form.
        if redirected and request.url in request.meta["redirect_urls"]:
            raise Refused("redirect-loop", f"{request.url} redirects in a circle")


def is_private(host: str) -> bool:
    """Whether a host is written as an address outside the public internet; names are checked in resolver.py."""
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


class RobotsMiddleware(RobotsTxtMiddleware):
    """robots.txt with its crawl-delay; one that the server fails to give forbids everything (RFC 9309, 2.3.1)."""

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        # A host that does not answer fails for the page too, which the run's log says in one line.
        logging.getLogger(RobotsTxtMiddleware.__module__).setLevel(logging.CRITICAL)
        self.rest = crawler.settings.getfloat("PROPOSALS_RETRY_DELAY") / 2
        """Seconds before a file that could not be had is asked for again: less than the first retry of a page waits, so
        that it is asked for once for all pages that are due together."""
        self.failing: dict[str, tuple[Refused, float]] = {}
        """Why the file of a host could not be had, and until when (monotonic) it is not asked for again."""
        crawler.signals.connect(self.robots_parsed, signal=signals.robots_parsed)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of the request's host. Raises Refused, under the failure's own code, where they cannot be had."""
        netloc = urlsplit(request.url).netloc
        if time.monotonic() >= self.failing.get(netloc, (None, 0.0))[1]:
            if self.failing.pop(netloc, None):
                self._parsers.pop(netloc, None)
            parser = await super().robot_parser(request)
            if netloc not in self.failing:
                return parser
        failure, _ = self.failing[netloc]
        raise Refused(failure.code, f"{request.url}: {failure}")

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise Refused("robots", f"{request.url}: forbidden by robots.txt") from error

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        rules = rules_in(response.status, response.body)
        if rules is None:
            self.fail(netloc, Refused("server-error", f"robots.txt answers {response.status}"))
        await super()._parse_robots(response.replace(body=rules or b""), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self.fail(netloc, Refused(name_of_failure(exc), f"robots.txt cannot be fetched: {exc}"))
        super()._robots_error(exc, netloc)

    def fail(self, netloc: str, failure: Refused) -> None:
        """Refuse what is due at a host, for want of its rules."""
        self.failing[netloc] = failure, time.monotonic() + self.rest

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Slow down to the crawl-delay that robots.txt asks for."""
        rules: Protego = robotparser.rp  # type: ignore[attr-defined]  # Scrapy's contract has no crawl-delay
        delay = rules.crawl_delay(self.crawler.settings["USER_AGENT"]) or 0.0
        throttle = self.crawler.get_extension(AutoThrottle)
        engine: Any = self.crawler.engine
        if throttle and delay > throttle.mindelay:
            throttle.mindelay = delay
            throttle.maxdelay = max(throttle.maxdelay, delay)
        for slot in engine.downloader.slots.values():
            slot.delay = max(slot.delay, delay)


class PlainRedirectMiddleware(RedirectMiddleware):
    """Scrapy's own, without the warning that no middleware cares for Referer headers: none are sent."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = cls(crawler.settings)
        middleware.crawler = crawler
        return middleware


class DecompressionMiddleware:
    """Bodies unpacked by the rule by which captures are read back, so that crawl and rebuild read the same bytes."""

    def __init__(self, most: int):
        self.most = most

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say what may be sent packed."""
        request.headers.setdefault(b"Accept-Encoding", OFFERED)

    def process_response(self, request: Request, response: Response) -> Response:
        """The response with the page's own bytes. Raises Refused where they cannot be had."""
        codings = b",".join(response.headers.getlist(PACKED)).decode("latin-1")
        if not codings:
            return response
        try:
            body = unpacked(response.body, codings, self.most)
        except StillPacked as error:
            code = "too-large" if isinstance(error, TooLarge) else "broken-encoding"
            raise Refused(code, f"{response.url}: {error}") from error
        headers = {name: values for name, values in response.headers.items() if name != PACKED}
        # A plain response: one of text would look for a charset in the packed bytes first.
        kept = {name: getattr(response, name) for name in Response.attributes}
        return Response(**kept | {"headers": headers, "body": body})
