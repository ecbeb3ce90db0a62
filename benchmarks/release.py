"""Time and peak memory of a release: `python -m benchmarks.release 10000 100000`."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.generate import generate

ONE = """
import sys
from pathlib import Path
from archive.release import release
release(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def measure(records: int, folder: Path) -> str:
    """One line of the table: records, size of archive.db, seconds, peak memory, size of the release."""
    archive = generate(folder / f"{records}.db", records)
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", ONE, str(archive), str(folder / f"out-{records}")], check=True)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    size = sum(path.stat().st_size for path in (folder / f"out-{records}").rglob("*") if path.is_file())
    return f"{records:>9,} {archive.stat().st_size / 1e6:>9.0f} {seconds:>9.1f} {peak:>9.0f} {size / 1e6:>9.0f}"


def main() -> None:
    print("  records archive/MB seconds  peak/MiB release/MB")
    with tempfile.TemporaryDirectory() as folder:
        for records in map(int, sys.argv[1:] or ("10000",)):
            print(measure(records, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
