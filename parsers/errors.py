"""What may be raised by the parsers. Pages are data: a strange page is a record with problems, never an exception."""

from __future__ import annotations


class ParserError(Exception):
    """The root of everything that this package raises."""

    exit_status = 1
    """With which the command ends."""


class DataFileError(ParserError):
    """A data file of the project (labels, repairs) is not what its schema says; the message names file and key."""


class UnreadableInput(ParserError):
    """A path or a stream cannot be read as a page at all; the message names it and says what to do."""
