"""The day of publication: in the line under the title, in the meta tag, under labels that say it less surely."""

from __future__ import annotations

import re

import msgspec

from parsers.draft import Draft
from parsers.facts import Facts
from parsers.fields import dates
from parsers.found import Found
from parsers.label_lines import split
from parsers.labels import lookup
from parsers.layouts import form
from parsers.lines import Line
from parsers.text import plain, squeeze
from parsers.words import choice, words

_WORDS = words().publication
_INFO = re.compile(
    r"[\s\[(〔]{0,3}(?:19|20)\d\d\s?[-/年.]\s?\d{1,2}\s?[-/月.]\s?\d{1,2}日?[^。]{0,24}?"
    rf"{choice(_WORDS.beside_date)}|"
    rf"\s?(?:文章|信息|稿件|内容)?{choice(_WORDS.authors)}\s?:\s?[^\s:。]{{1,24}}\s{{1,6}}"
    r"(?:(?:时间|日期|更新)\s?:\s?)?(?:19|20)\d\d[-/年.]"
)
_DIGIT = re.compile(r"\d")
_BESIDE = (
    rf"\d{{1,7}}|{choice(_WORDS.counters)}(?:次数|量)?\s?:?\s?\d*\s?次?|[\u4e00-\u9fff]{{2,12}}|"
    r"[\u4e00-\u9fff]+〔(?:19|20)\d\d〕\d+号|[A-Z][+-]|(?:https?://|www\.)[\w./-]{3,40}"
)
_NAMED_DATE = re.compile(r"\s(?P<label>[\u4e00-\u9fff]{2,6})\s?[:：]\s?(?=(?:19|20)\d\d)")
_ALONE = re.compile(
    rf"[\s\[\]()〔〕|,.:·]*(?:(?:{_BESIDE})[\s\[\]()〔〕|,.:·]+){{0,3}}(?:{_BESIDE})?[\s\[\]()〔〕|,.:·]*"
)
"""What may stand beside a date under the title: column, source, counter, number, the letters that change the type."""
_INFO_LINES, _INFO_LENGTH = 5, 48
_HEAD_LINES = 40
_INFO_HEAD, _LINE = 80, 120


def publish_date(draft: Draft, facts: Facts) -> None:
    """The day of publication where no sure label says it: the line under the title, the meta tag, other labels."""
    _info_date(draft, facts)
    _meta_date(draft, facts)
    if "publish_date" not in draft.found:
        form.publish_dates(draft, facts.grid.pairs, weak=True)


def _info_date(draft: Draft, facts: Facts) -> None:
    """The day of publication in the line under the title, where it stands without a label: 2021-04-07 09:53 来源：…."""
    if "publish_date" in draft.found:
        return
    for line in facts.lines[:12]:
        head = line.text[:_INFO_HEAD]
        if _DIGIT.search(head) and _INFO.match(plain(head)):
            draft.put("publish_date", dates.find(line.text))
            return
        if found := _named_inside(line.text):
            draft.put("publish_date", found)
            return
    start = _title_line(facts)
    limit = min(facts.letters[0].start if facts.letters else len(facts.lines), start + _INFO_LINES)
    for line in (*facts.lines[start + 1 : limit], *facts.lines[max(0, start - 1) : start]):
        if "。" in line.text or (line.text.endswith(("：", ":")) and not split(line.text)):
            return
        if found := _beside_others(line, facts):
            draft.put("publish_date", msgspec.structs.replace(found, rule="under-title", confidence=0.7))
            return


def _beside_others(line: Line, facts: Facts) -> Found[str] | None:
    """The day on a line that holds nothing else but source, counter, author and the like, with or without labels."""
    found = dates.find(line.text) if len(line.text) <= _INFO_LENGTH else None
    if found is None or found.quote.isdigit():
        return None
    if pairs := split(line.text):
        others = all(not (label.fields or label.foreign or label.in_letters) for label, _, _ in pairs)
        return found if others and not any(value.startswith(found.quote) for _, _, value in pairs) else None
    if any(pair.first <= line.place < pair.end for pair in facts.grid.pairs):
        return None
    return found if _ALONE.fullmatch(plain(line.text.replace(found.quote, "", 1))) else None


def _named_inside(text: str) -> Found[str] | None:
    """The day behind a label of publication that does not begin its line: X函〔2024〕5号 发布时间:2024-09-13."""
    if len(text) > _LINE or "。" in text:
        return None
    named = _NAMED_DATE.search(text)
    label = lookup(named["label"]) if named else None
    is_published = label is not None and not label.weak and label.fields == ("publish_date",)
    return dates.find(text[named.end() :]) if named and is_published else None


def _title_line(facts: Facts) -> int:
    """The first line that prints the page's title; the first of all where none does."""
    wanted = squeeze(facts.title.value) if facts.title else ""
    shortest, longest = len(wanted), 2 * len(wanted)  # with a blank between any two characters
    for index, line in enumerate(facts.lines[:_HEAD_LINES]):
        if shortest <= len(line.text) <= longest and squeeze(line.text) == wanted:
            return index
    return 0


def _meta_date(draft: Draft, facts: Facts) -> None:
    """The day of publication from the meta tag; it shortens a printed one that has no time, and is shortened by it."""
    value = facts.document.meta.get("pubdate")
    found = dates.read(value) if value else None
    if found is None:
        return
    first = draft.found.get("publish_date")
    if first is None:
        draft.put("publish_date", msgspec.structs.replace(found, rule="meta", label="PubDate"))
    elif first.value[:10] == found.value[:10] and len(found.value) < len(first.value):
        draft.found["publish_date"] = msgspec.structs.replace(first, value=found.value)
