"""Charts as geometry: the numbers a template needs to draw an SVG. The data stand in a table beneath each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

WIDTH = 720
HEIGHT = 240
TOP = 30
BOTTOM = 34
DIGIT = 11
"""Width of a digit of the scale, which stands left of the columns."""


class Bar(msgspec.Struct, frozen=True):
    """One rectangle of a series."""

    series: str
    x: float
    y: float
    width: float
    height: float


class Column(msgspec.Struct, frozen=True):
    """The stacked bars over one label."""

    label: str
    total: int
    centre: float
    top: float
    bars: tuple[Bar, ...]


class Stacked(msgspec.Struct, frozen=True):
    """A stacked column chart in user units."""

    width: int
    height: int
    base: float
    lines: tuple[tuple[float, int], ...]
    columns: tuple[Column, ...]


def step(most: int) -> int:
    """A round distance of grid lines (1, 2 or 5 times a power of ten) that gives at most four of them."""
    return next(size for power in range(19) for size in (n * int(10.0**power) for n in (1, 2, 5)) if most <= 4 * size)


def stacked(rows: Sequence[tuple[str, dict[str, int]]], series: Sequence[str]) -> Stacked:
    """One column per row of (label, count per series)."""
    most = max((sum(counts.values()) for _, counts in rows), default=0) or 1
    base = HEIGHT - BOTTOM
    scale = (base - TOP) / most
    left = DIGIT * len(str(most))
    slot = (WIDTH - left) / max(len(rows), 1)
    width = min(slot * 0.62, 56)
    columns = []
    for index, (label, counts) in enumerate(rows):
        centre = left + slot * (index + 0.5)
        bars, y = [], float(base)
        for name in series:
            height = counts.get(name, 0) * scale
            if height:
                y -= height
                bars.append(Bar(name, round(centre - width / 2, 1), round(y, 1), round(width, 1), round(height, 1)))
        columns.append(Column(label, sum(counts.values()), round(centre, 1), round(y, 1), tuple(bars)))
    lines = tuple((round(base - value * scale, 1), value) for value in range(step(most), most + 1, step(most)))
    return Stacked(WIDTH, HEIGHT, base, lines, tuple(columns))


def shares(rows: Sequence[Any], key: str = "n") -> list[dict[str, Any]]:
    """The rows with ``share``: each value as a part of the largest, in percent, for horizontal bars."""
    most = max((row[key] or 0 for row in rows), default=0) or 1
    return [{**dict(row), "share": round(100 * (row[key] or 0) / most, 1)} for row in rows]


def shade(value: int, most: int) -> int:
    """How dark a cell of the coverage matrix is: 0 for none, else 1 to 5 by the square root of its part."""
    return 0 if value <= 0 else min(5, 1 + int(4.999 * (value / max(most, 1)) ** 0.5))
