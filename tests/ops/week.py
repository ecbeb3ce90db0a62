"""A week of nights on ten imitation sites, six of which break, each in its own way: ``python -m tests.ops.week``.

Every night is a process of its own (tests/ops/night.py) with the clock a day further. In the third night the crawl is
killed with SIGKILL; from the fifth on every list is walked to its end; before the seventh every site is mended.
What the report named is printed; test_week.py holds it against EXPECTED.
"""

from __future__ import annotations

import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from tests.forked import Forked
from tests.ops.night import night
from tests.sims.catalogue import make
from tests.sims.content import Entry, many
from tests.sims.layouts import title_of
from tests.sims.server import Server
from tests.sims.sim import Sim, page

NIGHTS = 7
KILLED, WHOLE, MENDED = 3, 5, 7
ENTRIES, PER_NIGHT = 6, 2
BROKEN_FROM = ENTRIES + PER_NIGHT * 4
"""The first entry that the site with the new layout publishes in it."""
FAMILIES = {
    "relaunching": "trs",
    "blocking": "hanweb_jpage",
    "emptying": "vsb",
    "slowing": "gkmlpt",
    "changing": "longxin",
    "vanishing": "jeecms",
    "quiet": "parameter",
    "busy": "node_content",
    "editing": "hanweb_jpaas",
    "losing": "szinf",
}
"""A role in the week, and the family of its site. The last four are fine: nothing new comes, much comes, an entry is
edited and put back, one page goes for good."""
EXPECTED = {
    "blocking": (4, "blocked", "ruishu"),
    "emptying": (4, "empty list", "empty-list"),
    "relaunching": (5, "fine", "a relaunch?"),
    "changing": (5, "parsed with problems", "could not be read"),
    "slowing": (6, "unreachable", "timeout"),
    "vanishing": (6, "unreachable", "refused"),
}
"""The night from which a site must be named, the state that it must have then, and words that say why."""


