"""Finding the columns in which a site publishes its replies: by link text and by slug, from any page of it.

The home page and the open-government index are read first, then the sections that they name; what a link calls itself
is a hint, and :func:`crawler.probe.probe` looks into each column before it believes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

import msgspec

from crawler import families
from crawler.errors import CrawlError
from crawler.families import Link, ListRequest
from crawler.families._generic import GenericLists
from crawler.families._listing import Listing, decoded_links
from crawler.vocabulary import kind_of, names_column, names_index, slug_of
from parsers.record import Kind, Page
from parsers.urls import canonical

Fetch = Callable[[ListRequest | str], Page]
MOST_READ = 20
"""How many pages are read in search of columns."""
PAGER = re.compile(r"^\W*(?:\d{1,3}|首页|上一?页|下一?页|尾页|末页|更多)?\W*$")
"""The text of a link to another page of a list."""
TITLE_WORDS = ("关于", "答复", "复函", "的函", "第", "号")
"""A link with two of these is a reply, not a column."""


class Candidate(msgspec.Struct, frozen=True):
    """A link that may lead to a column."""

    url: str
    title: str
    sure: float
    """How sure the link's text and address make it, 0 to 1."""
    kind: Kind | None = None


def columns_on(page: Page) -> list[Candidate]:
    """The columns that a page links, surest first, each address once."""
    found: dict[str, Candidate] = {}
    for link in links_of(page):
        candidate = judged(link)
        if candidate and candidate.sure > found.get(link.url, Candidate(link.url, "", 0)).sure:
            found[link.url] = candidate
    return sorted(found.values(), key=lambda candidate: -candidate.sure)


def judged(link: Link) -> Candidate | None:
    """What a link promises; ``None`` where neither its text nor its address speaks of replies."""
    title, named, slug = link.title or "", names_column(link.title), slug_of(link.url) is not None
    if sum(word in title for word in TITLE_WORDS) > 1 or not (named or slug):
        return None
    if is_article(link.url) or PAGER.match(title):
        return None
    return Candidate(link.url, title, 0.95 if named and slug else 0.8 if named else 0.6, kind_of(title))


def is_article(url: str) -> bool:
    """Whether an address has the form of some known family's content pages; the generic forms fit columns as well."""
    known = (families.family(name) for name in families.names())
    return any(lists.is_detail(url) for lists in known if not isinstance(lists, GenericLists))


def discover(start: str, fetch: Fetch) -> tuple[list[Candidate], list[str]]:
    """The columns found from a page, the sections that it names and the columns themselves; and what could not be read.

    Raises CrawlError where the first page cannot be read.
    """
    waiting, columns, seen, failures = [start], list[str](), {canonical(start)}, list[str]()
    found: dict[str, Candidate] = {}
    for _ in range(MOST_READ):
        if not (waiting or columns):
            break
        url = (waiting or columns).pop(0)
        try:
            page = fetch(url)
        except CrawlError as error:
            if url == start:
                raise
            failures.append(str(error))
            continue
        for candidate in columns_on(page):
            if same_site(start, candidate.url):
                found.setdefault(candidate.url, candidate)
        waiting += unseen(start, (link.url for link in sections(page)), seen)
        columns += unseen(start, found, seen)
    return sorted(found.values(), key=lambda candidate: -candidate.sure), failures


def unseen(start: str, urls: Iterable[str], seen: set[str]) -> list[str]:
    """The addresses on the site that were not seen before; they are now."""
    new = []
    for url in urls:
        if same_site(start, url) and canonical(url) not in seen:
            seen.add(canonical(url))
            new.append(url)
    return new


def sections(page: Page) -> Iterator[Link]:
    """The links to pages that list columns: open government, its index, exchange with citizens."""
    return (link for link in links_of(page) if names_index(link.title))


def links_of(page: Page) -> Iterator[Link]:
    """All links of a page, in navigation too, and those that its scripts write."""
    listing = Listing(page, page.source)
    yield from listing.all_links()
    yield from decoded_links(listing)


def same_site(start: str, url: str) -> bool:
    """Whether two addresses lie on one host, ``www.`` and port aside."""
    first, second = urlsplit(start), urlsplit(url)
    return (first.hostname or "").removeprefix("www.") == (second.hostname or "").removeprefix("www.")
