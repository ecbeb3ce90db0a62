"""JSON Lines: one self-contained object per record with nested lists and no internal numbers (dictionary.yaml, files).

Sorted by permanent id, so that two releases can be compared line by line.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from archive.release.files import Written, gzipped
from archive.release.source import Source

Object = dict[str, Any]
BATCH = 200
MEETING = ("body", "level", "place", "term", "session")
INTERNAL = ("rowid", "host", "proposer", "matter", *MEETING)
"""Columns that the object holds in another form, or that mean nothing outside one archive."""
CHILDREN = {
    "proposers": "SELECT proposal, printed FROM proposal_people"
    " WHERE role != 'signer' AND proposal IN rows ORDER BY proposal, position",
    "host_departments": "SELECT proposal, printed FROM proposal_departments"
    " WHERE role = 'host' AND proposal IN rows ORDER BY proposal, position",
    "co_departments": "SELECT proposal, printed FROM proposal_departments"
    " WHERE role = 'co' AND proposal IN rows ORDER BY proposal, position",
    "departments": "SELECT l.proposal, l.role, l.printed, d.id, d.name, d.division FROM proposal_departments l"
    " JOIN departments d ON d.id = l.department WHERE l.proposal IN rows ORDER BY l.proposal, l.position, l.role DESC",
    "people": "SELECT l.proposal, l.role, l.printed, x.id, x.name, x.type, x.division FROM proposal_people l"
    " JOIN people x ON x.id = l.person WHERE l.proposal IN rows ORDER BY l.proposal, l.position, l.role",
    "numbers": "SELECT proposal, number FROM proposal_numbers WHERE proposal IN rows ORDER BY proposal, position",
    "citations": "SELECT c.proposal, c.title, c.doc_number, d.url AS document FROM citations c"
    " LEFT JOIN documents d ON d.id = c.document WHERE c.proposal IN rows ORDER BY c.id",
    "versions": "SELECT proposal, seen, field, old, new FROM versions WHERE proposal IN rows ORDER BY id",
    "captures": "SELECT proposal, url, time, status, digest, file, offset, length FROM captures"
    " WHERE proposal IN rows ORDER BY time, url, id",
    "evidence": "SELECT proposal, field, rule, label, quote, confidence FROM evidence"
    " WHERE proposal IN rows ORDER BY proposal, field",
    "same_matter": "SELECT p.rowid AS proposal, o.id FROM proposals p JOIN proposals o ON o.matter = p.matter"
    " WHERE p.rowid IN rows AND o.rowid != p.rowid ORDER BY p.rowid, o.id",
}
ROWS = "WITH rows(proposal) AS (SELECT value FROM json_each(?)) "
ENCODER = msgspec.json.Encoder()


def write_proposals(source: Source, folder: Path) -> Written:
    """All proposals with everything that belongs to them."""
    path = "proposals.jsonl.gz"
    with gzipped(folder / path) as file:
        for record in proposals(source):
            file.write(ENCODER.encode(record) + b"\n")
    return Written(path, "jsonl", "建议提案 proposals with nested lists", source.counts["proposals"])


def write_documents(source: Source, folder: Path) -> Written:
    """The documents that replies cite and the summaries, sorted by URL."""
    path = "documents.jsonl.gz"
    sql = "SELECT url, type, title, doc_number, date, site, text FROM documents ORDER BY url"
    with gzipped(folder / path) as file:
        for row in named(source.connection, sql):
            file.write(ENCODER.encode(row) + b"\n")
    return Written(path, "jsonl", "文件 documents", source.counts["documents"])


def named(database: sqlite3.Connection, sql: str, values: tuple[Any, ...] = ()) -> Iterator[Object]:
    """Rows as objects."""
    cursor = database.execute(sql, values)
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def proposals(source: Source) -> Iterator[Object]:
    """The records by id, a batch in memory at a time."""
    sql = "SELECT * FROM full_proposals WHERE id > ? ORDER BY id LIMIT ?"
    last = ""
    while batch := list(named(source.connection, sql, (last, BATCH))):
        last = batch[-1]["id"]
        children = {name: grouped(source.connection, query, batch) for name, query in CHILDREN.items()}
        for row in batch:
            yield nested(row, {name: rows[row["rowid"]] for name, rows in children.items()})


def grouped(database: sqlite3.Connection, query: str, batch: list[Object]) -> dict[int, list[Any]]:
    """The rows that belong to each record of a batch: objects, or plain values where a row has but one."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in named(database, ROWS + query, (json.dumps([record["rowid"] for record in batch]),)):
        record = row.pop("proposal")
        found[record].append(row if len(row) > 1 else next(iter(row.values())))
    return found


def nested(row: Object, children: dict[str, list[Any]]) -> Object:
    """One record: the columns that mean something outside, the meeting as an object, the lists."""
    meeting = {name: row[name] for name in MEETING}
    record = {name: value for name, value in row.items() if name not in INTERNAL}
    record["meeting"] = meeting if any(value is not None for value in meeting.values()) else None
    record |= children
    record["evidence"] = {item.pop("field"): item for item in children["evidence"]}
    return record
