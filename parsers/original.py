"""The characters of the page behind a repaired value: evidence quotes what the site printed."""

from __future__ import annotations

import msgspec

from parsers.blocks import Block
from parsers.record import Evidence
from parsers.repair import without_readings

_LONGEST = 300


class Line(msgspec.Struct, gc=False):
    """A line of the page before and after repair."""

    printed: str
    repaired: str


def lines(printed: list[Block], repaired: list[Block]) -> list[Line]:
    """The lines that repair changed; none where it changed how many there are."""
    if len(printed) != len(repaired):
        return []
    pairs = zip(printed, repaired, strict=True)
    return [Line(one.text, other.text) for one, other in pairs if one.text != other.text]


def quoted(evidence: dict[str, Evidence], changed: list[Line]) -> dict[str, Evidence]:
    """The evidence with its quotes as the page prints them."""
    return {field: _as_printed(one, changed) for field, one in evidence.items()}


def _as_printed(one: Evidence, changed: list[Line]) -> Evidence:
    quote = one.quote
    for line in changed:
        place = line.repaired.find(quote)
        if place >= 0:
            return msgspec.structs.replace(one, quote=_stretch(line, place, place + len(quote))[:_LONGEST])
    return one


def _stretch(line: Line, start: int, end: int) -> str:
    """The printed characters of a stretch of the repaired line; all of a line whose characters do not correspond."""
    for places in (range(len(line.printed)), without_readings(line.printed)):
        if len(places) == len(line.repaired):
            return line.printed[places[start] : places[end] if end < len(places) else None]
    return line.printed
