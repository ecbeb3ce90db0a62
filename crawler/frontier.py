"""The part of the ledger that one site's crawl works on: what is to be fetched, and what became of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal

import msgspec

from crawler.families import Link, ListRequest
from crawler.ledger import Captured, Ledger
from parsers.urls import canonical

DAY = 86400.0
RESUME_WITHIN = DAY
"""A walk that was interrupted goes on within this time; later it starts again, because lists grow at their head."""
Kind = Literal["detail", "attachment"]


class PageWork(msgspec.Struct, frozen=True):
    """A content page to fetch, with what is known of it."""

    id: int
    url: str
    kind: Kind
    parent: str | None
    title: str | None
    attempts: int
    interval: float | None
    capture: int | None
    digest: str | None
    """Of the payload that was parsed last; ``None`` for a page that is new."""
    etag: str | None
    last_modified: str | None
    missed: int


class ListWork(msgspec.Struct, frozen=True):
    """A list page to fetch."""

    id: int
    url: str
    """The column's address."""
    depth: int
    walk: int
    full: bool
    request: ListRequest
    read: int
    attempts: int
    etag: str | None
    last_modified: str | None


class Seen(msgspec.Struct, frozen=True):
    """How the entries of a list page compare with what was known."""

    new: int
    changed: int
    known: int


class Done(msgspec.Struct, frozen=True):
    """What became of a page, to be written once the store has its records."""

    page: int
    digest: str
    etag: str | None
    last_modified: str | None
    interval: float
    """Days until the page is looked at again."""
    outcome: str | None
    new: bool


SELECT_PAGES = """
    SELECT id, url, kind, parent, title, attempts, interval, capture, digest, etag, last_modified, missed FROM pages"""
NEXT_LIST = """
    SELECT id, url, depth, walk, full, request, read, attempts, etag, last_modified FROM lists
    WHERE site = ? AND request IS NOT NULL AND not_before <= ? AND id NOT IN (SELECT value FROM json_each(?))
    ORDER BY read, id LIMIT 1"""
QUEUED = """
    SELECT count(*) FROM (SELECT 1 FROM pages WHERE site = ? AND state IN ('queued', 'tried') LIMIT ?)"""
FOUND = """
    UPDATE pages SET missed = 0
    WHERE missed > 0 AND id IN (SELECT page FROM entries WHERE list = ? AND walk = ?)"""
NEW_WALK = """
    UPDATE lists SET walk = walk + 1, started = ?, request = ?, read = 0, listed = 0, strange = 0, attempts = 0,
      not_before = 0, outcome = NULL, full = (? OR ended IS NULL OR ended < ?) WHERE id = ?"""
WALK_ON = """
    UPDATE lists SET request = ?, read = read + 1, listed = listed + ?, strange = strange + ?, attempts = 0,
      outcome = NULL WHERE id = ?"""
NEW_PAGE = """
    INSERT INTO pages (site, key, url, kind, state, title, date) VALUES (?, ?, ?, 'detail', 'queued', ?, ?)"""
KNOWN_PAGE = """
    SELECT p.id, p.state, p.missed, e.page IS NOT NULL, e.title, e.date
    FROM pages p LEFT JOIN entries e ON e.list = ? AND e.page = p.id WHERE p.site = ? AND p.key = ?"""
NEW_ATTACHMENT = """
    INSERT OR IGNORE INTO pages (site, key, url, kind, parent, state) VALUES (?, ?, ?, 'attachment', ?, 'queued')"""
CHANGED_PAGE = """
    UPDATE pages SET state = 'queued', attempts = 0, not_before = 0, missed = 0, title = ?, date = ? WHERE id = ?"""
PARSED = """
    UPDATE pages SET state = 'parsed', digest = ?, etag = ?, last_modified = ?, interval = ?, due = ?, outcome = ?,
      attempts = 0 WHERE id = ?"""
UNCHANGED = """
    UPDATE pages SET state = 'parsed', interval = ?, due = ?, attempts = 0,
      outcome = CASE WHEN outcome IN ('list-page', 'unrecognised') THEN outcome END WHERE id = ?"""
