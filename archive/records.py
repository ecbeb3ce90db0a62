"""Writing pages into an open transaction of the store: which record a reading belongs to, and what it changes."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

import msgspec

from archive.changes import JSON, differences, fields_hash, level, reading_hash, same_reply, same_text
from archive.identity import candidates, number_key
from parsers.record import Capture, Evidence, Meeting, ParsedPage, Problem, Record
from parsers.urls import canonical

ANSWERS = ("reply", "original")
ERROR = 400
MOVED_AFTER = timedelta(days=1)
"""A second address of a record becomes its address where the first was last seen at least so long ago (a relaunch);
in one crawl it is another column of the same site, and the record stays where it was."""

COLUMNS = (
    "id, page, part, site, type, kind, term, session, number, date, layout, parser, reading, fields, record, "
    "first_seen, last_seen, read_at, state, changed, touched"
)


class Counts(msgspec.Struct, frozen=True):
    """What became of the records of some pages."""

    pages: int = 0
    new: int = 0
    """Replies and originals."""
    other: int = 0
    """New pages, or parts of pages, that are neither: lists, documents, what was not understood."""
    changed: int = 0
    """A field differs: a new version."""
    unchanged: int = 0
    problems: int = 0

    def __add__(self, other: Counts) -> Counts:
        ours, theirs = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Counts(*(one + two for one, two in zip(ours, theirs, strict=True)))


class PageRow(msgspec.Struct, frozen=True):
    """A page as it stood before this capture."""

    id: int
    key: str
    digest: str
    fresh: bool
    """Whether the capture is the newest of its page."""


class PageWriter:
    """Writes pages in one transaction, whose number is ``sequence``."""

    def __init__(self, connection: sqlite3.Connection, sequence: int) -> None:
        self.connection = connection
        self.sequence = sequence
        self.counts = Counts()

    def add(self, page: ParsedPage, site: str | None) -> None:
        """Store a page, its capture and its records."""
        row = self.put_page(page, site)
        self.put_capture(row.id, page.capture)
        self.counts += Counts(pages=1)
        if page.capture.status >= ERROR:
            return
        self.connection.execute("DELETE FROM problems WHERE page = ? AND record IS NULL", (row.id,))
        for record, existing in self.matched(row.id, page.records):
            self.put_record(row, page.capture, site, record, existing)

    def put_page(self, page: ParsedPage, site: str | None) -> PageRow:
        """Insert or update the page; how it stood before."""
        capture, key = page.capture, canonical(page.capture.url)
        old = self.connection.execute("SELECT id, digest, last_seen FROM pages WHERE key = ?", (key,)).fetchone()
        if old is None:
            cursor = self.connection.execute(
                "INSERT INTO pages (key, url, site, first_seen, last_seen, status, digest, attachment_of) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    capture.url,
                    site,
                    capture.time,
                    capture.time,
                    capture.status,
                    capture.digest,
                    page.attachment_of,
                ),
            )
            return PageRow(int(cursor.lastrowid or 0), key, capture.digest, True)
        fresh = capture.time >= old["last_seen"]
        if fresh and capture.status >= ERROR:
            self.connection.execute("UPDATE pages SET status = ? WHERE id = ?", (capture.status, old["id"]))
        elif fresh:
            self.connection.execute(
                "UPDATE pages SET url = ?, site = coalesce(?, site), last_seen = ?, status = ?, digest = ?, "
                "attachment_of = coalesce(?, attachment_of) WHERE id = ?",
                (capture.url, site, capture.time, capture.status, capture.digest, page.attachment_of, old["id"]),
            )
        else:
            self.connection.execute(
                "UPDATE pages SET first_seen = min(first_seen, ?) WHERE id = ?", (capture.time, old["id"])
            )
        return PageRow(old["id"], key, old["digest"], fresh)

    def put_capture(self, page: int, capture: Capture) -> None:
        """Keep the proof of a response; one that is there already stays."""
        self.connection.execute(
            "INSERT OR IGNORE INTO captures (page, url, time, status, digest, file, offset, length) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (page, *msgspec.structs.astuple(capture)),
        )

    def matched(self, page: int, records: tuple[Record, ...]) -> list[tuple[Record, sqlite3.Row | None]]:
        """Each record with the stored one that it is a new reading of: by number first, then by position."""
        rows = self.connection.execute(
            "SELECT p.part AS place, r.rowid, r.* FROM places p JOIN records r ON r.rowid = p.record WHERE p.page = ?",
            (page,),
        ).fetchall()
        left = {row["place"]: row for row in rows}
        found: dict[int, sqlite3.Row] = {}
        for record in records:
            key = number_key(record)
            for place, row in left.items():
                if key is not None and key == stored_key(row):
                    found[record.part] = left.pop(place)
                    break
        for record in records:
            row = left.get(record.part)
            if record.part not in found and row is not None and continues(row, record):
                found[record.part] = left.pop(record.part)
        return [(record, found.get(record.part)) for record in records]

    def put_record(
        self, page: PageRow, capture: Capture, site: str | None, record: Record, existing: sqlite3.Row | None
    ) -> None:
        """Store one reading: a new record, a change of a known one, or nothing new."""
        if existing is None and record.type not in ANSWERS and self.lost(page, capture, record):
            return
        if existing is None:
            existing = self.elsewhere(site, record)
            if existing is not None and not self.moves(existing, page, capture):
                self.put_place(page.id, record.part, existing["rowid"])
                self.see(existing, capture)
                return
        if existing is None:
            self.insert(page, capture, site, record)
        elif existing["read_at"] > capture.time or (
            existing["page"] != page.id and not self.moves(existing, page, capture)
        ):
            self.see(existing, capture)
        else:
            self.update(existing, page, capture, site, record)

    def lost(self, page: PageRow, capture: Capture, record: Record) -> bool:
        """Whether the page held answers before: then what it holds now is a problem and replaces nothing."""
        held = self.connection.execute(
            "SELECT r.id FROM places p JOIN records r ON r.rowid = p.record WHERE p.page = ? AND r.type IN (?, ?)",
            (page.id, *ANSWERS),
        ).fetchone()
        if held is None or not page.fresh:
            return held is not None
        detail = f"{held['id']} stood here; at {capture.time} the page reads as {record.type}"
        self.put_problems(page.id, None, (Problem("record-lost", detail), *record.problems))
        return True

    def elsewhere(self, site: str | None, record: Record) -> sqlite3.Row | None:
        """The record that another address of the same site shows already."""
        key = number_key(record)
        if site is None or key is None:
            return None
        rows = self.connection.execute(
            "SELECT rowid, * FROM records WHERE id = ?1 OR (id >= ?1 || '-' AND id < ?1 || '.')", (f"{site}-{key}",)
        )
        for row in rows:
            if stored_key(row) == key and same_reply(read(row), record):
                found: sqlite3.Row = row
                return found
        return None

    def moves(self, row: sqlite3.Row, page: PageRow, capture: Capture) -> bool:
        """Whether a record's address becomes ``page``: its present one is gone, or was left behind by a relaunch."""
        home = self.connection.execute("SELECT status, last_seen FROM pages WHERE id = ?", (row["page"],)).fetchone()
        known = self.connection.execute(
            "SELECT 1 FROM places WHERE page = ? AND record = ?", (page.id, row["rowid"])
        ).fetchone()
        if home["status"] >= ERROR:
            return True
        return known is None and moment(capture.time) - moment(home["last_seen"]) >= MOVED_AFTER

    def insert(self, page: PageRow, capture: Capture, site: str | None, record: Record) -> None:
        """A record that was not known."""
        permanent = self.new_id(page, site, record)
        times = (capture.time, capture.time, capture.time)
        cursor = self.connection.execute(
            f"INSERT INTO records ({COLUMNS}) VALUES ({', '.join('?' * 21)})",  # noqa: S608 - own column names
            (permanent, page.id, *self.columns(site, record), *times, *self.present()),
        )
        rowid = int(cursor.lastrowid or 0)
        self.put_place(page.id, record.part, rowid)
        self.put_evidence(rowid, record.evidence)
        self.put_problems(page.id, rowid, record.problems)
        answers = record.type in ANSWERS
        self.counts += Counts(new=answers, other=not answers, problems=len(record.problems))

    def new_id(self, page: PageRow, site: str | None, record: Record) -> str:
        """The id that an earlier store gave this place, else the first that no other record has."""
        assigned = self.connection.execute(
            "SELECT id, number_key FROM assigned WHERE key = ? AND part = ?", (page.key, record.part)
        ).fetchone()
        if assigned is not None and not self.taken(assigned["id"], page.key, record.part):
            key = number_key(record)
            if key is None or assigned["number_key"] in (None, key):
                return str(assigned["id"])
            renumbered = self.free_id(page.key, site, record)
            self.redirect(assigned["id"], renumbered)
            return renumbered
        return self.free_id(page.key, site, record)

    def free_id(self, url: str, site: str | None, record: Record) -> str:
        """The best id that is free."""
        return next(name for name in candidates(site, record, url) if not self.taken(name, url, record.part))

    def taken(self, name: str, key: str, part: int) -> bool:
        """Whether an id is or was another record's."""
        row = self.connection.execute(
            "SELECT 1 FROM records WHERE id = ?1 UNION ALL SELECT 1 FROM redirects WHERE old_id = ?1 "
            "UNION ALL SELECT 1 FROM assigned WHERE id = ?1 AND (key != ?2 OR part != ?3)",
            (name, key, part),
        ).fetchone()
        return row is not None

    def redirect(self, old: str, new: str) -> None:
        """Let an id that was given up lead to its record."""
        self.connection.execute("UPDATE redirects SET new_id = ? WHERE new_id = ?", (new, old))
        self.connection.execute("INSERT OR REPLACE INTO redirects VALUES (?, ?)", (old, new))

    def update(self, row: sqlite3.Row, page: PageRow, capture: Capture, site: str | None, record: Record) -> None:
        """A new reading of a known record: a version where a field differs, the reading where anything does."""
        reading, fields = reading_hash(record), fields_hash(record)
        moved = row["page"] != page.id
        change = level(dict(row), page.digest, capture.digest, reading, fields)
        if moved or row["part"] != record.part:
            self.put_place(page.id, record.part, row["rowid"])
        if change in ("same", "bytes") and not moved and row["state"] == "present":
            self.see(row, capture)
            self.counts += Counts(unchanged=1)
            return
        versioned = change == "fields" and (moved or page.digest != capture.digest)
        if versioned:
            self.put_versions(row, capture, record)
        self.rewrite(row, page, capture, site, record)
        self.counts += Counts(changed=versioned, unchanged=not versioned, problems=len(record.problems))

    def rewrite(self, row: sqlite3.Row, page: PageRow, capture: Capture, site: str | None, record: Record) -> None:
        """Replace what a record says."""
        rowid, permanent = row["rowid"], row["id"]
        key = number_key(record)
        if key is not None and stored_key(row) not in (None, key) and site is not None:
            permanent = self.free_id(page.key, site, record)
            self.redirect(row["id"], permanent)
        if row["state"] != "present":
            self.connection.execute(
                "UPDATE withdrawals SET returned = ? WHERE record = ? AND returned IS NULL", (capture.time, rowid)
            )
        times = (capture.time, capture.time)
        self.connection.execute(
            f"UPDATE records SET ({COLUMNS}) = ({', '.join('?' * 21)}) WHERE rowid = ?",  # noqa: S608 - own column names
            (permanent, page.id, *self.columns(site, record), row["first_seen"], *times, *self.present(), rowid),
        )
        self.connection.execute("DELETE FROM evidence WHERE record = ?", (rowid,))
        self.put_evidence(rowid, record.evidence)
        self.connection.execute("DELETE FROM problems WHERE record = ?", (rowid,))
        self.put_problems(page.id, rowid, record.problems)

    def present(self) -> tuple[str, int, int]:
        """The values of ``state``, ``changed`` and ``touched`` after a reading."""
        return "present", self.sequence, self.sequence

    def columns(self, site: str | None, record: Record) -> tuple[str | int | None, ...]:
        """The values of ``part`` to ``record`` in COLUMNS."""
        meeting, date = record.meeting or Meeting(), record.sign_date or record.publish_date
        bare = msgspec.structs.replace(record, evidence={}, problems=())
        return (
            *(record.part, site, record.type, record.kind, meeting.term, meeting.session),
            *(record.number, date and date[:10], record.layout, record.parser),
            *(reading_hash(record), fields_hash(record), JSON.encode(bare).decode()),
        )

    def put_versions(self, row: sqlite3.Row, capture: Capture, record: Record) -> None:
        """Keep what each changed field said before and says now."""
        self.connection.executemany(
            "INSERT INTO versions (record, seen, field, old, new) VALUES (?, ?, ?, ?, ?)",
            [(row["rowid"], capture.time, *values) for values in differences(read(row), record)],
        )

    def put_place(self, page: int, part: int, record: int) -> None:
        """Note that a page shows a record. One that it showed there before is no longer proven by its captures."""
        self.connection.execute(
            "UPDATE records SET changed = ?1, touched = ?1 WHERE rowid != ?2 AND rowid = "
            "(SELECT record FROM places WHERE page = ?3 AND part = ?4)",
            (self.sequence, record, page, part),
        )
        self.connection.execute("INSERT OR REPLACE INTO places VALUES (?, ?, ?)", (page, part, record))

    def see(self, row: sqlite3.Row, capture: Capture) -> None:
        """Widen the time in which a record was seen."""
        self.connection.execute(
            "UPDATE records SET first_seen = min(first_seen, ?1), last_seen = max(last_seen, ?1), "
            "touched = ?2 WHERE rowid = ?3",
            (capture.time, self.sequence, row["rowid"]),
        )

    def put_evidence(self, record: int, evidence: dict[str, Evidence]) -> None:
        """Keep where each value was read."""
        self.connection.executemany(
            "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?)",
            [(record, field, e.rule, e.label, e.quote, e.confidence) for field, e in evidence.items()],
        )

    def put_problems(self, page: int, record: int | None, problems: tuple[Problem, ...]) -> None:
        """Keep what was not understood."""
        self.connection.executemany(
            "INSERT INTO problems (page, record, code, detail) VALUES (?, ?, ?, ?)",
            [(page, record, problem.code, problem.detail) for problem in problems],
        )

    def withdraw(self, gone: Capture, proof: str) -> int:
        """Mark the present records of a page as withdrawn, with the proof; how many were."""
        page = self.connection.execute("SELECT id FROM pages WHERE key = ?", (canonical(gone.url),)).fetchone()
        if page is None:
            return 0
        self.put_capture(page["id"], gone)
        self.connection.execute("UPDATE pages SET status = ? WHERE id = ?", (gone.status, page["id"]))
        rows = self.connection.execute(
            "UPDATE records SET state = 'withdrawn', changed = ?1, touched = ?1 "
            "WHERE page = ?2 AND state = 'present' RETURNING rowid",
            (self.sequence, page["id"]),
        ).fetchall()
        self.connection.executemany(
            "INSERT INTO withdrawals (record, time, proof) VALUES (?, ?, ?)",
            [(row["rowid"], gone.time, proof) for row in rows],
        )
        return len(rows)


def read(row: sqlite3.Row) -> Record:
    """The record of a row of ``records``, without evidence and problems."""
    return msgspec.json.decode(row["record"], type=Record)


def stored_key(row: sqlite3.Row) -> str | None:
    """The number key of a stored record."""
    return number_key(read(row))


def continues(row: sqlite3.Row, record: Record) -> bool:
    """Whether a record at the same place is the stored one, read anew or renumbered, and not another one."""
    old = read(row)
    if old.type in ANSWERS and record.type not in ANSWERS:
        return False
    before, now = number_key(old), number_key(record)
    if before is None or now is None:
        return True
    return same_text(old, record) or (old.subject is not None and old.subject == record.subject)


def moment(time: str) -> datetime:
    """An ISO 8601 date-time."""
    return datetime.fromisoformat(time)
