"""China's time, in which budgets, nights and the dates of lists are counted."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def today() -> str:
    """The day in China, as ``YYYY-MM-DD``."""
    return datetime.now(CHINA).date().isoformat()
