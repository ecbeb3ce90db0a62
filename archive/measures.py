"""What a run saw of a site in numbers, kept for every run so that the next ones can be held against them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import msgspec

from archive.store import Store
from parsers.record import ParsedPage, Record

FILLED = ("title", "number", "proposers", "host_departments", "reply_text", "sign_date", "publish_date")
"""Fields that nearly every reply prints; the two dates count as one."""


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """A run at a site. The crawler counts down to ``seconds`` (crawler/conclusion.py), :class:`Readings` the others."""

    lists: int = 0
    lists_failed: int = 0
    lists_whole: int = 0
    listed: int = 0
    """Entries that the run saw on lists."""
    newest: str | None = None
    known: int = 0
    vanished: int = 0
    unread: int = 0
    """Content pages that were asked for in vain, or in which nothing was readable."""
    challenged: int = 0
    seconds: float = 0.0
    pages: int = 0
    """Other content pages whose bytes were new."""
    answers: int = 0
    """Those that hold a reply or an original suggestion."""
    filled: float | None = None
    """The share of FILLED that the answers fill; ``None`` where there was none."""
    new_layouts: int = 0
    """Those of the pages in a layout that is new at the site: it never held an answer, and came in the last days."""
    unknown_labels: int = 0


NEW_FOR = 7
"""Days for which a layout without answers counts as new."""
KNOWN_LAYOUTS = """
    SELECT layout FROM records WHERE site = ? GROUP BY layout
    HAVING max(type IN ('reply', 'original')) OR min(first_seen) < ?"""
COLUMNS = Measures.__struct_fields__


class Readings:
    """Counts what was read in a run, page by page."""

    def __init__(self, layouts: Iterable[str]) -> None:
        """``layouts``: fingerprints that are not new at the site."""
        self.layouts = frozenset(layouts)
        self.unread = self.pages = self.answers = self.new_layouts = self.unknown_labels = 0
        self.shares: list[float] = []

    @classmethod
    def of(cls, store: Store, site: str) -> Self:
        """For a site of the store as it is now."""
        since = (datetime.now(UTC) - timedelta(days=NEW_FOR)).isoformat()
        rows = store.connection.execute(KNOWN_LAYOUTS, (site, since))
        return cls(row["layout"] for row in rows)

    def add(self, pages: Iterable[ParsedPage]) -> None:
        """Count pages; attachments, which have no records, are none."""
        for page in pages:
            types = {record.type for record in page.records}
            if types and types <= {"list", "unrecognised"}:
                self.unread += 1
            elif types:
                self.count(page.records, bool(types & {"reply", "original"}))

    def count(self, records: tuple[Record, ...], answers: bool) -> None:
        """Count a page that says something."""
        self.pages += 1
        self.answers += answers
        self.new_layouts += not self.layouts & {record.layout for record in records}
        self.unknown_labels += sum(problem.code == "unknown-label" for record in records for problem in record.problems)
        self.shares += [share(record) for record in records if record.type == "reply"]

    def of_run(self, crawler: Any, listed: int) -> Measures:
        """The run's numbers: these, and those of the crawler (a struct with the first fields of :class:`Measures`)."""
        seen = msgspec.structs.asdict(crawler)
        seen["unread"] += self.unread
        filled = round(sum(self.shares) / len(self.shares), 3) if self.shares else None
        return Measures(
            **seen, listed=listed, pages=self.pages, answers=self.answers, filled=filled,
            new_layouts=self.new_layouts, unknown_labels=self.unknown_labels,
        )  # fmt: skip


def share(record: Record) -> float:
    """The share of FILLED that a reply fills, 0 to 1."""
    filled = {name for name in FILLED if getattr(record, name)}
    dated = bool(filled & {"sign_date", "publish_date"})
    return (len(filled - {"sign_date", "publish_date"}) + dated) / (len(FILLED) - 1)


def put(store: Store, site: str, started: str, measures: Measures) -> None:
    """Keep the numbers of a run; the same site and start again replaces them. Raises StoreError."""
    marks = ", ".join("?" * (len(COLUMNS) + 2))
    with store.transaction() as connection:
        connection.execute(
            f"INSERT OR REPLACE INTO measures (site, started, {', '.join(COLUMNS)}) VALUES ({marks})",  # noqa: S608 - own names
            (site, started, *msgspec.structs.astuple(measures)),
        )


def of_row(row: sqlite3.Row) -> Measures | None:
    """The numbers in a row with the columns of the table; ``None`` where the run kept none."""
    if row["lists"] is None:
        return None
    return Measures(**{name: row[name] for name in COLUMNS})
