"""What may be raised by the archive."""

from __future__ import annotations


class ArchiveError(Exception):
    """The root of everything that this package raises; its text names the thing and the way out, on one line."""
