"""The handling clerk: name and telephone from 联系人, 经办人, 联系电话 … in any order; never the deputy's."""

from __future__ import annotations

import re

from parsers.found import Found
from parsers.record import Contact
from parsers.text import plain, squeeze
from parsers.words import choice, words

_WORDS = words().contacts
_SP = r"\s{0,4}"
_ROLE = rf"{choice(_WORDS.roles)}员?(?:姓名)?"
_PHONE_LABEL = choice(_WORDS.phones)
_PHONE = (
    r"(?:1\d{10}|1\d\d[-\s]\d{4}[-\s]\d{4}|1\d\d[*×xX]{4}\d{4}|0\d{2,3}-?\d{2,4}[*×xX]{2,5}\d{0,4}|"
    r"\d{2,4}[*×]{3,5}\d{0,4}|0\d{2,3}-\d{4}\s\d{3,4}|(?:\(?0\d{2,3}\)?[-\s]{0,3})?\d{3,4}\s?-?\s?\d{4}(?:\s?[-转]\s?\d{1,5})?)(?!\d)"
)
_NAME = (
    r"(?:[\u4e00-\u9fff]\s{1,3}[\u4e00-\u9fff]\s{1,3}(?!电\s?话|手\s?机|联\s?系|办\s?公)[\u4e00-\u9fff](?![\u4e00-\u9fff:])|"
    r"[\u4e00-\u9fff](?:\s{1,8}[\u4e00-\u9fff](?![\u4e00-\u9fff])|[\u4e00-\u9fff*×某]{1,3}?))"
    rf"(?=$|[\s,。;、:()/|\d-]|联系|电话|手机|办公|副?{choice(_WORDS.posts)}|同志)"
)
_COLON = r"(?:\s?[:|]{1,2}\s{0,8}|\s{1,4})"
_SECTION = (
    r"(?:[\u4e00-\u9fff]{2,20}(?:\([\u4e00-\u9fff]{2,8}\)[\u4e00-\u9fff]{0,8})?(?:[局科室办处厅院心股委队部司](?:\s{1,4}|,\s?)|办公室|科|股)"
    rf"(?:副?{choice(_WORDS.section_posts)})?"
    r"(?!\s?(?:电\s?话|联\s?系|手\s?机|办\s?公|传\s?真)|[,:长]|$))?"
)
"""The clerk's section, which may stand before the name."""
_WITHOUT_COLON = ("话", "式", "码", "机", ")")
"""The end of a telephone's label without a colon, which needs a name in front of it."""
_OF_UNIT = ("联系", "承办", "经办", "责任", "办理")
_UNIT = rf"{choice(_OF_UNIT)}{choice(_WORDS.units)}(?:(?:及|和|、)?(?:联系)?(?:电话|方式|人员|人))?{_COLON}"
_NO_CLERK = rf"(?!{choice(_WORDS.no_names)}|[\u4e00-\u9fff]{{1,3}}[科室处办股局])"
_FIRST = "".join(sorted({word[0] for word in (*_WORDS.roles, *_WORDS.phones, *_OF_UNIT)}))
_EVENT = re.compile(
    rf"(?:(?=[{_FIRST}科单处\d(])|(?<=[;、,/\n]))(?:"
    rf"(?P<both>{_ROLE}(?:及|和|、|/|与)?(?:联系)?(?:电话|方式|手机)\s?[:)]{{1,2}}\s{{0,8}})|"
    rf"(?P<role>{_ROLE}(?:{_COLON}|(?={_NAME}(?:[,、\s]{{0,2}}{_PHONE_LABEL}[\s:]{{0,3}}|\s?\(){_PHONE}))){_SECTION}(?P<name>{_NAME})(?P<others>(?:、{_NAME}){{0,4}})|"
    rf"(?P<of>{_UNIT}[\u4e00-\u9fff]{{2,24}}[\s,、(]{{1,4}}|{_PHONE_LABEL}{_COLON})"
    rf"{_NO_CLERK}(?P<person>{_NAME})(?=[\s,、:(]{{1,4}}{_PHONE})|"
    rf"(?P<next>(?<=[;、,/\n]){_SP}{_SECTION}{_NO_CLERK}(?P<another>{_NAME})(?=(?:\([^()]{{2,16}}\))?[\s,:(]{{0,4}}(?:{_PHONE_LABEL})?[\s:]{{0,4}}{_PHONE}))|"
    rf"(?P<label>{_PHONE_LABEL}(?:\([\u4e00-\u9fff]{{1,4}}\))?(?:{_COLON})?)(?P<phone>{_PHONE})"
    rf"(?:[ ,(]{{1,4}}{_NO_CLERK}(?P<behind>{_NAME})(?=[)\s。;,]|$))?|"
    rf"(?P<section>(?:科室|单位|处室)及(?:联系)?电话\s?:\s{{0,4}}[\u4e00-\u9fff]{{0,12}}[\s,]{{0,4}})(?P<number>{_PHONE})|"
    rf"(?P<bare>(?<![\d.])(?:{_PHONE})(?![\d.])))"
)
"""It begins with a look at the first character, which tells most places off in a third of the time."""
_PAIR = re.compile(
    rf"\s?{_SECTION}(?P<name>{_NAME})[\s,、;:()/]{{0,6}}(?:电话|手机|{_PHONE_LABEL})?[\s:]{{0,4}}(?P<phone>{_PHONE})?"
)
_DEPUTY = re.compile(rf"{choice(_WORDS.others)}[^。;\n:]{{0,6}}(?::\s?| ?)$")
_LAST_TWO = sorted({".{0,4}".join(map(re.escape, squeeze(word)[-2:])) for word in (*_WORDS.roles, *_WORDS.phones)})
_HINT = re.compile(
    "|".join((*_LAST_TWO, "室及", "位及", *(word[-1] + choice(_WORDS.units) for word in _OF_UNIT))), re.DOTALL
)
"""The end of each cue, printed in any width: found ten times as fast, for each begins with a character."""
_CUE = re.compile(rf"{_ROLE}|{_PHONE_LABEL}|(?:科室|单位|处室)及|{_UNIT}")


