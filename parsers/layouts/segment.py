"""What of a page belongs to each of its replies."""

from __future__ import annotations

import msgspec

from parsers.facts import Facts
from parsers.fields import subject
from parsers.grid import Pair
from parsers.layouts import letter
from parsers.layouts.letter import Letter
from parsers.lines import Line
from parsers.text import squeeze

_OF_SUGGESTION = frozenset(("number", "meeting", "subject", "proposers", "proposal_text"))


class Segment(msgspec.Struct):
    """What belongs to one reply of a page."""

    pairs: list[Pair]
    lines: list[Line]
    letter: Letter | None
    floor: int
    """The first of the lines that may stand above this letter."""
    limit: int
    """The position behind the last line that belongs to it."""


def segments(facts: Facts) -> list[Segment]:
    """One segment for each different letter; a page without any is one segment."""
    letters = _different(_of_proposers(facts.letters))
    lines = facts.lines
    if len(letters) <= 1:
        one = letters[0] if letters else letter.without_salutation(_reply_lines(facts))
        return [Segment(facts.grid.pairs, lines, one, 0, len(lines))]
    found, floor = [], 0
    for order, one in enumerate(letters):
        limit = letter.tail(lines, one, len(lines))[1] if order + 1 < len(letters) else len(lines)
        first, last = lines[floor].place, lines[limit - 1].place
        pairs = [pair for pair in facts.grid.pairs if first <= pair.start <= last]
        found.append(Segment(pairs, lines, one, floor, limit))
        floor = limit
    _share_form(facts, found)
    return found


def _share_form(facts: Facts, found: list[Segment]) -> None:
    """Give every answer to one and the same suggestion what the form above the first one says of it."""
    subjects = [subject.find(one.letter.first) for one in found if one.letter]
    if not all(one and subjects[0] and subject.same(one.value, subjects[0].value) for one in subjects):
        return
    first = found[0].lines[found[0].letter.start].place if found[0].letter else 0
    form_above = [pair for pair in facts.grid.pairs if pair.start < first and _OF_SUGGESTION & set(pair.label.fields)]
    for one in found[1:]:
        one.pairs[:0] = form_above


def _reply_lines(facts: Facts) -> list[Line]:
    """The lines in which an answer without salutation may stand: those under the reply's label, else all."""
    for pair in facts.grid.pairs:
        if "reply_text" in pair.label.fields and len(pair.value) > 40:
            inside = [line for line in facts.lines if pair.first <= line.place < pair.end]
            return inside or facts.lines
    return facts.lines


def _of_proposers(letters: list[Letter]) -> list[Letter]:
    """Letters to proposers; one to a department counts where there is no other."""
    to_proposers = [one for one in letters if one.greets == "proposer"]
    return to_proposers or letters[:1]


def _different(letters: list[Letter]) -> list[Letter]:
    """Without those that the page prints twice."""
    if len(letters) < 2:
        return letters
    found: dict[str, Letter] = {}
    for one in letters:
        found.setdefault(squeeze("".join(one.lines))[:400], one)
    return list(found.values())
