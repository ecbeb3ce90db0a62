"""A list page as all families see it: its links with titles and dates, its scripts, its pager."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from urllib.parse import urljoin, urlsplit

import lxml.html
import msgspec
from lxml.etree import ParserError
from w3lib.html import strip_html5_whitespace

from crawler.families import Link
from parsers.decode import decode
from parsers.record import Page

DATE = re.compile(r"(20\d\d|19\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
FURNITURE = frozenset({"nav", "header", "footer"})
BOXES = re.compile(r"(?<![a-z])(?:footer|sidebar|hot|recommend|related|breadcrumb|crumbs?)(?![a-z])", re.I)
ENTRY = frozenset({"li", "tr", "dl", "dd", "p"})
IN_SCRIPT = re.compile(r"""href\s*=\s*\\?["']([^"'\\<>\s]{1,500})\\?["'][^<>]{0,500}>([^<>]{0,300})""")
QUOTED = re.compile(r"""["']([^"'\\<>\s]{4,500})["']""")
NEXT = re.compile(r"^\W{0,3}(?:下一?页|后一?页|下页)\W{0,3}$")
CATEGORY = re.compile(r"#\d{1,9}$")
HIDDEN = re.compile(r"display\s*:\s*none", re.I)
Accept = Callable[[str], bool]


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every family takes from a site file."""

    item: str | None = None
    """A CSS selector of the list's entries, for a page that shows other lists beside it."""


class Listing:
    """A fetched list page, decoded and parsed once."""

    def __init__(self, page: Page, url: str) -> None:
        """Read a page that was asked for under ``url``; any bytes at all give a tree, an empty one too."""
        self.url = page.url or url
        self.text = decode(page.body, page.headers).text
        self.tree = fragment(self.text)
        self.base = absolute(self.url, next(iter(self.tree.xpath("//base/@href")), None)) or self.url

    @cached_property
    def scripts(self) -> str:
        """The text of all inline scripts."""
        return "\n".join(self.tree.xpath("//script[not(@src)]/text()"))

    def links(self, accept: Accept, item: str | None = None) -> tuple[Link, ...]:
        """The list's entries in page order, each address once; from the scripts where the markup has none."""
        entries = tuple(unique(self.anchors(accept, item)))
        return entries or tuple(unique(links_in_text(self.scripts, self.base, accept)))

    def anchors(self, accept: Accept, item: str | None = None) -> Iterator[Link]:
        """The links of the markup whose address ``accept`` takes, without navigation, head, foot and side boxes.

        Where nothing is left these count too: better a link too many than a list that looks empty.
        """
        roots = self.tree.cssselect(item) if item else [self.tree]
        found = [
            (anchor, url)
            for root in roots
            for anchor in root.iter("a")
            if (url := address_of(anchor, self.base)) and accept(url)
        ]
        content = [pair for pair in found if not in_furniture(pair[0])]
        for anchor, url in found if item else content or found:
            yield Link(url, title_of(anchor), date_of(anchor))

    def next_link(self) -> str | None:
        """The address under 下一页, where the markup has one that leads on."""
        for anchor in self.tree.iter("a"):
            if NEXT.match(text_of(anchor)):
                url = address_of(anchor, self.base)
                if url and url != self.url:
                    return url
        return None

    def all_links(self) -> Iterator[Link]:
        """Every link of the page with its text, furniture included; a number after ``#`` stays, it names a list."""
        for anchor in self.tree.iter("a"):
            if url := absolute(self.base, anchor.get("href")):
                number = CATEGORY.search(anchor.get("href") or "")
                yield Link(url + (number[0] if number else ""), title_of(anchor), None)


def fragment(text: str) -> lxml.html.HtmlElement:
    """The tree of a page or a piece of one."""
    parser = lxml.html.HTMLParser(huge_tree=True, encoding="utf-8")
    content = text.replace("\0", "").encode("utf-8", "replace")
    try:
        return lxml.html.document_fromstring(content, parser=parser, ensure_head_body=True)
    except ParserError:
        return lxml.html.document_fromstring("<html></html>", parser=parser, ensure_head_body=True)


