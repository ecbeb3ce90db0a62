"""Bytes to records: pure functions, no network, clock, database or log."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parsers.parsing import VERSION, parse

__all__ = ["VERSION", "parse"]


def __getattr__(name: str) -> Any:
    """Imported when first asked for: a command that parses nothing need not wait for all the patterns of the rules."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("parsers.parsing"), name)
