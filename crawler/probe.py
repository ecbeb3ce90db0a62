"""A URL in, a drafted site file out; and a known site tried live.

A column counts once its list was read and its entries have the form of the family's pages; a site counts as readable
once the parsers found a reply on one of three pages. Everything else is said in the draft, nothing is guessed.
"""

from __future__ import annotations

import contextlib
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urljoin

from crawler import families
from crawler.discover import Candidate, Fetch, discover, is_article, same_site
from crawler.draft import Check, ColumnReport, Draft, PageReport, drafted, id_of
from crawler.errors import CrawlError
from crawler.families import Link, ListPage, ListRequest
from crawler.families._generic import GenericLists, form_of
from crawler.families._listing import Listing
from crawler.families._paging import subcolumns
from crawler.site import Site, parse_site, usable_sites
from crawler.vocabulary import kind_of, slug_of
from parsers.record import Page, Record

Parse = Callable[[Page], Sequence[Record]]
MOST_COLUMNS = 12
MOST_SHELLS = 3
"""How many requests may pass until a list shows entries: a shell, a label, the service."""
TRIED = 3
UNSURE = 0.5
DOUBTFUL = 0.6
"""A column no surer than this needs a reply on one of its pages."""


def probe(url: str, fetch: Fetch, parse: Parse, allow_private: bool = False) -> Draft:
    """Draft a site file from any address of a site.

    Raises CrawlError where the site cannot be read, or where no column of replies was found on it.
    """
    fetch = once(fetch)
    candidates, failures = candidates_from(url, fetch)
    pages, unread = read_all(candidates[:MOST_COLUMNS], fetch)
    shown = {candidate.url: with_entries(page, fetch) for candidate, page in pages}
    name, sure = recognised([(candidate, shown[candidate.url]) for candidate, _ in pages])
    options = {url: options_for(name, page) for url, page in shown.items()}
    reports = [read_column(candidate, name, options[candidate.url], fetch) for candidate, _ in pages]
    tried = try_pages(reports, fetch, parse)
    kept = kept_columns(reports, tried)
    if not kept:
        raise CrawlError(nothing_found(url, reports, [*failures, *unread]))
    warnings = [*failures, *unread, *(f"{report.url}: {report.error}" for report in reports if report.error)]
    if sure < UNSURE:
        warnings.append("no known system was recognised; read the drafted family and details with care")
    if not any(page.type == "reply" for page in tried):
        warnings.append("no reply was read on the pages tried; see `proposals parse` for one of them")
    site_id = id_of(url)
    told = merged(options[report.url] for report in kept)
    toml = drafted(fetch(url), name, kept, tried, told, allow_private, usable_sites()[0])
    if parse_site(toml, site_id, "the drafted site file").division is None:
        warnings.append("no page tells the site's division; enter the code in the line that the draft has for it")
    return Draft(
        id=site_id, toml=toml, family=name, sure=sure, columns=tuple(kept), pages=tuple(tried), warnings=tuple(warnings)
    )


def check(site: Site, fetch: Fetch, parse: Parse) -> Check:
    """Try a known site: the first page of each column and three of its pages. Raises CrawlError without a host."""
    fetch = once(fetch)
    if not site.hosts:
        raise CrawlError(f"site {site.id!r} has no known host; enter one in its file's 'hosts' first")
    columns = [
        read_column(
            Candidate(column.url, column.note or "", 1.0, column.kind), site.family, site.options_for(column.url), fetch
        )
        for column in site.columns
        if column.url
    ]
    pages = try_pages(columns, fetch, parse)
    candidates = [] if columns else candidates_from(f"http://{site.hosts[0]}/", fetch)[0]
    return Check(site=site.id, columns=tuple(columns), pages=tuple(pages), candidates=tuple(candidates))


def once(fetch: Fetch) -> Fetch:
    """A fetch that asks for each plain address once."""
    kept: dict[str, Page] = {}

    def fetched(request: ListRequest | str) -> Page:
        plain = request if isinstance(request, str) else request.url
        if not isinstance(request, str) and (request.method != "GET" or request.headers):
            return fetch(request)
        if plain not in kept:
            kept[plain] = fetch(request)
        return kept[plain]

    return fetched


def candidates_from(url: str, fetch: Fetch) -> tuple[list[Candidate], list[str]]:
    """The columns found from an address, then from the site's home page.

    The address itself is one where it has a known slug or where nothing else was found.
    """
    found, failures = discover(url, fetch)
    if slug_of(url):
        title = " ".join(Listing(fetch(url), url).tree.xpath("//title/text()"))[:80]
        found.insert(0, Candidate(url, title, 0.9, kind_of(title)))
    home = urljoin(url, "/")
    if not found and home != url:
        found, more = discover(home, fetch)
        failures += more
    if not found:
        found.append(Candidate(url, "", DOUBTFUL))
    unique = {candidate.url: candidate for candidate in reversed(found)}
    return sorted(unique.values(), key=lambda candidate: -candidate.sure), failures


def read_all(candidates: Iterable[Candidate], fetch: Fetch) -> tuple[list[tuple[Candidate, Page]], list[str]]:
    """The pages of the candidates, and what could not be read."""
    pages, failures = [], []
    for candidate in candidates:
        try:
            pages.append((candidate, fetch(candidate.url)))
        except CrawlError as error:
            failures.append(str(error))
    return pages, failures


