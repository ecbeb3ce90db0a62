"""Bytes to records: pure functions, no network, clock, database or log."""
