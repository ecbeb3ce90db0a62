"""Storing: parsed pages into a store, one commit per batch, in one process.

Made-up pages (``benchmarks/stored.py``) are made before the clock starts. CPU time, so a figure is per core. The second
figure stores the same pages captured once more with other texts, which writes a version for each changed field.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from archive.store import Store
from benchmarks.figure import Figure, cpu
from benchmarks.stored import LATER, SITES, Pages, site

SIZES = (2_000, 10_000, 50_000)
QUICK = (500,)


def figures(quick: bool) -> Iterator[Figure]:
    for size in QUICK if quick else SIZES:
        first, later = list(Pages().make(range(size))), list(Pages(2).make(range(size), LATER))
        with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
            store.put_sites(map(site, range(SITES)))
            for what, pages in (("new", first), ("changed", later)):
                seconds = cpu(partial(store.add_pages, pages))
                yield Figure(
                    f"storing, {size:,} {what} records",
                    size / seconds,
                    "records a second",
                    1000,
                    "at least",
                    raw={"CPU s": seconds},
                )
