"""What a run saw of a site in numbers, kept for every run so that the next ones can be held against them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, Self

import msgspec

from archive.store import Store
from parsers.record import ParsedPage, Record

FILLED = ("title", "number", "proposers", "host_departments", "reply_text", "sign_date", "publish_date")
"""Fields that nearly every reply prints; the two dates count as one."""


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """A run at a site. The first nine numbers are the crawler's (crawler/conclusion.py), the others the readings'."""

    lists: int = 0
    lists_failed: int = 0
    lists_whole: int = 0
    listed: int = 0
    """Entries that the run saw on lists."""
    newest: str | None = None
    known: int = 0
    vanished: int = 0
    unread: int = 0
    challenged: int = 0
    seconds: float = 0.0
    pages: int = 0
    """Content pages whose bytes are new and were read."""
    answers: int = 0
    """Those that hold a reply or an original suggestion."""
    filled: float | None = None
    """The share of FILLED that the answers fill; ``None`` where there was none."""
    new_layouts: int = 0
    """Pages in a layout that the site had not shown before the run."""
    unknown_labels: int = 0


COLUMNS = Measures.__struct_fields__


class Readings:
    """Counts what was read in a run, page by page."""

    def __init__(self, layouts: Iterable[str]) -> None:
        """``layouts``: fingerprints that the site has shown before."""
        self.layouts = frozenset(layouts)
        self.pages = self.answers = self.new_layouts = self.unknown_labels = 0
        self.shares: list[float] = []

    @classmethod
    def of(cls, store: Store, site: str) -> Self:
        """For a site of the store as it is now."""
        rows = store.connection.execute("SELECT DISTINCT layout FROM records WHERE site = ?", (site,))
        return cls(row["layout"] for row in rows)

    def add(self, pages: Iterable[ParsedPage]) -> None:
        """Count pages; attachments, which have no records, are none."""
        for page in pages:
            if not page.records:
                continue
            replies = [record for record in page.records if record.type in ("reply", "original")]
            self.pages += 1
            self.answers += bool(replies)
            self.new_layouts += not self.layouts & {record.layout for record in page.records}
            self.unknown_labels += sum(
                problem.code == "unknown-label" for record in page.records for problem in record.problems
            )
            self.shares += [share(record) for record in replies if record.type == "reply"]

    def numbers(self) -> dict[str, Any]:
        """The fields of :class:`Measures` that are counted here."""
        filled = round(sum(self.shares) / len(self.shares), 3) if self.shares else None
        return {
            "pages": self.pages,
            "answers": self.answers,
            "filled": filled,
            "new_layouts": self.new_layouts,
            "unknown_labels": self.unknown_labels,
        }


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