class Week:
    """The ten sites, and the data folder of the one who crawls them."""

    def __init__(self, folder: Path) -> None:
        self.data, self.sites, self.start = folder / "data", folder / "sites", datetime.now(UTC)
        self.sims: dict[str, Sim] = {}
        self.servers: dict[str, Server] = {}
        self.stack = ExitStack()
        for role, family in FAMILIES.items():
            sim = make(family)
            sim.content = msgspec.structs.replace(many(sim.content, 40), id=f"sim-{role}")
            self.sims[role] = sim
            self.switch_on(role)
            self.servers[role].write_site_file(self.sites)
        self.port = self.servers["vanishing"].server_port
        self.all = {role: sim.content.entry for role, sim in self.sims.items()}

    def __enter__(self) -> Week:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def evening(self, number: int) -> None:
        """What the sites' operators do before the night ``number``, counted from 1."""
        for role, sim in self.sims.items():
            count = ENTRIES + PER_NIGHT * (1 if role == "quiet" else number)
            entries = tuple(dated(entry, self.day(position)) for position, entry in enumerate(self.all[role][:count]))
            sim.content = msgspec.structs.replace(sim.content, entry=entries)
        for role, (first, change) in CHANGES.items():
            if first <= number and (number < MENDED or role == "losing"):
                change(self, self.sims[role])
        if number == MENDED:
            self.mend()

    def mend(self) -> None:
        """Everything is as it was, but for the addresses of the relaunched site; what was broken is dated anew."""
        changing = self.sims["changing"]
        old, new = changing.content.entry[:BROKEN_FROM], changing.content.entry[BROKEN_FROM:]
        again = tuple(dated(entry, self.day(len(changing.content.entry))) for entry in new)
        changing.content = msgspec.structs.replace(changing.content, entry=old + again)
        for sim in self.sims.values():
            sim.faults.clear()
            sim.delay = 0.0
            vars(sim).pop("detail", None)
        self.switch_on("vanishing", self.port)

    def switch_on(self, role: str, port: int = 0) -> None:
        """Serve a site while the week lasts."""
        self.servers[role] = self.stack.enter_context(Server(self.sims[role], port))

    def day(self, position: int) -> str:
        """The day on which the entry at this position is published."""
        return (self.start + timedelta(days=max(1, 1 + (position - ENTRIES) // PER_NIGHT))).date().isoformat()

    def night(self, number: int) -> dict[str, str]:
        """Crawl, publish and report; the exit status of each verb. In the night KILLED the crawl is killed."""
        if number == KILLED:
            self.kill(self.started(number, crawl_of(number)))
            return self.ended(self.started(number, "report"))
        return self.ended(self.started(number, crawl_of(number), "publish", "report"))

    def restore(self, folder: Path) -> dict[str, str]:
        """Rebuild and publish in another data folder that has nothing but copies of the captures and the ledger."""
        shutil.copytree(self.data / "captures", folder / "captures")
        shutil.copy(self.data / "ledger.db", folder)
        return self.ended(self.started(NIGHTS, "rebuild", "publish", data=folder))

    def started(self, number: int, *calls: str, data: Path | None = None) -> Forked:
        """A process of the night."""
        folders = {"PROPOSALS_DATA": str(data or self.data), "PROPOSALS_SITES": str(self.sites)}
        return Forked(self.sites.with_name("night"), night, number, *calls, **folders)

    def ended(self, process: Forked) -> dict[str, str]:
        """The statuses that a process prints. What it says on standard error is raised, for it says nothing else."""
        status, output, errors = process.end()
        if status or errors:
            raise RuntimeError(errors or f"exit status {status}")
        return dict(line.split(" ", 1) for line in output.splitlines())

    def kill(self, started: Forked) -> None:
        """SIGKILL once the run has captured some pages."""
        before, deadline = self.captured(), time.monotonic() + 60
        while self.captured() < before + 15 and started.process.is_alive() and time.monotonic() < deadline:
            time.sleep(0.01)
        started.process.kill()
        if started.end().status != -signal.SIGKILL:
            raise RuntimeError("the crawl was over before it could be killed")

    def captured(self) -> int:
        """How many responses the ledger knows."""
        with closing(sqlite3.connect(self.data / "ledger.db", timeout=30)) as ledger:
            return int(ledger.execute("SELECT count(*) FROM captures").fetchone()[0])

    def reported(self) -> dict[str, dict[str, Any]]:
        """What the last report says of the sites, by role."""
        report = msgspec.json.decode((self.data / "health.json").read_bytes())
        return {site["site"].removeprefix("sim-"): site for site in report["sites"]}

    def named(self) -> dict[str, tuple[str, str]]:
        """The sites that the report names, by role, with their state and what they need."""
        found = self.reported().items()
        return {role: (site["state"], "; ".join(site["needs"])) for role, site in found if site["needs"]}

    def repairs(self) -> dict[str, dict[str, int]]:
        """How many repairs the last report counts, by role and year."""
        return {role: site["repairs"] for role, site in self.reported().items()}

    def texts(self) -> dict[tuple[str, str], str]:
        """What is published: the reply by site and number."""
        with closing(sqlite3.connect(self.data / "public" / "archive.db")) as archive:
            rows = archive.execute(
                "SELECT p.site, p.number, t.reply_text FROM proposals p JOIN texts t ON t.proposal = p.rowid"
            )
            return {(site.removeprefix("sim-"), number): text for site, number, text in rows}


def crawl_of(number: int) -> str:
    """The crawl of a night: of the ten sites, and of no other."""
    full = ("--full",) if number >= WHOLE else ()
    return " ".join(["crawl", *full, *(f"sim-{role}" for role in FAMILIES)])


def dated(entry: Entry, day: str) -> Entry:
    """The entry, published on this day."""
    return msgspec.structs.replace(entry, publish_date=day + entry.publish_date[10:])


def fault(*names: str) -> Callable[[Week, Sim], None]:
    """Switch faults of a site on."""

    def change(week: Week, sim: Sim) -> None:
        sim.faults |= set(names)

    return change


def relaunch(week: Week, sim: Sim) -> None:
    """The same pages at other addresses, and nothing at the old ones."""
    sim.kind = "/xxgk/jytabl/209912/t20991201_{id}.html"  # type: ignore[attr-defined]


def new_layout(week: Week, sim: Sim) -> None:
    """New pages show their title and leave their text to a script; those that are there stay as they are."""
    old = sim.content.entry[BROKEN_FROM - 1].id
    build = type(sim).detail  # type: ignore[attr-defined]

    def detail(entry: Entry) -> str:
        if entry.id <= old:
            return str(build(sim, entry))
        return page(
            sim, title_of(entry), f"<div id='app' data-id='{entry.id}'></div><script src='/js/app.js'></script>"
        )

    sim.detail = detail  # type: ignore[attr-defined]


def slow(week: Week, sim: Sim) -> None:
    """Answers take ten times as long every night, until nobody waits for them any more."""
    sim.delay = 10 * sim.delay if sim.delay else 0.03


def switch_off(week: Week, sim: Sim) -> None:
    """Nobody listens at the site's address any more."""
    server = week.servers["vanishing"]
    server.shutdown()
    server.server_close()


def edit(week: Week, sim: Sim) -> None:
    """An answer is edited, and its list says so by a new date."""
    first = dated(sim.content.entry[0], week.day(ENTRIES + PER_NIGHT * 4))
    edited = msgspec.structs.replace(first, reply=first.reply.replace("现答复如下", "经再次研究，现答复如下"))
    sim.content = msgspec.structs.replace(sim.content, entry=(edited, *sim.content.entry[1:]))


def lose(week: Week, sim: Sim) -> None:
    """One old entry goes."""
    sim.content = msgspec.structs.replace(sim.content, entry=sim.content.entry[1:])


CHANGES: dict[str, tuple[int, Callable[[Week, Sim], None]]] = {
    "blocking": (4, fault("412")),
    "emptying": (4, fault("empty-list")),
    "relaunching": (5, relaunch),
    "changing": (5, new_layout),
    "slowing": (4, slow),
    "vanishing": (6, switch_off),
    "editing": (5, edit),
    "losing": (4, lose),
}
"""From which night on a site does what."""


def main() -> None:
    """The week, printed night by night."""
    with tempfile.TemporaryDirectory() as folder, Week(Path(folder)) as week:
        for number in range(1, NIGHTS + 1):
            week.evening(number)
            began = time.monotonic()
            statuses = week.night(number)
            sys.stdout.write(f"night {number}, {time.monotonic() - began:.1f} s: {statuses}\n")
            for role, (state, words) in sorted(week.named().items()):
                sys.stdout.write(f"    {role}: {state}: {words}\n")


if __name__ == "__main__":
    main()
