"""A record in the making: values with their proof, first come first kept, and what disagreed."""

from __future__ import annotations

from typing import Any

import msgspec

from parsers.found import Found
from parsers.record import Evidence, Meeting, Problem
from parsers.text import squeeze

_COMPARED = frozenset(("number", "doc_number", "signer", "category", "status", "sign_date"))
"""Fields whose second value, where it is another one, is a conflict to be reported."""
_QUOTE = 300


class Draft:
    """The fields of one record."""

    def __init__(self) -> None:
        self.found: dict[str, Found[Any]] = {}
        self.problems: list[Problem] = []

    def put(self, field: str, found: Found[Any] | None) -> None:
        """Take a value unless there is one already; the surest source comes first."""
        if found is None:
            return
        if field not in self.found:
            self.found[field] = found
        elif field in _COMPARED and not _same(self.found[field].value, found.value):
            first = self.found[field]
            self.problem(
                "conflict", f"{field}: {_short(first.value)} ({first.rule}), {_short(found.value)} ({found.rule})"
            )

    def meeting(self, found: Found[Meeting] | None) -> None:
        """Take a meeting; parts that the first source leaves open are filled from later ones that do not disagree."""
        if found is None:
            return
        first = self.found.get("meeting")
        if first is None:
            self.found["meeting"] = found
            return
        one, other = msgspec.structs.asdict(first.value), msgspec.structs.asdict(found.value)
        clashes = [
            part for part in one if one[part] is not None and other[part] is not None and one[part] != other[part]
        ]
        hard = [part for part in clashes if part in ("body", "term", "session")]
        if hard:
            self.problem("conflict", f"meeting: {first.quote} ({first.rule}), {found.quote} ({found.rule})")
            return
        merged = {part: one[part] if one[part] is not None else other[part] for part in one}
        if (merged["level"] and merged["place"] and not clashes and merged != one) or (merged != one and not clashes):
            self.found["meeting"] = msgspec.structs.replace(first, value=Meeting(**merged))

    def get(self, field: str) -> Any:
        """The value of a field, ``None`` where there is none."""
        found = self.found.get(field)
        return found.value if found else None

    def drop(self, *fields: str) -> None:
        """Forget fields that this kind of page cannot have."""
        for field in fields:
            self.found.pop(field, None)

    def problem(self, code: str, detail: str) -> None:
        """Report something once."""
        one = Problem(code, detail)
        if one not in self.problems:
            self.problems.append(one)

    def evidence(self) -> dict[str, Evidence]:
        """The proof of every value."""
        return {
            field: Evidence(found.rule, found.label, found.quote[:_QUOTE], found.confidence)
            for field, found in self.found.items()
        }


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        first, second = squeeze(one).lstrip("0"), squeeze(other).lstrip("0")
        return first == second or (first[:10] == second[:10] and "T" in first + second)
    return bool(one == other)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"
