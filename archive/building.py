"""The rows of the published archive, out of one state of the store: all of them, or those of what changed since.

Every row that stands for something of the store has a key that the store gave (the number of its record, version or
capture) or a hash of its own values, so that a build from nothing and an update give the same rows.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from archive import derive
from archive.masking import Masker
from archive.recipe import recipe
from archive.rows import Writer, taken_down
from archive.settings import Settings

SCHEMA_VERSION = "2"
HERE = Path(__file__).parent
PRAGMAS = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA secure_delete = ON"
"""The file is nobody's until it is swapped in, so it needs no journal; what is deleted leaves no bytes behind."""
GATHERED, SQLITES_OWN = 64 << 20, 1 << 20
"""Bytes of index written at once; with SQLite's own size a full publish merges each of them again and again."""
LARGEST_UPDATE = 0.1
"""The share of changed records from which on a full build costs about the same."""
MOST_UPDATED = 0.25
"""The share of records that may be updated, one publish after the other, before the index is built anew and whole."""
RECORDS = "SELECT r.*, p.url FROM records r JOIN pages p ON p.id = r.page"
DUE = "r.rowid IN (SELECT record FROM temp.due)"
FIRST_OF_ITS_PAGE = (
    "NOT EXISTS (SELECT 1 FROM records o WHERE o.page = r.page AND o.type IN ('document', 'summary') "
    "AND o.rowid < r.rowid)"
)
ANSWERS = "+r.type IN ('reply', 'original')"
DOCUMENTS = f"+r.type IN ('document', 'summary') AND {FIRST_OF_ITS_PAGE}"


class Position(msgspec.Struct, frozen=True):
    """Up to where an archive holds what a store says."""

    store: str
    sequence: int
    captured: int

    @classmethod
    def of(cls, store: sqlite3.Connection) -> Position:
        """Where a store stands now."""
        meta = dict(map(tuple, store.execute("SELECT key, value FROM meta")))
        [captured] = store.execute("SELECT coalesce(max(id), 0) FROM captures").fetchone()
        return cls(meta["store"], int(meta["sequence"]), captured)


