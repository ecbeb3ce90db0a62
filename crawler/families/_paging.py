"""How a list continues, as most families print it: script calls, numbered links, text like 共5页."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec
from w3lib.url import add_or_replace_parameter

from crawler.families import Link, ListPage, ListRequest
from crawler.families._listing import Accept, Listing, Options, digest, squeezed, unique
from crawler.vocabulary import YEAR, names_column, names_year, slug_of
from parsers.record import Page

MOST_PAGES = 5000
LONGEST_PAGER = 400
"""Characters; what is longer is a box with a pager in it."""
CALL = re.compile(r"\bcreatePage(?:HTML)?\s{0,5}\(([^()]{1,300})\)")
PLAIN = re.compile(r"\b(countPage|pageCount|currentPage|countnum)\s{0,5}[:=]\s{0,5}[\"']?(\d{1,6})\b")
STEM = re.compile(r"[\"']([A-Za-z][\w-]{0,40})_[\"']\s{0,5}\+")
EXTENSION = re.compile(r"[\"']\.?(s?html?|htm)[\"']")
OF_PAGES = re.compile(r"共\s{0,3}(\d{1,5})\s{0,3}页|(?<![\d/])\d{1,5}\s{0,3}/\s{0,3}(\d{1,5})(?![\d/])\s{0,3}页?")
OF_ENTRIES = re.compile(r"共\s{0,3}(\d{1,6})\s{0,3}[条篇项]|总(?:记录|条)数\D{0,3}(\d{1,6})")
PAGER = (
    "//*[contains(@class,'page') or contains(@id,'page') or contains(@class,'pagin') or contains(@class,'pb_sys')"
    " or contains(@class,'fenye')]"
)
PAGER_WORDS = re.compile("首页|上一?页|尾页|末页|共\\s{0,3}\\d{1,5}\\s{0,3}页")
FILE = re.compile(r"(?:index|list|page)?[_-]?\d{0,6}\.(?:s?html?|jhtml|htm|jsp)|")


class Pager(msgspec.Struct, frozen=True):
    """What a pager script says. ``current`` as it counts itself, from 0 or 1."""

    total: int
    current: int | None = None
    stem: str | None = None
    extension: str | None = None
    entries: int | None = None


def script_pager(scripts: str) -> Pager | None:
    """The pager of a page's scripts: a call of ``createPageHTML`` or ``createPage``, else its plain variables."""
    for match in CALL.finditer(scripts):
        if pager := called(match[1]):
            return pager
    values = {name: int(number) for name, number in PLAIN.findall(scripts)}
    total = values.get("countPage", values.get("pageCount"))
    if total is None:
        return None
    stem, extension = STEM.search(scripts), EXTENSION.search(scripts)
    return Pager(
        total,
        values.get("currentPage"),
        stem[1] if stem else None,
        extension[1] if extension else None,
        values.get("countnum"),
    )


def called(arguments: str) -> Pager | None:
    """The pager that a call's arguments tell; ``None`` for the definition of the function."""
    values = [value.strip().strip("\"'") for value in arguments.split(",")]
    numbers = [int(value) for value in values if value.isdecimal() and len(value) < 8]
    if not numbers:
        return None
    start = next(position for position, value in enumerate(values) if value.isdecimal())
    words = [value for value in values[start:] if value and not value.isdecimal()]
    stem, extension = (*words, None, None)[:2]
    current, entries = (*numbers[1:3], None, None)[:2]
    return Pager(numbers[0], current, stem, (extension or "").lstrip(".") or None, entries)


def pager_text(listing: Listing) -> str:
    """The text of the page's pagers."""
    texts = (beginning(node) for node in listing.tree.xpath(PAGER) if node.tag != "script")
    return " ".join(text for text in texts if len(text) < LONGEST_PAGER)


def beginning(node: Any) -> str:
    """The text of a box, and of a long one enough to see that it is no pager: boxes stand in one another."""
    found, length = list[str](), 0
    for text in node.itertext():
        words = squeezed(text)
        found.append(words)
        length += len(words)
        if length >= LONGEST_PAGER:
            break
    return " ".join(filter(None, found))


def pages_in_text(listing: Listing) -> int | None:
    """The number of pages that the pager prints: 共5页 or 1/5."""
    match = OF_PAGES.search(pager_text(listing)) or re.search(r"共\s{0,3}(\d{1,5})\s{0,3}页", listing.text)
    return int(next(group for group in match.groups() if group)) if match else None