def read(value: str) -> Found[tuple[Contact, ...]] | None:
    """The clerk in a label's value (联系人, 经办人): a name, a telephone or both."""
    folded = plain(value).strip()
    match = _PAIR.match(folded)
    if match:
        return Found((Contact(squeeze(match["name"]), _digits(value, match)),), value.strip(), "contacts")
    phone = re.search(_PHONE, folded)
    return Found((Contact(None, squeeze(phone[0])),), value.strip(), "contacts") if phone else find(value)


def find(text: str) -> Found[tuple[Contact, ...]] | None:
    """The clerks that the lines round a letter's end name, in printed order."""
    if not _HINT.search(text) or not _CUE.search(folded := plain(text)):
        return None
    found: list[Contact] = []
    spans: list[tuple[int, int]] = []
    near = -1
    for match in _EVENT.finditer(folded):
        if _DEPUTY.search(folded[max(0, match.start() - 12) : match.start()]):
            continue
        span = _event(folded, match, found, near)
        if span:
            spans.append(span)
            near = span[1]
    if not found:
        return None
    quote = text[spans[0][0] : spans[-1][1]].strip()
    return Found(tuple(dict.fromkeys(found)), quote, "contacts-line", None, 0.95)


def _event(folded: str, match: re.Match[str], found: list[Contact], near: int) -> tuple[int, int] | None:
    """Take one name or telephone into the list; the span that it came from, ``None`` where it was passed over."""
    if match["both"]:
        pair = _PAIR.match(folded, match.end())
        if pair is None:
            return None
        found.append(Contact(squeeze(pair["name"]), _digits(folded, pair)))
        return match.start(), pair.end()
    if match["role"]:
        name = squeeze(match["name"])
        if found and found[-1].name is None and match.start() - near <= 12:
            found[-1] = Contact(name, found[-1].phone)
        else:
            found.append(Contact(name, None))
        found.extend(Contact(squeeze(other), None) for other in match["others"].split("、") if other)
        return match.start(), match.end()
    if match["next"]:
        if not found or found[-1].phone is None or match.start() - near > 4:
            return None
        found.append(Contact(squeeze(match["another"]), None))
        return match.start(), match.end()
    if match["of"]:
        found.append(Contact(squeeze(match["person"]), None))
        return match.start(), match.end()
    phone = squeeze(match["phone"] or match["number"] or match["bare"])
    close = near >= 0 and match.start() - near <= 30
    if found and found[-1].phone is None and (match["label"] or match["section"] or close):
        found[-1] = Contact(found[-1].name, phone)
    elif found and found[-1].phone == phone:
        return None
    elif match["section"] or (match["label"] and not match["label"].endswith(_WITHOUT_COLON)):
        found.append(Contact(squeeze(match["behind"] or "") or None, phone))
    else:
        return None
    return match.start(), match.end()


def _digits(text: str, match: re.Match[str]) -> str | None:
    return squeeze(text[match.start("phone") : match.end("phone")]) if match["phone"] else None
