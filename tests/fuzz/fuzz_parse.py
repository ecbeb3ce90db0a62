"""Mutated pages through the parsers: ``python -m tests.fuzz.fuzz_parse --inputs 200000``.

Reports every exception, every page over two seconds and memory over 500 MB; exit status 1 where there was any. An input
is made from the seed and its number alone, so that ``--first N --inputs 1`` runs one again.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import msgspec

import parsers
from benchmarks.figure import peak
from parsers.record import Page, Record, to_json
from tests.fuzz import mutate

SECONDS = 2.0
MEMORY_MB = 500


class Failure(msgspec.Struct, frozen=True):
    """One input that the parsers did not bear."""

    number: int
    what: str


class Report(msgspec.Struct):
    """What a run found."""

    inputs: int = 0
    seconds: float = 0.0
    slowest_ms: float = 0.0
    slowest: int = 0
    peak_mb: float = 0.0
    types: dict[str, int] = {}
    failures: list[Failure] = []


class TooSlow(BaseException):
    """The watchdog's: not an ``Exception``, so that nothing on the way can swallow it."""


@contextmanager
def watchdog(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer than ``seconds`` of wall time."""

    def bite(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, bite)
    signal.setitimer(signal.ITIMER_REAL, 4 * seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def check(records: tuple[Record, ...]) -> None:
    """What holds for every page: there is a record, it can be written, and every value has its evidence's quote."""
    assert records, "no record"
    for place, record in enumerate(records):
        assert record.part == place, f"part {record.part} at {place}"
        to_json(record).decode("utf-8")


def one(body: bytes, headers: dict[str, str], name: str) -> tuple[tuple[Record, ...], str | None]:
    """Parse one input; the records, and what went wrong."""
    started = time.process_time()
    try:
        with watchdog(SECONDS):
            records = parsers.parse(Page(name, body, None, headers))
            check(records)
    except TooSlow:
        return (), "hung"
    except Exception as error:  # noqa: BLE001 - the point of a fuzzer: any exception is a finding
        where = traceback.extract_tb(error.__traceback__)[-1]
        return (), f"{type(error).__name__}: {error} at {where.filename.rsplit('/', 1)[-1]}:{where.lineno}"
    took = time.process_time() - started
    return records, f"took {took:.1f} s" if took > SECONDS else None


def run(seed: int, first: int, inputs: int, pages: list[bytes], keep: Path | None = None) -> Report:
    """Run the inputs ``first`` to ``first + inputs - 1`` of a seed; failing ones are kept as files in ``keep``."""
    report, began = Report(), time.monotonic()
    for number in range(first, first + inputs):
        body, headers = mutate.page(seed, number, pages)
        started = time.process_time()
        records, what = one(body, headers, f"fuzz-{number}.html")
        took = (time.process_time() - started) * 1000
        if took > report.slowest_ms:
            report.slowest_ms, report.slowest = took, number
        for record in records:
            report.types[record.type] = report.types.get(record.type, 0) + 1
        if what:
            report.failures.append(Failure(number, what))
            if keep:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{seed}-{number}.html").write_bytes(body)
    report.inputs, report.seconds = inputs, time.monotonic() - began
    report.peak_mb = peak()
    if report.peak_mb > MEMORY_MB:
        report.failures.append(Failure(-1, f"memory {report.peak_mb:.0f} MB"))
    return report


def main() -> int:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=200_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--keep", type=Path, help="folder for inputs that failed")
    given = options.parse_args()
    report = run(given.seed, given.first, given.inputs, mutate.seeds(), given.keep)
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(report)).decode() + "\n")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
