"""Scrapy's log lines, without one for each page: the log of the run has that."""

from __future__ import annotations

from typing import Any

from scrapy.logformatter import LogFormatter


class LogLines(LogFormatter):
    """Says nothing of an answer that came or of an item; ``None`` is how Scrapy is told to write no line."""

    def crawled(self, *args: Any) -> None:  # type: ignore[override]
        return None

    def scraped(self, *args: Any) -> None:  # type: ignore[override]
        return None
