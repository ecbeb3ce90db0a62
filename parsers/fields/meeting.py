"""The session of a congress or conference, in any of its word orders.

区十六届人大四次会议 · 县第十八届人民代表大会第四次会议 · 政协X市第九届委员会第四次会议 · 市政协十三届五次会议 ·
政协第十二届X县委员会第一次会议 · X市十四届政协二次会议 … are one grammar: a term (届), a session (次), the body's name
before, between or after them, and a place where nothing else stands.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from parsers.found import Found
from parsers.record import Meeting
from parsers.text import NUMERAL, numeral, plain

Body = Literal["npc", "cppcc"]

_NUM = rf"{NUMERAL}{{1,4}}"
_TERM = re.compile(rf"第?\s?(?P<term>{_NUM})\s?届")
_SESSION = re.compile(
    rf"第?\s?(?P<session>{_NUM})\s?次\s?(?P<what>全体会议|会议|全会|大会|人代会|政协会议|人大会议|政协会|人大会|会)?"
)
_CPPCC = re.compile(r"(?:中国)?人民政治协商会议|政治协商会议|(?:人民)?政协")
_NPC = re.compile(r"人民代表大会|人代会|人大")
_STANDING = re.compile(r"常委会|常务委员会|主席团|主任会议|主席会议|代表团会议")
_STOP = re.compile(
    r"[,。;:!?、《》<>“”\"'‘’()〔〕|/\n]|关于|答复|回复|[对在的您你复函阅向]|转来|交办|我[局县市区省州委厅]|贵[局县市区省州委厅]|收到|提出|出席|参加|\d{3,}年?|(?<=\d)\s?号"
)
_COMMITTEE = re.compile(r"委员会")
_LEVELS = "省市州盟区县旗镇乡"
_WINDOW = 48
_OPENING = 4000
"""How much of a text is read: a meeting stands in the title or the first sentence."""
_COMPONENT = re.compile(
    r"[\u4e00-\u9fff]{1,14}?(?:自治区|自治州|自治县|自治旗|省|市(?=市?[中南北]区|[^省市州盟区县旗镇乡]|$)|"
    r"[州盟区县旗镇乡](?=[^省市州盟区县旗镇乡]|$))"
)

_DIVISION = re.compile(rf"^第?{NUMERAL}{{1,3}}师(?=[\u4e00-\u9fff]{{2}})")
"""The division of the corps (兵团) that stands before the name of its city: 第三师云泽市."""


def read(value: str) -> Found[Meeting] | None:
    """The meeting that stands under a label (届次, 会议名称)."""
    return find(value)


def find(text: str) -> Found[Meeting] | None:
    """The first meeting that a text names, with all that its phrase says."""
    return next(iter(find_all(text)), None)


def find_all(text: str) -> tuple[Found[Meeting], ...]:
    """Every meeting that the opening of a text names, in printed order."""
    return _find_all(text[:_OPENING])


@lru_cache(maxsize=64)
def _find_all(text: str) -> tuple[Found[Meeting], ...]:
    """Remembered, for a page's title is looked at several times."""
    if "届" not in text and "次" not in text:
        return ()
    folded, found, end = plain(text), list[Found[Meeting]](), 0
    for anchor in _anchors(folded):
        if anchor.start() < end:
            continue
        result = _around(text, folded, anchor, end)
        if result:
            found.append(result[0])
            end = result[1]
    return tuple(found)


def _anchors(folded: str) -> list[re.Match[str]]:
    """Where a meeting's phrase can be: at each term, and at sessions that have none."""
    matches = [*_TERM.finditer(folded), *_SESSION.finditer(folded)]
    return sorted(matches, key=lambda match: match.start())


def _around(text: str, folded: str, anchor: re.Match[str], floor: int) -> tuple[Found[Meeting], int] | None:
    """The meeting whose term or lone session is ``anchor``, and where its phrase ends."""
    term = numeral(anchor["term"]) if "term" in anchor.re.groupindex else None
    start = _phrase_start(folded, max(floor, anchor.start() - _WINDOW), anchor.start())
    session: re.Match[str] | None
    if term is None:
        middle, session, end = "", anchor, anchor.end()
    else:
        middle, session, end = _to_session(folded, anchor.end())
    left = folded[start : anchor.start()]
    tail = folded[end : end + 8]
    meeting = _meeting(left, middle, session, term, tail)
    if meeting is None or _STANDING.search(left[-12:] + middle):
        return None
    quote = text[start:end].strip()
    certain = meeting.body is not None and meeting.term is not None and meeting.session is not None
    return Found(meeting, quote, "meeting", None, 1.0 if certain else 0.8), end


def _phrase_start(folded: str, low: int, high: int) -> int:
    for match in _STOP.finditer(folded, low, high):
        low = match.end()
    return low


def _to_session(folded: str, start: int) -> tuple[str, re.Match[str] | None, int]:
    """What stands between a term and its session; no session where the phrase ends before one."""
    session = _SESSION.search(folded, start, start + _WINDOW)
    stop = _STOP.search(folded, start, start + _WINDOW)
    if session and (stop is None or session.start() < stop.start()):
        return folded[start : session.start()], session, session.end()
    body = re.compile(rf"[^届]{{0,12}}?(?:{_NPC.pattern}|政协)").match(folded, start)
    return (body[0], None, body.end()) if body and not _STOP.search(body[0]) else ("", None, start)


def _meeting(left: str, middle: str, session: re.Match[str] | None, term: int | None, tail: str) -> Meeting | None:
    """The parts put together; ``None`` where too little of a meeting stands there."""
    what = (session["what"] or "") if session else ""
    body = _body(left + middle + what) or _body(tail)
    number = numeral(session["session"]) if session else None
    if body is None and (term is None or number is None or middle.strip()):
        return None
    if term is None and not _closes(left):
        return None
    place, level = _place(left, middle)
    return Meeting(body, level, place, term, number)


def _closes(left: str) -> bool:
    """Whether a body's name stands directly before a session that has no term."""
    return bool(re.search(r"(?:人大|人民代表大会|政协|委员会|人代会)[\s第*×xX]{0,8}$", left))


def _body(phrase: str) -> Body | None:
    if _CPPCC.search(phrase):
        return "cppcc"
    return "npc" if _NPC.search(phrase) else None


def _place(left: str, middle: str) -> tuple[str | None, str | None]:
    """Place and level: what is left of the phrase without the names of the body."""
    for part in (middle, left):
        rest = part
        for name in (_CPPCC, _NPC, _COMMITTEE):
            rest = name.sub(" ", rest)
        for word in reversed(rest.split()):
            place = _unit(word.strip("第*×"))
            if place[1]:
                return place
    return None, None


def _unit(word: str) -> tuple[str | None, str | None]:
    """The last administrative unit of a name: 宁波市镇海区 is 镇海区; a bare level word is no place."""
    if word.endswith("全国"):
        return None, "全国"
    if not word or (word[-1] not in _LEVELS and not word.endswith("新区")):
        return None, None
    components = _COMPONENT.findall(word)
    name = _DIVISION.sub("", components[-1] if components and word.endswith(components[-1]) else word)
    if name in ("自治区", "自治州", "自治县", "自治旗") or (len(word) == 1):
        return None, _level(name)
    return name, _level(name)


def _level(name: str) -> str:
    return "自治区" if name.endswith("自治区") else name[-1]
