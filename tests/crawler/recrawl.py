"""What a second crawl of an unchanged site costs.

python -m tests.crawler.recrawl --replies 2000
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from tests.crawler.driver import proposals
from tests.sims.catalogue import SIMS, make
from tests.sims.content import many
from tests.sims.server import Server
from tests.sims.sim import Ask, Sim


def sims_of(names: Sequence[str], replies: int | None, validates: bool) -> dict[str, Sim]:
    """Imitation sites, grown to so many replies where a number is given."""
    sims = {name: make(name, validates=validates) for name in names}
    for sim in sims.values():
        if replies:
            sim.content = many(sim.content, replies)
    return sims


@contextmanager
def served(folder: Path, sims: dict[str, Sim]) -> Iterator[None]:
    """The sites, with their files in the folder."""
    with ExitStack() as stack:
        for sim in sims.values():
            stack.enter_context(Server(sim)).write_site_file(folder / "sites")
        yield


def crawl(folder: Path, sims: dict[str, Sim]) -> dict[str, list[Ask]]:
    """The requests that a crawl makes at each site."""
    for sim in sims.values():
        sim.requests = []
    ended = proposals(folder / "data", folder / "sites", "crawl", *(sim.id for sim in sims.values()), seconds=1800)
    assert (ended.status, ended.stderr) == (0, ""), ended
    return {name: sim.requests for name, sim in sims.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--replies", type=int, default=2000)
    parser.add_argument("family", nargs="*", default=list(SIMS))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sims = sims_of(arguments.family, arguments.replies, True)
        with served(Path(folder), sims):
            first, second = crawl(Path(folder), sims), crawl(Path(folder), sims)
        for name, asked in second.items():
            click.echo(f"{name}: {len(first[name])}, then {len(asked)}: {' '.join(ask.path for ask in asked)}")


if __name__ == "__main__":
    main()
