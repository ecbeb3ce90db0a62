"""Departments under one name: 市卫健委, 卫健委 and 青禾市卫生健康委员会 are one in one place.

What is known of names is data, ``departments.toml``. A short form is only matched whole; what is not known, and a name
from before a reform, stays what it is.
"""

from __future__ import annotations

import re
import sqlite3
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from archive.errors import ArchiveError
from archive.places import Place, bare

FILE = Path(__file__).with_suffix(".toml")
GOVERNMENT = "人民政府"
LEVEL = re.compile(
    r"^(?:省|市(?!场|容|级|域|内|民(?!政|族|宗|委|营|防|兵)|政(?!府|协|法|数|务|研))|州|盟|县(?!级|域)|区(?!级|域|块)|旗)(?=..)"
)
OTHER_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,11}?[省市州盟县区旗](?=..)")
TOWN = re.compile(r"^(?P<name>.{2,}(?P<unit>[镇乡]))(?:人民)?(?:政府)?$")
STREET = re.compile(r"^(?P<name>.{2,}街道)(?:办事处|办)?$")
NATIONAL = re.compile(r"^(?:中共|国家税务总局)(?=.)")


class DepartmentsError(ArchiveError):
    """``departments.toml`` is not what its schema says; names the file and the key."""


class Organ(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stem, its short forms, and the ends that it is found with."""

    name: str
    ends: list[str]
    short: list[str] = []


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a reform ended, and what it founded in its place."""

    old: list[str]
    new: list[str]


class Reform(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reform with its source; months as ``YYYY-MM``."""

    plan: str
    issued: str
    start: str = msgspec.field(name="from")
    until: str
    change: list[Change]


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    ends: dict[str, list[str]]
    organ: list[Organ]
    aliases: dict[str, str]
    reform: list[Reform]


class Validity(msgspec.Struct, frozen=True):
    """When a name is expected: not before ``start``, not after ``end`` (``YYYY-MM``); what followed it."""

    start: str | None = None
    end: str | None = None
    successors: tuple[str, ...] = ()


class Department(msgspec.Struct, frozen=True):
    """A department's name in full and the code of its place."""

    name: str
    division: str | None


@cache
def known() -> Known:
    """What ``departments.toml`` says.

    Raises :class:`DepartmentsError` where a key, an end or a month is wrong, or a short form means two names.
    """
    try:
        found = msgspec.toml.decode(FILE.read_bytes(), type=Known)
    except msgspec.DecodeError as error:
        raise DepartmentsError(f"{FILE.name}: {error}") from error
    for reform in found.reform:
        if not (re.fullmatch(r"\d{4}-\d\d", reform.start) and reform.start < reform.until):
            raise DepartmentsError(f"{FILE.name}: {reform.plan}: from and until are months, from the earlier one")
    return found


@cache
def names() -> dict[str, str]:
    """Every known way to write a department without its place, and the name that it stands for."""
    table = known()
    found: dict[str, str] = {}
    for organ in table.organ:
        for end in organ.ends:
            if end not in table.ends:
                raise DepartmentsError(f"{FILE.name}: {organ.name}: {end!r} stands not under [ends]")
            for stem in (organ.name, *organ.short):
                for tail in (end, *table.ends[end]):
                    put(found, stem + tail, organ.name + end)
    for short, name in table.aliases.items():
        put(found, short, name)
        found.setdefault(name, name)
    return found


def put(found: dict[str, str], written: str, name: str) -> None:
    """Enter a form; it may stand for one name only."""
    if found.setdefault(written, name) != name:
        raise DepartmentsError(f"{FILE.name}: {written!r} stands for {found[written]!r} and for {name!r}")


@cache
def reforms() -> dict[str, Validity]:
    """The names that a reform ended or founded."""
    found: dict[str, Validity] = {}
    for reform in known().reform:
        for change in reform.change:
            for name in change.old:
                before = found.get(name, Validity())
                found[name] = Validity(before.start, reform.until, tuple(change.new))
            for name in change.new:
                found[name] = Validity(reform.start)
    return found


@lru_cache(10_000)
def normal(printed: str, place: Place | None) -> Department:
    """A department by its full name, as far as the printed name and the place of the site tell it."""
    written = NATIONAL.sub("", bare(printed))
    code = place.code if place else None
    if written in names():
        name = names()[written]
        return Department(place.name + name if place else name, code)
    prefix, owner, rest = split(written, place)
    rest = names().get(rest, rest)
    if rest.removeprefix(GOVERNMENT) in names():
        rest = names()[rest.removeprefix(GOVERNMENT)]
    rest = TOWN.sub(r"\g<name>人民政府", STREET.sub(r"\g<name>办事处", rest))
    if owner:
        return Department(owner.name + (rest or GOVERNMENT), owner.code)
    return Department(prefix + rest, code)


def split(written: str, place: Place | None) -> tuple[str, Place | None, str]:
    """The place that opens a name, as printed and as far as it is known, and what is left of the name."""
    owner, rest = named(written, place)
    if owner:
        return "", owner, rest
    level = LEVEL.match(written)
    if level:
        return level[0], place.ending_in(level[0]) if place else None, written[level.end() :]
    base = place.name[:-1] if place and len(place.name) > 2 else ""
    if base and written.startswith(base) and written[len(base) :] in names():
        return "", place, written[len(base) :]
    other = OTHER_PLACE.match(written)
    if other and written[other.end() :] in names():
        return other[0], None, written[other.end() :]
    return "", None, written


def named(written: str, place: Place | None) -> tuple[Place | None, str]:
    """The place whose full name opens the name, the one farthest down where several do, and what is left."""
    owner, rest = None, written
    for candidate in reversed(place.chain if place else ()):
        for form in candidate.forms:
            if rest.startswith(form):
                owner, rest = candidate, rest[len(form) :]
                break
    return owner, rest


def validity(name: str) -> Validity:
    """When a full name is expected, by the reforms; nothing where they do not touch it."""
    return next((reforms()[end] for end in endings(name) if end in reforms()), Validity())


def endings(name: str) -> list[str]:
    """The name, and what follows each unit of a place in it: 环境保护局 of 青禾市环境保护局."""
    return [name, *(name[at + 1 :] for at, character in enumerate(name) if character in "省市州盟县区旗")]


def step(archive: sqlite3.Connection) -> None:
    """Remove departments that no record names, and write when each name is expected and which one followed it."""
    archive.execute("DELETE FROM departments WHERE id NOT IN (SELECT department FROM proposal_departments)")
    rows = archive.execute("SELECT id, name, division FROM departments").fetchall()
    ids = {(name, division): key for key, name, division in rows}
    values = []
    for key, name, division in rows:
        found = validity(name)
        stem = next((end for end in endings(name) if end in reforms()), "")
        after = (ids.get((name.removesuffix(stem) + new, division)) for new in found.successors)
        values.append((found.start, found.end, next((one for one in after if one), None), key))
    archive.executemany("UPDATE departments SET valid_from = ?, valid_to = ?, successor = ? WHERE id = ?", values)
