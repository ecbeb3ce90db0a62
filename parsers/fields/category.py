"""The outcome class as printed, letter alone: A, B1, C, 甲, 2."""

from __future__ import annotations

import re

from parsers.found import Found
from parsers.text import plain, squeeze

_LETTER = r"(?:[A-Da-d]\s?[1-9]?|[甲乙丙丁])"
_CLASS = rf"(?:{_LETTER}|[1-4一二三四])"
_QUOTED = rf"[(〔“\"'‘]?\s?(?:第\s?)?(?P<class>{_CLASS})[”\"'’]?"
_VALUE = re.compile(rf"^\s*{_QUOTED}\s?[类级]?\s?[)〕]?(?=$|[\s(〔,。:;、-]|[类级]|[\u4e00-\u9fff])")
_LABELLED = re.compile(
    r"(?:办理|答复|办复|建议|提案|落实|结果|复文|反馈|回复|办结|解决){0,2}(?:类别|分类|类型|结果|等级|级别)\s?(?:标注|标识)?"
    rf"\s?:?\s?{_QUOTED}\s?[类级]?(?=$|[\s)〔〕(,。;、类级])"
)
_BEHIND = re.compile(r"[\u4e00-\u9fff]\s?[(〔]\s?(?P<class>[A-D][1-9]?|[甲乙丙丁])\s?类?\s?[)〕]\s*$")
"""The class in brackets behind its legend: 已解决(A), 所提问题已解决或基本解决(A类)."""
_BEFORE = re.compile(r"^\s*[(〔]?(?P<class>[A-D][1-9]?|[甲乙丙丁])\s?类[)〕]?\s?(?=对|关于|[^,。]{2,30}关于)")
"""The class glued to a title's beginning: A类对…第12号建议的答复."""
_BESIDE = re.compile(r"[\u4e00-\u9fff》)]\s+(?P<class>[A-D][1-9]?|[甲乙丙丁])\s?类\s*$")
_ALONE = re.compile(rf"^\s*[(〔]?\s?(?:类\s?别\s?:?\s?)?[“\"]?(?P<class>{_LETTER})[”\"]?\s?类?\s?[)〕]?\s*$")
_HEADS = (
    re.compile(rf"^\s*[(〔]\s?(?P<class>{_LETTER})\s?类?\s?[)〕]"),
    re.compile(r"^\s*(?P<class>[A-D][1-9]?|[甲乙丙丁])\s?类(?![\u4e00-\u9fff])"),
    re.compile(rf"^\s*类\s?别\s?:\s?(?P<class>{_CLASS})"),
)
_BEHIND_SIGNER = re.compile(
    r"签\s?发\s?(?:人\s?)?:\s?[\u4e00-\u9fff]{1,4}(?:\s[\u4e00-\u9fff]{1,3})?\s{1,9}(?P<class>[A-D][1-9]?|[甲乙丙丁])\s?类?\s*$"
)
_LAST = re.compile(rf"\s(?:办理|答复|办复|分类)?(?:类别|结果|标记|标识){{1,2}}\s?:\s?(?P<class>{_CLASS})\s?类?\s*$")
"""The class behind number and signer of a letter's head: X函〔2024〕5号 签发人:张三 类别:A."""


def read(value: str) -> Found[str] | None:
    """The class in a label's value, a legend behind it left out: A类(已解决)."""
    folded = plain(value)
    match = _VALUE.match(folded) or _BEHIND.search(folded) or _LABELLED.search(folded)
    if match is None:
        return None
    rest = folded[match.end("class") :]
    if re.match(r"\s?[\u4e00-\u9fff]", rest) and not re.match(r"\s?[类级]", rest):
        return None
    return Found(_letter(match), value[match.start() : match.end()].strip(), "category")


def behind(title: str) -> Found[str] | None:
    """The class behind a title, in brackets or behind a blank: …的答复(B类), …的建议 B类."""
    folded = plain(title)
    match = _BEHIND.search(folded) or _BESIDE.search(folded)
    return Found(_letter(match), title[match.start() + 1 :].strip(), "category-title", None, 0.9) if match else None


def before(title: str) -> Found[str] | None:
    """The class in front of a title: A类对…第12号建议的答复."""
    match = _BEFORE.match(plain(title))
    return Found(_letter(match), match[0].strip(), "category-title", None, 0.9) if match else None


def line(text: str) -> Found[str] | None:
    """The class on a line of its own above a letter or glued before its number: 类别:A, (B类), A."""
    folded = plain(text)
    matches = (
        _ALONE.match(folded),
        *(head.match(folded) for head in _HEADS),
        _LABELLED.match(folded.strip()),
        _LAST.search(folded),
        _BEHIND_SIGNER.search(folded),
    )
    match = next(filter(None, matches), None)
    return Found(_letter(match), text.strip()[:40], "category-line", None, 0.9) if match else None


def _letter(match: re.Match[str]) -> str:
    return squeeze(match["class"]).upper()
