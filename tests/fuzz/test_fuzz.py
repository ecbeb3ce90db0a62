"""A short run of the fuzzer, the same inputs every time."""

from __future__ import annotations

import multiprocessing

import pytest

from tests.fuzz import mutate
from tests.fuzz.fuzz_parse import run


def test_the_same_number_gives_the_same_input() -> None:
    pages = mutate.seeds(shared=False)
    assert [mutate.page(7, number, pages) for number in range(20)] == [
        mutate.page(7, number, pages) for number in range(20)
    ]


@pytest.mark.parametrize("first", [0, 100, 200, 300])
def test_mutated_pages_are_read_without_an_exception(first: int) -> None:
    """In a process of its own, since the peak of memory is that of a process, with all that it did before."""
    with multiprocessing.get_context("spawn").Pool(1) as alone:
        report = alone.apply(run, (20, first, 100, mutate.seeds(shared=False)))
    assert report.failures == []
    assert sum(report.types.values()) >= 100
