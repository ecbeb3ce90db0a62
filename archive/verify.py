"""Captures, ledger, store, archive and releases held against each other: one finding a line, each with the way out.

Nothing is changed. Captures are read whole: every gzip member, every digest that a record carries or that ledger and
store remember of it. What a crawl is writing at this moment, and what ledger and store do not know yet, is no damage.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from archive import captures
from archive.building import Position
from archive.database import read_only, reason
from archive.errors import ArchiveError, CaptureError
from archive.ledgers import OWN, paths
from archive.publish import ARCHIVE
from archive.release.checks import verify_folder
from archive.shelf import released
from archive.store import NAME as STORE
from archive.warc_members import Member, Problem, read_members

RESTORE = "restore the file from the backup, else run `proposals rebuild`, which reads what is whole"
REBUILD = "run `proposals rebuild`, then `proposals publish`"
PUBLISH = "run `proposals publish --full`"
RELEASE = "copy that release back from where it was published, or move it away and run `proposals release`"
MEND = "correct permissions or the disk, then verify again"
WAYS_OUT = {
    OWN: "restore it from the backup, else move it away: captures stay, and the next crawl asks for all pages again",
    STORE: f"move it away and {REBUILD}",
    ARCHIVE: PUBLISH,
}
SHOWN = 10
"""Of many findings of one sort so many are named one by one."""
KNOWN = "INSERT INTO known VALUES (?, ?, ?, ?, ?, ?)"
PARSED = (
    "SELECT p.key FROM pages p JOIN captures c ON c.id = p.capture LEFT JOIN captures o ON o.id = c.original"
    " WHERE p.state = 'parsed' AND coalesce(o.url, c.url) = c.url ORDER BY 1"
)
ANSWERS = "type IN ('reply', 'original')"


class Finding(msgspec.Struct, frozen=True):
    """Something that is damaged or missing."""

    place: str
    what: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.way_out}"


class Verification:
    """One run over a data folder."""

    def __init__(self, data: Path, releases: Path | None = None) -> None:
        """``releases`` is the folder with releases, else ``public/releases`` in the data folder.

        Raises ArchiveError where the data folder holds nothing.
        """
        self.data, self.folder = data, data / captures.FOLDER
        self.releases = releases or data / "public" / "releases"
        self.checked: list[str] = []
        self.ledgers = paths(data)
        if not self.ledgers and not any((data / name).exists() for name in (captures.FOLDER, STORE)):
            raise ArchiveError(f"{data}: nothing to verify; name the data folder with --data")

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong."""
        sound = set()
        for path in (*self.ledgers, self.data / STORE, self.data / "public" / ARCHIVE):
            damage = list(unsound(path)) if path.exists() else []
            yield from damage
            if path.exists() and not damage:
                sound.add(path)
                yield from several(path.name, dangling(path), way_out(path))
        ledgers, with_store = [path for path in self.ledgers if path in sound], self.data / STORE in sound
        # Listed before ledgers are read: a crawl enters a file before it begins it, so all of these are known there.
        files = [path for path in sorted(self.folder.glob("*")) if path.name.endswith(captures.SUFFIXES)]
        with closing(sqlite3.connect("")) as known:
            self.remember(known, ledgers, with_store)
            yield from readable(captures.FOLDER, self.captures(files, known))
        if with_store:
            yield from self.store(ledgers)
        if self.data / "public" / ARCHIVE in sound:
            yield from self.archive(with_store)
        yield from self.released()

    def remember(self, known: sqlite3.Connection, ledgers: list[Path], with_store: bool) -> None:
        """What ledgers and store know of capture files, in a temporary file, for captures are many."""
        known.execute("CREATE TABLE known (file, offset, length, digest, url, source)")
        known.execute("CREATE TABLE files (name PRIMARY KEY, size, closed)")
        for path in ledgers:
            with closing(read_only(path)) as ledger:
                insert = "INSERT OR IGNORE INTO files VALUES (?, ?, ?)"
                copy(ledger, "SELECT name, size, closed FROM files", known, insert)
                own = "SELECT name, offset, length, digest, url, ? FROM captures JOIN files ON file = files.id"
                copy(ledger, own, known, KNOWN, path.name)
        if with_store:
            with closing(read_only(self.data / STORE)) as store:
                sql = "SELECT file, offset, length, digest, url, ? FROM captures WHERE file IS NOT NULL"
                copy(store, sql, known, KNOWN, STORE)
        known.execute("CREATE INDEX known_file ON known (file, offset)")

    def captures(self, files: list[Path], known: sqlite3.Connection) -> Iterator[Finding]:
        """Files that are damaged or missing, and records that are not where ledgers and store say."""
        for (name,) in known.execute("SELECT DISTINCT file FROM known ORDER BY 1").fetchall():
            if not (self.folder / name).exists():
                [lost] = known.execute("SELECT count(DISTINCT offset) FROM known WHERE file = ?", (name,)).fetchone()
                yield Finding(f"{captures.FOLDER}/{name}", f"missing, with {lost} captures", RESTORE)
        for path in files:
            found = self.file(path, known) if path.name.endswith(".warc.gz") else foreign(path)
            yield from readable(f"{captures.FOLDER}/{path.name}", found)
        self.checked.append(f"{len(files)} capture files")

    def file(self, path: Path, known: sqlite3.Connection) -> Iterator[Finding]:
        """One file of our own, read whole."""
        place = f"{captures.FOLDER}/{path.name}"
        rows = known.execute(
            "SELECT offset, length, digest, url, source FROM known WHERE file = ? ORDER BY 1", (path.name,)
        ).fetchall()
        size, closed = known.execute("SELECT size, closed FROM files WHERE name = ?", (path.name,)).fetchone() or (0, 1)
        if path.stat().st_size < size:
            what = f"cut off: {path.stat().st_size:,} bytes where the ledger knows {size:,}"
            yield Finding(place, what, RESTORE)
        found: dict[int, Member] = {}
        wanted = {row[0] for row in rows}
        for one in read_members(path, sorted(wanted)):
            if isinstance(one, Problem):
                if closed or one.offset < size:
                    yield Finding(place, f"{one.what} at byte {one.offset:,}", RESTORE)
            elif one.offset in wanted:
                found[one.offset] = one
        yield from several(place, differing(rows, found), RESTORE)

    def store(self, ledgers: list[Path]) -> Iterator[Finding]:
        """Records without a capture, and pages that a ledger has parsed and the store has not."""
        with closing(read_only(self.data / STORE)) as store:
            bare = store.execute(
                "SELECT r.id FROM records r WHERE NOT EXISTS (SELECT 1 FROM captures c WHERE c.page = r.page)"
                " ORDER BY 1"
            )
            lost = (f"{row[0]} has no capture that proves it" for row in bare)
            yield from several(STORE, lost, f"restore store.db and captures from the backup, or {REBUILD}")
            [count] = store.execute("SELECT count(*) FROM records").fetchone()
            self.checked.append(f"{count} stored records")
            for path in ledgers:
                with closing(read_only(path)) as ledger:
                    there = "SELECT 1 FROM pages WHERE key = ?"
                    keys = (row[0] for row in ledger.execute(PARSED))
                    unknown = (key for key in keys if store.execute(there, (key,)).fetchone() is None)
                    lacking = (f"lacks {key}, which {path.name} has as parsed" for key in unknown)
                    yield from several(STORE, lacking, REBUILD)

    def archive(self, with_store: bool) -> Iterator[Finding]:
        """Counts inside the archive, and its records against those of the store."""
        with closing(read_only(self.data / "public" / ARCHIVE)) as archive:
            counts = {
                table: archive.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - own names
                for table in ("proposals", "texts", "proposals_fts")
            }
            self.checked.append(f"{counts['proposals']} published records")
            if len(set(counts.values())) > 1:
                said = ", ".join(f"{count} rows in {table}" for table, count in counts.items())
                yield Finding(ARCHIVE, said, PUBLISH)
            if with_store:
                yield from self.against_store(archive, counts["proposals"])

    def against_store(self, archive: sqlite3.Connection, count: int) -> Iterator[Finding]:
        """Records that the store does not have; and all of them, where nothing was stored since the publish."""
        with closing(read_only(self.data / STORE)) as store:
            about, now = dict(map(tuple, archive.execute("SELECT key, value FROM about"))), Position.of(store)
            same = (about.get("store"), about.get("store_sequence")) == (now.store, str(now.sequence))
            [stored] = store.execute(f"SELECT count(*) FROM records WHERE {ANSWERS}").fetchone()  # noqa: S608 - a constant
            if same and stored != count:
                yield Finding(ARCHIVE, f"{count} records where the store has {stored}", PUBLISH)
            known = (
                "SELECT 1 FROM records WHERE id = ?1 UNION ALL SELECT 1 FROM redirects WHERE old_id = ?1"
                " UNION ALL SELECT 1 FROM assigned WHERE id = ?1"
            )
            ids = (row[0] for row in archive.execute("SELECT id FROM proposals ORDER BY id"))
            strange = (f"{id_} is not in the store" for id_ in ids if store.execute(known, (id_,)).fetchone() is None)
            yield from several(ARCHIVE, strange, PUBLISH)

    def released(self) -> Iterator[Finding]:
        """Files of releases that are not what their checksums say."""
        folders = released(self.releases) if self.releases.is_dir() else []
        for folder in folders:
            yield from readable(f"release {folder.name}", self.release(folder))
        self.checked.append(f"{len(folders)} releases")

    def release(self, folder: Path) -> Iterator[Finding]:
        """The files of one release that are not what its checksums say."""
        for what in verify_folder(folder):
            place, _, rest = what.partition(": ")
            yield Finding(f"release {place}", rest, RELEASE)


