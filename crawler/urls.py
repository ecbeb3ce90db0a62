"""The key of a page, for what crawls; the archive's ids rest on the same one, so it lives in the parsers."""

from __future__ import annotations

from parsers.urls import canonical

__all__ = ["canonical"]
