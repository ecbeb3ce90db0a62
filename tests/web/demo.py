"""The archive of the demonstration's imitation sites: crawled, changed, crawled again and published by the command."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.sims import catalogue
from tests.sims.server import Server

COMMAND = "import sys; from archive.cli import main; main(sys.argv[1:])"


def proposals(folder: Path, *arguments: str) -> None:
    """Run the command as a user does; its own words where it fails."""
    environment = {**os.environ, "PROPOSALS_SITES": str(folder / "sites"), "PROPOSALS_DATA": str(folder / "data")}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        env=environment, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def demo_archive(folder: Path) -> Path:
    """Build it in a folder; one page of each site changes between the two crawls."""
    with ExitStack() as stack:
        sims = [catalogue.make(name, *faults) for name, faults in catalogue.DEMO]
        for sim in sims:
            stack.enter_context(Server(sim)).write_site_file(folder / "sites")
        ids = [sim.id for sim in sims]
        proposals(folder, "crawl", *ids)
        for sim in sims:
            sim.faults.add("edit")
        proposals(folder, "crawl", "--full", *ids)
        proposals(folder, "publish")
    return folder / "data" / "public" / "archive.db"
