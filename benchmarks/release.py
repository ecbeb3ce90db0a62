"""What a release costs: every edition, table and description written, and all of it read back.

The archives are those of the reading room (``benchmarks/scale.py``). Each release is a process of its own, whose CPU
time and peak memory are taken. Linear means: the same time per record at each size. The floor is a copy of the archive
compressed once, as the release compresses its largest file.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from archive.release.files import zstd_file
from benchmarks.figure import Figure, cpu
from benchmarks.scale import built, sizes

ONE = """
import resource, sys
from pathlib import Path
from archive.release import release
from benchmarks.figure import peak
release(Path(sys.argv[1]), Path(sys.argv[2]))
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, peak())
"""


def figures(quick: bool) -> Iterator[Figure]:
    for size in sizes(quick):
        archive = built(size)
        with tempfile.TemporaryDirectory() as folder:
            yield from measured(archive, Path(folder), size)


def measured(archive: Path, folder: Path, size: int) -> Iterator[Figure]:
    """The figures of one size."""
    floor = cpu(partial(zstd_file, archive, folder / "floor.zst"))
    (folder / "floor.zst").unlink()
    command = [sys.executable, "-c", ONE, str(archive), str(folder / "out")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak = map(float, done.stdout.split())
    written = sum(path.stat().st_size for path in (folder / "out").rglob("*") if path.is_file()) / 1e6
    raw = {"CPU s": seconds, "archive.db MB": archive.stat().st_size / 1e6, "release MB": written}
    yield Figure(f"release, {size:,} records", 1000 * seconds / size, "ms a record", raw=raw)
    yield Figure(f"release, {size:,} records", seconds / floor, "× one compressed copy", raw={"copy CPU s": floor})
    yield Figure(f"release, {size:,} records, memory", peak, "MiB", bound=400)
