"""Proposers and signers under one name: 张 三, 张三代表 and 张三等12人 are 张三; 民革市委会 gets its place in full.

Equal names are one row within a division. What is known of bodies is data, ``people.toml``.
"""

from __future__ import annotations

import re
import sqlite3
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from archive.errors import ArchiveError
from archive.places import Place, bare

FILE = Path(__file__).with_suffix(".toml")
PersonType = Literal["person", "body"]
TITLE = r"(?:[省市州盟县区旗镇乡]|全国)?(?:(?:人大|人民)?代表|(?:政协)?委员|人大常委|政协常委)"
BEFORE = re.compile(rf"^(?:尊敬的|第一?提案人[:：]?|领衔人?[:：]?|{TITLE}(?=[\u4e00-\u9fff·]{{2,4}}$))")
BEHIND = re.compile(rf"(?:{TITLE}|先生|女士|同志|领衔|联名|签发)$")
AND_OTHERS = re.compile(r"(?:等|共|等共)?\(?[\d〇零一二三四五六七八九十百两]+(?:余|多)?[名位人个]{1,2}.{0,8}$")
OTHERS = re.compile(r"(?<=.{2})等$")
SECTOR = re.compile(r"^(?:[省市州盟县区旗]?政协)?(?P<sector>.+?界)别?(?:委员|全体委员|小组)?$")
SHORTEST = 2
DOT = str.maketrans(dict.fromkeys("•・‧.", "·"))
OF_PLACE = r"(?P<place>[\u4e00-\u9fff]*?[省市州盟县区旗])"
COMMITTEE = re.compile(rf"^{OF_PLACE}?(?:委员会|工作委员会|委会|工委|委)$")


class PeopleError(ArchiveError):
    """``people.toml`` is not what its schema says; names the file and the key."""


class Groups(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the name of a body is known."""

    signs: list[str]
    endings: list[str]


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    bodies: dict[str, list[str]]
    organisations: dict[str, list[str]]
    groups: Groups


class Proposer(msgspec.Struct, frozen=True):
    """A name and what bears it."""

    name: str
    type: PersonType


@cache
def known() -> Known:
    """What ``people.toml`` says. Raises :class:`PeopleError`."""
    try:
        return msgspec.toml.decode(FILE.read_bytes(), type=Known)
    except msgspec.DecodeError as error:
        raise PeopleError(f"{FILE.name}: {error}") from error


@lru_cache(10_000)
def normal(printed: str, place: Place | None) -> Proposer:
    """The name without titles and remarks, and whether a person or a body bears it."""
    written = bare(printed)
    name = first(OTHERS.sub("", first(AND_OTHERS.sub("", written), written)), written)
    if sector := SECTOR.match(name):
        return Proposer(sector["sector"], "body")
    name = stripped(name.translate(DOT))
    return Proposer(in_full(name, place), "body") if is_body(name) else Proposer(name, "person")


def first(name: str, otherwise: str) -> str:
    """The name, where enough of it is left."""
    return name if len(name) >= SHORTEST else otherwise


def stripped(name: str) -> str:
    """The name without titles before and behind it; with them where nothing but a surname would be left."""
    for title in (BEFORE, BEHIND):
        name = first(title.sub("", name), name)
    return name


def is_body(name: str) -> bool:
    """Whether a name is that of a delegation, a party, a sector, an organ."""
    groups = known().groups
    if any(sign in name for sign in groups.signs):
        return True
    return len(name) > 3 and name.endswith(tuple(groups.endings))


def in_full(name: str, place: Place | None) -> str:
    """The name of a party's committee or an organisation with its place: 民革市委会 is 民革青禾市委员会."""
    for short, forms in known().bodies.items():
        for form in forms:
            committee = COMMITTEE.match(name[len(form) :]) if name.startswith(form) else None
            if committee:
                return f"{short}{full_place(committee['place'], place)}委员会"
    for full, forms in known().organisations.items():
        for form in forms:
            before = name.removesuffix(form)
            if before != name and (not before or re.fullmatch(OF_PLACE, before)):
                return full_place(before or None, place) + full
    return name


def full_place(printed: str | None, place: Place | None) -> str:
    """The place that a name prints, in full where only its unit stands there, that of the site where none does."""
    if place is None:
        return printed or ""
    if printed is None:
        return place.name
    owner = place.ending_in(printed) if len(printed) == 1 else None
    return owner.name if owner else printed


def step(archive: sqlite3.Connection) -> None:
    """Remove people whom no record names."""
    archive.execute("DELETE FROM people WHERE id NOT IN (SELECT person FROM proposal_people)")
