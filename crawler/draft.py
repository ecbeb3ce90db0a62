"""What probing saw, and the site file that it drafts from that."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from crawler.discover import Candidate
from crawler.families import Link
from crawler.families._listing import Listing
from crawler.site import Site
from crawler.vocabulary import kinds_in
from parsers.record import Kind, Page

GOVERNMENT = "人民政府"
UNIT = re.compile("[市州盟县区旗]")
DIVISION_MISSING = "GB/T 2260, six digits; without it the records have no place on the coverage page"


class ColumnReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of one column."""

    url: str
    title: str = ""
    kind: Kind | None = None
    sure: float = 1.0
    entries: tuple[Link, ...] = ()
    subcolumns: tuple[Link, ...] = ()
    pages: int | None = None
    complete: bool = False
    """Whether the list says where it ends."""
    error: str | None = None


class PageReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the parsers read from one page that was tried."""

    url: str
    column: str
    type: str | None = None
    kind: Kind | None = None
    number: str | None = None
    title: str | None = None
    filled: int = 0
    """How many fields of the record have evidence."""
    error: str | None = None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A drafted site file and what it rests on."""

    id: str
    toml: str
    family: str
    sure: float
    """How surely the family was recognised, 0 to 1."""
    columns: tuple[ColumnReport, ...]
    pages: tuple[PageReport, ...]
    warnings: tuple[str, ...] = ()


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A known site, tried live."""

    site: str
    columns: tuple[ColumnReport, ...]
    pages: tuple[PageReport, ...]
    candidates: tuple[Candidate, ...] = ()
    """For a site whose columns are to be discovered: what its home page offers."""

    @property
    def works(self) -> bool:
        """Whether every column was read and one of the pages tried is a reply."""
        read = bool(self.columns) and all(not column.error for column in self.columns)
        return read and any(page.type == "reply" for page in self.pages)


def drafted(
    page: Page,
    family: str,
    columns: Sequence[ColumnReport],
    tried: Sequence[PageReport],
    options: dict[str, Any],
    allow_private: bool,
    known: Iterable[Site] = (),
) -> str:
    """The text of the site file; ``known`` sites may tell its division."""
    name, division = name_on(page), division_on(page)
    facts = {
        "name": name,
        "division": division,
        "hosts": hosts_of(columns),
        "family": family,
        "examples": [entry.url for entry in tried if entry.type == "reply"],
        "evidence": f"drafted by `proposals sites probe {page.url}`",
        "verified": False,
    }
    private = allow_private and is_private(columns[0].url)
    lines = [f"{key} = {value_of(value)}" for key, value in facts.items() if value not in (None, [])]
    if division is None:
        lines.insert(1, f"# division = {value_of(division_guessed(name, known) or '')}  # {DIVISION_MISSING}")
    lines += ["allow_private = true"] if private else []
    lines += ["", "[options]", *(f"{key} = {value_of(value)}" for key, value in options.items())] if options else []
    for column in columns:
        keys = {"url": column.url, "kind": kind_seen(column, tried), "note": column.title or None}
        lines += ["", "[[columns]]", *(f"{key} = {value_of(value)}" for key, value in keys.items() if value)]
    lines += ["", "[politeness]", "delay = 0"] if private else []
    return "\n".join(lines) + "\n"


def value_of(value: Any) -> str:
    """A value as TOML; the JSON of texts, truths and lists of texts is TOML."""
    return json.dumps(value, ensure_ascii=False)


def meta(page: Page, name: str) -> str | None:
    """The content of a meta tag, its name in any case."""
    for node in Listing(page, page.source).tree.iter("meta"):
        if (node.get("name") or "").lower() == name.lower() and (
            content := " ".join((node.get("content") or "").split())
        ):
            return content
    return None


def name_on(page: Page) -> str:
    """The site's name, from its meta tag, its title or its host."""
    title = " ".join("".join(Listing(page, page.source).tree.xpath("//title/text()")).split())
    return meta(page, "SiteName") or title[:60] or urlsplit(page.url or page.source).netloc


def division_on(page: Page) -> str | None:
    """The division code at the head of ``SiteIDCode``; ``None`` for ministries and where the page has none."""
    match = re.match(r"[1-8]\d{5}(?=\d{4}$)", meta(page, "SiteIDCode") or "")
    return match[0] if match else None


def division_guessed(name: str, known: Iterable[Site]) -> str | None:
    """The division of a site of the same place; ``None`` where none is known, or only one of a place above it."""
    for site in known:
        place = site.name.removesuffix(GOVERNMENT)
        if place != site.name and name.startswith(place) and not UNIT.search(name.removeprefix(place)):
            return site.division
    return None


def kind_seen(column: ColumnReport, tried: Iterable[PageReport]) -> Kind | None:
    """The kind that all replies tried of a column have, else what its name tells; ``None`` where it holds several."""
    seen = {page.kind for page in tried if page.column == column.url and page.type == "reply" and page.kind}
    if len(seen) > 1 or len(kinds_in(column.title)) > 1:
        return None
    return seen.pop() if seen else column.kind


def hosts_of(columns: Iterable[ColumnReport]) -> list[str]:
    """The hosts of the columns and of their entries, with a port where it is not the usual one."""
    urls = [url for column in columns for url in (column.url, *(link.url for link in column.entries))]
    return sorted({urlsplit(url).netloc.lower() for url in urls})


def id_of(url: str) -> str:
    """A site id from a host: ``jyj.example.gov.cn`` gives ``example-jyj``."""
    host = (urlsplit(url).netloc or "site").lower().removeprefix("www.")
    labels = re.sub(r"\.(?:gov|com|org|net)\.cn$|\.cn$|\.example$", "", host).split(".")
    name = "-".join(reversed(labels)) if not labels[-1].partition(":")[0].isdecimal() else f"site-{host}"
    return re.sub(r"[^a-z0-9]+", "-", name).strip("-")


def is_private(url: str) -> bool:
    """Whether an address names a private or loopback IP."""
    try:
        return not ipaddress.ip_address(urlsplit(url).hostname or "").is_global
    except ValueError:
        return (urlsplit(url).hostname or "") == "localhost"
