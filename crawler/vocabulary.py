"""The words by which columns of replies are recognised; data in vocabulary.toml."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from parsers.record import Kind

YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
SEGMENT = re.compile(r"[a-z]+", re.I)
LONGEST = 40
"""Longer link texts are headlines, not names of columns; in characters."""


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What vocabulary.toml holds."""

    texts: tuple[str, ...]
    others: tuple[str, ...]
    indexes: tuple[str, ...]
    slugs: frozenset[str]
    kinds: dict[str, tuple[str, ...]]


@cache
def vocabulary() -> Vocabulary:
    """The bundled words."""
    return msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=Vocabulary)


def names_column(title: str | None) -> bool:
    """Whether a link's text names a column of replies."""
    words, text = vocabulary(), "".join((title or "").split())
    return 0 < len(text) <= LONGEST and has(text, words.texts) and not has(text, words.others)


def names_index(title: str | None) -> bool:
    """Whether a link's text names a section that lists columns."""
    text = "".join((title or "").split())
    return 0 < len(text) <= LONGEST and has(text, vocabulary().indexes)


def names_year(title: str | None) -> bool:
    """Whether a link's text is a year, with little beside it."""
    text = "".join((title or "").split())
    return len(text) <= 12 and bool(YEAR.search(text))


def slug_of(url: str) -> str | None:
    """The known segment in a URL's path, numbers at its ends and one letter before it aside
    (``2025njytabl``, ``ytabl_120989``).
    """
    for segment in reversed(urlsplit(url).path.lower().split("/")):
        for word in SEGMENT.findall(segment):
            if word in vocabulary().slugs or word[1:] in vocabulary().slugs:
                return str(word)
    return None


def kinds_in(title: str | None) -> set[str]:
    """The kinds that a column's name tells of."""
    return {kind for kind, words in vocabulary().kinds.items() if has(title or "", words)}


def kind_of(title: str | None) -> Kind | None:
    """The kind that a column's name tells; ``None`` where it names both or neither."""
    found = kinds_in(title)
    if found == {"suggestion"}:
        return "suggestion"
    return "proposal" if found == {"proposal"} else None


def has(text: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words stands in the text."""
    return any(word in text for word in words)
