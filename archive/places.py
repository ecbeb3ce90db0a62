"""The places that sites stand for, each with those above it as far as the archive has them."""

from __future__ import annotations

import re
import sqlite3
import unicodedata

import msgspec

DIGITS = (6, 4, 2)
"""GB/T 2260: a county's six digits begin with the four of its prefecture and the two of its province."""
DIGITS_OF = {"省": 2, "自治区": 2, "市": 4, "州": 4, "盟": 4}
"""Of the levels of a meeting that are above a county."""
PARENT = re.compile(r"^.+?(?:省|市|州(?!市)|盟|地区)(?=.+[市县区旗]$)")
REMARK = re.compile(r"[(〔\[][^()〔〕\[\]]*[)〕\]]$")


class Place(msgspec.Struct, frozen=True):
    """A division by its own name: 云溪区."""

    code: str
    name: str
    above: tuple[Place, ...] = ()
    """The nearest first."""
    full: str = ""
    """The name with that of the place above in front, where the site has it so: 青禾市云溪区."""

    @property
    def forms(self) -> tuple[str, ...]:
        """How the place is printed, the longest first."""
        return (self.full, self.name) if self.full else (self.name,)

    @property
    def chain(self) -> tuple[Place, ...]:
        """The place and those above it."""
        return (self, *self.above)

    def ending_in(self, unit: str) -> Place | None:
        """The nearest of the chain whose name ends in a unit: 市 of a district is the city above it."""
        return next((place for place in self.chain if place.name.endswith(unit)), None)


def load(archive: sqlite3.Connection) -> dict[str, Place]:
    """Every division of the archive by its code."""
    names: dict[str, str] = dict(archive.execute("SELECT code, name FROM divisions ORDER BY code").fetchall())
    return {code: place(code, name, tuple(above(code, names))) for code, name in names.items()}


def place(code: str, name: str, over: tuple[Place, ...] = ()) -> Place:
    """A division by the name that its site has: 青禾市云溪区 is 云溪区."""
    own = PARENT.sub("", name)
    return Place(code, own, over, name if own != name else "")


def above(code: str, names: dict[str, str]) -> list[Place]:
    """The divisions over one that have a row of their own."""
    codes = dict.fromkeys(code[:digits].ljust(6, "0") for digits in DIGITS)
    return [place(over, names[over]) for over in codes if over != code and over in names]


def bare(printed: str) -> str:
    """A name with its characters folded, without white space between Han characters and without remarks behind it."""
    folded = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", printed)).strip()
    squeezed = re.sub(r"(?<![A-Za-z]) | (?![A-Za-z])", "", folded)
    shorter = REMARK.sub("", squeezed)
    while shorter != squeezed and shorter:
        squeezed, shorter = shorter, REMARK.sub("", shorter)
    return squeezed


def meeting_place(level: str | None, printed: str | None, site: Place | None, places: dict[str, Place]) -> str | None:
    """A key for the place whose body met, from the meeting's level and place as printed and the site's own place.

    ``None`` where it cannot be told: no site, or a level below that of the site without a place.
    """
    if level == "全国":
        return level
    if site is None:
        return None
    above = DIGITS_OF.get(level or "", 6) < len(significant(site.code))
    if printed:
        named = [place.code for place in places.values() if printed in place.forms and related(place.code, site.code)]
        if len(named) == 1:
            return named[0]
        return higher(site.code, level) if above else f"{site.code[:4].removesuffix('00')}:{printed}"
    if level is None:
        return site.code
    owner = site.ending_in(level)
    if owner:
        return owner.code
    return higher(site.code, level) if above else None


def higher(code: str, level: str | None) -> str:
    """The code of the division of a level above a county in which one lies."""
    return code[: DIGITS_OF[level or ""]].ljust(6, "0")


def significant(code: str) -> str:
    """The digits of a division's code without those that stand for the whole of a higher one."""
    return code[:2] if code.endswith("0000") else code.removesuffix("00")


def related(one: str, two: str) -> bool:
    """Whether one division lies in the other or is it."""
    shorter, longer = sorted((significant(one), significant(two)), key=len)
    return longer.startswith(shorter)
