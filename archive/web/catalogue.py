"""The interface's words: one TOML file, every entry in Chinese and English."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from archive.errors import ArchiveError

LANGUAGES = ("zh", "en")
STRINGS = Path(__file__).parent / "strings.toml"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in both languages; ``{name}`` marks a value."""

    zh: str
    en: str


@cache
def entries(path: Path = STRINGS) -> dict[str, dict[str, Entry]]:
    """The catalogue by section and name: ``home.title`` is the name ``title`` in the section ``home``.

    Raises ArchiveError where an entry lacks a language or has an unknown key.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, dict[str, Entry]])
    except msgspec.DecodeError as error:
        raise ArchiveError(f"{path.name}: {error}; an entry is written as name = {{ zh = '…', en = '…' }}") from error


class Translator:
    """Texts in one language: ``t("home.title")``, ``t("search.count", count=3)``."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]

    def __call__(self, key: str, **values: object) -> str:
        section, _, name = key.partition(".")
        text: str = getattr(entries()[section][name], self.language)
        return text.format(**values) if values else text

    def label(self, vocabulary: str, value: object) -> str:
        """The word for a coded value (``kind``, ``state`` …); the value itself where the catalogue has none."""
        entry = entries().get(vocabulary, {}).get(str(value))
        return str(value) if entry is None else getattr(entry, self.language)
