"""One record of the store as rows of the published archive, masked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from archive.masking import Masker
from archive.records import read
from archive.search import seg
from parsers.record import Meeting, Record

PRIVATE = ("contacts",)
"""Fields whose versions and evidence are never published."""
CONTENT = ("proposal_text", "reply_text", "proposers", "signer", "contacts", "text", "attachments")


class Writer:
    """Writes records into the new archive; ids of people and departments are kept between records."""

    def __init__(self, archive: sqlite3.Connection, masker: Masker, removed: Iterable[str] = ()) -> None:
        self.archive = archive
        self.masker = masker
        self.removed = frozenset(removed)
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
        division = self.divisions.get(record_site(self.archive, rowid))
        people = [("co-signer" if n else "lead", n, name) for n, name in enumerate(record.proposers)]
        people += [("signer", 0, record.signer)] if record.signer else []
        organs = [("host", n, name) for n, name in enumerate(record.host_departments)]
        organs += [("co", n, name) for n, name in enumerate(record.co_departments)]
        self.link("people", "proposal_people", "person", rowid, division, people)
        self.link("departments", "proposal_departments", "department", rowid, division, organs)
        self.archive.executemany(
            "INSERT INTO citations (proposal, title, doc_number) VALUES (?, ?, ?)",
            [(rowid, self.masker.optional(c.title), self.masker.optional(c.doc_number)) for c in record.citations],
        )
        numbers = record.numbers or ((record.number,) if record.number else ())
        self.archive.executemany(
            "INSERT INTO temp.numbers_printed VALUES (?, ?)", [(rowid, self.masker.mask(number)) for number in numbers]
        )

    def link(
        self, table: str, links: str, key: str, rowid: int, division: str | None, found: list[tuple[str, int, str]]
    ) -> None:
        """Rows of a link table, with the people or departments that they name."""
        for role, position, name in found:
            printed = self.masker.mask(name)
            at = self.archive.execute(
                f"SELECT id FROM {table} WHERE name = ? AND division IS ?",  # noqa: S608 - own table names
                (printed, division),
            ).fetchone()
            if at is None:
                cursor = self.archive.execute(
                    f"INSERT INTO {table} (name, division) VALUES (?, ?)",  # noqa: S608 - own table names
                    (printed, division),
                )
                at = (cursor.lastrowid,)
            self.archive.execute(
                f"INSERT OR IGNORE INTO {links} (proposal, {key}, role, position, printed) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 - own table names
                (rowid, at[0], role, position, printed),
            )

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
        self.insert("documents", values, "OR IGNORE ")

    def insert(self, table: str, values: dict[str, Any], how: str = "") -> None:
        """One row."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.archive.execute(f"INSERT {how}INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608 - own column names


def record_site(archive: sqlite3.Connection, rowid: int) -> str | None:
    """The site of a record that has just been written."""
    found: str | None = archive.execute("SELECT site FROM proposals WHERE rowid = ?", (rowid,)).fetchone()[0]
    return found
