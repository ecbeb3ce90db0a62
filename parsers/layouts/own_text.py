"""The suggestion's own text on a page with its reply: under one label with it, above or behind it."""

from __future__ import annotations

import re

import msgspec

from parsers.draft import Draft
from parsers.facts import Facts
from parsers.fields import people, subject
from parsers.found import Found
from parsers.grid import Pair
from parsers.label_lines import split
from parsers.layouts import letter
from parsers.layouts.segment import Segment
from parsers.lines import Line
from parsers.text import paragraphs, plain

_SUGGESTED = re.compile(r"(?:建议|提案|议案)(?:\(附[^()]{1,8}\))?$")
_ANNOUNCED = re.compile(r"(?:如下|公布|公开|发布|刊登|转载)[:。]?$|^(?:编者按|按)")
_ENCLOSED = re.compile(r"\s?附件?\s?\d{0,2}\s?[:：.]")
"""A file below the text."""
_QUOTE = 120
_APPENDIX = 20
_NAMES_LENGTH = 40
_SHORT = 10


def without_letter(draft: Draft, segment: Segment, pairs: list[Pair]) -> None:
    """The suggestion's text without the letter, where one label holds both."""
    one, first = segment.letter, draft.found.get("proposal_text")
    if one is None or first is None or one.greets == "nobody":
        return
    lines, place = segment.lines, segment.lines[one.start].place
    for pair in pairs:
        if "proposal_text" in pair.label.fields and pair.first <= place < pair.end and len(pair.lines) > 1:
            end = letter.tail(lines, one, segment.limit)[1]
            own = [
                line.text
                for index, line in enumerate(lines)
                if pair.first <= line.place < pair.end and not one.start <= index < end
            ]
            draft.drop("proposal_text")
            if sum(map(len, own)) > 20:
                draft.put("proposal_text", msgspec.structs.replace(first, value=paragraphs("\n".join(own))))
            return


def appendix(draft: Draft, segment: Segment) -> None:
    """The suggestion's own text behind the reply."""
    one = segment.letter
    if one is None or "proposal_text" in draft.found:
        return
    _, place = letter.tail(segment.lines, one, segment.limit)
    while place < segment.limit and not letter.is_appendix(segment.lines[place].text):
        place += 1
    text = [line.text for line in segment.lines[place + 1 : segment.limit]]
    body = [line for line in text if not any(not (pair[0].long or pair[0].in_letters) for pair in split(line))]
    own = draft.get("subject")
    body = [line for line in body if not subject.same(line, own) and not _is_names(line, draft)]
    while body and _ENCLOSED.match(body[-1]):
        del body[-1]
    if sum(map(len, body)) > _APPENDIX:
        draft.put("proposal_text", Found(paragraphs("\n".join(body)), body[0][:_QUOTE], "appendix", None, 0.8))


def _is_names(line: str, draft: Draft) -> bool:
    """Whether a line is nothing but the proposers, as under an appended suggestion's title."""
    found = people.read(line) if len(line) <= _NAMES_LENGTH else None
    return found is not None and bool(found.value.names) and {*found.value.names} <= {*(draft.get("proposers") or ())}


def above(draft: Draft, segment: Segment, pairs: list[Pair], facts: Facts) -> None:
    """The suggestion's own text between its title or its form and the letter, where no label says so."""
    one = segment.letter
    if one is None or "proposal_text" in draft.found or one.greets == "nobody":
        return
    lines = segment.lines[segment.floor : one.start]
    used = {place for pair in pairs for place in range(pair.start, pair.end)}
    prose = [index for index, line in enumerate(lines) if _is_prose(line) and line.place not in used]
    if not prose or not _names_suggestion(lines[: prose[0]], pairs, facts):
        return
    body = [line.text for line in lines[prose[0] : prose[-1] + 1] if line.place not in used]
    if sum(map(len, body)) > _APPENDIX:
        draft.put("proposal_text", Found(paragraphs("\n".join(body)), body[0][:_QUOTE], "above-letter", None, 0.7))


def _is_prose(line: Line) -> bool:
    return "。" in line.text and len(line.text) > _SHORT and not _ANNOUNCED.search(plain(line.text))


def _names_suggestion(above: list[Line], pairs: list[Pair], facts: Facts) -> bool:
    """Whether the lines above a text end in a suggestion's title or hold its form."""
    title = facts.title.value if facts.title else ""
    if any(_SUGGESTED.search(plain(text)) for text in (title, *(line.text for line in above[-3:]))):
        return True
    places = {line.place for line in above}
    return any(pair.start in places and {"proposers", "number"} & set(pair.label.fields) for pair in pairs)
