"""What copying sites and broken servers did to a text, undone where it can be; the caller keeps the original.

Mirrors turn pages into traditional characters, put the pinyin of many characters in brackets behind them
(強(qiáng)縣域) and replace a place's name by a brand's. Ordinary pages pass a handful of substring searches and come
back unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

import msgspec
import opencc

from parsers.record import Mirror

_TRADITIONAL = "會關議對區們為國實辦經縣"
_TRADITIONAL_SHARE = 0.05
"""Share of Chinese characters that change in simplification: over 0.25 on mirrors, under 0.01 on pages that quote."""
_TONES = "ìǎāéíàǔ"
_TONED = "a-zāáǎàōóǒòēéěèīíǐìūúǔùüǖǘǚǜɑɡńňǹḿ"
_PINYIN = re.compile(rf"(?<=[\u3400-\u9fff])[(（]([{_TONED}]{{1,7}})(?:[)）]|$)")
_PINYIN_AT_LEAST = 5
_HAN = re.compile(r"[\u4e00-\u9fff]")
_UTF8_LETTERS = "äåæç"
_CP1252 = (
    "\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122"
)
_MISREAD = re.compile(f"[{_CP1252}]{{2,}}")
_MISREAD_AT_LEAST = 4
_GOVERNMENT = "人民政府"
_BRAND = re.compile(
    r"([\w]{1,16}(?:入口|官网|平台|下载|注册|网址|app|APP|投注|棋牌|娱乐|彩票)(?:网站|网页|手机|版|端)?)$"
)
_BRANDS_READ = 60


class Repaired(msgspec.Struct, frozen=True):
    """A text after repair."""

    text: str
    mirror: Mirror | None = None
    """How a copying site altered the page; ``None`` where none did."""
    changed: tuple[str, ...] = ()
    """What was undone: ``encoding``, ``pinyin``, ``traditional``; empty for an untouched text."""


def repair(text: str) -> Repaired:
    """Undo what can be undone; HTML and plain text alike."""
    changed: list[str] = []
    text = _step(text, _encoding(text), "encoding", changed)
    text = _step(text, _without_pinyin(text), "pinyin", changed)
    text = _step(text, _simplified(text), "traditional", changed)
    return Repaired(text, _mirror(text, changed), tuple(changed))


def _step(before: str, after: str | None, name: str, changed: list[str]) -> str:
    if after is None or after == before:
        return before
    changed.append(name)
    return after


def _mirror(text: str, changed: list[str]) -> Mirror | None:
    if "pinyin" in changed:
        return "traditional-pinyin"
    if "traditional" in changed:
        return "traditional"
    return "brand-swap" if brand(text) else None


def brand(text: str) -> str | None:
    """The brand that stands where a place's name belongs (X官网平台人民政府), at least twice on the page."""
    seen: set[str] = set()
    for place in islice(_places(text), _BRANDS_READ):
        match = _BRAND.search(text[max(0, place - 24) : place])
        if match:
            tail = match[1][-8:]
            if tail in seen:
                return match[1]
            seen.add(tail)
    return None


def _places(text: str) -> Iterator[int]:
    """Where 人民政府 begins; one character is looked for ten times as fast as four."""
    last = text.find(_GOVERNMENT[-1])
    while last >= 0:
        if text.startswith(_GOVERNMENT[:-1], last - len(_GOVERNMENT) + 1):
            yield last - len(_GOVERNMENT) + 1
        last = text.find(_GOVERNMENT[-1], last + 1)


def _without_pinyin(text: str) -> str | None:
    """Without readings in brackets, where a page has many with tone marks; then bare ones (的(de)) go as well."""
    if not any(tone in text for tone in _TONES):
        return None
    toned = sum(not match[1].isascii() for match in _PINYIN.finditer(text))
    return _PINYIN.sub("", text) if toned >= _PINYIN_AT_LEAST else None


def without_readings(text: str) -> list[int]:
    """The places of the characters that are left of a text when its readings in brackets are taken out."""
    inside = {place for match in _PINYIN.finditer(text) for place in range(*match.span())}
    return [place for place in range(len(text)) if place not in inside]


def _simplified(text: str) -> str | None:
    """In simplified characters, where the page is in traditional ones and does not merely quote some."""
    if not ("會" in text or "關" in text) or sum(character in text for character in _TRADITIONAL) < 3:
        return None
    converted: str = _converter().convert(text)
    differing = sum(one != other for one, other in zip(text, converted, strict=False))
    share = differing / max(1, len(_HAN.findall(text)))
    return converted if share >= _TRADITIONAL_SHARE else None


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _encoding(text: str) -> str | None:
    """With UTF-8 or GBK that a server sent as Windows-1252 read as what it is, stretch by stretch."""
    if "µ" not in text and sum(letter in text for letter in _UTF8_LETTERS) < 2:
        return None
    restored = 0

    def read(match: re.Match[str]) -> str:
        nonlocal restored
        better = _read_again(match[0])
        restored += better is not None
        return match[0] if better is None else better

    repaired = _MISREAD.sub(read, text)
    return repaired if restored >= _MISREAD_AT_LEAST else None


def _read_again(stretch: str) -> str | None:
    """A stretch of western characters as the Chinese text whose bytes they are; ``None`` where they are none."""
    raw = b"".join(_byte(character) for character in stretch)
    for encoding in ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _HAN.search(text) or "\u3000" <= text[0] <= "\u303f" or "\uff00" <= text[0] <= "\uffef":
            return text
    return None


def _byte(character: str) -> bytes:
    """The byte that Windows-1252 shows as this character; bytes that it leaves undefined stand for themselves."""
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1", "replace")
