"""One record of the store as rows of the published archive, masked."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable
from typing import Any

from archive import departments, labels, people, places
from archive.errors import PublishError
from archive.masking import Masker
from archive.matters import text_digest
from archive.places import Place
from archive.records import read
from archive.search import seg
from parsers.record import Meeting, Record
from parsers.urls import canonical

PRIVATE = ("contacts",)
"""Fields whose versions and evidence are never published."""
IGNORE = "OR IGNORE "
PEOPLE = ("proposal", "person", "role", "position", "printed")
ORGANS = ("proposal", "department", "role", "position", "printed")
UNTITLED = "(无题)"
MOST_PARTS = 1 << 20
"""Parts of one thing (records of a capture, citations of a record) that can be numbered."""
OF_A_PROPOSAL = (
    "texts",
    "proposal_people",
    "proposal_departments",
    "citations",
    "proposal_numbers",
    "evidence",
    "versions",
    "captures",
)
"""Tables whose column ``proposal`` says which record a row belongs to."""
NAMED = (
    "SELECT rowid FROM records WHERE id = :name OR id = (SELECT new_id FROM redirects WHERE old_id = :name) "
    "UNION SELECT r.rowid FROM records r JOIN pages p ON p.id = r.page WHERE p.key = :key "
    "UNION SELECT l.record FROM places l JOIN pages p ON p.id = l.page WHERE p.key = :key"
)
"""The records that a takedown means. A page's address is followed through all places of a record, so that a relaunch
of its site does not bring the content back."""
INDEXED = "SELECT p.title, p.subject, t.names, t.reply_text, t.proposal_text FROM proposals p JOIN texts t"


class Writer:
    """Writes the rows of records into the new archive, whose sites and divisions are there, and takes old ones out."""

    def __init__(
        self,
        archive: sqlite3.Connection,
        store: sqlite3.Connection,
        masker: Masker,
        removed: frozenset[int] = frozenset(),
    ) -> None:
        """``removed`` are the records that were taken down."""
        self.archive = archive
        self.store = store
        self.masker = masker
        self.removed = removed
        self.places = places.load(archive)
        self.divisions: dict[str | None, str | None] = dict(archive.execute("SELECT id, division FROM sites"))

    def proposal(self, row: sqlite3.Row) -> None:
        """A reply or an original, with everything that hangs on it."""
        record, rowid, before = read(row), row["rowid"], Counter(self.masker.counts)
        if rowid in self.removed:
            self.insert("proposals", self.tombstone(row, record))
            self.insert("texts", {"proposal": rowid})
        else:
            texts = {name: self.masker.optional(getattr(record, name)) for name in ("proposal_text", "reply_text")}
            digest = text_digest(texts["reply_text"])
            self.insert("proposals", self.values(row, record) | {"reply_digest": digest})
            self.insert("texts", {"proposal": rowid, **texts, "names": self.names(row["site"], record)})
            self.links(rowid, row["site"], record)
            self.history(rowid)
            self.captures("proposal", rowid)
        self.index(rowid)
        self.masked(rowid, before)

    def document(self, row: sqlite3.Row) -> None:
        """Another page with content; of one that was taken down, all but its text and captures."""
        record, mask, before = read(row), self.masker.optional, Counter(self.masker.counts)
        removed = row["rowid"] in self.removed
        values = {
            "id": row["rowid"],
            "type": record.type,
            "title": mask(record.title),
            "doc_number": mask(record.doc_number),
            "date": row["date"],
            "site": row["site"],
            "url": self.masker.address(row["url"]),
            "text": None if removed else mask(record.text),
        }
        self.insert("documents", values)
        if not removed:
            self.captures("document", row["rowid"])
        self.masked(row["rowid"], before)

    def forget(self, record: int) -> None:
        """Take out all rows of a record, whatever it was."""
        self.index(record, "delete")
        for table in OF_A_PROPOSAL:
            self.archive.execute(f"DELETE FROM {table} WHERE proposal = ?", (record,))  # noqa: S608 - own table names
        self.archive.execute("DELETE FROM proposals WHERE rowid = ?", (record,))
        self.archive.execute("DELETE FROM captures WHERE document = ?", (record,))
        self.archive.execute("DELETE FROM documents WHERE id = ?", (record,))
        self.archive.execute("DELETE FROM masked WHERE record = ?", (record,))

    def recapture(self, record: int) -> None:
        """Write the captures of a record anew; of one that is not published or was taken down, none."""
        if record in self.removed:
            return
        for column, table, key in (("proposal", "proposals", "rowid"), ("document", "documents", "id")):
            found = self.archive.execute(f"SELECT * FROM {table} WHERE {key} = ?", (record,)).fetchone()  # noqa: S608 - own names
            if found is not None:
                self.archive.execute(f"DELETE FROM captures WHERE {column} = ?", (record,))  # noqa: S608 - own names
                self.captures(column, record)

    def masked(self, record: int, before: Counter[str]) -> None:
        """How often each mask struck in a record."""
        counts = self.masker.counts - before
        self.archive.executemany("INSERT INTO masked VALUES (?, ?, ?)", [(record, *item) for item in counts.items()])

    def values(self, row: sqlite3.Row, record: Record) -> dict[str, Any]:
        """The row of ``proposals``."""
        meeting, mask = record.meeting or Meeting(), self.masker.optional
        return {
            **self.identity(row, record),
            "title": mask(record.title or record.subject) or UNTITLED,
            "subject": mask(record.subject),
            "sign_date": record.sign_date,
            "publish_date": record.publish_date,
            "body": meeting.body,
            "level": meeting.level,
            "place": mask(meeting.place),
            "category": mask(record.category),
            "status": mask(record.status),
            "disclosure": mask(record.disclosure),
            "doc_number": mask(record.doc_number),
            "signer": mask(record.signer),
            "host": mask("、".join(record.host_departments)) or None,
            "proposer": mask("、".join(record.proposers)) or None,
            "proposer_count": record.proposer_count,
            "mirror": record.mirror,
        }

    def identity(self, row: sqlite3.Row, record: Record) -> dict[str, Any]:
        """What a tombstone keeps."""
        return {
            "rowid": row["rowid"],
            "id": row["id"],
            "type": record.type,
            "kind": record.kind,
            "number": self.masker.optional(record.number),
            "year": int(row["date"][:4]) if row["date"] else None,
            "date": row["date"],
            "term": row["term"],
            "session": row["session"],
            "site": row["site"],
            "division": self.divisions.get(row["site"]),
            "url": self.masker.address(row["url"]),
            "first_seen": row["first_seen"],
            "last_seen": row["last_seen"],
            "state": row["state"],
            "parser": row["parser"],
        }

    def tombstone(self, row: sqlite3.Row, record: Record) -> dict[str, Any]:
        """The row of a record whose content was taken down."""
        title = self.masker.optional(record.title or record.subject) or UNTITLED
        return self.identity(row, record) | {"state": "withdrawn", "title": title}

    def place(self, site: str | None) -> Place | None:
        """The place that a site stands for, where it is known."""
        return self.places.get(self.divisions.get(site) or "")

    def names(self, site: str | None, record: Record) -> str:
        """What the names column finds: numbers, meeting, document number, people, departments, as printed and full."""
        meeting, numbers = record.meeting or Meeting(), record.numbers or ((record.number,) if record.number else ())
        parts = [*labels.names(record.kind, numbers, meeting.term, meeting.session)]
        parts += [record.doc_number or "", *record.proposers, record.signer or ""]
        organs, place = [*record.host_departments, *record.co_departments], self.place(site)
        parts += [*organs, *(departments.normal(name, place).name for name in organs)]
        parts += [people.normal(name, place).name for name in record.proposers]
        return self.masker.mask("\n".join(dict.fromkeys(part for part in parts if part)))

    def index(self, rowid: int, command: str | None = None) -> None:
        """The record's entry in the search index, made of what is published of it; or its end, by ``delete``.

        A contentless index must be told what an entry held before it can be taken out; that its rows say.
        """
        row = self.archive.execute(f"{INDEXED} ON t.proposal = p.rowid WHERE p.rowid = ?", (rowid,)).fetchone()
        if row is None:
            return
        title, subject, names, reply, proposal = (text or "" for text in row)
        titles = title if subject in title else f"{title}\n{subject}"
        values = (rowid, seg(reply), seg(proposal), seg(titles), seg(names))
        columns, marks = "rowid, reply, proposal, title, names", "?, ?, ?, ?, ?"
        if command is not None:
            columns, marks, values = f"proposals_fts, {columns}", f"?, {marks}", (command, *values)  # type: ignore[assignment]
        self.archive.execute(f"INSERT INTO proposals_fts ({columns}) VALUES ({marks})", values)  # noqa: S608 - own names

    def history(self, rowid: int) -> None:
        """Evidence and versions of a record."""
        mask = self.masker.optional
        evidence = self.store.execute(
            "SELECT field, rule, label, quote, confidence FROM evidence WHERE record = ?", (rowid,)
        )
        for field, rule, label, quote, confidence in map(tuple, evidence):
            if field not in PRIVATE:
                values = (rowid, field, rule, mask(label), mask(quote), confidence)
                self.archive.execute("INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?)", values)
        versions = self.store.execute("SELECT id, seen, field, old, new FROM versions WHERE record = ?", (rowid,))
        for number, seen, field, old, new in map(tuple, versions):
            if field not in PRIVATE:
                values = (number, rowid, seen, field, mask(old), mask(new))
                self.archive.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?)", values)

    def captures(self, column: str, record: int) -> None:
        """The proof of every capture of the pages that show a record; ``column`` says what it was published as."""
        found = self.store.execute(
            "SELECT c.id, l.part, l.record, c.url, c.time, c.status, c.digest, c.file, c.offset, c.length "
            "FROM places l JOIN captures c ON c.page = l.page WHERE l.record = ? ORDER BY c.id, l.part",
            (record,),
        )
        self.archive.executemany(
            f"INSERT INTO captures (id, {column}, url, time, status, digest, file, offset, length) "  # noqa: S608 - own names
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (part_id(number, part), holder, self.masker.address(url), *values)
                for number, part, holder, url, *values in map(tuple, found)
            ],
        )

    def links(self, rowid: int, site: str | None, record: Record) -> None:
        """People, departments, citations and numbers of a record."""
        place = self.place(site)
        persons = [("co-signer" if n else "lead", n, name) for n, name in enumerate(record.proposers)]
        persons += [("signer", 0, record.signer)] if record.signer else []
        organs = [("host", n, name) for n, name in enumerate(record.host_departments)]
        organs += [("co", n, name) for n, name in enumerate(record.co_departments)]
        for role, position, name in persons:
            self.person(rowid, place, role, position, self.masker.mask(name))
        for role, position, name in organs:
            self.department(rowid, place, role, position, self.masker.mask(name))
        mask = self.masker.optional
        self.archive.executemany(
            "INSERT INTO citations (id, proposal, title, doc_number) VALUES (?, ?, ?, ?)",
            [(part_id(rowid, n), rowid, mask(c.title), mask(c.doc_number)) for n, c in enumerate(record.citations)],
        )
        numbers = record.numbers or ((record.number,) if record.number else ())
        self.archive.executemany(
            "INSERT INTO proposal_numbers VALUES (?, ?, ?)",
            [(rowid, position, self.masker.mask(number)) for position, number in enumerate(numbers)],
        )

    def person(self, rowid: int, place: Place | None, role: str, position: int, printed: str) -> None:
        """Somebody who takes part in a record, under the normalised name; without blanks it may show a number anew."""
        found = people.normal(printed, place)
        key = (self.masker.mask(found.name), place.code if place else None)
        person = self.key("people", key, {"type": found.type})
        self.insert("proposal_people", dict(zip(PEOPLE, (rowid, person, role, position, printed), strict=True)), IGNORE)

    def department(self, rowid: int, place: Place | None, role: str, position: int, printed: str) -> None:
        """A department that handles a record, under the normalised name."""
        found = departments.normal(printed, place)
        organ = self.key("departments", (self.masker.mask(found.name), found.division), {})
        values = dict(zip(ORGANS, (rowid, organ, role, position, printed), strict=True))
        self.insert("proposal_departments", values, IGNORE)

    def key(self, table: str, key: tuple[str, str | None], more: dict[str, Any]) -> int:
        """The row of a name in a division, made where it is not there."""
        number = name_id(*key)
        self.insert(table, {"id": number, "name": key[0], "division": key[1], **more}, IGNORE)
        return number

    def insert(self, table: str, values: dict[str, Any], how: str = "") -> None:
        """One row."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.archive.execute(f"INSERT {how}INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608 - own column names


