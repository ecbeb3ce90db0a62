"""Who signed the reply off: 签发人 and its variants; never the clerk, the editor or the leader in charge."""

from __future__ import annotations

import re

from parsers.found import Found
from parsers.labels import named
from parsers.text import plain, squeeze
from parsers.words import choice, words

_LABEL = "|".join(r"\s{0,8}".join(name) for name in sorted(named("signer"), key=len, reverse=True))
"""The labels of the vocabulary, spread wide or not."""
_WORD = r"[\u4e00-\u9fff*×]"
_PERSON = (
    rf"(?P<name>{_WORD}(?:\s{{1,8}}{_WORD}{{1,2}}|[\u4e00-\u9fff*×·]{{1,5}}?"
    r"(?=$|[\s,。;、)(|]|承办|经办|联系|主办|类别|公开|电话|签发|[A-D]类)))"
)
_FIND = re.compile(rf"(?<![\u4e00-\u9fff])(?:{_LABEL})\s?:\s{{0,8}}{_PERSON}")
_POST = rf"(?:副?{choice(words().signers.posts)})"
_SENTENCE = re.compile(
    rf"(?:经|由)[^,。;\n]{{0,24}}?{_POST}\s?(?P<name>[\u4e00-\u9fff]{{2,4}}?)\s?(?:同志)?\s?"
    r"(?:审签|签发|核签|签批|审核签发)"
)
_HINT = re.compile("[签署批]")
_NAME = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff*×某]{1,3}|[\u4e00-\u9fff]{1,10}(?:·[\u4e00-\u9fff]{1,10}){1,3}")


def read(value: str) -> Found[str] | None:
    """The name in a label's value, posts and brackets left out; several signers stand joined by 、."""
    folded = re.sub(r"\([^()]{0,20}\)", "", plain(value))
    parts = [re.sub(rf"{_POST}|同志|[:\s]", "", part) for part in re.split(r"[、,;/]", folded)]
    names = [part for part in parts if _NAME.fullmatch(part)]
    return Found("、".join(names), value.strip(), "signer") if names and len(names) == len(parts) else None


def find(text: str) -> Found[str] | None:
    """The name behind 签发人: in a line, or in a sentence: 此复函已经局长X审签."""
    if not _HINT.search(text):
        return None
    folded = plain(text)
    match = _FIND.search(folded) or _SENTENCE.search(folded)
    if match is None:
        return None
    name = squeeze(match["name"])
    return Found(name, text[match.start() : match.end()], "signer-line", None, 0.95) if _NAME.fullmatch(name) else None