def readable(place: str, found: Iterator[Finding]) -> Iterator[Finding]:
    """What was found at a place, and where it cannot be read: that says nothing of what it holds."""
    try:
        yield from found
    except OSError as error:
        yield Finding(place, f"not checked: {(error.strerror or str(error)).lower()}", MEND)


def copy(source: sqlite3.Connection, select: str, target: sqlite3.Connection, insert: str, *values: str) -> None:
    """The rows of a query into another database."""
    target.executemany(insert, map(tuple, source.execute(select, values)))


def way_out(path: Path) -> str:
    """What to do about a damaged database; a ledger is called as its machine calls it."""
    return WAYS_OUT.get(path.name, WAYS_OUT[OWN])


def unsound(path: Path) -> Iterator[Finding]:
    """What SQLite finds damaged in a file."""
    try:
        with closing(read_only(path)) as connection:
            for (said,) in map(tuple, connection.execute("PRAGMA integrity_check(3)")):
                if said != "ok":
                    yield Finding(path.name, f"damaged ({said})", way_out(path))
    except sqlite3.OperationalError as error:  # permissions, locks, the disk: it says nothing of what the file holds
        what, _, way = reason(error, way_out(path)).partition("; ")
        yield Finding(path.name, f"not checked: {what}", way or MEND)
    except sqlite3.DatabaseError as error:
        yield Finding(path.name, f"cannot be read ({error})", way_out(path))


