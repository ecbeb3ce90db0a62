"""The schema of store.db, as named migrations. A migration that has been released is never edited: add another."""

from __future__ import annotations

import uuid
from typing import Any

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive.errors import StoreError

migrations = Migrations("store")
NAMES = {"2026-11-24-first", "2026-11-26-measures"}


def migrate(db: Database, name: str) -> None:
    """Bring a store to this version of the schema, each migration in a transaction of its own.

    Raises StoreError where the store has a migration that this version does not know.
    """
    applied = {migration.name for migration in migrations.applied(db)}
    if unknown := sorted(applied - NAMES):
        raise StoreError(
            f"{name}: written by a newer version of this program (it has the migration {unknown[-1]!r}); "
            "install that version, or name another data folder with --data"
        )
    if migrations.pending(db):
        migrations.apply(db)


def table(db: Database, name: str, columns: dict[str, Any], **options: Any) -> None:
    """Create a table; every column that ``nullable`` does not name is NOT NULL."""
    nullable = set(options.pop("nullable", "").split())
    pk = options.get("pk")
    required = {column for column in columns if column not in nullable and column != pk}
    db.table(name).create(columns, not_null=required, **options)


@migrations(name="2026-11-24-first")
def first(db: Database) -> None:
    """Pages, captures, records and what belongs to them."""
    table(db, "meta", {"key": str, "value": str}, pk="key")
    for key, value in {"store": uuid.uuid4().hex, "sequence": "0"}.items():
        db.table("meta").insert({"key": key, "value": value})
    sites_and_crawls(db)
    pages_and_captures(db)
    records(db)
    history(db)


def sites_and_crawls(db: Database) -> None:
    """What the crawler says of sites and runs."""
    columns = {"id": str, "name": str, "division": str, "province": str, "host": str, "family": str, "verified": int}
    table(db, "sites", columns, pk="id", nullable="division province host family", defaults={"verified": 0})
    numbers = {"requests": int, "new": int, "changed": int, "problems": int}
    table(
        db,
        "crawls",
        {"id": int, "site": str, "started": str, "finished": str, "state": str, **numbers, "detail": str},
        pk="id",
        nullable="finished detail",
        defaults=dict.fromkeys(numbers, 0),
    )
    db.table("crawls").create_index(["site", "started"], unique=True)


def pages_and_captures(db: Database) -> None:
    """One page per canonical address, and the proof of everything that was fetched."""
    table(
        db,
        "pages",
        {
            "id": int,
            "key": str,  # the canonical address
            "url": str,  # the address it was fetched from last
            "site": str,
            "first_seen": str,
            "last_seen": str,
            "status": int,
            "digest": str,
            "attachment_of": str,
        },
        pk="id",
        nullable="site attachment_of",
    )
    db.table("pages").create_index(["key"], unique=True)
    table(
        db,
        "captures",
        {
            "id": int,
            "page": int,
            "url": str,
            "time": str,
            "status": int,
            "digest": str,
            "file": str,
            "offset": int,
            "length": int,
        },
        pk="id",
        nullable="file offset length",
        foreign_keys=[("page", "pages", "id")],
    )
    db.table("captures").create_index(["page", "time", "digest", "url"], unique=True)


def records(db: Database) -> None:
    """Records as JSON, with the columns that the store itself looks things up by."""
    table(
        db,
        "records",
        {
            "rowid": int,
            "id": str,  # permanent
            "page": int,  # where its values come from
            "part": int,
            "site": str,
            "type": str,
            "kind": str,
            "term": int,
            "session": int,
            "number": str,
            "date": str,  # sign date, else publish date, day only
            "layout": str,
            "parser": str,
            "reading": str,  # hash of everything the parsers said
            "fields": str,  # hash of the fields alone: what makes a version
            "record": str,  # JSON of record.md without evidence and problems
            "first_seen": str,
            "last_seen": str,
            "read_at": str,  # time of the capture that the values come from
            "state": str,  # present or withdrawn
            "changed": int,  # the store's sequence number when what it says changed last
            "touched": int,  # the same, of its last write, which may have changed first_seen and last_seen only
        },
        pk="rowid",
        nullable="site kind term session number date",
        foreign_keys=[("page", "pages", "id")],
    )
    indexes: tuple[list[str], ...] = (["page"], ["type", "date"], ["touched"], ["site", "layout"])
    db.table("records").create_index(["id"], unique=True)
    for index in indexes:
        db.table("records").create_index(index)
    table(
        db,
        "places",
        {"page": int, "part": int, "record": int},
        pk=("page", "part"),
        foreign_keys=[("page", "pages", "id"), ("record", "records", "rowid")],
    )
    db.table("places").create_index(["record"])
    table(
        db,
        "evidence",
        {"record": int, "field": str, "rule": str, "label": str, "quote": str, "confidence": float},
        pk=("record", "field"),
        nullable="label",
        foreign_keys=[("record", "records", "rowid")],
    )
    problems = {"page": int, "record": int, "code": str, "detail": str}
    table(db, "problems", problems, nullable="record", foreign_keys=[("page", "pages", "id")])
    for column in ("page", "record", "code"):
        db.table("problems").create_index([column])


def history(db: Database) -> None:
    """What changed, what got another id, what was withdrawn and on which proof."""
    table(
        db,
        "versions",
        {"id": int, "record": int, "seen": str, "field": str, "old": str, "new": str},
        pk="id",
        nullable="old new",
        foreign_keys=[("record", "records", "rowid")],
    )
    db.table("versions").create_index(["record"])
    table(db, "redirects", {"old_id": str, "new_id": str}, pk="old_id")
    table(
        db,
        "withdrawals",
        {"id": int, "record": int, "time": str, "proof": str, "returned": str},
        pk="id",
        nullable="returned",
        foreign_keys=[("record", "records", "rowid")],
    )
    db.table("withdrawals").create_index(["record"])
    # Ids that an earlier store gave: a rebuilt store gives the same page the same id.
    assigned = {"key": str, "part": int, "id": str, "number_key": str}
    table(db, "assigned", assigned, pk=("key", "part"), nullable="number_key")
    db.table("assigned").create_index(["id"])


@migrations(name="2026-11-26-measures")
def measures(db: Database) -> None:
    """What each run saw in numbers (archive/measures.py), and the repairs that were begun."""
    integers = ("lists", "lists_failed", "lists_whole", "listed", "known", "vanished", "unread", "challenged")
    integers_read = ("pages", "answers", "new_layouts", "unknown_labels")
    table(
        db,
        "measures",
        {
            "site": str,
            "started": str,  # that of the run in crawls
            **dict.fromkeys(integers, int),
            "newest": str,
            "seconds": float,
            **dict.fromkeys(integers_read, int),
            "filled": float,
        },
        pk=("site", "started"),
        nullable="newest filled",
    )
    table(db, "repairs", {"site": str, "day": str, "state": str}, pk=("site", "day"))
