"""ylcms (Zhangzhou): ``…/index.html``, next ``/cms/sitemanage/index.shtml?siteId=X&page=2``; X in a meta tag."""

from __future__ import annotations

import re
from urllib.parse import urlencode, urljoin

from crawler.families import ListRequest
from crawler.families._listing import Listing
from crawler.families._paging import PagedLists, with_parameter
from parsers.record import Page


class Ylcms(PagedLists):
    """The city of Zhangzhou and its bureaus."""

    name = "ylcms"
    detail = re.compile(r"/cms/html/\w+/\d{4}-\d{2}-\d{2}/\d+\.html$|/cms/infopublic/publicInfo\.shtml$")

    def next_url(self, listing: Listing, request: ListRequest) -> str | None:
        site = next(iter(listing.tree.xpath("//meta[@name='siteIdMeta']/@content")), None)
        if self.total(listing) is None:
            return listing.next_link()
        if "siteId=" in request.url:
            return with_parameter(request.url, "page", request.page + 1)
        if not site:
            return listing.next_link()
        query = urlencode({"siteId": site, "page": request.page + 1})
        return urljoin(listing.url, f"/cms/sitemanage/index.shtml?{query}")

    def recognise(self, page: Page) -> float:
        listing = Listing(page, page.source)
        if listing.tree.xpath("//meta[@name='siteIdMeta']"):
            return 0.95
        return 0.8 if any(self.is_detail(link.url) for link in listing.all_links()) else 0.0
