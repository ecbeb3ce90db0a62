"""Whether the reply is published, as printed: 主动公开, 依申请公开, 不予公开."""

from __future__ import annotations

import re

from parsers.found import Found
from parsers.text import plain, squeeze
from parsers.words import choice, words

_WORDS = re.compile(rf"{choice(words().disclosure.ways, blank=' ?')}公开|公开发布")
_IN_TEXT = re.compile(
    r"(?:此件|本件|该件|此文|公开(?:方式|形式|属性|类别|选项|类型)\s?:?|是否公开\s?:?|信息公开(?:选项|属性|方式|类别)?\s?:)"
    rf"\s?[\"“]?(?P<word>{_WORDS.pattern}|公开|是|否)"
)


def read(value: str) -> Found[str] | None:
    """The way of publication in a label's value."""
    folded = squeeze(plain(value)).strip("()〔〕。☑√✓")
    match = _WORDS.search(folded) if len(folded) <= 20 else _IN_TEXT.search(plain(value))
    if match:
        return Found(match.groupdict().get("word") or match[0], value.strip()[:60], "disclosure")
    return Found(folded, value.strip(), "disclosure") if folded in ("公开", "是", "否") else None


def find(text: str) -> Found[str] | None:
    """The note under a letter or above it: (此件主动公开), 公开方式:主动公开."""
    folded = plain(text)
    match = _IN_TEXT.search(folded)
    if match:
        return Found(squeeze(match["word"]), text[match.start() : match.end()], "disclosure-note", None, 0.95)
    alone = re.fullmatch(rf"\s*(?:[A-D]\d?\s?类\s)?[(〔]?\s?(?P<word>{_WORDS.pattern}|公开)\s?[)〕]?\s*", folded)
    return Found(squeeze(alone["word"]), text.strip(), "disclosure-note", None, 0.9) if alone else None
