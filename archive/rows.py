"""One record of the store as rows of the published archive, masked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from archive import departments, people, places
from archive.masking import Masker
from archive.places import Place
from archive.records import read
from archive.search import seg
from parsers.record import Meeting, Record

PRIVATE = ("contacts",)
"""Fields whose versions and evidence are never published."""
IGNORE = "OR IGNORE "
PEOPLE = ("proposal", "person", "role", "position", "printed")
ORGANS = ("proposal", "department", "role", "position", "printed")
CONTENT = ("proposal_text", "reply_text", "proposers", "signer", "contacts", "text", "attachments")


class Writer:
    """Writes records into the new archive; ids of people and departments are kept between records."""

    def __init__(self, archive: sqlite3.Connection, masker: Masker, removed: Iterable[str] = ()) -> None:
        self.archive = archive
        self.masker = masker
        self.removed = frozenset(removed)
        self.places = places.load(archive)
        self.divisions = dict(archive.execute("SELECT id, division FROM sites"))

    def proposal(self, rowid: int, row: sqlite3.Row) -> None:
        """A reply or an original, with everything that hangs on it but its history."""
        record = read(row)
        if row["id"] in self.removed:
            self.insert("proposals", self.tombstone(rowid, row, record))
            self.insert("texts", {"proposal": rowid})
            self.index(rowid, record.title or row["id"], "", "", "")
            return
        values = self.values(rowid, row, record)
        self.insert("proposals", values)
        texts = {name: self.masker.optional(getattr(record, name)) for name in ("proposal_text", "reply_text")}
        names = self.names(record)
        self.insert("texts", {"proposal": rowid, **texts, "names": names})
        titles = "\n".join(dict.fromkeys(text for text in (values["title"], values["subject"]) if text))
        self.index(rowid, titles, names, texts["reply_text"] or "", texts["proposal_text"] or "")
        self.links(rowid, record)

    def values(self, rowid: int, row: sqlite3.Row, record: Record) -> dict[str, Any]:
        """The row of ``proposals``."""
        meeting, mask = record.meeting or Meeting(), self.masker.optional
        return {
            **self.identity(rowid, row, record),
            "title": mask(record.title or record.subject) or "(无题)",
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

    def identity(self, rowid: int, row: sqlite3.Row, record: Record) -> dict[str, Any]:
        """What a tombstone keeps."""
        return {
            "rowid": rowid,
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
            "url": row["url"],
            "first_seen": row["first_seen"],
            "last_seen": row["last_seen"],
            "state": row["state"],
            "parser": row["parser"],
        }

    def tombstone(self, rowid: int, row: sqlite3.Row, record: Record) -> dict[str, Any]:
        """The row of a record whose content was taken down."""
        title = self.masker.optional(record.title or record.subject) or "(无题)"
        return self.identity(rowid, row, record) | {"state": "withdrawn", "title": title}

    def names(self, record: Record) -> str:
        """What the index's names column finds: numbers as printed, document number, people, departments."""
        numbers = record.numbers or ((record.number,) if record.number else ())
        parts = [f"第{number}号" for number in numbers]
        parts += [record.doc_number or "", *record.proposers, record.signer or ""]
        parts += [*record.host_departments, *record.co_departments]
        return self.masker.mask("\n".join(dict.fromkeys(part for part in parts if part)))

    def index(self, rowid: int, title: str, names: str, reply: str, proposal: str) -> None:
        """The record's row in the search index."""
        self.archive.execute(
            "INSERT INTO proposals_fts (rowid, reply, proposal, title, names) VALUES (?, ?, ?, ?, ?)",
            (rowid, seg(reply), seg(proposal), seg(title), seg(names)),
        )

    def links(self, rowid: int, record: Record) -> None:
        """People, departments, citations and numbers of a record."""
        place = self.places.get(self.divisions.get(record_site(self.archive, rowid)) or "")
        persons = [("co-signer" if n else "lead", n, name) for n, name in enumerate(record.proposers)]
        persons += [("signer", 0, record.signer)] if record.signer else []
        organs = [("host", n, name) for n, name in enumerate(record.host_departments)]
        organs += [("co", n, name) for n, name in enumerate(record.co_departments)]
        for role, position, name in persons:
            self.person(rowid, place, role, position, self.masker.mask(name))
        for role, position, name in organs:
            self.department(rowid, place, role, position, self.masker.mask(name))
        self.archive.executemany(
            "INSERT INTO citations (proposal, title, doc_number) VALUES (?, ?, ?)",
            [(rowid, self.masker.optional(c.title), self.masker.optional(c.doc_number)) for c in record.citations],
        )
        numbers = record.numbers or ((record.number,) if record.number else ())
        self.archive.executemany(
            "INSERT INTO proposal_numbers VALUES (?, ?, ?)",
            [(rowid, position, self.masker.mask(number)) for position, number in enumerate(numbers)],
        )

    def person(self, rowid: int, place: Place | None, role: str, position: int, printed: str) -> None:
        """Somebody who takes part in a record, under the normalised name."""
        found = people.normal(printed, place)
        key = (found.name, place.code if place else None)
        person = self.key("people", key, {"type": found.type})
        self.insert("proposal_people", dict(zip(PEOPLE, (rowid, person, role, position, printed), strict=True)), IGNORE)

    def department(self, rowid: int, place: Place | None, role: str, position: int, printed: str) -> None:
        """A department that handles a record, under the normalised name."""
        found = departments.normal(printed, place)
        organ = self.key("departments", (found.name, found.division), {})
        values = dict(zip(ORGANS, (rowid, organ, role, position, printed), strict=True))
        self.insert("proposal_departments", values, IGNORE)

    def key(self, table: str, key: tuple[str, str | None], more: dict[str, Any]) -> int:
        """The row of a name in a division, made where it is not there."""
        sql = f"SELECT id FROM {table} WHERE name = ? AND division IS ?"  # noqa: S608 - own table names
        row = self.archive.execute(sql, key).fetchone()
        if row is None:
            self.insert(table, {"name": key[0], "division": key[1], **more})
            row = self.archive.execute("SELECT last_insert_rowid()").fetchone()
        return int(row[0])

    def document(self, row: sqlite3.Row) -> None:
        """Another page with content; one row for each address."""
        record, mask = read(row), self.masker.optional
        values = {
            "id": row["rowid"],
            "type": record.type,
            "title": mask(record.title),
            "doc_number": mask(record.doc_number),
            "date": row["date"],
            "site": row["site"],
            "url": row["url"],
            "text": mask(record.text),
        }
        self.insert("documents", values, IGNORE)

    def insert(self, table: str, values: dict[str, Any], how: str = "") -> None:
        """One row."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.archive.execute(f"INSERT {how}INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608 - own column names


def record_site(archive: sqlite3.Connection, rowid: int) -> str | None:
    """The site of a record that has just been written."""
    found: str | None = archive.execute("SELECT site FROM proposals WHERE rowid = ?", (rowid,)).fetchone()[0]
    return found
