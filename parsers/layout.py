"""The fingerprint of a page's layout: equal for pages of one template, whatever fields they lack."""

from __future__ import annotations

import hashlib
import re

from parsers import document, facts
from parsers.blocks import Box
from parsers.facts import Facts
from parsers.record import Page

_DIGITS = re.compile(r"[0-9]+")
_DEEPEST = 64
_STRAYS = 4
_ABOUT = frozenset(("publish_date", "title", "doc_number", "disclosure"))
"""Fields whose labels stand in a catalogue of published information round any kind of page."""


def fingerprint(seen: Facts) -> str:
    """A digest of the containers round the content, and of whether it is a form in a table.

    The containers that the first and the last line of the content share are the template's; those further in differ
    with what was pasted, those beside it with what a page happens to have: an attachment, a list of others.
    """
    shape = "/".join(_frame(seen)) if seen.document.html else "text"
    form = any(seen.content.blocks[pair.start].table and set(pair.label.fields) - _ABOUT for pair in seen.grid.pairs)
    return hashlib.sha256(f"{_DIGITS.sub('0', shape)}#{'form' if form else ''}".encode()).hexdigest()[:16]


def structure(page: Page) -> tuple[list[str], list[str]]:
    """What tells two layouts apart for a person: the containers of a page in order, and the labels it uses, sorted."""
    seen = facts.gather(document.read(page))
    names = (_DIGITS.sub("0", box.name) for box in seen.document.blocks.boxes if "." in box.name)
    labels = sorted({pair.label.name for pair in seen.grid.pairs if pair.label.fields})
    return list(dict.fromkeys(names)), labels


def _frame(seen: Facts) -> list[str]:
    """The names of the containers round the whole content, strays before and behind it left out."""
    blocks, boxes = seen.content.blocks, seen.document.blocks.boxes
    ends = [block.box for block in (*blocks[:_STRAYS], *blocks[_STRAYS:][-_STRAYS:])]
    for first, box in enumerate(ends):
        way = _way(boxes, box)
        for other in reversed(ends[first + 1 :]):
            around = _way(boxes, other)
            shared = [box for box in way if box in around]
            if shared:
                return [boxes[box].name for box in reversed(shared)]
    return [boxes[box].name for end in ends[:1] for box in reversed(_way(boxes, end))]


def _way(boxes: list[Box], box: int) -> list[int]:
    """The numbers of a container and of those round it, from within."""
    way: list[int] = []
    while box and len(way) < _DEEPEST:
        way.append(box)
        box = boxes[box].parent
    return way
