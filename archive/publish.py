"""The published archive, made from the store beside the old one, checked, and put in its place in one step.

After a small crawl the old archive is copied and brought up to date; else all of it is built. Whatever fails, a kill
and a full disk included, leaves the old archive as it is.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from archive import checks
from archive.building import PRAGMAS, Builder
from archive.database import explained
from archive.errors import PublishError, StoreError
from archive.locks import locked
from archive.settings import Settings
from archive.store import DAMAGED as STORE_DAMAGED
from archive.store import NAME as STORE
from archive.store import Store

ARCHIVE = "archive.db"
LOCK, LOCKED_BY = "publish.lock", "a publish or rebuild"
BUILDING = ".archive.db.building"
DAMAGED = "the old archive still stands; publish again with --full"


def publish(data: Path, settings: Settings, full: bool = False) -> int:
    """Make, check and swap in data/public/archive.db; the number of its records. ``full`` builds all of it anew.

    What was taken down is not counted, though its tombstones are there.

    Raises PublishError, StoreError or Busy, with the old archive still in place.
    """
    if not (data / STORE).exists():
        raise PublishError(f"{data / STORE}: no store yet; run `proposals crawl` or `proposals import PATH` first")
    public = data / "public"
    new, old = public / BUILDING, public / ARCHIVE
    with explained(new, PublishError, DAMAGED):
        public.mkdir(parents=True, exist_ok=True)
        with locked(data / LOCK, LOCKED_BY), Store.open(data) as store, told_apart(store):
            store.connection.execute("BEGIN")
            try:
                count = None if full else updated(new, old, store.connection, settings)
                if count is None:
                    count = built(new, store.connection, settings)
                checks.sizes(new, old, settings.publish)
                swap(new, old)
            finally:
                store.connection.execute("ROLLBACK")
                new.unlink(missing_ok=True)
    return count


@contextmanager
def told_apart(store: Store) -> Iterator[None]:
    """Raise StoreError where a damaged file turns out to be the store and not the archive."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if not isinstance(error, sqlite3.OperationalError):
            with explained(store.path, StoreError, STORE_DAMAGED):
                [said] = store.connection.execute("PRAGMA quick_check(1)").fetchone()
            if said != "ok":
                raise StoreError(f"{store.path}: damaged ({said.splitlines()[0]}); {STORE_DAMAGED}") from error
        raise


def built(new: Path, store: sqlite3.Connection, settings: Settings) -> int:
    """Write and check a whole archive at ``new`` from one state of the store; the number of its records."""
    new.unlink(missing_ok=True)
    with closing(sqlite3.connect(new, isolation_level=None)) as archive:
        archive.executescript(PRAGMAS)
        builder = Builder(archive, store, settings)
        builder.all()
        archive.execute("VACUUM")
        return checks.whole(builder) - builder.tombstones()


def updated(new: Path, old: Path, store: sqlite3.Connection, settings: Settings) -> int | None:
    """Copy the old archive to ``new``, bring it up to date and check what changed; the number of its records.

    ``None`` where there is no old archive, or one that an update cannot start from.
    """
    if not old.exists():
        return None
    with closing(sqlite3.connect(f"{old.absolute().as_uri()}?immutable=1", uri=True)) as before:
        if not Builder(before, store, settings).can_update():
            return None
    shutil.copyfile(old, new)
    with closing(sqlite3.connect(new, isolation_level=None)) as archive:
        archive.executescript(PRAGMAS)
        builder = Builder(archive, store, settings)
        builder.update()
        return checks.changes(builder) - builder.tombstones()


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