class Builder:
    """Writes one archive from one state of the store, in which a transaction is open.

    Raises PublishError for a takedown that names nothing.
    """

    def __init__(self, archive: sqlite3.Connection, store: sqlite3.Connection, settings: Settings) -> None:
        self.archive = archive
        self.store = store
        self.settings = settings
        self.masker = Masker(settings.masking.off)
        self.removed = taken_down(store, settings.removed.ids)
        self.position = Position.of(store)

    def all(self) -> None:
        """Every record, into an archive without rows; its indexes are made at the end."""
        self.archive.executescript((HERE / "published.sql").read_text("utf-8"))
        self.gather(GATHERED)
        self.archive.execute("BEGIN")
        self.places()
        writer = self.writer()
        for row in self.store.execute(f"{RECORDS} WHERE {ANSWERS} ORDER BY r.rowid"):
            writer.proposal(row)
        for row in self.store.execute(f"{RECORDS} WHERE {DOCUMENTS} ORDER BY r.rowid"):
            writer.document(row)
        self.archive.execute("INSERT INTO proposals_fts (proposals_fts) VALUES ('optimize')")
        self.gather(SQLITES_OWN)
        self.archive.executescript((HERE / "published_indexes.sql").read_text("utf-8"))
        self.finish(updated=0)
        self.archive.execute("COMMIT") if self.archive.in_transaction else None
        self.archive.execute("ANALYZE")

    def gather(self, size: int) -> None:
        """How many bytes of the search index are gathered in memory before they are written; kept in the file."""
        self.archive.execute("INSERT INTO proposals_fts (proposals_fts, rank) VALUES ('hashsize', ?)", (size,))

    def can_update(self) -> bool:
        """Whether the archive can be updated: made by this program and settings, of this store, and little changed."""
        known = self.known()
        before = known.get("schema_version"), known.get("recipe"), known.get("store")
        if before != (SCHEMA_VERSION, recipe(self.settings), self.position.store):
            return False
        if int(known["store_sequence"]) > self.position.sequence or self.divided_anew():
            return False
        due = self.find_due(int(known["store_sequence"]))
        [records] = self.archive.execute("SELECT count(*) FROM proposals").fetchone()
        updated = due + int(known["updated"])
        return bool(due <= LARGEST_UPDATE * records and updated <= MOST_UPDATED * records)

    def update(self) -> None:
        """Bring the archive up to date, which :meth:`can_update` said is possible."""
        known = self.known()
        due = self.find_due(int(known["store_sequence"]))
        self.archive.execute("BEGIN")
        self.places()
        self.replace_due()
        self.see(int(known["store_sequence"]), int(known["store_capture"]))
        self.finish(int(known["updated"]) + due)
        self.archive.execute("COMMIT")

    def known(self) -> dict[str, str]:
        """What the archive says of itself."""
        tables = self.archive.execute("SELECT 1 FROM sqlite_schema WHERE name = 'about'").fetchone()
        return dict(self.archive.execute("SELECT key, value FROM about")) if tables else {}

    def divided_anew(self) -> bool:
        """Whether a site got another division, or a division is new or has another name: all names go by them."""
        known = dict(self.archive.execute("SELECT id, division FROM sites"))
        now = map(tuple, self.store.execute("SELECT id, division FROM sites"))
        moved = any(known.get(site, division) != division for site, division in now)
        return moved or self.divisions() != self.archive.execute("SELECT * FROM divisions ORDER BY code").fetchall()

    def divisions(self) -> list[tuple[str, str, str]]:
        """Code, name and province of the divisions that sites name."""
        rows = self.store.execute(
            "SELECT division, min(name), min(province) FROM sites WHERE division != '' GROUP BY 1 ORDER BY 1"
        )
        return [(code, division_name(name), province or "") for code, name, province in map(tuple, rows)]

    def find_due(self, sequence: int) -> int:
        """List, as ``temp.due`` of both files, the records that changed since; how many they are.

        Of several documents on one page the first is published, so they are due together. What was taken down always
        is: a page that was taken down may show a record by now that it did not show before.
        """
        for connection in (self.store, self.archive):
            connection.execute("DROP TABLE IF EXISTS temp.due")
            connection.execute("CREATE TEMP TABLE due (record INTEGER PRIMARY KEY)")
        self.store.execute("INSERT INTO due SELECT rowid FROM records WHERE touched > ?1 AND changed > ?1", (sequence,))
        self.store.executemany("INSERT OR IGNORE INTO due VALUES (?)", [(record,) for record in self.removed])
        self.store.execute(
            "INSERT OR IGNORE INTO due SELECT r.rowid FROM records r WHERE r.type IN ('document', 'summary') "
            "AND r.page IN (SELECT page FROM places WHERE record IN (SELECT record FROM due))"
        )
        due = [tuple(row) for row in self.store.execute("SELECT record FROM due")]
        self.archive.executemany("INSERT INTO due VALUES (?)", due)
        return len(due)

    def replace_due(self) -> None:
        """Take out the rows of what is due and write them anew."""
        writer = self.writer()
        for (record,) in self.archive.execute("SELECT record FROM due").fetchall():
            writer.forget(record)
        for row in self.store.execute(f"{RECORDS} WHERE {ANSWERS} AND {DUE} ORDER BY r.rowid"):
            writer.proposal(row)
        for row in self.store.execute(f"{RECORDS} WHERE {DOCUMENTS} AND {DUE} ORDER BY r.rowid"):
            writer.document(row)

    def see(self, sequence: int, captured: int) -> None:
        """Address and times of records that say what they said, and the proof of new captures of their pages."""
        seen = self.store.execute(
            "SELECT p.url, r.first_seen, r.last_seen, r.rowid FROM records r JOIN pages p ON p.id = r.page "  # noqa: S608 - a constant
            f"WHERE r.touched > ? AND NOT {DUE}",
            (sequence,),
        )
        for address, first, last, record in map(tuple, seen):
            url = self.masker.address(address)
            self.archive.execute(
                "UPDATE proposals SET url = ?, first_seen = ?, last_seen = ? WHERE rowid = ?",
                (url, first, last, record),
            )
            self.archive.execute("UPDATE documents SET url = ? WHERE id = ? AND url != ?", (url, record, url))
        writer = self.writer()
        fresh = self.store.execute(
            "SELECT DISTINCT l.record FROM captures c JOIN places l ON l.page = c.page WHERE c.id > ? "
            "AND l.record NOT IN (SELECT record FROM temp.due)",
            (captured,),
        )
        for (record,) in fresh.fetchall():
            writer.recapture(record)

    def writer(self) -> Writer:
        """The writer of records' rows."""
        return Writer(self.archive, self.store, self.masker, self.removed)

    def places(self) -> None:
        """Sites with their state, the divisions that they name, their runs, and redirects: small, and written whole."""
        for table in ("divisions", "sites", "crawls", "redirects"):
            self.archive.execute(f"DELETE FROM {table}")  # noqa: S608 - own table names
        self.archive.executemany("INSERT INTO divisions VALUES (?, ?, ?)", self.divisions())
        self.copy(
            "sites",
            "SELECT s.id, s.name, s.division, s.host, s.family, s.verified, coalesce((SELECT state FROM crawls c "
            "WHERE c.site = s.id ORDER BY started DESC LIMIT 1), 'not run'), (SELECT max(finished) FROM crawls c "
            "WHERE c.site = s.id AND state = 'fine'), coalesce(n.pages, 0), 0 FROM sites s LEFT JOIN "
            "(SELECT site, count(*) AS pages FROM pages GROUP BY 1) n ON n.site = s.id",
        )
        self.copy(
            "sites",
            "SELECT DISTINCT site, site, NULL, NULL, NULL, 0, 'not run', NULL, 0, 0 FROM records "
            "WHERE site IS NOT NULL AND site NOT IN (SELECT id FROM sites)",
        )
        columns = "id, site, started, finished, state, requests, new, changed, problems, detail"
        self.copy("crawls", f"SELECT {columns} FROM crawls WHERE site IN (SELECT id FROM sites) ORDER BY id")  # noqa: S608 - own names
        self.copy("redirects", "SELECT * FROM redirects")

    def copy(self, table: str, sql: str) -> None:
        """The store's rows of a query as rows of a table, masked."""
        rows = self.store.execute(sql)
        marks = ", ".join("?" * len(rows.description))
        masked = ([self.masker.optional(value) if isinstance(value, str) else value for value in row] for row in rows)
        self.archive.executemany(f"INSERT INTO {table} VALUES ({marks})", masked)  # noqa: S608 - own names

    def finish(self, updated: int) -> None:
        """What follows from the records: derived tables, the sites' counts, and what the archive says of itself."""
        self.archive.execute("UPDATE sites SET records = (SELECT count(*) FROM proposals p WHERE p.site = sites.id)")
        derive.run(self.archive)
        public, position = self.settings.public, self.position
        values = {
            "built": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "schema_version": SCHEMA_VERSION,
            "publisher": public.publisher,
            "takedown_contact": public.takedown_contact,
            "recipe": recipe(self.settings),
            "store": position.store,
            "store_sequence": str(position.sequence),
            "store_capture": str(position.captured),
            "updated": str(updated),
        }
        self.archive.execute("DELETE FROM about")
        self.archive.executemany("INSERT INTO about VALUES (?, ?)", [item for item in values.items() if item[1]])
        self.archive.execute("INSERT INTO about SELECT 'masked_' || mask, sum(count) FROM masked GROUP BY mask")

    def tombstones(self) -> int:
        """How many of the rows of records say nothing more than that something was taken down."""
        [count] = self.archive.execute(
            "SELECT count(*) FROM proposals WHERE rowid IN (SELECT value FROM json_each(?))",
            (msgspec.json.encode(sorted(self.removed)).decode(),),
        ).fetchone()
        return int(count)

    def expected(self) -> dict[str, int]:
        """How many rows the tables of records must have, counted in the store."""
        [count] = self.store.execute("SELECT count(*) FROM records WHERE type IN ('reply', 'original')").fetchone()
        return {"proposals": count, "texts": count, "proposals_fts": count}


def division_name(site: str) -> str:
    """The place that a site's name begins with: 青禾市 of 青禾市教育局."""
    ends = [site.find(unit, 1) for unit in ("市", "州", "盟", "县", "区", "旗", "省")]
    found = [end for end in ends if end > 0]
    return site[: max(end for end in found if end <= 12) + 1] if any(end <= 12 for end in found) else site
