"""The spiders of the Scrapy project: one per site file that has a column."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.settings import BaseSettings

from crawler.errors import CrawlError
from crawler.site import Site, load_site, load_sites
from crawler.spider import SiteSpider


class SiteSpiderLoader:
    """What ``scrapy list`` and ``scrapy crawl`` ask for spiders."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls()

    def load(self, spider_name: str) -> type[SiteSpider]:
        """The spider of a site. Raises KeyError for an unknown one, as Scrapy wants it."""
        try:
            return spider_of(load_site(spider_name))
        except CrawlError as error:
            raise KeyError(str(error)) from error

    def find_by_request(self, request: Request) -> list[str]:
        """The sites that own a request's address."""
        return [site.id for site in load_sites() if site.owns(request.url)]

    def list(self) -> list[str]:
        """The ids of all sites."""
        return [site.id for site in load_sites()]


def spider_of(site: Site) -> type[SiteSpider]:
    """A spider class for one site."""
    return type(
        f"Spider_{site.id}", (SiteSpider,), {"name": site.id, "site": site, "__doc__": f"The spider of {site.name}."}
    )
