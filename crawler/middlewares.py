"""Downloader middlewares: only the site's own hosts, robots.txt as RFC 9309 reads it, decompression at its price."""

from __future__ import annotations

import ipaddress
import logging
from typing import Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response, TextResponse
from scrapy.robotstxt import RobotParser

from crawler.blocks import Refused
from crawler.urls import canonical

LONGEST_URL = 2000
FORBID_ALL = b"User-agent: *\nDisallow: /\n"


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
        if redirected and canonical(request.url) in map(canonical, request.meta["redirect_urls"]):
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
        self.failing: set[str] = set()
        crawler.signals.connect(self.robots_parsed, signal=signals.robots_parsed)

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        netloc = urlsplit(request.url).netloc
        try:
            await super().process_request(request)
        except IgnoreRequest as error:
            if netloc not in self.failing:
                raise Refused("robots", f"{request.url}: forbidden by robots.txt") from error
            self._parsers.pop(netloc, None)
            raise Refused("server-error", f"{request.url}: robots.txt answers with a server's error") from error

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        self.failing.discard(netloc)
        if response.status >= 500 and response.status != 521:
            self.failing.add(netloc)
            response = response.replace(body=FORBID_ALL)
        elif response.status != 200:
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)

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


class DecompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's own, without its search for a charset in compressed bytes, which doubles the cost of a page."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        if isinstance(response, TextResponse) and response.headers.get("Content-Encoding"):
            response._encoding = "latin-1"
        try:
            answer: Request | Response = super().process_response(request, response)
        except (OSError, EOFError, ValueError) as error:
            raise Refused("broken-encoding", f"{response.url} cannot be decompressed: {error}") from error
        return answer
