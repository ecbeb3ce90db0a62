"""What is derived from the whole archive once its records are written: the one place where such steps are listed.

A step is a function over the connection of the new archive, with its records, texts, people, departments, numbers,
citations and documents in place and masked. It makes its tables and columns wholly from these, so that it may be called
again over an archive where it was called before, and gives the same for the same records.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from archive import citations, departments, matters, numbers, people, reconcile

Step = Callable[[sqlite3.Connection], object]

STEPS: list[Step] = [citations.step, people.step, departments.step, matters.step, numbers.step, reconcile.step]


def run(connection: sqlite3.Connection) -> None:
    """Every step, in order."""
    for step in STEPS:
        step(connection)
