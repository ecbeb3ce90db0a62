"""From a captured page to what the pipeline gets: parsed, judged by what was read, with the time of the next look."""

from __future__ import annotations

import msgspec
from lxml import etree, html

from crawler import blocks
from crawler.families._listing import absolute
from crawler.frontier import PageWork
from crawler.ledger import Captured
from crawler.site import Site
from parsers import parse
from parsers.decode import decode
from parsers.record import Capture, Page, ParsedPage, Record

LOOK_AGAIN = 30.0
"""Days after which a page that said all is looked at again; doubles while it does not change."""
OPEN_AGAIN = 7.0
"""The same for a page whose matter is still open, or that could not be read."""
FAILED_AGAIN = 1.0
LONGEST = 360.0
OPEN_WORDS = ("办理中", "正在办理", "未办结", "待办", "处理中")
TITLE_PIECE = 12
"""So many characters of a list's title are looked for on the page."""


class Read(msgspec.Struct, frozen=True):
    """What a captured page turned out to be."""

    item: ParsedPage | None
    """``None`` where the page is not the one that the list promised."""
    outcome: str | None
    interval: float
    attachments: tuple[str, ...] = ()


def read(work: PageWork, page: Page, site: str, captured: Captured) -> Read:
    """Parse a page. What it is not is an outcome: ``soft-404``, ``list-page``, ``unrecognised``."""
    capture = Capture(
        url=captured.url, time=captured.time, status=captured.status, digest=captured.digest,
        file=captured.file, offset=captured.offset, length=captured.length,
    )  # fmt: skip
    records = tuple(parse(page))
    if work.kind == "attachment":
        return Read(ParsedPage(site, capture, records, attachment_of=work.parent), None, LONGEST)
    outcome = judge(work, page, records)
    if outcome == "soft-404":
        return Read(None, outcome, LOOK_AGAIN)
    files = (absolute(captured.url, found.url) for record in records for found in record.attachments)
    attachments = tuple(url for url in files if url)
    interval = OPEN_AGAIN if outcome or any(is_open(record) for record in records) else LOOK_AGAIN
    return Read(ParsedPage(site, capture, records), outcome, interval, attachments)


def judge(work: PageWork, page: Page, records: tuple[Record, ...]) -> str | None:
    """Why a page is not the content that was expected; ``None`` where it is."""
    types = {record.type for record in records}
    if types & {"reply", "original", "summary"}:
        return None
    if work.title and not shows_title(page, work.title):
        return "soft-404"
    if types == {"document"} or any(record.attachments for record in records):
        return None  # what a page without a text says may stand in its file
    return "list-page" if types == {"list"} else "unrecognised"


def is_promised(work: PageWork, page: Page) -> bool:
    """Whether a page that looks like a block or like another page's twin is an answer after all, under its title."""
    answers = any(record.type in ("reply", "original") for record in parse(page))
    return answers and (work.title is None or shows_title(page, work.title))


def shows_title(page: Page, title: str) -> bool:
    """Whether the title under which a list names a page stands on it, white space aside; lists cut titles off."""
    wanted = "".join(title.split()).rstrip(".…")[:TITLE_PIECE]
    return wanted in "".join(decode(page.body, page.headers).text.split())


def is_open(record: Record) -> bool:
    """Whether a matter is still being worked on, so that its page will change soon."""
    return record.type == "original" or any(word in (record.status or "") for word in OPEN_WORDS)


def longer(interval: float | None) -> float:
    """The next interval of a page that did not change, in days."""
    return min(2 * (interval or LOOK_AGAIN), LONGEST)


def after_failure(work: PageWork) -> float:
    """The days until a page that could not be read is asked for again; they double while it never was."""
    return FAILED_AGAIN if work.digest else min(2 * (work.interval or FAILED_AGAIN / 2), LOOK_AGAIN)


def foreign(page: Page, site: Site) -> str | None:
    """``foreign-home`` where a page is another site's: its site code, or no link that leads to the site's own hosts."""
    text = decode(page.body, page.headers).text
    if blocks.foreign_code(text, site.division):
        return "foreign-home"
    try:
        tree = html.document_fromstring(text.replace("\0", ""))
    except (etree.ParserError, ValueError):
        return None
    links = [url for anchor in tree.iter("a") if (url := absolute(page.url or "", anchor.get("href")))]
    return "foreign-home" if links and not any(site.owns(link) for link in links) else None
