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
DIGITS = re.compile(r"[0-9０-９][0-9０-９ \u3000.．·\-—–－()（）+＋]{3}[0-9０-９]")
SIGNS = ("@", "＠", "身份证", "住址", "地址", "住所", "现住", "单元")
"""Every text that a pattern matches holds one of these, or such digits; most texts do not, and are left alone."""
NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
PARAMETER = re.compile(r"([&;#])")
WIDE = re.compile("[\uff01-\uff5e\u3000]")


class Mask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One pattern of masks.toml; several may have one name, under which they are counted and switched."""

    name: str
    pattern: str
    instead: str


class Masks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What masks.toml holds."""

    masks: tuple[Mask, ...]


def load(text: bytes, name: str = PATH.name) -> tuple[Mask, ...]:
    """The masks of a TOML text. Raises SettingsError that names file and key."""
    try:
        masks = msgspec.toml.decode(text, type=Masks).masks
        for mask in masks:
            re.compile(mask.pattern)
    except (msgspec.DecodeError, re.error) as error:
        raise SettingsError(f"{name}: {error}") from error
    return masks


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
        narrow = half_width(text)
        for mask, pattern in self.patterns:
            spans = [span_of(match) for match in pattern.finditer(narrow)]
            if spans:
                self.counts[mask.name] += len(spans)
                text = replaced(text, spans, mask.instead)
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
        narrow = half_width(text)
        return [mask.name for mask, pattern in self.patterns if pattern.search(narrow)]


def suspect(text: str) -> bool:
    """Whether a pattern could match a text, in either width."""
    return DIGITS.search(text) is not None or any(sign in text for sign in SIGNS)


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
