"""The open lists of words by which fields and titles are read: ``words.toml``, checked, as patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Annotated

import msgspec

from parsers.data_files import checked, text_of
from parsers.text import plain

List = Annotated[list[Annotated[str, msgspec.Meta(min_length=1)]], msgspec.Meta(min_length=1)]
"""Words; none would be a pattern that fits everywhere, and so would an empty one."""
Characters = Annotated[str, msgspec.Meta(pattern=r"^\w+$")]
"""Characters of a class, in a row."""


class _Lists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file. What each list holds stands above it there."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            words = list(getattr(self, name))
            if twice := next((word for word in words if words.count(word) > 1), None):
                raise ValueError(f"{name} holds {twice!r} twice")
            if wide := next((word for word in words if word != plain(word).strip()), None):
                raise ValueError(f"{name} holds {wide!r}, which never stands in folded text: {plain(wide).strip()!r}")


class Organs(_Lists, frozen=True, forbid_unknown_fields=True):
    """Names of organs, and the words round a list of them."""

    endings: List
    no_organs: List
    leads: List
    manners: List
    joint_work: List


class People(_Lists, frozen=True, forbid_unknown_fields=True):
    """Names of people and groups, and whom letters greet."""

    parties: List
    parties_short: List
    groups: List
    groups_labelled: List
    groups_greeted: List
    groups_putting: List
    branches: List
    federations: List
    sectors: List
    citizens: List
    organs_greeted: List
    no_names: List
    posts: List
    surnames_of_two: List
    surnames: Characters
    sounds: Characters


class Contacts(_Lists, frozen=True, forbid_unknown_fields=True):
    """The clerk's labels and what stands beside the name."""

    roles: List
    phones: List
    units: List
    posts: List
    section_posts: List
    others: List
    no_names: List


class Signers(_Lists, frozen=True, forbid_unknown_fields=True):
    """Who signs."""

    posts: List


class Status(_Lists, frozen=True, forbid_unknown_fields=True):
    """How far handling has come."""

    holds: List


class Disclosure(_Lists, frozen=True, forbid_unknown_fields=True):
    """Whether a reply is published."""

    ways: List


class DocNumbers(_Lists, frozen=True, forbid_unknown_fields=True):
    """Numbers of documents."""

    leads: List


class Citations(_Lists, frozen=True, forbid_unknown_fields=True):
    """What in 《》 is no document."""

    media: List
    arts: List
    arts_short: Characters
    arts_behind: List


class Titles(_Lists, frozen=True, forbid_unknown_fields=True):
    """Titles of documents, names of sites and columns."""

    documents: List
    sites: List
    sites_before: List
    columns: List
    templates: List


class Publication(_Lists, frozen=True, forbid_unknown_fields=True):
    """The line under a title."""

    beside_date: List
    authors: List
    counters: List


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``words.toml``."""

    organs: Organs
    people: People
    contacts: Contacts
    signers: Signers
    status: Status
    disclosure: Disclosure
    doc_numbers: DocNumbers
    citations: Citations
    titles: Titles
    publication: Publication


def load(text: str) -> Words:
    """The words. Raises :class:`DataFileError` for a wrong or missing key, an empty list, a word that stands twice."""
    return checked(text, Words, "words.toml")


@cache
def words() -> Words:
    """The project's words."""
    return load(text_of("words.toml"))


def choice(one_of: Iterable[str], *patterns: str, blank: str = r"\s{0,4}") -> str:
    """A pattern for any of the words, the shortest first, or of the patterns. ``blank``: what a blank in a word means.

    Single characters stay alternatives and are no class, for a search skips to where alternatives can begin only if
    each begins with a character.
    """
    shortest_first = sorted(one_of, key=len)
    plain_words = (re.escape(word).replace(re.escape(" "), blank) for word in shortest_first)
    return f"(?:{'|'.join((*plain_words, *patterns))})"
