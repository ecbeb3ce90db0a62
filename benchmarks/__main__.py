"""``make bench``: runs the benchmarks and writes docs/performance.md.

``python -m benchmarks [--quick] [NAME...]`` runs those named, or all. The figures of a full run replace those kept in
benchmarks/results.json; the tables between the two marks of docs/performance.md are written from there, and what
stands around the marks stays.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import click
import msgspec

import benchmarks
from benchmarks.figure import Figure

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
LIBRARIES = ("lxml", "scrapy", "datasette", "msgspec")


class Result(msgspec.Struct):
    """What one benchmark found, when, and on which machine."""

    date: str
    machine: str
    commit: str
    method: str
    figures: list[Figure]


def modules() -> dict[str, ModuleType]:
    """The benchmarks by name: every module of this package that has ``figures``."""
    names = [found.name for found in pkgutil.iter_modules(benchmarks.__path__) if not found.name.startswith("_")]
    loaded = {name: importlib.import_module(f"benchmarks.{name}") for name in names}
    return {name: module for name, module in loaded.items() if hasattr(module, "figures")}


def machine() -> str:
    """Processor, cores, memory, system and the versions that matter, in one line."""
    processor = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists() and (named := re.search(r"model name\s*: (.+)", information.read_text())):
        processor = named[1]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}"
    )


def commit() -> str:
    """The commit that was measured; ``+`` where the tree had changes."""
    command = ["git", "describe", "--always", "--dirty=+"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def measure(module: ModuleType, quick: bool) -> Result:
    """Run one benchmark, printing every figure as it comes."""
    figures = []
    for figure in module.figures(quick):
        click.echo("  " + line(figure))
        figures.append(figure)
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return Result(date, machine(), commit(), (module.__doc__ or "").strip(), figures)


def number(value: float) -> str:
    """Three significant digits, thousands separated."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def bound(figure: Figure) -> str:
    """What is asked, and whether it is reached."""
    if figure.bound is None:
        return ""
    return f"{figure.side} {number(figure.bound)}: {'reached' if figure.reached else '**not reached**'}"


def line(figure: Figure) -> str:
    """The figure for the terminal."""
    return f"{figure.what}: {number(figure.value)} {figure.unit} {bound(figure).replace('**', '')}".rstrip()


def table(name: str, result: Result) -> Iterator[str]:
    """A benchmark's section of the page, line by line."""
    yield f"### {name}\n"
    yield result.method + "\n"
    yield f"{result.date}, commit {result.commit}. {result.machine}.\n"
    yield "| what | measured | asked | raw |"
    yield "| --- | ---: | --- | --- |"
    for figure in result.figures:
        raw = ", ".join(f"{key} {number(value)}" for key, value in figure.raw.items())
        yield f"| {figure.what} | {number(figure.value)} {figure.unit} | {bound(figure)} | {raw} |"
    yield ""


def render(text: str, results: dict[str, Result]) -> str:
    """The page with its tables between the marks written anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    tables = "\n".join(part for name, result in sorted(results.items()) for part in table(name, result))
    return f"{before}{BEGIN}\n\n{tables}\n{END}{after}"


@click.command()
@click.argument("names", nargs=-1)
@click.option("--quick", is_flag=True, help="The smallest size only, printed and not kept.")
def main(names: tuple[str, ...], quick: bool) -> None:
    """Run the benchmarks NAMES, or all, and write docs/performance.md."""
    found = modules()
    if unknown := set(names) - set(found):
        raise click.UsageError(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(sorted(found))}")
    results = msgspec.json.decode(RESULTS.read_bytes(), type=dict[str, Result]) if RESULTS.exists() else {}
    for name in names or sorted(found):
        click.echo(name)
        results[name] = measure(found[name], quick)
        if not quick:
            RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
            PAGE.write_text(render(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    main()
