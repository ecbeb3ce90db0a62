"""The words by which a page is known for what it is: ``page_types.toml``, checked and compiled."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from parsers.data_files import checked, text_of


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``page_types.toml``."""

    shell: list[str]
    other_titles: list[str]
    other_columns: list[str]
    other_bodies: list[str]
    other_deputies: list[str]
    own_groups: list[str]
    asks: list[str]


class Patterns(msgspec.Struct, frozen=True):
    """Its lists as patterns for folded text, with what cannot be said by a word alone."""

    shell: re.Pattern[str]
    other_title: re.Pattern[str]
    other_column: re.Pattern[str]
    other_body: re.Pattern[str]
    other_deputy: re.Pattern[str]
    own_group: re.Pattern[str]
    asks: re.Pattern[str]


def load(text: str) -> Patterns:
    """The words as patterns. Raises :class:`DataFileError` for a wrong or missing key."""
    words = checked(text, Words, "page_types.toml")
    return Patterns(
        _any(words.shell, r"(?<!\d)40[34](?!\d)"),
        _any(words.other_titles, "通知$", "市民(?!政|族)", "征求[^,。]{1,8}意见"),
        _any(words.other_columns),
        _any(words.other_bodies),
        re.compile(f"(?:{_any(words.other_deputies).pattern})代表"),
        _any(words.own_groups, "委员(?!会)", "界[:：]?$"),
        _any(words.asks),
    )


def _any(words: list[str], *patterns: str) -> re.Pattern[str]:
    """A pattern for any of the words and patterns, the longest word first."""
    return re.compile("|".join((*map(re.escape, sorted(words, key=len, reverse=True)), *patterns)))


@cache
def patterns() -> Patterns:
    """The project's words."""
    return load(text_of("page_types.toml"))
