"""Document numbers: 镇经信函〔2025〕12号, whatever brackets the page prints.

A reply's own number stands alone on a line, under a label or glued to the title; numbers inside sentences are cited.
"""

from __future__ import annotations

import re

from parsers.found import Found
from parsers.text import plain, squeeze
from parsers.words import choice, words

_ORGAN = r"[\u4e00-\u9fffA-Za-z]"
_TAIL = (
    r"\s{0,3}[〔(<〈《]\s?(?P<year>(?:19|20)\s?\d\s?\d)\s?年?\s?[〕)>〉》]"
    r"\s{0,3}(?:第\s?)?(?P<serial>[A-Z]{0,3}-?\d{1,6}(?:-\d{1,4})?)\s{0,3}号"
)
_NUMBER = re.compile(rf"(?P<organ>{_ORGAN}(?:[\u4e00-\u9fffA-Za-z0-9 ]{{0,16}}{_ORGAN})?)(?<!第){_TAIL}")
_OWN = re.compile(rf"\s*(?:发文字号|发文文号|文\s?号|字\s?号)?\s?:?\s?{_NUMBER.pattern}")
_UNBRACKETED = re.compile(
    rf"\s*(?P<organ>{_ORGAN}{{2,14}}[函字发复办建信提答])\s?第?(?P<year>(?:19|20)\d\d)\s?[-年第]?\s?(?P<serial>\d{{1,5}})\s?号"
)
_YEAR = re.compile(r"[〔(<〈《]\s?(?:19|20)\s?\d\s?\d")
_BEFORE, _BEHIND = 24, 30
_CLASS = re.compile(r"^\s?[(〔]?[A-D甲乙丙丁]\s?类[)〕]?")
"""The answer's class in front of its number: A类 X函〔2024〕40号."""
_LEAD = re.compile(rf"^.*{choice(words().doc_numbers.leads)}")


def fold(value: str) -> str:
    """A document number with 〔〕 round the year and no white space."""
    return re.sub(r"[〔(<〈《]((?:19|20)\d\d)年?[〕)>〉》]第?", r"〔\1〕", squeeze(plain(value)))


def read(value: str) -> Found[str] | None:
    """The document number under a label; one that lost its brackets is restored where year and serial are apart."""
    match = _NUMBER.search(plain(value))
    if match:
        return _found(value, match, "doc-number")
    bare = _UNBRACKETED.match(plain(value))
    if bare is None:
        return None
    return Found(
        f"{bare['organ']}〔{bare['year']}〕{bare['serial']}号", value.strip(), "doc-number-restored", None, 0.6
    )


def own(line: str) -> Found[str] | None:
    """The number that a line begins with: the reply's own, alone, bracketed, before the signer or glued to a title."""
    folded = _CLASS.sub(lambda match: " " * len(match[0]), plain(line))
    opened = folded.lstrip().startswith("(")
    match = _OWN.match(folded.replace("(", " ", 1) if opened else folded)
    if match is None or _LEAD.match(match["organ"]):
        return None
    rest = folded[match.end() :].lstrip()
    rest = rest[1:] if opened and rest[:1] == ")" else rest
    return None if rest[:1] in tuple(",、;。)》") or rest[:2] == "文件" else _found(line, match, "doc-number-line")


def find(text: str) -> Found[str] | None:
    """The first number in running text, cited or not."""
    return next(iter(find_all(text)), None)


def find_all(text: str) -> list[Found[str]]:
    """Every number of a text, without the words that lead up to it (按照, 根据 …).

    Looked for at each 号, which is rare, so that a long text is folded there only.
    """
    found, end, sign = list[Found[str]](), 0, text.find("号")
    while sign >= 0:
        start = max(end, sign - _BEFORE - _BEHIND)
        folded = plain(text[start : sign + 1])
        for year in _YEAR.finditer(folded):
            match = _NUMBER.search(folded, max(0, year.start() - _BEFORE))
            if match is not None and match.start("year") < year.end():
                found.append(_found(text, match, "doc-number", start))
                end = start + match.end()
                break
        sign = text.find("号", sign + 1)
    return found


def _found(text: str, match: re.Match[str], rule: str, offset: int = 0) -> Found[str]:
    """``offset``: where in the text the string begins that was matched in."""
    organ = _LEAD.sub("", squeeze(match["organ"])) or squeeze(match["organ"])
    year = squeeze(match["year"])
    quote = text[offset + match.start("organ") : offset + match.end()]
    return Found(f"{organ}〔{year}〕{squeeze(match['serial'])}号", quote, rule)
