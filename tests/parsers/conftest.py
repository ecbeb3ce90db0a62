"""Settings of the property tests in this folder."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("parsers", deadline=None)
settings.load_profile("parsers")
