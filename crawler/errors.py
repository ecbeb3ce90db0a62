"""What may be raised by the crawler."""

from __future__ import annotations


class CrawlError(Exception):
    """The root of everything that this package raises; its text names the thing and the way out, on one line."""

    exit_status = 1
    """With which the command ends."""
