"""The number of a suggestion or proposal: 98, 0487, 20250688, TA2022091, DH0271, several as in 第13、53号."""

from __future__ import annotations

import re

from parsers.found import Found
from parsers.text import NUMERAL, numeral, plain, squeeze

_SERIAL = (
    r"\d{1,4}-\d{1,3}-\d{1,4}|(?:[A-Za-z]{1,4}[-—]?)?\d{1,20}(?:-?[A-Za-z]{1,3}-?\d{1,8})?(?:-\d{1,6})?|"
    r"[〇零一二三四五六七八九十百]{1,7}"
)
"""98, DH0271, 2-15, 2025A066."""
_JOIN = r"(?:\s?[、,;/及和与]\s?|\s)"
_LIST = rf"(?:{_SERIAL})\s?号?(?:{_JOIN}(?:第\s?)?(?:{_SERIAL})\s?号?){{0,20}}"
_NTH = r"(?:第\s?|[Nn][Oo][.:]?\s?|№\s?)(?:[(〔]\s?(?:19|20)\d\d\s?年?\s?[)〕]\s?第?\s?)?"
"""What stands before a number: 第, No., 第〔2025〕; the year is no part of it."""
_WORD = r"(?:提案|建议|议案|意见|件|委员|代表|重点|集体|联名|党派|界别|政协|人大|平时|大会|闭会)"
_OPENINGS = ("《", "“", '"', "「")
_ANOTHER = re.compile(rf"第\s?({_SERIAL})\s?号\s?[《“\"「]")
"""Each of several titles behind its number: 第21号《…》、第34号《…》."""
_IN_TEXT = (
    re.compile(rf"(?:会议|大会|全会|届\w{{1,3}}次|期间|提案|建议|议案|自编)\s?{_NTH}(?P<list>{_LIST})(?<=号)"),
    re.compile(rf"{_NTH}(?P<list>{_LIST})(?<=号)\s?(?:[(〔][^()〔〕\n]{{0,20}}[)〕])?[^()〔〕,。;\n]{{0,12}}?(?:提案|建议|议案|意见)"),
    re.compile(rf"^\s?第\s?(?P<list>{_LIST})(?<=号)\s?[:\-]?\s?《?关于"),
    re.compile(rf"[(〔]\s?(?:自?编号|提案号|建议号|案号|提案编号|建议编号|编号)?\s?:?\s?(?:提案|建议|议案)?第?\s?(?P<list>{_LIST})(?<=号)(?:{_WORD})*[)〕,]"),
    re.compile(rf"[(〔]\s?(?:提案|建议|议案|代表建议|政协提案)?(?:案号|编号|序号|号码|号)\s?:?\s?第?(?P<list>{_LIST})\s?[)〕]"),
    re.compile(r"^\s?(?!(?:19|20)\d\d[01]\d[0-3]\d\b)(?P<list>[A-Za-z]{1,4}\d{3,12}|\d{6,12})\s?[:、]?\s?《?关于"),
    re.compile(rf"自?编号\s?:?\s?(?P<list>{_LIST})(?<=号)"),
    re.compile(rf"(?:提出|所提|提交|反映)的?\s?第\s?(?P<list>{_LIST})(?<=号)\s?[《“\"「]"),
    re.compile(rf"编号\s?[为是]\s?(?P<list>{_SERIAL})(?=[的,)])"),
    re.compile(r"[(〔][\u4e00-\u9fff]{0,8}(?:提案|建议|议案)字?\s?[(〔](?:19|20)\d\d年?[)〕]\s?第?\s?(?P<list>\d{1,6})\s?号[)〕]"),
    re.compile(rf"次\s?(?:会议|全会|大会)?\s?(?:第\s?)?(?P<list>(?:{_SERIAL})\s?号?)\s?{_WORD}*(?:提案|建议|议案)"),
    re.compile(rf"(?:^|[\s对]|提出的)第?(?P<list>(?:{_SERIAL})\s?号)\s?{_WORD}*(?:提案|建议|议案)"),
)  # fmt: skip
_TOKEN = re.compile(_SERIAL)
_OF_LEVEL = re.compile(r"[省市区县州旗盟镇乡]\d{3,12}|[\u4e00-\u9fff]{1,6}(?:19|20)\d\d-\d{1,4}")
"""A number that begins with its congress, by level or in short: 区20230056, 江人建2023-061."""
_REMARK = re.compile(r"(?<=[\d号])\s?\([\u4e00-\u9fff]{1,8}\)\s*$")
"""What a form says of a suggestion behind its number: 0071(重点提案)."""
_OF_PLACE = re.compile(r"[\u4e00-\u9fff]{2,8}[-—–]{1,2}(?:(?:19|20)\d\d[-—–])?\d{1,4}")
"""A number behind its town and a dash: 石桥镇—12."""
_WRAP = re.compile(
    r"^(?:自编号?|自?编号|提案号|[提建]字?(?=第?\d)|建议号|案号|序号|第|(?:NO|No|no)[.:]|[:(〔\s])+|[号)〕件\s]+$"
)
_OF_YEAR = re.compile(
    r"(?:(?:[\u4e00-\u9fff]{0,10}(?:[提建议案]字?|政协|人大))?\s?[(〔]\s?(?:19|20)\d\d\s?年?\s?[)〕]|(?:19|20)\d\d\s?年度?|[\u4e00-\u9fff]{1,16}[届次])\s?"
    r"(?:总?第\s?|字\s?第?)?(?P<serial>[A-Za-z]{0,3}\d{1,6})\s?号"
)
"""A number with what it is counted by in front: 县协提〔2024〕第103号, 2024年第103号, 十届三次第103号."""
_OPENING = 4000
"""How much of a text is read: a number stands in the title or the first sentence."""
_DEPUTY = re.compile(r"号\s?[^,。]{0,4}(?:人大)?代表[\u4e00-\u9fff]{2,4}(?:代表|委员)?(?:联名)?提")


