"""The entry of ``make bench``: what it keeps, prints and writes."""

from __future__ import annotations

from types import ModuleType

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import __main__ as entry
from benchmarks.figure import Figure, ratio

FIGURE = Figure("parse, 10 pages", 1.57, "× lxml tree", bound=1.8, raw={"ours ms": 1.57, "lxml ms": 1.0})


def benchmark(figures: list[Figure]) -> ModuleType:
    """A benchmark that finds what it is told to."""
    module = ModuleType("benchmarks.example", "How it is measured.")
    module.figures = lambda quick: iter(figures[:1] if quick else figures)  # type: ignore[attr-defined]
    return module


@pytest.mark.parametrize(
    ("value", "side", "reached"), [(1.8, "at most", True), (1.81, "at most", False), (1.79, "at least", False)]
)
def test_a_bound_has_a_side(value: float, side: str, reached: bool) -> None:
    figure = msgspec.structs.replace(FIGURE, value=value, side=side)
    assert figure.reached is reached
    assert ("**not reached**" in entry.bound(figure)) is not reached


def test_without_a_bound_nothing_is_reached_or_missed() -> None:
    figure = msgspec.structs.replace(FIGURE, bound=None)
    assert (figure.reached, entry.bound(figure)) == (None, "")


@pytest.fixture(scope="module")
def result() -> entry.Result:
    """A benchmark's result, measured."""
    return entry.measure(benchmark([FIGURE]), quick=False)


MARKED = st.text().filter(lambda text: "<!--" not in text)


@given(before=MARKED, after=MARKED, old=MARKED)
def test_what_stands_around_the_marks_stays(result: entry.Result, before: str, after: str, old: str) -> None:
    page = f"{before}{entry.BEGIN}{old}{entry.END}{after}"
    written = entry.render(page, {"parse": result})
    assert written.startswith(before + entry.BEGIN)
    assert written.endswith(entry.END + after)
    assert entry.render(written, {}) == f"{before}{entry.BEGIN}\n\n\n{entry.END}{after}"


def test_the_page_keeps_method_machine_date_and_raw_figures(result: entry.Result) -> None:
    section = "\n".join(entry.table("parse", result))
    assert "How it is measured." in section
    assert "1.57 × lxml tree | at most 1.8: reached | ours ms 1.57, lxml ms 1 |" in section
    assert result.date in section
    assert result.machine in section
    assert "cores" in result.machine


def test_a_benchmark_that_is_not_there_is_named() -> None:
    answer = CliRunner().invoke(entry.main, ["nothing"])
    assert answer.exit_code == 2
    assert "no benchmark nothing" in answer.output


def test_the_page_of_the_project_has_the_marks_and_holds_the_kept_figures() -> None:
    text = entry.PAGE.read_text(encoding="utf-8")
    kept = {}
    if entry.RESULTS.exists():
        kept = msgspec.json.decode(entry.RESULTS.read_bytes(), type=dict[str, entry.Result])
    assert entry.render(text, kept) == text


def test_ratio_of_a_function_to_itself_is_near_one() -> None:
    middle, ours, theirs = ratio(lambda: sum(range(200_000)), lambda: sum(range(200_000)))
    assert 0.2 < middle < 5
    assert min(ours, theirs) > 0
