"""Kills at random points, each followed by a restart: the end state must be that of a crawl that nobody disturbed.

    python -m tests.crawler.kills --kills 200

Each round takes some families' imitation sites, crawls them with the real pipeline in three visits (an edit and a
deletion between them) and kills the crawl with SIGKILL at random moments until it gets through. Then ledger, store and
captures are compared with those of an undisturbed crawl of the same sites.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from tests.forked import CONTEXT, PATIENCE, command
from tests.sims.catalogue import SIMS, make
from tests.sims.server import Server
from tests.sims.sim import Sim

VISITS = 3
CHANGES = {"edit", "gone"}
LEDGER = {
    "pages": "SELECT site, url, kind, state, digest, outcome, title, date FROM pages",
    "lists": "SELECT site, url, outcome, request, ended IS NULL FROM lists",
    "captures": "SELECT DISTINCT site, url, status, digest FROM captures WHERE status <> 304",
    "files": "SELECT DISTINCT closed FROM files",
    "runs": "SELECT DISTINCT site, state FROM site_runs WHERE run = (SELECT max(run) FROM site_runs)",
    "waiting": "SELECT state, count(*) FROM pages WHERE state IN ('queued', 'tried', 'captured') GROUP BY 1",
}
"""What must be equal in the ledger; answers 304 depend on how often a page was asked for."""
STORE = {
    "records": "SELECT id, site, part, state, reading, fields, record FROM records",
    "versions": "SELECT r.id, v.field, v.old, v.new FROM versions v JOIN records r ON r.rowid = v.record",
    "withdrawals": "SELECT r.id FROM withdrawals w JOIN records r ON r.rowid = w.record",
    "problems": "SELECT p.key, q.code, q.detail FROM problems q JOIN pages p ON p.id = q.page",
}


def crawl_once(data: Path, sites: Path, ids: Sequence[str], jobs: int) -> None:
    """The life of a crawling process; exit status 75 where another run still holds the data folder."""
    os.setsid()
    os.environ["PROPOSALS_SITES"] = str(sites)
    said = os.open(said_in(data), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(said, stream.fileno())
    command("crawl", "--data", str(data), "--full", "--jobs", str(jobs), *ids)


def said_in(data: Path) -> Path:
    """What the last crawl of a data folder printed."""
    return data.with_name(f"{data.name}.out")


class Killer:
    """Crawls sites and kills the crawls."""

    def __init__(self, sites: Path, seed: int) -> None:
        self.sites, self.random, self.kills = sites, random.Random(seed), 0

    def crawl(self, data: Path, sims: Sequence[Sim], jobs: int = 1, kills: int = 0, within: float = 0.0) -> float:
        """All visits to the end, each killed up to so often ``within`` seconds. How long the last run took."""
        for visit in range(1, VISITS + 1):
            for sim in sims:
                sim.visit, sim.requests, sim.faults = visit, [], CHANGES if visit > 1 else set()
            moments = iter([self.random.uniform(0.02, within) for _ in range(kills)])
            while not self.finishes(data, sims, jobs, next(moments, None)):
                self.kills += 1
        return time.monotonic() - self.begun

    def finishes(self, data: Path, sims: Sequence[Sim], jobs: int, moment: float | None) -> bool:
        """Whether a run came to its end before its moment. Raises AssertionError where it failed by itself."""
        end = time.monotonic() + PATIENCE
        while True:
            self.begun = time.monotonic()
            process = CONTEXT.Process(target=crawl_once, args=(data, self.sites, [sim.id for sim in sims], jobs))
            process.start()
            process.join(PATIENCE if moment is None else moment)
            if process.exitcode is None:
                self.kill(process.pid or 0)
                process.join()
                assert moment is not None, "a crawl hangs"
                return False
            if process.exitcode != 75:
                assert process.exitcode == 0, f"a crawl ended with {process.exitcode}: {said_in(data).read_text()}"
                return True
            assert time.monotonic() < end, "the processes of a killed crawl live on"
            time.sleep(0.05)

    def kill(self, pid: int) -> None:
        """Kill the process alone, or its children with it."""
        for kill in (os.killpg, os.kill) if self.random.random() < 0.5 else (os.kill,):
            with suppress(ProcessLookupError):  # it leads no group yet, or it is dead and gone
                kill(pid, signal.SIGKILL)


def state_of(data: Path) -> dict[str, str]:
    """A digest of everything that must not depend on kills."""
    found = {}
    for file, queries in (("ledger.db", LEDGER), ("store.db", STORE)):
        with closing(sqlite3.connect(data / file)) as db:
            for name, sql in queries.items():
                rows = sorted(map(repr, db.execute(sql)))
                found[name] = f"{len(rows)} {hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]}"
    return found


@contextmanager
def served(names: Sequence[str], folder: Path) -> Iterator[dict[str, Sim]]:
    """The imitation sites, each on its port for as long as this lasts."""
    with ExitStack() as stack:
        servers = {name: stack.enter_context(Server(make(name, delay=0.002))) for name in names}
        for server in servers.values():
            server.write_site_file(folder)
        yield {name: server.sim for name, server in servers.items()}


def torment(
    kills: int, names: Sequence[str], folder: Path, seed: int, several: int = 6, per_visit: int = 7
) -> Iterator[dict[str, Any]]:
    """Rounds until so many kills have struck; what was compared in each, differences under ``differs``."""
    with served(names, folder / "sites") as sims:
        killer, turn = Killer(folder / "sites", seed), 0
        while killer.kills < kills:
            chosen = killer.random.sample(list(sims.values()), min(several, len(sims)))
            took = killer.crawl(folder / f"calm-{turn}", chosen)
            jobs, before = killer.random.choice((1, 1, 2)), killer.kills
            killer.crawl(folder / f"killed-{turn}", chosen, jobs, per_visit, max(0.3, 0.7 * took))
            calm, killed = (state_of(folder / f"{kind}-{turn}") for kind in ("calm", "killed"))
            differs = {name: (calm[name], killed[name]) for name in calm if calm[name] != killed[name]}
            yield {"turn": turn, "jobs": jobs, "kills": killer.kills - before, "differs": differs, "state": killed}
            turn += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kills = wrong = 0
        for report in torment(arguments.kills, list(SIMS), Path(folder), arguments.seed):
            kills, wrong = kills + report["kills"], wrong + bool(report["differs"])
            said = report["differs"] or f"equal, {report['state']['records'].partition(' ')[0]} records"
            click.echo(f"round {report['turn']}: {report['kills']} kills, jobs {report['jobs']}: {said}")
    click.echo(f"{kills} kills, {wrong} rounds with differences")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