def read(value: str) -> Found[tuple[str, ...]] | None:
    """The numbers in a label's value; a value with words around them is read like running text."""
    folded = _REMARK.sub("", plain(value)).strip()
    if _OF_PLACE.fullmatch(value.strip()):
        return Found((value.strip(),), value.strip(), "number")
    parts = [
        part for part in re.split(r"[、,;/\s及和与]+", re.sub(r"(?<=[^、,;/]) (?=号)|(?<=第) ", "", folded)) if part
    ]
    tokens = [_bare(part) for part in parts]
    if tokens and all(tokens):
        return Found(tuple(dict.fromkeys(token for token in tokens if token)), value.strip(), "number")
    whole = _bare(squeeze(folded))
    if whole:
        return Found((whole,), value.strip(), "number")
    serial = _OF_YEAR.fullmatch(folded)
    return Found((serial["serial"],), value.strip(), "number", None, 0.9) if serial else find(value)


def find(text: str) -> Found[tuple[str, ...]] | None:
    """The numbers that a title or sentence gives to a suggestion or proposal; a document's or a deputy's is none."""
    folded = plain(text[:_OPENING])
    for pattern in _IN_TEXT:
        for match in pattern.finditer(folded):
            if _DEPUTY.match(folded, match.end("list") - 1):
                continue
            numbers = _numbers(match["list"])
            behind = folded[match.end("list") :].partition("。")[0]
            if behind.lstrip()[:1] in _OPENINGS:
                numbers = tuple(dict.fromkeys((*numbers, *filter(None, map(_printed, _ANOTHER.findall(behind))))))
            if numbers:
                return Found(numbers, text[match.start() : match.end()].strip(), "number-in-text", None, 0.95)
    return None


def _bare(part: str) -> str | None:
    """The one number that a word of a value is, without 第, 号 and brackets."""
    stripped = _WRAP.sub("", _WRAP.sub("", part))
    return _printed(stripped) if _TOKEN.fullmatch(stripped) or _OF_LEVEL.fullmatch(stripped) else None


def _numbers(text: str) -> tuple[str, ...]:
    tokens = (_printed(match[0]) for match in _TOKEN.finditer(text))
    return tuple(dict.fromkeys(token for token in tokens if token))


def _printed(token: str) -> str | None:
    """A number as printed; Chinese numerals become digits, the only form that can be looked up and counted."""
    if any(character.isdigit() and character.isascii() for character in token):
        return token
    value = numeral(token) if re.fullmatch(rf"{NUMERAL}+", token) else None
    return str(value) if value else None