def dangling(path: Path) -> Iterator[str]:
    """Rows that refer to rows that are not there."""
    with closing(read_only(path)) as connection:
        for table, row, parent, _ in map(tuple, connection.execute("PRAGMA foreign_key_check")):
            yield f"row {row} of {table} refers to a row of {parent} that is not there"


def foreign(path: Path) -> Iterator[Finding]:
    """A capture file that this program did not write."""
    try:
        for _ in captures.read(path):
            pass
    except CaptureError as error:
        yield Finding(f"{captures.FOLDER}/{path.name}", str(error).removeprefix(f"{path}: "), RESTORE)


def differing(rows: list[tuple[int, int | None, str, str, str]], found: dict[int, Member]) -> Iterator[str]:
    """What is not at its place in the file: no record, or another than ledger or store remember."""
    for offset, length, digest, url, source in rows:
        member = found.get(offset)
        if member is None:
            yield f"no record at byte {offset:,}, where {source} has {url}"
        elif member.digest != digest or length not in (None, member.length):
            yield f"another record at byte {offset:,} than {source} has of {url}"


def several(place: str, found: Iterator[str], way_out: str) -> Iterator[Finding]:
    """A finding for each, and one for how many more there are."""
    more = 0
    for number, what in enumerate(found):
        if number < SHOWN:
            yield Finding(place, what, way_out)
        else:
            more += 1
    if more:
        yield Finding(place, f"and {more} more of this sort", way_out)