"""What was doubtful when it was read is so still; that the page could not be had meanwhile is over."""
STORED = "UPDATE captures SET stored = 1 WHERE id = (SELECT capture FROM pages WHERE id = ?)"
MISSED = """
    UPDATE pages SET missed = missed + 1, state = 'queued', attempts = 0, not_before = 0
    WHERE state <> 'withdrawn' AND id IN (
      SELECT e.page FROM entries e WHERE e.list = ?1 AND e.walk < ?2 AND NOT EXISTS (
        SELECT 1 FROM entries o JOIN lists l ON l.id = o.list
        WHERE o.page = e.page AND o.list <> ?1 AND o.walk = l.walk))"""
GONE = "SELECT id, capture FROM pages WHERE site = ? AND state = 'gone' AND missed >= 2 AND capture IS NOT NULL"
ABSENCES = """
    SELECT l.url, w.run, w.time FROM entries e JOIN lists l ON l.id = e.list
    JOIN walks w ON w.list = e.list AND w.walk > e.walk WHERE e.page = ? ORDER BY w.time"""
SEE = """
    UPDATE pages SET seen = ?4 WHERE id IN (
      SELECT p.id FROM pages p JOIN entries e ON e.page = p.id JOIN lists l ON l.id = e.list AND l.walk = e.walk
      WHERE p.site = ?1 AND p.state NOT IN ('gone', 'withdrawn') AND l.started >= ?2
      UNION SELECT p.id FROM pages p JOIN captures c ON c.id = p.capture
      WHERE p.site = ?1 AND p.state = 'parsed' AND c.run = ?3)"""
LISTS_SEEN = """
    SELECT count(*), coalesce(sum(outcome IS NOT NULL), 0), (SELECT count(DISTINCT w.list) FROM walks w
      JOIN lists o ON o.id = w.list WHERE o.site = ?1 AND w.run = ?2) FROM lists WHERE site = ?1"""
NEWEST_SEEN = """
    SELECT max(p.date) FROM pages p JOIN entries e ON e.page = p.id JOIN lists l ON l.id = e.list AND l.walk = e.walk
    WHERE p.site = ?1 AND l.started >= (SELECT started FROM site_runs WHERE run = ?2 AND site = ?1)"""
PAGES_KNOWN = """
    SELECT count(*), coalesce(sum(missed > 0 OR state IN ('gone', 'withdrawn')), 0) FROM pages
    WHERE site = ? AND kind = 'detail'"""
TWIN = """
    SELECT 1 FROM captures c CROSS JOIN pages p ON p.capture = c.id
    WHERE c.digest = ? AND p.site = ? AND p.id <> ? LIMIT 1"""
"""The captures first, which CROSS JOIN says: SQLite would go through all of the site's pages, once for each page."""


class Absence(msgspec.Struct, frozen=True):
    """A walk to a list's declared end that no longer met a page; ``time`` in Unix seconds."""

    list_url: str
    run: int
    time: float


