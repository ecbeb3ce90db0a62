"""The published archive, built from the store beside the old one, checked, and put in its place in one step.

Whatever fails, a kill and a full disk included, leaves the old archive as it is.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from archive import checks, derive
from archive.database import explained
from archive.errors import PublishError
from archive.masking import Masker
from archive.rows import PRIVATE, Writer
from archive.settings import Settings
from archive.store import NAME as STORE
from archive.store import Store

ARCHIVE = "archive.db"
BUILDING = ".archive.db.building"
SCHEMA_VERSION = "1"
HERE = Path(__file__).parent
DAMAGED = "the old archive still stands; publish again"
RECORDS = "SELECT r.rowid, r.*, p.url FROM records r JOIN pages p ON p.id = r.page"


def publish(data: Path, settings: Settings) -> int:
    """Build, check and swap in data/public/archive.db; the number of its records.

    Raises PublishError, with the old archive still in place.
    """
    if not (data / STORE).exists():
        raise PublishError(f"{data / STORE}: no store yet; run `proposals crawl` or `proposals import PATH` first")
    public = data / "public"
    new = public / BUILDING
    with explained(new, PublishError, DAMAGED):
        public.mkdir(parents=True, exist_ok=True)
        with locked(data / "publish.lock"), Store.open(data) as store:
            try:
                count = build(new, store.connection, settings)
                checks.sizes(new, public / ARCHIVE, settings.publish)
                swap(new, public / ARCHIVE)
            finally:
                new.unlink(missing_ok=True)
    return count


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep a second publish out. Raises PublishError that names the process which holds the lock."""
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise PublishError(f"a publish is running already (process {holder}); wait until it has ended") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def build(new: Path, store: sqlite3.Connection, settings: Settings) -> int:
    """Write and check a whole archive at ``new`` from one state of the store; the number of its records."""
    new.unlink(missing_ok=True)
    masker = Masker(settings.masking.off)
    with closing(sqlite3.connect(new, isolation_level=None)) as archive:
        archive.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
        archive.executescript((HERE / "published.sql").read_text("utf-8"))
        archive.execute("CREATE TEMP TABLE rowids (record INTEGER PRIMARY KEY, proposal INTEGER)")
        store.execute("BEGIN")
        archive.execute("BEGIN")
        try:
            expected = fill(archive, store, masker, settings)
        finally:
            store.execute("ROLLBACK")
        derive.run(archive)
        about(archive, masker, settings)
        archive.execute("INSERT INTO proposals_fts (proposals_fts) VALUES ('optimize')")
        archive.executescript((HERE / "published_indexes.sql").read_text("utf-8"))
        archive.execute("COMMIT") if archive.in_transaction else None
        archive.execute("ANALYZE")
        archive.execute("VACUUM")
        checks.check(archive, expected, masker)
    return expected["proposals"]


def fill(archive: sqlite3.Connection, store: sqlite3.Connection, masker: Masker, settings: Settings) -> dict[str, int]:
    """Copy everything of the store that is public; how many rows each table must have."""
    places(archive, store)
    writer, count = Writer(archive, masker, settings.removed.ids), 0
    answers = f"{RECORDS} WHERE r.type IN ('reply', 'original') ORDER BY coalesce(r.date, ''), r.id"
    for count, row in enumerate(store.execute(answers), 1):
        writer.proposal(count, row)
        archive.execute("INSERT INTO rowids VALUES (?, ?)", (row["rowid"], count))
    for row in store.execute(f"{RECORDS} WHERE r.type IN ('document', 'summary') ORDER BY r.rowid"):
        writer.document(row)
    history(archive, store, masker, frozenset(settings.removed.ids))
    return {"proposals": count, "texts": count, "proposals_fts": count}


