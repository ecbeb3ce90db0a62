"""Captures whose bytes travelled packed are read back, or are a problem of their page; imports outlive the power."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive import captures, importing
from archive.importing import readable, store_pages
from archive.rebuild import rebuild
from archive.store import Store
from crawler import warc
from tests.sims.faults import PACKINGS

PAGE = """<meta charset="utf-8"><h1>对青禾市十六届人大四次会议第7号建议的答复</h1>
<p>江小舟代表:</p><p>您提出的关于建设河滨步道的建议收悉,现答复如下:步道已经列入计划。</p>""".encode()
READABLE = sorted(PACKINGS.keys() - {"xz"})


def captured(folder: Path, coding: str) -> Path:
    """A WARC file with the page packed so."""
    writer = warc.Writer(folder / f"{coding}.warc.gz")
    headers = ((b"Content-Type", b"text/html"), (b"Content-Encoding", coding.encode()))
    url = f"https://www.qinghe.example/{coding}.html"
    answer = warc.Answer(url, "2026-05-01T00:00:00.000000Z", 200, headers, PACKINGS[coding](PAGE))
    writer.append(warc.response_record(answer, answer.digest, None)[1])
    writer.close()
    return writer.path


@pytest.mark.parametrize("coding", READABLE)
def test_a_packed_page_is_read_back(tmp_path: Path, coding: str) -> None:
    path = captured(tmp_path, coding)
    (found,) = captures.read(path)
    assert found.page.body == PAGE
    assert captures.read_at(tmp_path, found.capture).body == PAGE


def stored(data: Path) -> list[tuple[str, str | None]]:
    """Type and problems of every record."""
    sql = """SELECT type, (SELECT group_concat(code) FROM problems p WHERE p.record = r.rowid AND code = 'packed')
             FROM records r ORDER BY id"""
    with closing(sqlite3.connect(data / "store.db")) as store:
        return store.execute(sql).fetchall()


@pytest.mark.parametrize(("coding", "expected"), [("br", ("reply", None)), ("xz", ("unrecognised", "packed"))])
def test_an_import_and_its_rebuild_say_the_same(tmp_path: Path, coding: str, expected: tuple[str, str | None]) -> None:
    data, path = tmp_path / "data", captured(tmp_path, coding)
    with Store.open(data) as store:
        store_pages(store, data, readable(path, pytest.fail))
    before = stored(data)
    assert before == [expected]
    rebuild(data, pytest.fail)
    assert stored(data) == before


def test_an_imported_page_is_on_the_disk_before_the_store_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, pages = tmp_path / "data", tmp_path / "pages.jsonl"
    lines = ({"url": f"https://www.qinghe.example/{n}.html", "html": f"<p>{n}</p>"} for n in range(5))
    pages.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    synced: list[tuple[int, int]] = []
    fsync = os.fsync

    def noted(file: Any) -> None:
        fsync(file)
        with closing(sqlite3.connect(data / "store.db")) as store:
            (known,) = store.execute("SELECT count(*) FROM captures").fetchone()
        synced.append((known, os.fstat(file).st_size))

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(importing, "BATCH", 2)
    with Store.open(data) as store:
        store_pages(store, data, readable(pages, pytest.fail))
        ends = [end for (end,) in store.connection.execute("SELECT offset + length FROM captures ORDER BY offset")]
    assert synced == [(known, ends[min(known + 2, 5) - 1]) for known in (0, 2, 4)]