def with_entries(page: Page, fetch: Fetch) -> Page:
    """The page itself where it lists entries, else that of the first list below it."""
    listing = Listing(page, page.source)
    below = subcolumns(listing, is_article)
    if not below or any(is_article(link.url) for link in listing.all_links()):
        return page
    with contextlib.suppress(CrawlError):
        return fetch(below[0].url)
    return page


def recognised(pages: Iterable[tuple[Candidate, Page]]) -> tuple[str, float]:
    """The family that fits the columns' pages best, and how well; the next-link walk where none does."""
    seen = list(pages)
    scores = {name: [families.family(name).recognise(page) for _, page in seen] for name in families.names()}
    weights = [candidate.sure for candidate, _ in seen]
    sums = {name: sum(map(operator.mul, values, weights)) for name, values in scores.items()}
    best = max(sums, key=lambda name: sums[name])
    return (best, round(max(scores[best]), 2)) if sums[best] else ("next_link", 0.0)


def options_for(name: str, page: Page) -> dict[str, list[str]]:
    """What a generic family must be told: the commonest form of the page's links."""
    family = families.family(name)
    if not isinstance(family, GenericLists):
        return {}
    links = Listing(page, page.source).links(family.is_detail)
    forms = Counter(form_of(link.url) for link in links)
    return {"details": [form for form, _ in forms.most_common(1)]} if forms else {}


def merged(options: Iterable[dict[str, list[str]]]) -> dict[str, list[str]]:
    """The options of all columns as those of the site."""
    found: dict[str, list[str]] = {}
    for one in options:
        for key, values in one.items():
            found[key] = [*found.get(key, []), *(value for value in values if value not in found.get(key, []))]
    return found


def read_column(candidate: Candidate, name: str, options: dict[str, Any], fetch: Fetch) -> ColumnReport:
    """The first page of a column that shows entries."""
    family = families.family(name)
    entries: tuple[Link, ...] = ()
    columns: tuple[Link, ...] = ()
    read: ListPage | None = None
    try:
        request: ListRequest | None = family.first(candidate.url, options)
        for _ in range(MOST_SHELLS):
            if request is None or entries:
                break
            read = family.read(request, fetch(request), options)
            entries, columns, request = read.links, columns + read.columns, read.following
        if not entries and columns:
            entries = first_entries(family, columns[0].url, options, fetch)
        error = None if entries or columns else "no entries on the list"
    except CrawlError as failure:
        error = str(failure)
    return ColumnReport(
        url=candidate.url,
        title=candidate.title,
        kind=candidate.kind,
        sure=candidate.sure,
        entries=tuple(link for link in entries if same_site(candidate.url, link.url)),
        subcolumns=columns,
        pages=read.total_pages if read else None,
        complete=bool(read and read.complete),
        error=error,
    )


def first_entries(family: families.Family, column: str, options: dict[str, Any], fetch: Fetch) -> tuple[Link, ...]:
    """The entries on the first page of a sub-column."""
    request = family.first(column, options)
    return family.read(request, fetch(request), options).links


def try_pages(columns: Sequence[ColumnReport], fetch: Fetch, parse: Parse) -> list[PageReport]:
    """Fetch and parse three entries, taken from the columns in turn."""
    turns = [
        (column, link) for depth in range(TRIED) for column in columns for link in column.entries[depth : depth + 1]
    ]
    seen: set[str] = set()
    tried: list[PageReport] = []
    for column, link in turns:
        if link.url not in seen and len(tried) < TRIED:
            seen.add(link.url)
            tried.append(try_page(column.url, link.url, fetch, parse))
    return tried


def try_page(column: str, url: str, fetch: Fetch, parse: Parse) -> PageReport:
    """What the parsers read from one page; its best record where there are several."""
    try:
        records = parse(fetch(url))
    except CrawlError as error:
        return PageReport(url=url, column=column, error=str(error))
    best = max(records, key=lambda record: (record.type == "reply", len(record.evidence)), default=None)
    if best is None:
        return PageReport(url=url, column=column, error="the parsers read no record")
    return PageReport(
        url=url,
        column=column,
        type=best.type,
        kind=best.kind,
        number=best.number,
        title=best.title,
        filled=len(best.evidence),
    )


def kept_columns(reports: Sequence[ColumnReport], tried: Sequence[PageReport]) -> list[ColumnReport]:
    """The columns worth drafting: those with entries or sub-columns, less the doubtful whose pages are no replies.

    A list below another one is walked with that, and drafted only where its kind is known.
    """
    below = {link.url for report in reports for link in report.subcolumns}
    kept = []
    for report in reports:
        types = {page.type for page in tried if page.column == report.url}
        doubtful = report.sure <= DOUBTFUL and bool(types) and "reply" not in types
        if not (report.error or doubtful or (report.url in below and report.kind is None)):
            kept.append(report)
    return kept


def nothing_found(url: str, reports: Sequence[ColumnReport], failures: Sequence[str]) -> str:
    """Why no file can be drafted, and what to do."""
    causes = [f"{report.url}: {report.error}" for report in reports if report.error] + list(failures)
    why = f" ({'; '.join(causes[:3])})" if causes else ""
    return f"{url}: no column of replies found{why}; give the address of the column's list itself"
