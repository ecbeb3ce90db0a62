"""What publishing costs: a full publish by size, and an update after one record in a hundred changed.

The store is made up (``benchmarks/stored.py``: about 2,000 characters to a record). Each publish is a process of its
own, whose CPU time and peak memory are taken; the copy of the file, which the bound allows for, is timed beside it.
Linear means: the same time per record at each size.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from archive.store import Store
from benchmarks.figure import Figure, cpu
from benchmarks.stored import LATER, Pages, fill

SIZES = (5_000, 50_000, 500_000)
QUICK = (500,)
SHARE = 100
ONE = """
import resource, sys
from pathlib import Path
from archive.publish import publish
from archive.settings import Settings
from benchmarks.figure import peak
publish(Path(sys.argv[1]), Settings())
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, peak())
"""


def run(data: Path) -> tuple[float, float]:
    """CPU seconds and peak MiB of one publish."""
    done = subprocess.run([sys.executable, "-c", ONE, str(data)], check=True, capture_output=True, text=True)
    seconds, peak = map(float, done.stdout.split())
    return seconds, peak


def copied(path: Path) -> float:
    """CPU seconds that one copy of a file takes."""
    seconds = cpu(partial(shutil.copyfile, path, path.with_suffix(".copy")))
    path.with_suffix(".copy").unlink()
    return seconds


def figures(quick: bool) -> Iterator[Figure]:
    for size in QUICK if quick else SIZES:
        with tempfile.TemporaryDirectory() as folder:
            yield from measured(Path(folder), size)


def measured(data: Path, size: int) -> Iterator[Figure]:
    """The figures of one size."""
    with Store.open(data) as store:
        fill(store, size)
    full, peak = run(data)
    archive = data / "public" / "archive.db"
    megabytes = archive.stat().st_size / 1e6
    raw = {"CPU s": full, "archive.db MB": megabytes}
    yield Figure(f"full publish, {size:,} records", 1000 * full / size, "ms a record", raw=raw)
    yield Figure(f"full publish, {size:,} records, memory", peak, "MiB", bound=400)
    with Store.open(data) as store:
        store.add_pages(Pages(2).make(range(0, size, SHARE), LATER))
    copy = copied(archive)
    update, peak = run(data)
    raw = {"update CPU s": update, "copy s": copy, "full CPU s": full, "update MiB": peak}
    yield Figure(f"update, 1 % of {size:,} changed, less the copy", (update - copy) / full, "× full", 0.05, raw=raw)
