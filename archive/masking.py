"""Personal contact data out of everything that goes public: numbers of phones and identity cards, addresses, e-mail.

The patterns are data (masks.toml). Names of deputies, members, signers and departments are public record and stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote_plus

import msgspec

from archive.errors import SettingsError

PATH = Path(__file__).with_name("masks.toml")
BLANKS = "\xa0\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff"
"""Blanks of other widths, and those that do not show."""
DASHES = "\u2010-\u2012\u2015\u2212"
DIGITS = re.compile(rf"[0-9０-９][0-9０-９ {BLANKS}{DASHES}.．·\-—–－()（）]{{6}}")
SIGNS = ("@", "＠", "身份证", "住址", "地址", "住所", "现住", "单元")
"""Every text that a pattern matches holds one of these, or such digits; most texts do not, and are left alone."""
NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
NARROW |= dict.fromkeys((0xA0, *range(0x2000, 0x2010), 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF), 0x20)
NARROW |= dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2015, 0x2212), 0x2D)
PART = re.compile("<<([a-z]+)>>")
PARAMETER = re.compile(r"([&;#])")
WIDE = re.compile(f"[\uff01-\uff5e{BLANKS}{DASHES}]")


class Mask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One pattern of masks.toml; several may have one name, under which they are counted and switched."""

    name: str
    pattern: str
    instead: str


class Masks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What masks.toml holds."""

    masks: tuple[Mask, ...]
    parts: dict[str, str] = {}
    """What several patterns have in common; ``<<NAME>>`` stands for it."""


def load(text: bytes, name: str = PATH.name) -> tuple[Mask, ...]:
    """The masks of a TOML text. Raises SettingsError that names file and key."""
    try:
        read = msgspec.toml.decode(text, type=Masks)
        masks = tuple(msgspec.structs.replace(mask, pattern=whole(mask.pattern, read.parts)) for mask in read.masks)
        for mask in masks:
            re.compile(mask.pattern)
    except (msgspec.DecodeError, re.error) as error:
        raise SettingsError(f"{name}: {error}") from error
    except KeyError as error:
        raise SettingsError(f"{name}: parts: nothing is named {error}") from error
    return masks


def whole(pattern: str, parts: dict[str, str]) -> str:
    """A pattern with its parts in their places. Raises KeyError."""
    return PART.sub(lambda match: parts[match[1]], pattern)


@cache
def bundled() -> tuple[Mask, ...]:
    """The project's own masks."""
    return load(PATH.read_bytes())


def names() -> list[str]:
    """The names of the bundled masks."""
    return sorted({mask.name for mask in bundled()})


class Masker:
    """Masks texts and counts, by name, what it masked."""

    def __init__(self, off: Collection[str] = (), masks: Iterable[Mask] | None = None) -> None:
        chosen = bundled() if masks is None else masks
        self.patterns = [(mask, re.compile(mask.pattern)) for mask in chosen if mask.name not in off]
        self.counts: Counter[str] = Counter()

    def mask(self, text: str) -> str:
        """The text with everything personal replaced; masking twice is masking once."""
        if not suspect(text):
            return text
        return "\n".join(self.masked(piece) if suspect(piece) else piece for piece in pieces(text))

    def masked(self, text: str) -> str:
        """:meth:`mask` for a piece of a text; a pattern is tried until it changes nothing: one number leads to more."""
        narrow = half_width(text)
        for mask, pattern in self.patterns:
            while spans := [span_of(match) for match in pattern.finditer(narrow)]:
                before, text = text, replaced(text, spans, mask.instead)
                if text == before:
                    break
                self.counts[mask.name] += len(spans)
                narrow = half_width(text)
        return text

    def optional(self, text: str | None) -> str | None:
        """:meth:`mask` for a text that may be absent."""
        return None if text is None else self.mask(text)

    def address(self, url: str) -> str:
        """The URL with what a page was asked with (``?tel=…``) masked; its path, the site's own name for it, stays.

        A number in a path cannot be told from the number of a page, and an address without it leads nowhere.
        """
        at = min((url.find(sign) for sign in "?#" if sign in url), default=-1)
        if at < 0 or not self.found(unquote_plus(url[at + 1 :])):
            return url
        parts = [self.parameter(part) for part in PARAMETER.split(url[at + 1 :])]
        return url[: at + 1] + "".join(parts)

    def parameter(self, part: str) -> str:
        """A part of a query string, masked where what it stands for holds something personal."""
        text = unquote_plus(part)
        masked = self.mask(text)
        return part if masked == text else quote(masked, safe="=")

    def found(self, text: str) -> list[str]:
        """The names of the masks that still match a text."""
        if not suspect(text):
            return []
        narrow = [half_width(piece) for piece in pieces(text) if suspect(piece)]
        return [mask.name for mask, pattern in self.patterns if any(map(pattern.search, narrow))]


def suspect(text: str) -> bool:
    """Whether a pattern could match a text, in either width."""
    return DIGITS.search(text) is not None or any(sign in text for sign in SIGNS)


def pieces(text: str) -> list[str]:
    """The parts of a text that are searched each for itself: a number lies in one line, an address may go over two."""
    return [text] if any(sign in text for sign in SIGNS) else text.split("\n")


def half_width(text: str) -> str:
    """The text with half-width letters, digits and signs, character for character."""
    return text.translate(NARROW) if WIDE.search(text) else text


def span_of(match: re.Match[str]) -> tuple[int, int]:
    """What of a match is masked: all but its kept part."""
    kept = match.groupdict().get("kept")
    return match.start() + len(kept or ""), match.end()


def replaced(text: str, spans: Iterable[tuple[int, int]], instead: str) -> str:
    """The text with the spans replaced."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], instead]
        at = end
    return "".join([*parts, text[at:]])
