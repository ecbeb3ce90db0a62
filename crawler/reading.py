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


def read(work: PageWork, page: Page, site: str, captured: Captured, twin: bool = False) -> Read:
    """Parse a page that was answered with status 200; ``twin``: another page of the site has the very same bytes.

    What the page is not is an outcome: a code of blocks.toml, ``soft-404``, ``list-page`` or ``unrecognised``.
    """
    records = tuple(parse(page))
    wrong = disguise(work, page, records, twin)
    if wrong:
        return Read(None, wrong, LOOK_AGAIN)
    capture = Capture(
        url=captured.url, time=captured.time, status=captured.status, digest=captured.digest,
        file=captured.file, offset=captured.offset, length=captured.length,
    )  # fmt: skip
    item = ParsedPage(site, capture, records, attachment_of=work.parent)
    if work.kind == "attachment":
        return Read(item, None, LONGEST)
    outcome = doubt(records)
    files = (absolute(captured.url, found.url) for record in records for found in record.attachments)
    interval = OPEN_AGAIN if outcome or any(is_open(record) for record in records) else LOOK_AGAIN
    return Read(item, outcome, interval, tuple(url for url in files if url))


def disguise(work: PageWork, page: Page, records: tuple[Record, ...], twin: bool) -> str | None:
    """What stands in the place of the page that the list promised; ``None`` where nothing does.

    What reads as an answer is one, whatever words stand on it; a twin must show its list's title too.
    """
    if answers(records) and not twin:
        return None
    promised = work.title is None or shows_title(page, work.title)
    if answers(records):
        return None if promised else "soft-404"
    if code := blocks.name_of(200, page.headers, page.body):
        return code
    return "soft-404" if twin or not promised else None


def answers(records: tuple[Record, ...]) -> bool:
    """Whether a page holds what the archive is for."""
    return any(record.type in ("reply", "original", "summary") for record in records)


def doubt(records: tuple[Record, ...]) -> str | None:
    """Why a page that was kept is not what a list of replies should show; ``None`` where it is."""
    types = {record.type for record in records}
    if answers(records) or types == {"document"} or any(record.attachments for record in records):
        return None  # what a page without a text says may stand in its file
    return "list-page" if types == {"list"} else "unrecognised"


def not_a_list(page: Page, site: Site) -> str:
    """What a page is that its family cannot read as a list."""
    return blocks.name_of(200, page.headers, page.body) or foreign(page, site) or "not-a-list"


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
