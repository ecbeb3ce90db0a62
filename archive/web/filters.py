"""What the value of a filter takes in: one value, several between commas, a span of years, all meetings of a term."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from archive import labels

SPAN = re.compile(r"(\d{4})?\s*[-\u2013\u2014~\uff5e\u81f3]\s*(\d{4})?")
MEETING = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
"""A meeting as ``TERM-SESSION``; a term alone is all of its meetings."""


def alternatives(text: str) -> list[str]:
    """The values any of which is wanted; the text as a whole too, since a value may hold a comma."""
    return list(dict.fromkeys([text, *re.split(r"\s*[,\uff0c]\s*", text)]))


def span(text: str) -> range:
    """The years of 2020-2023, 2020- or -2023; none where the text is no span."""
    found = SPAN.fullmatch(text)
    if found is None or not any(found.groups()):
        return range(0)
    years = int(found[1] or 0), int(found[2] or 9999)
    return range(min(years), max(years) + 1)


def accepted(name: str, text: str) -> Callable[[Any], bool]:
    """Whether a record's value (None where it has none) is one that the filter ``name`` wants."""
    wanted = set(alternatives(text))
    spans = [span(each) for each in wanted] if name == "year" else []
    terms = wanted if name == "meeting" else set()

    def accept(value: Any) -> bool:
        if value is None:
            return False
        return str(value) in wanted or str(value).partition("-")[0] in terms or any(value in years for years in spans)

    return accept


def meeting_name(value: str) -> str:
    """The name of a meeting by its value as a filter: 六届四次会议 of 6-4."""
    found = MEETING.fullmatch(value)
    return labels.meeting(int(found[1]), int(found[2]) if found[2] else None) if found else value