def entries_in_text(listing: Listing) -> int | None:
    """The number of entries that the pager prints: 共81条."""
    match = OF_ENTRIES.search(pager_text(listing))
    return int(match[1] or match[2]) if match else None


def largest_number(listing: Listing, pattern: re.Pattern[str]) -> int | None:
    """The largest page number in the page's own links; the pattern's first group is the number."""
    numbers = (pattern.search(link.url) for link in listing.all_links())
    return max((int(match[1]) for match in numbers if match), default=None)


def with_parameter(url: str, name: str, value: object) -> str:
    """The URL with one query parameter set."""
    return add_or_replace_parameter(url, name, str(value))


def directory(url: str) -> str:
    """The URL up to its last slash; for a ``.htm`` page the folder of its name as well is a place for sub-columns."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/"


def subcolumns(listing: Listing, is_detail: Accept) -> tuple[Link, ...]:
    """The lists below this one: years and kinds, by address below the column's own and by text or slug."""
    own = listing.url.partition("?")[0]
    roots = (directory(own), re.sub(r"\.s?html?$", "/", own)) if not own.endswith("/") else (own,)
    found: dict[str, Link] = {}
    for link in listing.all_links():
        path = link.url.partition("?")[0]
        root = next((root for root in reversed(roots) if path.startswith(root)), None)
        if root is None or path == own or is_detail(link.url) or FILE.fullmatch(path.removeprefix(root)):
            continue
        if names_column(link.title) or names_year(link.title) or slug_of(path.removeprefix(root)):
            found.setdefault(link.url, link)
    return tuple(found.values())


def named_lists(listing: Listing, is_list: Accept) -> tuple[Link, ...]:
    """The lists of a family whose addresses show no tree: by a text that names both a year and such a column."""
    links = (link for link in listing.all_links() if is_list(link.url) and link.url != listing.url)
    return tuple(unique(link for link in links if names_column(link.title) and YEAR.search(link.title or "")))


class PagedLists:
    """The common walk: each page is read for its links, the total and the next page's address.

    A family says how the total and the next address are found.
    """

    name: str
    option_type: type[msgspec.Struct] = Options
    detail: re.Pattern[str]

    def first(self, column: str, options: dict[str, Any]) -> ListRequest:
        return ListRequest(column)

    def is_detail(self, url: str) -> bool:
        return bool(self.detail.search(urlsplit(url).path))

    def total(self, listing: Listing) -> int | None:
        """The number of pages that the page declares."""
        return pages_in_text(listing)

    def next_url(self, listing: Listing, request: ListRequest) -> str | None:
        """The next page's address; called only while the declared total is not reached."""
        return listing.next_link()

    def links(self, listing: Listing, options: dict[str, Any]) -> tuple[Link, ...]:
        """The entries of a page."""
        return listing.links(self.is_detail, options.get("item"))

    def following(
        self, request: ListRequest, listing: Listing, links: tuple[Link, ...], total: int | None
    ) -> ListRequest | None:
        """The request for the next page; ``None`` at the declared total, or where a list without one repeats itself."""
        if request.page >= min(total or MOST_PAGES, MOST_PAGES) or (total is None and repeats(request, links)):
            return None
        url = self.next_url(listing, request)
        return follow(request, url, links) if url else None

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        listing = Listing(page, request.url)
        links, total = self.links(listing, options), self.total(listing)
        columns = subcolumns(listing, self.is_detail) if request.page == 1 else ()
        following = self.following(request, listing, links, total)
        complete = total is not None or following is not None or (shows_end(listing) and not repeats(request, links))
        return ListPage(links, following, total, entries_in_text(listing), columns, complete)


def repeats(request: ListRequest, links: Iterable[Link]) -> bool:
    """Whether a page lists exactly what the one before it listed, as servers do that answer any number."""
    return bool(request.state.get("seen")) and digest(links) == request.state["seen"]


def follow(request: ListRequest, url: str, links: tuple[Link, ...], **state: Any) -> ListRequest:
    """The request for the page after this one, which remembers what this one listed."""
    state = {**request.state, "seen": digest(links), **state}
    return ListRequest(url, headers=request.headers, page=request.page + 1, state=state)


def shows_end(listing: Listing) -> bool:
    """Whether the page shows a pager that leads no further, and so says itself that the list ends."""
    return bool(PAGER_WORDS.search(pager_text(listing))) and listing.next_link() is None


def sibling(listing: Listing, file: str) -> str:
    """The address of a file in the page's own folder."""
    return urljoin(listing.url.partition("?")[0], file)
