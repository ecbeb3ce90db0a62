"""Fetch politely and keep what was fetched."""

VERSION = "0.1.0"
"""The crawler's version, as User-Agent and captures name it."""
