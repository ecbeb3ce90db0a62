"""Policies and documents that a text names: 《…》 with the number behind it, and numbers without a title."""

from __future__ import annotations

import re

from parsers.fields import doc_number
from parsers.fields.subject import core, joined, spans
from parsers.found import Found
from parsers.record import Citation
from parsers.text import plain
from parsers.words import choice, words

_WORDS = words().citations
_SUGGESTION = re.compile(r"(?:的|代表|委员)(?:建议|提案|议案)$")
_MEDIA = re.compile(rf"{choice(_WORDS.media)}$")
_ARTS = re.compile(rf"{choice([*_WORDS.arts, *_WORDS.arts_short])}(?<!办[{_WORDS.arts_short}])\s?$")
"""What in front of a title says that it is a play, a song or a programme."""
_ARTS_BEHIND = re.compile(rf"等?(?:系列)?{choice(_WORDS.arts_behind)}")
"""What says so behind it: 《回家》宣传片."""
_STANDARD = re.compile(
    r"\s?(?:[\u4e00-\u9fff]{0,4}(?:标准|规范|规程))?\s?[(〔]\s?"
    r"(?P<number>(?:GB|DB|T|Q|[A-Z]{2,3})(?:\s?\d{2,6})?(?:/[A-Z]{1,8})?\s?\d{1,6}(?:\.\d{1,3})?\s?[-—–]{1,2}\s?(?:19|20)\d\d)\s?[)〕]"
)
"""The number of a standard behind its title: (GB/T 12345—2023)."""
_ALIAS = re.compile(r"(?:以下)?(?:简称|称为?)\s?[:“\"']?$")
_NUMBER_AFTER = re.compile(r"^\s?[(〔]\s?(?:文号\s?:?)?")
_OPENS = tuple("(（﹙❨〔【［[﹝〖")
_LATIN = re.compile("[A-ZＡ-Ｚ]")
_WORD = re.compile(r"[\u4e00-\u9fff]{2}")


def find(
    text: str, own: tuple[str | None, ...] = (), own_number: str | None = None
) -> Found[tuple[Citation, ...]] | None:
    """All citations of a text in printed order; ``own`` are titles of the suggestion itself, which are none."""
    found: dict[Citation, str] = {}
    mine = {core(title) for title in own if title}
    for start, end in spans(text, "《"):
        title = joined(text[start + 1 : end - 1])
        number = _behind(text, end)
        one = Citation(title, number[0] if number else None)
        if one not in found and _is_document(title, text[max(0, start - 12) : start], text[end : end + 8], mine, found):
            found[one] = text[start : number[1] if number else end]
    numbered = {citation.doc_number for citation in found}
    for cited in doc_number.find_all(text):
        if cited.value not in numbered and cited.value != own_number:
            numbered.add(cited.value)
            found.setdefault(Citation(None, cited.value), cited.quote)
    if not found:
        return None
    return Found(tuple(found), " … ".join(found.values())[:400], "citations", None, 0.95)


def _is_document(title: str, before: str, behind: str, own: set[str], found: dict[Citation, str]) -> bool:
    """Whether a title is a document's; ``own`` holds the cores of the suggestion's titles."""
    if _ARTS.search(plain(before)) or _ARTS_BEHIND.match(behind):
        return False
    if not _WORD.search(title) or _SUGGESTION.search(title) or _MEDIA.search(title) or _ALIAS.search(plain(before)):
        return False
    if core(title) in own:
        return False
    return len(title) > 4 or not any((citation.title or "").endswith(title) for citation in found)


def _behind(text: str, end: int) -> tuple[str, int] | None:
    """The number in brackets directly behind a title, and where it ends."""
    standard = _STANDARD.match(plain(text[end : end + 60])) if _LATIN.search(text, end, end + 16) else None
    if standard is not None:
        return text[end + standard.start("number") : end + standard.end("number")], end + standard.end()
    opened = _NUMBER_AFTER.match(plain(text[end : end + 12])) if text[end : end + 2].strip()[:1] in _OPENS else None
    if opened is None:
        return None
    number = doc_number.find(text[end + opened.end() : end + 60])
    if number is None or plain(text[end + opened.end() : end + 60]).find(plain(number.quote)) > 1:
        return None
    return number.value, end + opened.end() + len(number.quote)
