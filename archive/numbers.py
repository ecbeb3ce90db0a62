"""The number ledger: per site, kind, term and session which numbers are there, and which are missing between them.

A site that shows a whole session has most numbers from 1 on; a department's site has its own few, and what lies between
those is not missing. So gaps are listed only up to where at least half of the numbers from 1 on are there.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
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
    "SELECT p.site, p.kind, p.term, p.session, n.number, p.rowid, p.state FROM proposal_numbers n"
    " JOIN proposals p ON p.rowid = n.proposal WHERE p.site IS NOT NULL AND p.kind IS NOT NULL AND p.term IS NOT NULL"
    " AND p.session IS NOT NULL ORDER BY p.site, p.kind, p.term, p.session, p.state, p.rowid"
)


class Number(msgspec.Struct, frozen=True):
    """A number as printed, taken apart; ``serial`` is ``None`` where it counts nothing (临3)."""

    printed: str
    prefix: str
    serial: int | None
    width: int

    @classmethod
    def read(cls, printed: str) -> Number:
        """Take a number apart."""
        found = SERIAL.fullmatch(printed)
        if found is None:
            return cls(printed, printed, None, 0)
        return cls(printed, found["prefix"], int(found["serial"]), len(found["serial"]))

    @property
    def key(self) -> tuple[str, int]:
        """Equal for 98 and 0098; sorts as the numbers count."""
        return self.prefix.upper(), -1 if self.serial is None else self.serial


class Entry(msgspec.Struct, frozen=True):
    """A line of the ledger."""

    number: Number
    proposal: int | None
    state: str


def step(archive: sqlite3.Connection) -> None:
    """Write the ledger anew."""
    archive.execute("DROP TABLE IF EXISTS temp.ledger")
    columns = "site, kind, term, session, number, proposal, state, prefix, serial"
    archive.execute(f"CREATE TEMP TABLE ledger (id INTEGER PRIMARY KEY, {columns})")
    archive.executemany(
        f"INSERT INTO temp.ledger ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - own names
        lines(archive.execute(ROWS)),
    )
    archive.execute("DELETE FROM numbers")
    archive.execute(
        "INSERT INTO numbers SELECT id, site, kind, term, session, number, proposal, state,"
        " CASE state WHEN 'withdrawn' THEN ? END FROM temp.ledger ORDER BY id",
        (WITHDRAWN,),
    )
    archive.execute(
        "UPDATE numbers SET reason = ? WHERE state = 'missing' AND id IN (SELECT m.id FROM temp.ledger m"
        " JOIN sites s ON s.id = m.site JOIN sites o ON o.division = s.division AND o.id != s.id"
        " JOIN temp.ledger l ON l.site = o.id AND l.kind = m.kind AND l.term = m.term AND l.session = m.session"
        " AND l.prefix = m.prefix AND l.serial = m.serial AND l.state = 'present' WHERE m.state = 'missing')",
        (ELSEWHERE,),
    )
    archive.execute("DROP TABLE temp.ledger")


def lines(rows: Iterable[tuple[str, str, int, int, str, int, str]]) -> Iterator[tuple[object, ...]]:
    """The ledger's lines, session by session, in the order of the numbers."""
    for series, found in groupby(rows, itemgetter(0, 1, 2, 3)):
        for entry in ledger([(number, proposal, state) for *_, number, proposal, state in found]):
            number = entry.number
            yield *series, number.printed, entry.proposal, entry.state, *number.key


def ledger(found: Iterable[tuple[str, int, str]]) -> list[Entry]:
    """The lines of one session out of its numbers as printed, each with its record and that record's state.

    Where several records have one number the first stands for it; those that are there come first.
    """
    there: dict[tuple[str, int], Entry] = {}
    for printed, proposal, state in found:
        number = Number.read(printed)
        there.setdefault(number.key, Entry(number, proposal, state))
    entries = [*there.values(), *(Entry(number, None, "missing") for number in missing(there))]
    return sorted(entries, key=lambda entry: entry.number.key)


def missing(there: dict[tuple[str, int], Entry]) -> Iterator[Number]:
    """The numbers of one session that should be there and are not."""
    counted = sorted(key for key in there if key[1] > 0)
    for _, keys in groupby(counted, itemgetter(0)):
        numbers = [there[key].number for key in keys]
        have = {number.serial for number in numbers if number.serial is not None}
        gaps = [serial for serial in range(1, dense_until(sorted(have)) + 1) if serial not in have]
        widths = {number.width for number in numbers}
        if len(gaps) <= MOST_MISSING:
            width = widths.pop() if len(widths) == 1 else 1
            yield from (Number(f"{numbers[0].prefix}{gap:0{width}}", numbers[0].prefix, gap, width) for gap in gaps)


def dense_until(serials: list[int]) -> int:
    """The largest number up to which enough are there; 0 where there is none."""
    found = [serial for count, serial in enumerate(serials, 1) if count >= FEWEST and count >= DENSE * serial]
    return found[-1] if found else 0
