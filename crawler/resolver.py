"""Name resolution that refuses private addresses: a public name must not lead into the maintainer's own network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.middlewares import is_private
from crawler.site import usable_sites


class PublicResolver(CachingThreadedResolver):
    """Scrapy's resolver; private addresses are given only for hosts of sites whose file allows them."""

    allowed: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        resolver: Self = super().from_crawler(crawler, reactor)
        private = (site for site in usable_sites()[0] if site.allow_private)
        resolver.allowed = frozenset(host.partition(":")[0] for site in private for host in site.hosts)
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        found: Deferred[str] = super().getHostByName(name, timeout)
        return found.addCallback(self._check, name)

    def _check(self, address: Any, name: str) -> Any:
        if is_private(str(address)) and name not in self.allowed:
            raise DNSLookupError(f"{name} resolves to the private address {address}")
        return address
