"""The made-up archives that benchmarks use are whole, and the same for the same seed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from archive.release import release
from benchmarks.generate import generate


def test_whole_and_the_same_for_one_seed(tmp_path: Path) -> None:
    first, second = (generate(tmp_path / name, 300) for name in ("a.db", "b.db"))
    database = sqlite3.connect(first)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("SELECT count(*), count(DISTINCT id) FROM full_proposals").fetchone() == (300, 300)
    assert first.read_bytes() == second.read_bytes()
    assert release(first, tmp_path / "out").name == "2026.11.0"
    with pytest.raises(FileExistsError):
        generate(first, 1)