def taken_down(store: sqlite3.Connection, names: Iterable[str]) -> frozenset[int]:
    """The records, by their rowids, that names mean: an id, present or given up, or the address of a page.

    Raises PublishError for a name that no record and no page has: with a slip in it the content would stay public.
    """
    found: set[int] = set()
    for name in names:
        rows = store.execute(NAMED, {"name": name, "key": canonical(name)}).fetchall()
        if not rows:
            raise PublishError(f"removed.ids: no record has the id or the address {name!r}; correct it in the settings")
        found.update(rowid for (rowid,) in map(tuple, rows))
    return frozenset(found)


def part_id(whole: int, part: int) -> int:
    """The number of a part of something numbered; below 2^53, which every program reads exactly, up to 2^33 wholes.

    Raises PublishError for a part that would get another whole's number.
    """
    if not 0 <= part < MOST_PARTS:
        raise PublishError(f"part {part} of {whole} cannot be numbered: a whole has at most {MOST_PARTS:,} parts")
    return whole * MOST_PARTS + part


def name_id(name: str, division: str | None) -> int:
    """The number of a person or department: a hash of name and place, so that it is the same in every archive.

    52 bits: among a million names two share a number with a chance of 1 in 10,000.
    """
    digest = hashlib.sha256(f"{division or ''}\0{name}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:7]) >> 4
