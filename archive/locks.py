"""A lock file that one process holds at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import Busy


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold a lock until the block ends or the process dies. Raises Busy that names what is running, and its process."""
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise Busy(f"{path}: {what} is running already (process {holder}); wait until it has ended") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
