"""What may be raised by a release."""

from __future__ import annotations

from archive.errors import ArchiveError


class ReleaseError(ArchiveError):
    """A release cannot be made; the text names the file and the way out. Nothing half-written stays behind."""