def places(archive: sqlite3.Connection, store: sqlite3.Connection) -> None:
    """Sites with their state and counts, the divisions that they name, their runs, and redirects."""
    for row in store.execute("SELECT division, min(name) AS name, min(province) AS province FROM sites GROUP BY 1"):
        if row["division"]:
            values = (row["division"], division_name(row["name"]), row["province"] or "")
            archive.execute("INSERT INTO divisions VALUES (?, ?, ?)", values)
    sites = store.execute(
        "SELECT s.id, s.name, s.division, s.host, s.family, s.verified, coalesce((SELECT state FROM crawls c "
        "WHERE c.site = s.id ORDER BY started DESC LIMIT 1), 'not run'), (SELECT max(finished) FROM crawls c "
        "WHERE c.site = s.id AND state = 'fine'), (SELECT count(*) FROM pages p WHERE p.site = s.id), "
        "(SELECT count(*) FROM records r WHERE r.site = s.id AND r.type IN ('reply', 'original')) FROM sites s"
    )
    archive.executemany(f"INSERT INTO sites VALUES ({', '.join('?' * 10)})", map(tuple, sites))  # noqa: S608 - marks
    unlisted = "site IS NOT NULL AND site NOT IN (SELECT id FROM sites)"
    missing = f"SELECT DISTINCT site, site, 'not run' FROM records WHERE {unlisted}"  # noqa: S608 - a constant
    archive.executemany("INSERT INTO sites (id, name, state) VALUES (?, ?, ?)", map(tuple, store.execute(missing)))
    crawls = store.execute("SELECT * FROM crawls WHERE site IN (SELECT id FROM sites) ORDER BY id")
    archive.executemany(f"INSERT INTO crawls VALUES ({', '.join('?' * 10)})", map(tuple, crawls))  # noqa: S608 - marks
    archive.executemany("INSERT INTO redirects VALUES (?, ?)", map(tuple, store.execute("SELECT * FROM redirects")))


def division_name(site: str) -> str:
    """The place that a site's name begins with: 青禾市 of 青禾市教育局."""
    ends = [site.find(unit, 1) for unit in ("市", "州", "盟", "县", "区", "旗", "省")]
    found = [end for end in ends if end > 0]
    return site[: max(end for end in found if end <= 12) + 1] if any(end <= 12 for end in found) else site


def history(archive: sqlite3.Connection, store: sqlite3.Connection, masker: Masker, removed: frozenset[str]) -> None:
    """Evidence, versions and captures of the records that are published with their content."""
    rowids = dict(archive.execute("SELECT record, proposal FROM rowids"))
    for (gone,) in archive.execute(
        "SELECT rowid FROM proposals WHERE id IN (SELECT value FROM json_each(?))", (listed(removed),)
    ):
        rowids = {record: proposal for record, proposal in rowids.items() if proposal != gone}
    mask = masker.optional
    for record, field, rule, label, quote, confidence in map(tuple, store.execute("SELECT * FROM evidence")):
        if record in rowids and field not in PRIVATE:
            values = (rowids[record], field, rule, mask(label), masker.mask(quote), confidence)
            archive.execute("INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?)", values)
    for record, seen, field, old, after in map(
        tuple, store.execute("SELECT record, seen, field, old, new FROM versions ORDER BY id")
    ):
        if record in rowids and field not in PRIVATE:
            values = (rowids[record], seen, field, mask(old), mask(after))  # type: ignore[assignment]
            archive.execute("INSERT INTO versions (proposal, seen, field, old, new) VALUES (?, ?, ?, ?, ?)", values)
    captures(archive, store, rowids)


def captures(archive: sqlite3.Connection, store: sqlite3.Connection, rowids: dict[int, int]) -> None:
    """The proof of every capture of a published page, once for each record that it shows."""
    documents = {row[0] for row in archive.execute("SELECT id FROM documents")}
    sql = (
        "SELECT l.record, c.url, c.time, c.status, c.digest, c.file, c.offset, c.length FROM captures c "
        "JOIN places l ON l.page = c.page ORDER BY c.id, l.part"
    )
    for record, *values in map(tuple, store.execute(sql)):
        proposal, document = rowids.get(record), record if record in documents else None
        if proposal is not None or document is not None:
            archive.execute(
                "INSERT INTO captures (proposal, document, url, time, status, digest, file, offset, length) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (proposal, document, *values),
            )


def listed(values: frozenset[str]) -> str:
    """Values as a JSON list."""
    return "[" + ", ".join(f'"{value}"' for value in sorted(values)) + "]"


def about(archive: sqlite3.Connection, masker: Masker, settings: Settings) -> None:
    """What the archive says of itself."""
    values = {
        "built": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "schema_version": SCHEMA_VERSION,
        "publisher": settings.public.publisher,
        "takedown_contact": settings.public.takedown_contact,
        **{f"masked_{name}": str(count) for name, count in sorted(masker.counts.items())},
    }
    archive.executemany("INSERT INTO about VALUES (?, ?)", [item for item in values.items() if item[1] is not None])


def swap(new: Path, archive: Path) -> None:
    """Put the new file in the old one's place, on the disk before it is seen."""
    for path in (new, new.parent):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    new.replace(archive)
    descriptor = os.open(archive.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
