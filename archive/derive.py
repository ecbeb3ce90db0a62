"""What is derived from the whole archive once its records are written: the one place where such steps are listed.

A step is a function over the connection of the new archive, with its records, texts, people, departments, citations and
documents in place and masked. ``temp.numbers_printed(proposal, number)`` holds every number that a record prints.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

Step = Callable[[sqlite3.Connection], object]

STEPS: list[Step] = []


def run(connection: sqlite3.Connection) -> None:
    """Every step, in order."""
    for step in STEPS:
        step(connection)
