"""Tabs: heads side by side, and behind them as many containers, each the value of the head in its place."""

from __future__ import annotations

from collections.abc import Iterator

from parsers.blocks import Block, Blocks
from parsers.grid import Pair
from parsers.label_lines import split
from parsers.labels import lookup

_HEAD = 12
"""Characters of the longest head."""
_FEWEST = 2
_CELLS = ("td", "th")


def fill(pairs: list[Pair], blocks: list[Block], page: Blocks) -> None:
    """Give the long labels that are heads of tabs the lines of their container; one at least has none so far."""
    if not any(pair.label.long and not pair.lines for pair in pairs):
        return
    by_start = {pair.start: pair for pair in pairs if pair.label.long or pair.first != pair.start}
    taken = {
        place for pair in pairs if pair.lines and pair.first == pair.start for place in range(pair.start, pair.end)
    }
    done = 0
    for start in sorted(start for start, pair in by_start.items() if pair.label.long and not pair.lines):
        if start < done:
            continue
        first, done = _heads(blocks, page, start)
        panes = _panes(blocks, page, done, done - first)
        for head, places in zip(range(first, done), panes, strict=False):
            pair = by_start.get(head)
            places = [place for place in places if place not in taken]
            if pair is not None and places:
                pair.lines = [blocks[place].text for place in places]
                pair.first, pair.end = places[0], places[-1] + 1


def _heads(blocks: list[Block], page: Blocks, place: int) -> tuple[int, int]:
    """The run of short lines round a label, each in a box of its own or a label, in one and the same container."""
    first, end = place, place + 1
    while first > 0 and _is_beside(blocks[first - 1], blocks[place], page):
        first -= 1
    while end < len(blocks) and _is_beside(blocks[end], blocks[place], page):
        end += 1
    return first, end


def _is_beside(one: Block, other: Block, page: Blocks) -> bool:
    boxes = page.boxes
    if boxes[one.box].name in _CELLS or not 0 < len(one.text) <= _HEAD or split(one.text):
        return False
    if one.box == other.box:
        return lookup(one.text) is not None
    return boxes[one.box].parent == boxes[other.box].parent


def _panes(blocks: list[Block], page: Blocks, start: int, count: int) -> list[list[int]]:
    """The places of the blocks behind the heads by container, where there are as many containers as heads."""
    if count < _FEWEST or start >= len(blocks):
        return []
    for around in _way(page, blocks[start].box):
        panes: dict[int, list[int]] = {}
        for place in range(start, len(blocks)):
            way = _way(page, blocks[place].box)
            inside = next((box for box in way if page.boxes[box].parent == around), None)
            if inside is None:
                break
            panes.setdefault(inside, []).append(place)
        if len(panes) == count:
            return list(panes.values())
    return []


def _way(page: Blocks, box: int) -> Iterator[int]:
    """A container and those round it, from within; the page itself last."""
    while box:
        yield box
        box = page.boxes[box].parent
    yield 0