def absolute(base: str, href: str | None) -> str | None:
    """The http(s) address of a link without its fragment; ``None`` for scripts, mail and what is no address."""
    href = strip_html5_whitespace(href or "")
    if not href or href.startswith("#"):
        return None
    try:
        url = urljoin(base, href)
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return url.partition("#")[0]


def address_of(anchor: lxml.html.HtmlElement, base: str) -> str | None:
    """Where a link leads: by its ``href``, else by an address in its ``onclick``."""
    if url := absolute(base, anchor.get("href")):
        return url
    match = QUOTED.search(anchor.get("onclick") or "")
    return absolute(base, match[1]) if match and "." in match[1] else None


def links_in_text(text: str, base: str, accept: Accept) -> Iterator[Link]:
    """The links inside a script: written as markup, or as plain strings that have the form of a page's address."""
    for match in IN_SCRIPT.finditer(text):
        url = absolute(base, match[1])
        if url and accept(url):
            yield Link(url, squeezed(match[2]) or None)
    for match in QUOTED.finditer(text):
        url = absolute(base, match[1])
        if url and accept(url):
            yield Link(url)


def decoded_links(listing: Listing) -> Iterator[Link]:
    """The links written in markup inside the page's scripts, whatever they lead to."""
    for match in IN_SCRIPT.finditer(listing.scripts):
        if url := absolute(listing.base, match[1]):
            yield Link(url, squeezed(match[2]) or None)


def unique(links: Iterable[Link]) -> Iterator[Link]:
    """The links, each address once, with the first title that is not empty."""
    found: dict[str, Link] = {}
    for link in links:
        known = found.get(link.url)
        if known is None or not known.title:
            found[link.url] = link
    yield from found.values()


def title_of(anchor: lxml.html.HtmlElement) -> str | None:
    """The link's full title: its attribute where the visible text may be cut."""
    shown = text_of(anchor)
    return squeezed(anchor.get("title") or "") or shown or None


def date_of(anchor: lxml.html.HtmlElement) -> str | None:
    """The date beside a link, ``YYYY-MM-DD``, from the entry that holds it."""
    entry = next((node for node in anchor.iterancestors() if node.tag in ENTRY), anchor.getparent())
    if entry is None or len(list(entry.iter("a"))) > 4:
        return None
    return date_in(" ".join(entry.itertext()))


def date_in(text: str) -> str | None:
    """The last date in a text as ``YYYY-MM-DD``; entries print it behind the title."""
    dates = [match for match in DATE.finditer(text) if 1 <= int(match[2]) <= 12 and 1 <= int(match[3]) <= 31]
    return f"{dates[-1][1]}-{int(dates[-1][2]):02}-{int(dates[-1][3]):02}" if dates else None


def text_of(node: lxml.html.HtmlElement) -> str:
    """The visible text of a node on one line."""
    return squeezed("".join(node.itertext()))


def squeezed(text: str) -> str:
    """The text with white space runs as one blank."""
    return " ".join(text.split())


def in_furniture(anchor: lxml.html.HtmlElement) -> bool:
    """Whether a link stands in navigation, head, foot or a side box, or in a box that is not shown."""
    return any(
        node.tag in FURNITURE
        or HIDDEN.search(node.get("style") or "")
        or BOXES.search(f"{node.get('class') or ''} {node.get('id') or ''}")
        for node in anchor.iterancestors()
    )


def digest(links: Iterable[Link]) -> str:
    """A short digest of which addresses a page lists, to notice a server that repeats a page."""
    return hashlib.sha256("\n".join(link.url for link in links).encode()).hexdigest()[:16]


def path_matches(pattern: re.Pattern[str], url: str) -> bool:
    """Whether a URL's path, without query, ends as the pattern says."""
    return bool(pattern.search(urlsplit(url).path))
