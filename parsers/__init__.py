"""Bytes to records: pure functions, no network, clock, database or log."""

from parsers.parsing import VERSION, parse

__all__ = ["VERSION", "parse"]
