"""A rebuild on a real dask.distributed cluster of two worker processes, one of which is killed in the middle."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import msgspec
import pytest

from archive.errors import ClusterError
from archive.importing import readable, store_pages
from archive.rebuild import BUILDING, rebuild
from archive.store import Store

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
PAGE = """<h1>对青禾市十六届人大四次会议第{n}号建议的答复</h1><p>江小舟代表:</p>
<p>您提出的关于建设河滨步道的建议收悉,现答复如下:步道第{n}段已经列入今年的计划。</p><p>感谢您的关心。</p>
<p>青禾市园林局</p><p>2025年5月20日</p>"""
FILES, PAGES = 30, 20


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as running:
        yield running


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    with Store.open(folder) as store:
        for name in range(FILES):
            file = tmp_path / f"{name}.jsonl"
            pages = [
                {"url": f"https://www.qinghe.example/{name}/{n}.html", "html": PAGE.format(n=n)} for n in range(PAGES)
            ]
            file.write_bytes(b"\n".join(map(msgspec.json.encode, pages)))
            store_pages(store, folder, readable(file, print))
    return folder


def hashes(data: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "store.db")) as connection:
        return connection.execute("SELECT id, reading, fields FROM records ORDER BY id").fetchall()


def kill_one(data: Path, cluster: object, killed: list[int]) -> None:
    """Kill a worker as soon as the first records stand in the new store and the last do not."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not killed:
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(data / BUILDING)) as connection:
            if 0 < connection.execute("SELECT count(*) FROM records").fetchone()[0] < FILES * PAGES:
                pid = cluster.workers[0].pid  # type: ignore[attr-defined]
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
        time.sleep(0.01)


def test_a_cluster_gives_the_same_records_though_a_worker_is_killed(data: Path, cluster: object) -> None:
    before, killed = hashes(data), list[int]()
    assert len(before) == FILES * PAGES
    killer = threading.Thread(target=kill_one, args=(data, cluster, killed))
    killer.start()
    total = rebuild(data, print, cluster=cluster.scheduler_address)  # type: ignore[attr-defined]
    killer.join()
    assert killed
    assert total.pages == FILES * PAGES
    assert hashes(data) == before


def test_without_a_scheduler_the_old_store_stays(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.workers.CONNECT", 0.5)
    before = hashes(data)
    with pytest.raises(ClusterError, match="no scheduler answers there"):
        rebuild(data, print, cluster="tcp://127.0.0.1:9")
    assert hashes(data) == before
    assert not (data / BUILDING).exists()