class Frontier:
    """One site in one run. Every public method that writes is one transaction."""

    def __init__(self, ledger: Ledger, run: int, site: str):
        self.ledger = ledger
        self.run = run
        self.site = site

    def count(self, **numbers: int) -> None:
        """Add to the site's counters of this run."""
        self.ledger.count(self.run, self.site, **numbers)

    def begin(
        self, columns: Iterable[str], first: Callable[[str], ListRequest], full: bool, full_walk_days: float
    ) -> None:
        """A walk of every list that is not in the middle of one, and pages that are due."""
        now = time.time()
        with self.ledger.transaction() as db:
            for url in columns:
                db.execute("INSERT OR IGNORE INTO lists (site, url) VALUES (?, ?)", (self.site, url))
            resting = db.execute(
                "SELECT id, url FROM lists WHERE site = ? AND (request IS NULL OR started < ?)",
                (self.site, now - RESUME_WITHIN),
            ).fetchall()
            for list_id, url in resting:
                db.execute(NEW_WALK, (now, encode(first(url)), full, now - full_walk_days * DAY, list_id))
                db.execute("DELETE FROM walk_pages WHERE list = ?", (list_id,))
            db.execute(
                "UPDATE pages SET state = 'queued', attempts = 0, not_before = 0"
                " WHERE site = ? AND state IN ('parsed', 'failed', 'gone') AND (due <= ? OR ?)",
                (self.site, now, full),
            )

    # Lists

    def next_list(self, busy: Iterable[int]) -> ListWork | None:
        """A list page to fetch now, of a list that is not ``busy``."""
        rows = self.ledger.rows(NEXT_LIST, self.site, time.time(), json.dumps(list(busy)))
        return read_list_work(rows[0]) if rows else None

    def list_read(
        self, work: ListWork, links: Iterable[Link], strange: int, following: ListRequest | None, digest: str
    ) -> Seen:
        """A list page was read: its entries are queued and the walk moves on, in one transaction."""
        new = changed = known = 0
        with self.ledger.transaction() as db:
            for link in links:
                page, state = self._enter(work, link)
                new, changed, known = new + (state == "new"), changed + (state == "changed"), known + (state == "known")
                db.execute(
                    "INSERT OR REPLACE INTO entries (list, page, walk, title, date) VALUES (?, ?, ?, ?, ?)",
                    (work.id, page, work.walk, link.title, link.date),
                )
            request = encode(following) if following else None
            db.execute(WALK_ON, (request, new + changed + known, strange, work.id))
            db.execute(
                "INSERT OR IGNORE INTO walk_pages (list, walk, digest) VALUES (?, ?, ?)", (work.id, work.walk, digest)
            )
            self.ledger._count(self.run, self.site, listed=new + changed + known)
        return Seen(new, changed, known)

    def _enter(self, work: ListWork, link: Link) -> tuple[int, Literal["new", "changed", "known"]]:
        """The row of a list's entry. One that this list printed with another title or date before is queued again, and
        so is one that is back. A dead link that stays listed is no news: it is asked for when it is due.
        """
        db, key = self.ledger.db, canonical(link.url)
        row = db.execute(KNOWN_PAGE, (work.id, self.site, key)).fetchone()
        if row is None:
            values = (self.site, key, link.url, link.title, link.date)
            page = db.execute(NEW_PAGE, values).lastrowid
            assert page is not None
            return page, "new"
        page, state, missed, shown, *before = row
        back = state == "withdrawn" or (state == "gone" and missed)
        if back or (shown and state in ("parsed", "gone") and before != [link.title, link.date]):
            db.execute(CHANGED_PAGE, (link.title, link.date, page))
            return page, "changed"
        return page, "known"

    def seen_before(self, work: ListWork, digest: str) -> bool:
        """Whether this walk has already met a page with the same entries."""
        sql = "SELECT 1 FROM walk_pages WHERE list = ? AND walk = ? AND digest = ?"
        return bool(self.ledger.rows(sql, work.id, work.walk, digest))

    def add_columns(self, urls: Iterable[str], first: Callable[[str], ListRequest], depth: int) -> None:
        """Sub-columns that a list names; those already known keep their place."""
        rows = [(self.site, url, depth, time.time(), encode(first(url))) for url in urls]
        with self.ledger.transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO lists (site, url, depth, walk, started, request) VALUES (?, ?, ?, 1, ?, ?)", rows
            )

    def lists_known(self) -> int:
        """How many lists the site has."""
        return int(self.ledger.rows("SELECT count(*) FROM lists WHERE site = ?", self.site)[0][0])

    def end_walk(self, work: ListWork, outcome: str | None, whole: bool, declared: bool = False) -> int:
        """The walk is over. ``whole``: it came to the list's end; ``declared``: which the list itself calls its end.

        Returns how many entries a walk to a declared end no longer found; they are looked at at once.
        """
        with self.ledger.transaction() as db:
            sql = "UPDATE lists SET request = NULL, outcome = ?, ended = CASE WHEN ? THEN ? ELSE ended END WHERE id = ?"
            db.execute(sql, (outcome, whole, time.time(), work.id))
            if not declared:
                return 0
            db.execute("INSERT INTO walks VALUES (?, ?, ?, ?)", (work.id, work.walk, self.run, time.time()))
            db.execute(FOUND, (work.id, work.walk))
            return db.execute(MISSED, (work.id, work.walk)).rowcount

    def validators_of_list(self, work: ListWork, etag: str | None, last_modified: str | None) -> None:
        """What the first page of a list may be asked for conditionally next time."""
        with self.ledger.transaction() as db:
            db.execute("UPDATE lists SET etag = ?, last_modified = ? WHERE id = ?", (etag, last_modified, work.id))

    def list_again(self, work: ListWork, outcome: str, at: float) -> None:
        """Try the same list page once more at ``at``; until then the list's outcome is that of this time."""
        sql = "UPDATE lists SET attempts = attempts + 1, outcome = ?, not_before = ? WHERE id = ?"
        with self.ledger.transaction() as db:
            db.execute(sql, (outcome, at, work.id))

    # Pages

    def take(self, count: int) -> list[PageWork]:
        """Up to ``count`` pages to fetch now, marked as tried."""
        if count <= 0:
            return []
        sql = SELECT_PAGES + " WHERE site = ? AND state = 'queued' AND not_before <= ? ORDER BY not_before, id LIMIT ?"
        with self.ledger.transaction() as db:
            rows = db.execute(sql, (self.site, time.time(), count)).fetchall()
            db.executemany("UPDATE pages SET state = 'tried' WHERE id = ?", [row[:1] for row in rows])
        return [PageWork(*row) for row in rows]

    def next_time(self) -> float | None:
        """When the next list or page that waits may be fetched; ``None`` where nothing waits."""
        sql = (
            "SELECT min(t) FROM (SELECT min(not_before) t FROM pages WHERE site = ?1 AND state = 'queued'"
            " UNION ALL SELECT min(not_before) FROM lists WHERE site = ?1 AND request IS NOT NULL)"
        )
        found: float | None = self.ledger.rows(sql, self.site)[0][0]
        return found

    def queued(self, most: int = -1) -> int:
        """How many pages wait; whoever asks for each page anew says how ``most`` of them need to be counted."""
        return int(self.ledger.rows(QUEUED, self.site, most)[0][0])

    def unparsed(self) -> Iterator[tuple[PageWork, Captured]]:
        """Pages that were captured and not parsed before an earlier run ended, one after the other."""
        last = 0
        sql = SELECT_PAGES + " WHERE site = ? AND state = 'captured' AND id > ? ORDER BY id LIMIT 1"
        while rows := self.ledger.rows(sql, self.site, last):
            work = PageWork(*rows[0])
            last = work.id
            assert work.capture is not None
            yield work, self.ledger.capture(work.capture)

    def parsed(self, done: Sequence[Done], **numbers: int) -> None:
        """The store has the records of these pages."""
        now = time.time()
        with self.ledger.transaction() as db:
            db.executemany(
                PARSED,
                [
                    (d.digest, d.etag, d.last_modified, d.interval, now + d.interval * DAY, d.outcome, d.page)
                    for d in done
                ],
            )
            db.executemany(STORED, [(d.page,) for d in done])
            if numbers:
                self.ledger._count(self.run, self.site, **numbers)

    def unchanged(self, work: PageWork, interval: float) -> None:
        """The page is as it was parsed last."""
        with self.ledger.transaction() as db:
            db.execute(UNCHANGED, (interval, time.time() + interval * DAY, work.id))

    def page_again(self, work: PageWork, at: float) -> None:
        """Try the page once more at ``at``; how it was when it was read last is not forgotten over it."""
        with self.ledger.transaction() as db:
            sql = "UPDATE pages SET state = 'queued', attempts = attempts + 1, not_before = ? WHERE id = ?"
            db.execute(sql, (at, work.id))

    def page_ended(self, work: PageWork, state: Literal["failed", "gone"], outcome: str, days: float) -> None:
        """The page gave nothing to parse; it is looked at again after ``days``."""
        sql = "UPDATE pages SET state = ?, outcome = ?, due = ?, interval = ? WHERE id = ?"
        with self.ledger.transaction() as db:
            db.execute(sql, (state, outcome, time.time() + days * DAY, days, work.id))

    def gone(self) -> list[tuple[int, Captured, list[Absence]]]:
        """Pages that answered gone after whole walks no longer listed them: id, that answer, the walks."""
        found = []
        for page, capture in self.ledger.rows(GONE, self.site):
            absences = [Absence(*row) for row in self.ledger.rows(ABSENCES, page)]
            found.append((page, self.ledger.capture(capture), absences))
        return found

    def withdrawn(self, page: int) -> None:
        """The store has withdrawn the page's records: it is not asked for again, unless a list shows it again."""
        with self.ledger.transaction() as db:
            db.execute("UPDATE pages SET state = 'withdrawn', due = NULL WHERE id = ?", (page,))

    def see(self, since: float, now: float) -> Iterator[str]:
        """Note that pages which this run met on a list or asked for with success are there ``now``; their addresses.

        The run began at ``since``; both are Unix seconds.
        """
        with self.ledger.transaction() as db:
            db.execute(SEE, (self.site, since, self.run, now))
        with self.ledger.explained():
            for (url,) in self.ledger.db.execute("SELECT url FROM pages WHERE site = ? AND seen = ?", (self.site, now)):
                yield url

    def add_attachments(self, parent: str, urls: Iterable[str]) -> None:
        """Files that a page links, to be captured too."""
        rows = [(self.site, canonical(url), url, parent) for url in urls]
        with self.ledger.transaction() as db:
            db.executemany(NEW_ATTACHMENT, rows)

    def twin(self, work: PageWork, digest: str) -> bool:
        """Whether another page of the site answered with the very same bytes."""
        return bool(self.ledger.rows(TWIN, digest, self.site, work.id))

    # What the site's end is judged by

    def emptiness(self, work: ListWork) -> str | None:
        """Why a walk that is over saw no entry of the site's own; ``None`` where it saw one."""
        listed, strange = self.ledger.rows("SELECT listed, strange FROM lists WHERE id = ?", work.id)[0]
        if listed:
            return None
        return "no-own-links" if strange else "empty-list"

    def lists(self) -> list[tuple[str, str | None]]:
        """(address, outcome) of the lists."""
        return [
            (row[0], row[1]) for row in self.ledger.rows("SELECT url, outcome FROM lists WHERE site = ?", self.site)
        ]

    def failed(self) -> list[tuple[str, int]]:
        """(code, how many) of the pages that could not be read the last time they were asked for."""
        sql = "SELECT outcome, count(*) FROM pages WHERE site = ? AND state = 'failed' GROUP BY outcome"
        return [(row[0], row[1]) for row in self.ledger.rows(sql, self.site)]

    def lists_seen(self) -> tuple[int, int, int]:
        """How many lists are known, how many failed last, and how many this run read to their declared end."""
        known, failed, whole = self.ledger.rows(LISTS_SEEN, self.site, self.run)[0]
        return known, failed, whole

    def newest_seen(self) -> str | None:
        """The newest date of an entry that this run saw on a list."""
        found: str | None = self.ledger.rows(NEWEST_SEEN, self.site, self.run)[0][0]
        return found

    def pages_known(self) -> tuple[int, int]:
        """How many content pages lists have ever shown, and how many of them lists no longer show or are gone."""
        known, vanished = self.ledger.rows(PAGES_KNOWN, self.site)[0]
        return known, vanished

    def requests(self) -> int:
        """How many answers this run has had from the site."""
        rows = self.ledger.rows("SELECT requests FROM site_runs WHERE run = ? AND site = ?", self.run, self.site)
        return int(rows[0][0]) if rows else 0

    def asked(self) -> bool:
        """Whether the run has had an answer or a failure from the site."""
        sql = "SELECT requests + problems FROM site_runs WHERE run = ? AND site = ?"
        rows = self.ledger.rows(sql, self.run, self.site)
        return bool(rows and rows[0][0])

    def has_parsed(self) -> bool:
        """Whether the store has records of any page of the site that is what it should be."""
        sql = "SELECT 1 FROM pages WHERE site = ? AND digest IS NOT NULL AND outcome IS NULL LIMIT 1"
        return bool(self.ledger.rows(sql, self.site))


def encode(request: ListRequest) -> str:
    """A list request as JSON."""
    return msgspec.json.encode(request).decode()


def read_list_work(row: tuple[Any, ...]) -> ListWork:
    """A row with the columns of ListWork."""
    values = dict(zip(ListWork.__struct_fields__, row, strict=True))
    values["request"] = msgspec.json.decode(values["request"], type=ListRequest)
    values["full"] = bool(values["full"])
    return ListWork(**values)
