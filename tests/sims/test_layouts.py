"""Every imitation page, whatever its template, gives exactly the record that the imitation site says."""

from __future__ import annotations

import msgspec
import pytest

from parsers import parse
from parsers.record import Page
from tests.sims.catalogue import LETTERS, make
from tests.sims.sim import Ask, encode
from tests.sims.static_lists import StaticSim


@pytest.mark.parametrize(
    ("name", "fault"), [*((name, ()) for name in LETTERS), ("trs", ("gbk",)), ("next_link", ("gbk",))]
)
def test_every_page_gives_its_record(name: str, fault: tuple[str, ...]) -> None:
    sim = make(name, *fault)
    assert isinstance(sim, StaticSim)
    for entry, expected in zip(sim.living(), sim.expected(), strict=True):
        path = sim.detail_path(entry)
        body, headers = encode(sim, sim.answer(Ask.of("GET", path, {})))
        url = f"http://www.sim.example{path}"
        names = {name.lower(): value for name, value in headers}
        (record,) = parse(Page(source=url, body=body, url=url, headers=names))
        read = msgspec.json.decode(msgspec.json.encode(record))
        assert {field: read[field] for field in expected} == expected
