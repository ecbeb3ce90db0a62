"""A short run of the fuzzer, the same inputs every time."""

from __future__ import annotations

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
    report = run(seed=20, first=first, inputs=100, pages=mutate.seeds(shared=False))
    assert report.failures == []
    assert sum(report.types.values()) >= 100
