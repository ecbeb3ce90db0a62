"""Cells that spreadsheets show as text and never run as formulas, for every CSV file that a person may open."""

from __future__ import annotations

import re

FORMULA = re.compile(r"[\s\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠]|[\t\r]")
"""How a cell begins that a spreadsheet may run: a sign, in either width and behind whatever does not show (OWASP, CSV
injection; Chinese Excel reads full-width signs as half-width), or a tab or return, which some drop."""


def guarded(text: str) -> str:
    """The text with an apostrophe before it where it would run as a formula."""
    return "'" + text if FORMULA.match(text) else text
