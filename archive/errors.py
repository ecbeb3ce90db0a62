"""What may be raised by the archive."""

from __future__ import annotations


class ArchiveError(Exception):
    """The root of everything that this package raises; its text names the thing and the way out, on one line."""

    exit_status = 1
    """With which the command ends."""


class StoreError(ArchiveError):
    """The store cannot be opened, read or written."""


class NotProven(StoreError):
    """A record was to be withdrawn without the proof that design.md asks for."""


class SettingsError(ArchiveError):
    """The settings file or a setting in the environment is not what archive/settings.py documents."""


class CaptureError(ArchiveError):
    """A capture file cannot be read or written."""


class PublishError(ArchiveError):
    """The new archive was not published; the old one, where there is one, still stands."""


class Busy(ArchiveError):
    """Another process does the same: a publish or rebuild, or a release into the same folder."""

    exit_status = 75  # EX_TEMPFAIL: try again later


class ServeError(ArchiveError):
    """The published archive cannot be served."""


class ClusterError(ArchiveError):
    """There is no cluster to parse on."""
