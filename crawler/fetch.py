"""A small polite fetcher for probing and checking: one request at a time, robots.txt obeyed, everything bounded.

The crawl itself goes through Scrapy; this one serves a handful of requests from a command and needs no event loop.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import os
import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import SplitResult, urljoin, urlsplit

from protego import Protego
from w3lib.url import safe_url_string

from crawler.errors import CrawlError
from crawler.families import ListRequest
from crawler.robots import rules_in
from parsers.packing import StillPacked, unpacked
from parsers.record import Page

AGENT = "proposal-archive (+{contact})"
MOST_BYTES = 8 * 1024 * 1024
MOST_REDIRECTS = 5
TIMEOUT = 20.0
"""Seconds for each connect and each read; a whole response may take six times as long."""
REDIRECTS = {301, 302, 303, 307, 308}
CHALLENGES = {202, 403, 405, 412, 503, 521}


class Fetcher:
    """Fetches pages of an unknown or a known site.

    ``delay`` is the least time between two requests to a host, in seconds; a longer crawl-delay in robots.txt wins.
    """

    def __init__(self, contact: str, delay: float = 1.0, allow_private: bool = False, most: int = 200) -> None:
        """Name the person to write to in ``contact``; ``most`` requests are made at most."""
        self.agent = AGENT.format(contact=contact)
        self.delay = delay
        self.allow_private = allow_private
        self.left = most
        self.robots: dict[str, Protego] = {}
        self.last: dict[str, float] = {}

    def __call__(self, request: ListRequest | str) -> Page:
        """The page, after redirects. Raises CrawlError for anything but a whole answer with status 200."""
        asked = ListRequest(request) if isinstance(request, str) else request
        url = asked.url
        for _ in range(MOST_REDIRECTS + 1):
            self.refuse_disallowed(url)
            status, headers, body = self.exchange(url, asked)
            if status not in REDIRECTS:
                return answered(asked.url, url, status, headers, body)
            url, asked = redirected(url, headers), ListRequest(asked.url, headers=asked.headers)
        raise CrawlError(f"{asked.url}: more than {MOST_REDIRECTS} redirects; open it in a browser")

    def refuse_disallowed(self, url: str) -> None:
        """Raise CrawlError where robots.txt keeps the address from us, or could not be read for a server's error."""
        parts = split(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self.robots:
            self.robots[origin] = self.read_robots(origin)
        if not self.robots[origin].can_fetch(url, self.agent):
            raise CrawlError(f"{url}: robots.txt disallows it; the site wants it left alone")

    def read_robots(self, origin: str) -> Protego:
        """The rules of a host, none where it has none. Raises CrawlError where it fails to give them (RFC 9309)."""
        url = f"{origin}/robots.txt"
        for _ in range(MOST_REDIRECTS + 1):
            status, headers, body = self.exchange(url, ListRequest(url))
            if status not in REDIRECTS:
                break
            url = redirected(url, headers)
        rules = rules_in(status, body)
        if rules is None:
            raise CrawlError(f"{url}: answered {status}; without its robots.txt a site is left alone, try again later")
        return Protego.parse(rules.decode("utf-8", "replace"))

    def exchange(self, url: str, asked: ListRequest) -> tuple[int, dict[str, str], bytes]:
        """Send one request and read its answer. Raises CrawlError in place of every network error."""
        parts = split(url)
        self.wait(parts.netloc)
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        headers = {"User-Agent": self.agent, "Accept-Encoding": "identity", **asked.headers}
        with self.connection(url, parts.scheme, parts.hostname or "", parts.port) as connection, network_errors(url):
            body = asked.body.encode() if asked.body is not None else None
            connection.request(asked.method, target, body=body, headers=headers)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return response.status, names, page_bytes(url, names, read_bounded(url, response))

    @contextlib.contextmanager
    def connection(self, url: str, scheme: str, host: str, port: int | None) -> Iterator[http.client.HTTPConnection]:
        """A connection to an address that was checked before it was connected to."""
        made: http.client.HTTPConnection
        with network_errors(url):
            address = checked_address(url, host, port or (443 if scheme == "https" else 80), self.allow_private)
            sock = socket.create_connection(address, TIMEOUT)
            if scheme == "https":
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        made = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        made.sock = sock
        try:
            yield made
        finally:
            made.close()

    def wait(self, host: str) -> None:
        """Keep the delay to a host, and count the request."""
        self.left -= 1
        if self.left < 0:
            raise CrawlError("the request limit of this command is used up; ask for fewer pages")
        known = next((rules for origin, rules in self.robots.items() if origin.endswith(f"//{host}")), None)
        delay = max(self.delay, float((known.crawl_delay(self.agent) if known else None) or 0))
        pause = self.last.get(host, -delay) + delay - time.monotonic()
        if host in self.last and pause > 0:
            time.sleep(pause)
        self.last[host] = time.monotonic()


def split(url: str) -> SplitResult:
    """The parts of an address that can be fetched. Raises CrawlError for any other."""
    try:
        parts = urlsplit(safe_url_string(url))
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise CrawlError(f"{url}: no address ({error}); correct it") from error
    if not known:
        raise CrawlError(f"{url}: only http and https addresses are fetched")
    return parts


def redirected(url: str, headers: dict[str, str]) -> str:
    """Where a redirect leads. Raises CrawlError where that is no address."""
    target = headers.get("location", "")
    try:
        return urljoin(url, target)
    except ValueError as error:
        raise CrawlError(f"{url}: redirects to {target!r}, which is no address ({error})") from error


def contact_of(given: str | None = None) -> str:
    """The contact that the User-Agent names, from the argument or ``PROPOSALS_CONTACT``.

    Raises CrawlError where neither is set: a site's operator must be able to reach somebody.
    """
    contact = given or os.environ.get("PROPOSALS_CONTACT", "")
    if not contact:
        raise CrawlError("no contact: set PROPOSALS_CONTACT to an address or page where a site's operator reaches you")
    return contact


def answered(source: str, url: str, status: int, headers: dict[str, str], body: bytes) -> Page:
    """The page of a successful answer. Raises CrawlError for every other, and says what it looks like."""
    if status == 200 and body:
        return Page(source=source, body=body, url=url, headers=headers)
    if status == 200:
        raise CrawlError(f"{url}: answered with an empty page")
    meaning = "a challenge or a block; it is reported, never bypassed" if status in CHALLENGES else "no page"
    raise CrawlError(f"{url}: answered {status}, {meaning}")


def checked_address(url: str, host: str, port: int, allow_private: bool) -> tuple[str, int]:
    """The first address of a host. Raises CrawlError where any of its addresses is private and none may be."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    private = [address for address in found if not ipaddress.ip_address(address.partition("%")[0]).is_global]
    if private and not allow_private:
        raise CrawlError(f"{url}: {host} is the private address {private[0]}; only imitation sites allow_private")
    return found[0], port


@contextlib.contextmanager
def network_errors(url: str) -> Iterator[None]:
    """Name the address and the cause of a network error, as CrawlError."""
    try:
        yield
    except socket.gaierror as error:
        raise CrawlError(f"{url}: the host name does not resolve; correct it or ask again later") from error
    except ssl.SSLError as error:
        raise CrawlError(f"{url}: TLS failed ({error.reason}); try http://") from error
    except UnicodeError as error:
        raise CrawlError(f"{url}: its host name cannot be asked for ({error}); correct it") from error
    except TimeoutError as error:
        raise CrawlError(f"{url}: no answer within {TIMEOUT:.0f} s") from error
    except (OSError, http.client.HTTPException) as error:
        raise CrawlError(f"{url}: {type(error).__name__}: {str(error) or 'the connection ended'}") from error


def read_bounded(url: str, response: http.client.HTTPResponse) -> bytes:
    """The body, as transferred. Raises CrawlError where it is too large or too slow."""
    pieces, size, end = [], 0, time.monotonic() + 6 * TIMEOUT
    while piece := response.read1(65536):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise CrawlError(f"{url}: more than {MOST_BYTES >> 20} MB; that is no list and no reply")
        if time.monotonic() > end:
            raise CrawlError(f"{url}: still sending after {6 * TIMEOUT:.0f} s")
    if response.length:
        raise CrawlError(f"{url}: the connection ended in the middle of the page")
    return b"".join(pieces)


def page_bytes(url: str, headers: dict[str, str], body: bytes) -> bytes:
    """The body unpacked, for servers pack unasked. Raises CrawlError where it cannot be, or grows too large."""
    try:
        return unpacked(body, headers.pop("content-encoding", ""), MOST_BYTES)
    except StillPacked as error:
        raise CrawlError(f"{url}: {error}") from error
