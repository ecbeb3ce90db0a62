"""The number ledger: per site, kind, term and session which numbers are there, and which are missing between them.

A site that shows a whole session has most numbers from 1 on; a department's site has its own few, and what lies between
those is not missing. So gaps are listed only up to where at least half of the numbers from 1 on are there.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import msgspec

DENSE = 0.5
"""The least share of numbers from 1 on that must be there for the others to be missing."""
FEWEST = 5
"""Fewer numbers of a session say nothing about the others."""
MOST_MISSING = 2_000
"""Missing numbers of one session; more are a sign of numbers that were read wrongly."""
SERIAL = re.compile(r"(?P<prefix>\D*(?:(?:19|20)\d\d(?=\d{3}))?)(?P<serial>\d{1,9})")
"""A number with what stands before its count: letters, a year (20250688 is 688 of 2025)."""
WITHDRAWN = "原站点已撤下"
ELSEWHERE = "同地其他站点已收录"
ROWS = (
    "SELECT coalesce(p.division, p.site), p.kind, p.term, p.session, p.site, n.number, p.rowid, p.state"
    " FROM proposal_numbers n JOIN proposals p ON p.rowid = n.proposal WHERE p.site IS NOT NULL AND p.kind IS NOT NULL"
    " AND p.term IS NOT NULL AND p.session IS NOT NULL ORDER BY 1, 2, 3, 4, 5, p.state, p.rowid"
)
REMEMBERED = 10_000

Key = tuple[str, int]
"""Equal for 98 and 0098; sorts as the numbers count."""


class Number(msgspec.Struct, frozen=True):
    """A number as printed, taken apart; its serial is -1 where it counts nothing (临3)."""

    printed: str
    prefix: str
    width: int
    key: Key


@lru_cache(REMEMBERED)
def number(printed: str) -> Number:
    """Take a number apart."""
    found = SERIAL.fullmatch(printed)
    if found is None:
        return Number(printed, printed, 0, (printed.upper(), -1))
    prefix, serial = found.groups()
    return Number(printed, prefix, len(serial), (prefix.upper(), int(serial)))


class Entry(msgspec.Struct, frozen=True):
    """A line of the ledger."""

    number: Number
    proposal: int | None
    state: str


def step(archive: sqlite3.Connection) -> None:
    """Write the ledger anew."""
    archive.execute("DELETE FROM numbers")
    archive.executemany(
        "INSERT INTO numbers (kind, term, session, site, number, proposal, state, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        lines(archive.execute(ROWS)),
    )


def lines(rows: Iterable[tuple[str, str, int, int, str, str, int, str]]) -> Iterator[tuple[object, ...]]:
    """The ledger's lines, session by session, in the order of the numbers; the sites of a place are seen together."""
    for (_, *session), of_place in groupby(rows, itemgetter(0, 1, 2, 3)):
        sites = {site: ledger(row[5:] for row in found) for site, found in groupby(of_place, itemgetter(4))}
        for site, entries in sites.items():
            elsewhere = {
                entry.number.key
                for other, shown in sites.items()
                for entry in shown
                if other != site and entry.state == "present"
            }
            for entry in entries:
                reason = WITHDRAWN if entry.state == "withdrawn" else None
                if entry.state == "missing" and entry.number.key in elsewhere:
                    reason = ELSEWHERE
                yield *session, site, entry.number.printed, entry.proposal, entry.state, reason


def ledger(found: Iterable[tuple[str, int, str]]) -> list[Entry]:
    """The lines of one session out of its numbers as printed, each with its record and that record's state.

    Where several records have one number the first stands for it; those that are there come first.
    """
    there: dict[Key, Entry] = {}
    for printed, proposal, state in found:
        read = number(printed)
        there.setdefault(read.key, Entry(read, proposal, state))
    entries = [*there.values(), *(Entry(gap, None, "missing") for gap in missing(there))]
    return sorted(entries, key=lambda entry: entry.number.key)


def missing(there: dict[Key, Entry]) -> Iterator[Number]:
    """The numbers of one session that should be there and are not."""
    counted = sorted(key for key in there if key[1] > 0)
    for _, keys in groupby(counted, itemgetter(0)):
        numbers = [there[key].number for key in keys]
        have = [one.key[1] for one in numbers]
        gaps = sorted(set(range(1, dense_until(have) + 1)).difference(have))
        widths = {one.width for one in numbers}
        width = widths.pop() if len(widths) == 1 else 1
        if len(gaps) <= MOST_MISSING:
            yield from (number(f"{numbers[0].prefix}{gap:0{width}}") for gap in gaps)


def dense_until(serials: list[int]) -> int:
    """The largest number up to which enough are there; 0 where there is none."""
    found = [serial for count, serial in enumerate(serials, 1) if count >= FEWEST and count >= DENSE * serial]
    return found[-1] if found else 0
