"""A value with the proof of where it was read; what every field module returns."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from parsers.record import Evidence

T = TypeVar("T")


class Found(msgspec.Struct, Generic[T], frozen=True):
    """A value, the characters it was read from, and the rule that read them.

    Field modules offer ``read(value)``, which takes the whole text that stands under a label, and ``find(text)``, which
    looks for the value in running text; both return ``None`` where nothing is there.
    """

    value: T
    quote: str
    rule: str
    label: str | None = None
    confidence: float = 1.0

    def evidence(self) -> Evidence:
        """What the record keeps of this under its ``evidence``."""
        return Evidence(self.rule, self.label, self.quote, self.confidence)
