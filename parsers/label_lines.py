"""One line of text to labels and values: after a colon, in brackets, or glued where the colons were lost."""

from __future__ import annotations

import re

from parsers.fields import dates, departments, doc_number
from parsers.labels import LONGEST, Label, lookup, vocabulary
from parsers.text import has_colon, plain

_HEAD = re.compile(r"^[\W_]{0,3}?(?P<name>[^:]{1,24}?)\s?:\s?")
_BRACKETED = re.compile(r"^〔(?P<name>[^〔〕:]{2,12})〕\s?:?\s?")
"""A label in brackets of its own, which stand for its colon: 【提案编号】12."""
_IN_BRACKETS = re.compile(r"〔(?P<name>[^〔〕:]{2,12})〕\s?:?\s?")
_BRACKETS = tuple("【〔［[﹝〖")
_DATE_FIRST = re.compile(
    r"[\s\[(〔]*(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?: \d{1,2}:\d\d(?::\d\d)?)?[)〕\]]?(?:\s*\|\s*|\s+)"
)
"""The date in front of a line of labels: 2023-03-02 09:47 | 提案人:王明 · 2023-03-02 提案人:王明."""
_COLON = re.compile(r":")
_BOUNDARY = re.compile(r"[\s;,。、)〕|】]|(?<=[0-9A-Za-z])(?=[\u4e00-\u9fff])")
_HEAD_LENGTH = 40
_LINE = 400


def split(text: str) -> list[tuple[Label, str, str]]:
    """The pairs of a line that begins with a label and a colon: label, label as printed, value."""
    if text[:1].isdigit() and has_colon(text) and (dated := _DATE_FIRST.match(plain(text))):
        text = text[dated.end() :]
    start = text[:_HEAD_LENGTH]
    head = _BRACKETED.match(plain(start)) if start[:1] in _BRACKETS else None
    if head is not None and len(text) <= _LINE and (several := _all_bracketed(text)):
        return several
    if head is None and has_colon(start):
        head = _HEAD.match(plain(start))
    if head is None:
        return []
    label = lookup(text[head.start("name") : head.end("name")])
    if label is None or (label.cells_only and head.end() < len(text)):
        return []
    folded = plain(text)
    found = [(label, head.start("name"), head.end())]
    if not label.long and len(text) <= _LINE:
        found += _further(text, folded, head.end())
    return _cut(text, found)


def _all_bracketed(text: str) -> list[tuple[Label, str, str]]:
    """The pairs of a line whose labels stand in brackets each: 【索引号】1234 【发布日期】2023-04-27."""
    heads = [
        (label, head.start(), head.end())
        for head in _IN_BRACKETS.finditer(plain(text))
        if (label := lookup(text[head.start("name") : head.end("name")]))
    ]
    return _cut(text, heads) if len(heads) > 1 else []


def _further(text: str, folded: str, start: int) -> list[tuple[Label, int, int]]:
    """The labels behind the first one of a line: label, where it begins, where its value begins."""
    found, floor = [], start
    for colon in _COLON.finditer(folded, start):
        begin = _label_before(folded, floor, colon.start())
        if begin is None:
            continue
        label = lookup(text[begin : colon.start()])
        if label is not None:
            found.append((label, begin, colon.end()))
            floor = colon.end()
            if label.long:
                break
    return found


def _label_before(folded: str, floor: int, end: int) -> int | None:
    """Where the longest label begins that ends before a colon; inside glued text as well."""
    low = max(floor, end - 2 * LONGEST)
    starts = [low, *(match.end() for match in _BOUNDARY.finditer(folded, low, end))]
    known = [begin for begin in reversed(starts) if lookup(folded[begin:end])]
    if known:
        spread = [begin for begin in known if all(len(part) == 1 for part in folded[begin:end].split())]
        return spread[-1] if spread else known[0]
    for begin in range(max(low, end - LONGEST), end - 1):
        if lookup(folded[begin:end]) and not folded[begin].isspace():
            return begin
    return None


def _cut(text: str, found: list[tuple[Label, int, int]]) -> list[tuple[Label, str, str]]:
    ends = [begin for _, begin, _ in found[1:]] + [len(text)]
    return [
        (label, text[begin:value].rstrip(":： "), _unclosed(text[value:end].strip(" \u3000|;；")))
        for (label, begin, value), end in zip(found, ends, strict=True)
    ]


def _unclosed(value: str) -> str:
    """A value without the bracket that closes one before its label: (提出人:王明 承办单位:市教育局)."""
    ends = value.endswith(("）", ")")) and "（" not in value and "(" not in value
    return value[:-1].rstrip() if ends else value


def glued(text: str) -> list[tuple[Label, str, str]]:
    """The pairs of a line whose labels lost their colons, the first at its head: three, or fewer with sure values."""
    if not 8 <= len(text) <= _LINE or "。" in text or not _label_at(text, 0):
        return []
    folded = plain(text)
    found: list[tuple[Label, int, int]] = []
    place = 0
    while place < len(folded):
        end = _label_at(folded, place)
        if end:
            label = lookup(folded[place:end])
            assert label is not None
            found.append((label, place, end))
            place = end
        elif not found:
            return []
        else:
            place += 1
    pairs = _cut(text, found)
    return pairs if len(pairs) >= 3 or all(_is_sure(label, value) for label, _, value in pairs) else []


def _is_sure(label: Label, value: str) -> bool:
    """Whether a value shows by its form that it belongs to the label in front of it: a date, a number, an organ."""
    if "doc_number" in label.fields:
        return doc_number.own(value) is not None
    if {"publish_date", "sign_date"} & {*label.fields}:
        return dates.is_date(value)
    return (
        bool(value)
        and not (label.fields or label.foreign)
        and (value.isascii() or departments.signature(value) is not None)
    )


def _label_at(folded: str, place: int) -> int:
    """Where the longest label of three characters or more ends that begins here, or 文号 before a number; else 0."""
    if folded[place] not in vocabulary().heads:
        return 0
    names = vocabulary().by_name
    for end in range(min(len(folded), place + 8), place + 2, -1):
        label = names.get(folded[place:end])
        if label is not None and not label.cells_only:
            return end
    short = names.get(folded[place : place + 2])
    return place + 2 if short and "doc_number" in short.fields and doc_number.own(folded[place + 2 :]) else 0
