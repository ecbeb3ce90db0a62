"""Kills publish, release and rebuild at random moments; what is served must be whole each time, old or new.

    python -m tests.archive.kills --kills 100

Before each kill the store gets one page more, so that old and new differ. The verb runs in a forked process, so that
the kill strikes its work and not its start. After each kill: archive.db is sound, has the records of before or after,
and its search finds them; the store is sound and has lost no record; every release in its folder holds the sums of its
files. At the end each verb runs through once more and leaves no half-built file.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click
import msgspec

from archive.importing import readable, store_pages
from archive.publish import publish
from archive.rebuild import rebuild
from archive.release import checks, release, released
from archive.settings import Settings
from archive.store import Store

PAGE = """<h1>对青禾市十六届人大四次会议第{n}号建议的答复</h1><p>江小舟代表:</p>
<p>您提出的关于建设河滨步道的建议收悉,现答复如下:{text}步道第{n}段已经列入今年的计划。</p><p>感谢您的关心。</p>
<p>青禾市园林局</p><p>2025年5月20日</p>"""
SENTENCE = "经会同有关部门实地查看,{a}号地块具备条件,拟安排资金{b}万元,分{c}期实施。"


def pages_file(path: Path, numbers: range) -> Path:
    """The pages of these numbers, to be imported."""
    lines = []
    for n in numbers:
        text = "".join(SENTENCE.format(a=n * 7, b=n + turn, c=turn) for turn in range(20))
        page = {"url": f"https://www.qinghe.example/{n}.html", "html": PAGE.format(n=n, text=text)}
        lines.append(msgspec.json.encode(page))
    path.write_bytes(b"\n".join(lines))
    return path


def fill(data: Path, numbers: range) -> None:
    """Capture and store the pages of these numbers."""
    with Store.open(data) as store, tempfile.TemporaryDirectory() as folder:
        store_pages(store, data, readable(pages_file(Path(folder) / "pages.jsonl", numbers), print))


class Killer:
    """A data folder in which verbs are killed."""

    def __init__(self, data: Path, seed: int, pages: int) -> None:
        self.data, self.chance, self.pages = data, random.Random(seed), 0
        self.verbs: dict[str, Callable[[], object]] = {
            "publish": lambda: publish(data, Settings()),
            "publish --full": lambda: publish(data, Settings(), full=True),
            "release": lambda: release(data / "public" / "archive.db", data / "releases"),
            "rebuild": lambda: rebuild(data, print),
            "rebuild --jobs 2": lambda: rebuild(data, print, jobs=2),
        }
        for _ in range(3):
            self.add(pages // 3)
        publish(data, Settings())
        self.add(1)
        self.longest = {verb: self.timed(run) for verb, run in self.verbs.items()}
        self.struck: Counter[str] = Counter()

    def add(self, count: int) -> None:
        """So many pages more, captured and stored."""
        fill(self.data, range(self.pages, self.pages + count))
        self.pages += count

    def timed(self, run: Callable[[], object]) -> float:
        """Seconds that an undisturbed run takes; it must end well."""
        started = time.monotonic()
        process = self.fork(run)
        _, status = os.waitpid(process, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        return time.monotonic() - started

    def fork(self, run: Callable[[], object]) -> int:
        """The process group in which a verb runs."""
        process = os.fork()
        if process:
            return process
        os.setsid()
        status = 1
        try:
            run()
            status = 0
        finally:
            if status:
                traceback.print_exc()
            os._exit(status)

    def kill(self, verb: str) -> None:
        """Strike once and look at what is left."""
        before = self.published()
        self.add(1)
        if verb == "release":  # of an archive that was not released yet
            publish(self.data, Settings())
        process = self.fork(self.verbs[verb])
        time.sleep(self.chance.uniform(0, self.longest[verb]))
        ended, status = os.waitpid(process, os.WNOHANG)
        if not ended:
            self.strike(process)
            _, status = os.waitpid(process, 0)
        self.struck[verb] += os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        self.whole({before, self.pages})

    def strike(self, process: int) -> None:
        """Kill a verb with its workers."""
        if os.getpgid(process) == process:
            os.killpg(process, signal.SIGKILL)
        else:  # has not got as far as to lead a group
            os.kill(process, signal.SIGKILL)

    def published(self) -> int:
        """The records of the archive."""
        with closing(sqlite3.connect(self.data / "public" / "archive.db")) as archive:
            return int(archive.execute("SELECT count(*) FROM proposals").fetchone()[0])

    def whole(self, counts: set[int]) -> None:
        """Raise AssertionError where something is damaged, lost, or neither old nor new."""
        with closing(sqlite3.connect(self.data / "public" / "archive.db")) as archive:
            assert archive.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            [records] = archive.execute("SELECT count(*) FROM proposals").fetchone()
            match = "SELECT count(*) FROM proposals_fts WHERE proposals_fts MATCH '\"步道\"'"
            assert archive.execute(match).fetchone() == (records,)
            assert records in counts
        with closing(sqlite3.connect(self.data / "store.db")) as store:
            assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert store.execute("SELECT count(*) FROM records").fetchone() == (self.pages,)
        for folder in released(self.data / "releases"):
            assert list(checks.verify_folder(folder)) == []

    def finish(self) -> None:
        """Run every verb through, and see that nothing half-built is left."""
        for run in self.verbs.values():
            self.timed(run)
        self.whole({self.pages})
        names = sorted(path.name for folder in ("", "public") for path in (self.data / folder).iterdir())
        assert names == ["archive.db", "captures", "public", "publish.lock", "releases", "store.db"], names
        assert not list((self.data / "releases").glob(".unfinished*"))


def run(kills: int, folder: Path, seed: int, pages: int) -> Killer:
    """Kill so many times, every verb in turn."""
    killer = Killer(folder / "data", seed, pages)
    for number in range(kills):
        killer.kill(list(killer.verbs)[number % len(killer.verbs)])
    killer.finish()
    return killer


@click.command()
@click.option("--kills", default=100, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--pages", default=600, show_default=True, help="Pages at the start.")
def main(kills: int, seed: int, pages: int) -> None:
    """Kill publish, release and rebuild."""
    with tempfile.TemporaryDirectory() as folder:
        killer = run(kills, Path(folder), seed, pages)
    for verb, struck in killer.struck.items():
        click.echo(f"{verb}: struck {struck} times within {killer.longest[verb]:.1f} s; whole every time")


if __name__ == "__main__":
    main()
