"""Places and sites to choose from: a drop-down where they are few, else a name to type."""

from __future__ import annotations

import sqlite3

MOST = 150
"""A longer drop-down is no help, and would weigh more than the page."""
TABLES = {"place": ("divisions", "code"), "site": ("sites", "id")}


def choices(connection: sqlite3.Connection, kind: str) -> list[tuple[str, str]]:
    """(value, name) of all places or sites; empty where they are too many for a drop-down."""
    table, key = TABLES[kind]
    rows = connection.execute(f"SELECT {key}, name FROM {table} ORDER BY {key} LIMIT {MOST + 1}").fetchall()  # noqa: S608 - constants
    return [(row[0], row[1]) for row in rows] if len(rows) <= MOST else []


def chosen(connection: sqlite3.Connection, kind: str, typed: str) -> tuple[str, str]:
    """The value and the name of what was chosen or typed: a code, a name, or the beginning of one.

    What fits nothing is returned as it was typed, and finds nothing.
    """
    table, key = TABLES[kind]
    sql = f"""
        SELECT {key}, name FROM {table} WHERE {key} = ?1 OR substr(name, 1, length(?1)) = ?1
        ORDER BY {key} = ?1 DESC, name = ?1 DESC, length(name), {key} LIMIT 1"""  # noqa: S608 - constants
    row = connection.execute(sql, (typed,)).fetchone() if typed else None
    return (row[0], row[1]) if row else (typed, typed)
