"""Widths, white space and numerals of Chinese text: what every other reader needs first.

``plain`` keeps the length of a text, so that a match in it can be quoted from the text as printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

_LETTERS = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_SPACES: dict[int, int | str | None] = dict.fromkeys(
    (0x09, 0x0B, 0x0C, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " "
)
_INVISIBLE = (0x00, 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF)
_ZERO_WIDTH = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
_PUNCTUATION = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ALIKE = {
    **dict.fromkeys(map(ord, "〔【［[﹝〖"), "〔"),
    **dict.fromkeys(map(ord, "〕】］]﹞〗"), "〕"),
    **dict.fromkeys(map(ord, "﹙❨"), "("),
    **dict.fromkeys(map(ord, "﹚❩"), ")"),
    **dict.fromkeys(map(ord, "–—―‐‑‒−﹣"), "-"),
    **dict.fromkeys(map(ord, "∶︰﹕"), ":"),
    **dict.fromkeys(map(ord, "﹑､"), "、"),
    **dict.fromkeys(map(ord, "﹒․"), "."),
    **dict.fromkeys(map(ord, "○〇ОοΟ◯"), "〇"),
    ord("｡"): "。",
}


def _swap(table: Mapping[int, int | str | None]) -> Callable[[str], str]:
    """A function that replaces the characters of a table: a search for them costs a tenth of ``str.translate``."""
    swapped = {chr(code): chr(one) if isinstance(one, int) else one or "" for code, one in table.items()}
    pattern = re.compile(f"[{re.escape(''.join(swapped))}]")

    def swap(match: re.Match[str]) -> str:
        return swapped[match[0]]

    return partial(pattern.sub, swap)


fold = _swap({**_LETTERS, **_SPACES, **dict.fromkeys(_INVISIBLE)})
"""The text with half-width letters, digits and spaces and without invisible characters; punctuation stays."""
_plain = _swap({**_PUNCTUATION, **_SPACES, **dict.fromkeys(_INVISIBLE, " "), **_ALIKE})
_remembered = lru_cache(maxsize=1024)(_plain)
_REMEMBERED = 1000
_MARKS = "，。、；：？！"
_DOUBLED = re.compile(rf"([{_MARKS}])\1+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_RUNS = re.compile(r" {2,}")
_SPELLINGS = ("〇零", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_DIGITS = {digit: value for value, digits in enumerate(_SPELLINGS) for digit in (*digits, str(value))}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "廿": 20, "卅": 30}
COLONS = ("：", ":", "∶", "︰", "﹕")
_COLON = re.compile(f"[{''.join(COLONS)}]")
NUMERAL = r"[0-9〇零一二三四五六七八九十百廿卅]"
"""One character of an Arabic or Chinese numeral in ``plain`` text."""


def plain(text: str) -> str:
    """The text for matching: ASCII punctuation, one kind of bracket, dash and zero; as long as the text itself.

    Lines are remembered, for many rules look at the same one.
    """
    return _remembered(text) if len(text) <= _REMEMBERED else _plain(text)


def without_invisible(text: str) -> str:
    """The text without zero-width characters, which editors leave inside words and names."""
    for mark in _ZERO_WIDTH:
        if mark in text:
            text = text.replace(mark, "")
    return text


def has_colon(text: str) -> bool:
    """Whether a text holds a colon of any kind."""
    return "：" in text or ":" in text or "∶" in text or "︰" in text or "﹕" in text


def colon_of(text: str, end: int) -> int:
    """Where the first colon of any kind stands before ``end``; -1 where none does."""
    first = _COLON.search(text, 0, end)
    return first.start() if first else -1


def squeeze(text: str) -> str:
    """The folded text without any white space."""
    return "".join(fold(text).split())


def tidy(text: str) -> str:
    """The folded text on one line: trimmed, runs of white space as one space."""
    return " ".join(fold(text).split())


def paragraphs(text: str) -> str:
    r"""The folded text with one ``\n`` between paragraphs, trimmed lines, no empty ones and no doubled punctuation."""
    lines = (line.strip(" ") for line in fold(text).replace("\r", "\n").split("\n"))
    folded = "\n".join(filter(None, lines))
    if " " in folded and "  " in folded:
        folded = _RUNS.sub(" ", folded)
    if any(mark in folded and 2 * mark in folded for mark in _MARKS):
        folded = _DOUBLED.sub(lambda marks: marks[1], folded)
    return folded.strip()


def han(text: str) -> int:
    """How many Chinese characters a text holds."""
    return sum(map(len, _HAN.findall(text)))


def numeral(text: str) -> int | None:
    """The value of an Arabic or Chinese numeral in ``plain`` text: 16, 十六, 二十, 一百零三, 二一; else ``None``."""
    if not text or len(text) > 8:
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    return _counted(text)


def _counted(text: str) -> int | None:
    total, digit = 0, 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _TENS:
            unit = _TENS[character]
            total += unit if unit in (20, 30) else (digit or 1) * unit
            digit = 0
        else:
            return None
    return total + digit
