"""What one connection may cost, whoever asks (ui.md 3.2: one query of a stranger took 1.5 GB without these)."""

from __future__ import annotations

import sqlite3

LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 8_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 500,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}


def limit(connection: sqlite3.Connection) -> None:
    """Set the limits on a connection of Datasette."""
    for category, value in LIMITS.items():
        connection.setlimit(category, value)
