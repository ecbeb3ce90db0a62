"""Organs: lists under labels, co-handlers in a sentence, the organ that signs a letter or opens its title."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from parsers.found import Found
from parsers.text import plain, squeeze
from parsers.words import choice, words


class Roles(msgspec.Struct, frozen=True):
    """Organs by what they do in handling one suggestion."""

    hosts: tuple[str, ...] = ()
    co: tuple[str, ...] = ()


_ORGANS = words().organs
_END = choice(_ORGANS.endings)
_ENDS = re.compile(rf"{_END}(?:\([^()]{{1,30}}\))?$")
_NAME = r"[\u4e00-\u9fff][\u4e00-\u9fff·A-Za-z0-9()]{0,38}?"
_LIST = rf"{_NAME}{_END}(?:[、,和及与\s]{{1,3}}{_NAME}{_END}){{0,12}}"
_ROLE_WORD = re.compile(
    r"[(〔]?\s?(?P<co>会办|协办|分办|配合|参与|会同|(?<=\()[会协]\s?(?=\)))(?:单位|部门)?\s?[)〕]?\s?:?|"
    r"[(〔]?\s?(?P<host>主办|承办|牵头|独办|单办|主责|(?<=\()主\s?(?=\)))(?:单位|部门)?\s?[)〕]?\s?:?"
)
_ROLE_BEHIND = re.compile(
    r"\((?:(?P<co>会办|协办|分办|配合|协助|参与|[会协])|(?P<host>主办|承办|牵头|独办|单办|主责|主))(?:单位|部门)?\)"
)
_COMMA = re.compile(r"[,;(]")
_NOTE = re.compile(r"\((?:主办|会办|协办|分办|牵头|承办|独办|单办|配合|协助|参与|[主会协]|盖章|公章|章|签章|印章)\)")
_REMARK = re.compile(r"\([^()]{0,60}\)")
_HARD = re.compile(r"[、,;/|\n。]+|(?:^|(?<=\s))\d{1,2}[.、]|\(\d{1,2}\)")
_GLUED = re.compile(
    r"(?<=[局厅委办府心])(?=(?:[县区州旗省]|市(?!场|政|容|监|民|辖))(?!域|内|级|属|长)[\u4e00-\u9fff]{2,14}[局厅委办府心])"
)
_AND = re.compile(r"[和及与]|以及")
_ETC = re.compile(r"等?(?:\d+|[一二三四五六七八九十]+)?(?:个|家)?(?:相关|有关)?(?:单位|部门|科室)?$")
_EMPTY = re.compile(
    r"^(?:无|暂无|没有|空|[\d〇零一二三四五六七八九十]+[年./-][\d〇零一二三四五六七八九十年月日./-]+|-+|/+|\.+)$"
)
_HELPING = re.compile(
    r"(?:等(?:相关|有关)?(?:单位|部门)?)?(?:的|为|是|作为)?(?:(?:分别|均|已|也)?(?:提出|反馈|提供|出具|报送)(?:了|的)?)?的?"
    r"(?:会办|协办|分办|会商|(?:共同|联合|协同|配合|分别|协助)(?:办理|承办))(?!(?:单位|部门)?\s?(?:[:为是]|\())"
)
"""What stands directly behind the names of co-handlers: 协办, 提出的会办意见, 分别办理."""
_HELP = re.compile("会办|协办|分办|会商|共同[办承]|联合[办承]|协同[办承]|配合[办承]|分别[办承]|协助[办承]")
"""What all of that has in it; quick to look for, since each of its words begins with a character of its own."""
_LISTED_BEFORE = 160
_CLAUSE = re.compile(r"[。;:!?《》“”\"()\n]")
_LEADS = re.compile(rf"^.*{choice(_ORGANS.leads)}")
"""What leads up to the first name, wherever it stands; a name holds none of these."""
_LEAD = re.compile(
    r"^(?:并|再|已|了|经(?![济信贸开发管营])|商(?![务业贸洛丘河城水州])|与|同(?![安江仁德心])|请|联合|分别|共同|我们|你们|"
    r"(?:会办|协办|配合)单位|综合(?!行政|执法|管理|保障|治理|交通|开发|应急)|和(?![平田顺政林龙硕静布])|[我你贵本][局委厅办院司镇乡])+"
)
_WITH = re.compile(
    rf"(?:会同|[与商经和请](?:会办|协办|分办|配合)(?:单位|部门))\s?(?P<list>{_LIST})\s?(?:等(?:相关|有关)?(?:单位|部门)?)?\s?[,、]?\s?"
    rf"(?:{choice(_ORGANS.manners)}?(?:(?=[,。;])|[作做]了|{choice(_ORGANS.joint_work)}))"
)
_OPINION = re.compile(
    rf"(?:会办|协办|分办|配合|协助)(?:单位|部门)\s?(?P<list>{_LIST})\s?(?:等(?:单位|部门)?)?(?:提出|反馈|提供)?的?(?:会办|协办|分办)?(?:意见|建议)"
)
"""Whose opinion was heard: 听取了分办单位省教育厅的意见."""
_TAKEN = ("交办", "接到", "收到")
_LATER = re.compile(
    rf"(?:提出|反馈|提供|出具|报送)了?的?(?:会办|协办|分办)意见|(?:{'|'.join(_TAKEN)})[^。;]{{0,20}}会同"
)
"""What a sentence far below the first one says of the suggestion's handling; another 会同 tells of other work."""
_WITHIN = re.compile(
    r"(?<![我本贵])[\u4e00-\u9fff]{1,12}(?:(?<![府委])办公室|[科股处]|(?<!办公)室|(?<!组织)(?<!宣传)(?<!统战)(?<!武装)部)$"
)
"""A section of the handling organ, whose partners are sections too: 董事会办公室会同信贷部."""
_BY = re.compile(rf"(?P<role>主办|会办|协办|分办|承办)(?:单位|部门)?(?:为|是|:)\s?(?P<list>{_LIST})")
_CO_WORDS = ("会办", "协办", "会同", "办理", "会商", "分办", "主办", "承办")
_WITH_WORDS = ("会同", "单位", "部门")
_HOST_WORDS = ("由", "主办", "承办")
_HELPS = re.compile(r"\s?(?:配合|协助|会办|协办|参与)")
_SELF = re.compile(r"[我本贵你](?:局|委|办|镇|乡|厅|院|单位|中心|街道|部门)|[主会协承]办$")
_HOST = re.compile(
    rf"(?:此件|该件|本件|该建议|该提案)?由\s?(?P<list>{_NAME}{_END})\s?(?:主办|承办|牵头办理|负责办理|答复)"
)
_LONGEST = 800
_LONGEST_LINE = 160
_TITLE = re.compile(
    rf"^\s*(?P<organ>[\u4e00-\u9fff][\u4e00-\u9fff\s]{{1,30}}?{_END})\s?(?:关于|对)(?![\u4e00-\u9fff]{{0,2}}$)"
)
_DATE_TAIL = re.compile(r"\s*[(〔]?(?:19|20|二)[\d〇零一二三四五六七八九\s]{1,8}[年./-].*$")
_NO_ORGAN = re.compile(
    choice(
        _ORGANS.no_organs,
        r"^[一二三四五六七八九十\d]+[是、.]",
        r"[。;!?:《》“”\"]",
        "我[局委办]",
        "提案(?!委|法制|工作|和法|和委|审查|办)",
    )
)


def read(value: str) -> Found[tuple[str, ...]] | None:
    """The organs in a label's value, whatever their roles."""
    names = _list(plain(value)) if len(value) <= _LONGEST else ()
    return Found(names, value.strip(), "departments") if names else None


def roles(value: str, co: bool = False) -> Found[Roles] | None:
    """The organs of a value by role, where it prints roles (主办:X;会办:Y); ``co`` is the role of its label."""
    folded = plain(value) if len(value) <= _LONGEST else ""
    hosts: list[str] = []
    helpers: list[str] = []
    for part, is_co in _by_role(folded, co):
        (helpers if is_co else hosts).extend(_list(part))
    if not hosts and not helpers:
        return None
    return Found(Roles(tuple(dict.fromkeys(hosts)), tuple(dict.fromkeys(helpers))), value.strip(), "departments")


def find_co(text: str) -> Found[tuple[str, ...]] | None:
    """The co-handlers that a sentence names with 会办, 协办 or 会同."""
    if not any(word in text for word in _CO_WORDS):
        return None
    folded = plain(text)
    for helping in _HELPING.finditer(folded) if _HELP.search(folded) else ():
        names, start = _directly_before(folded, helping.start())
        if names:
            return Found(names, text[start : helping.end()].strip(), "departments-in-text", None, 0.9)
    together = _WITH.finditer(folded) if any(word in folded for word in _WITH_WORDS) else ()
    opinions = _OPINION.finditer(folded) if "意见" in folded or "建议" in folded else ()
    for match in (*together, *_BY.finditer(folded), *opinions):
        if match.groupdict().get("role") in ("主办", "承办") or _is_within(folded, match.start()):
            continue
        listed = _list(_LEAD.sub("", match["list"]))
        names = tuple(name for name in listed if not _SELF.search(name) and name[0] != "各")
        if names:
            return Found(names, text[match.start() : match.end()].strip(), "departments-in-text", None, 0.9)
    return None


def find_co_below(lines: list[str]) -> Found[tuple[str, ...]] | None:
    """The co-handlers that a later sentence of a letter names: X局提出的会办意见已吸收, 交办后我局会同X局…."""
    for line in lines:
        if "办意见" in line or ("会同" in line and any(word in line for word in _TAKEN)):
            for sentence in line.split("。"):
                if _LATER.search(sentence) and (found := find_co(sentence)):
                    return found
    return None


def _is_within(folded: str, end: int) -> bool:
    """Whether a section of an organ stands before 会同."""
    return _WITHIN.search(folded, max(0, end - 16), end) is not None


def _directly_before(folded: str, end: int) -> tuple[tuple[str, ...], int]:
    """The list of names that ends at a place, back to the word that leads up to it, and where it begins."""
    low = max(0, end - _LISTED_BEFORE)
    stops = list(_CLAUSE.finditer(folded, low, end))
    low = stops[-1].end() if stops else low
    names: list[str] = []
    while low < end:
        cut = max(low, folded.rfind("、", low, end) + 1, folded.rfind(",", low, end) + 1)
        part = folded[cut:end]
        name = _LEAD.sub("", _LEADS.sub("", part.strip()))
        organs = [organ for organ in _list(name) if _ENDS.search(organ) and len(organ) > 2]
        if not organs or not _ENDS.search(part):
            break
        others = [organ for organ in organs if not _SELF.search(organ)]
        if not others:
            break
        names[:0] = others
        start, end = cut, cut - 1
        if name != part.strip():
            break
    return tuple(dict.fromkeys(names)), start if names else end


def find_host(text: str) -> Found[tuple[str, ...]] | None:
    """The host that a sentence names: 由X主办, 主办单位为X."""
    if not any(word in text for word in _HOST_WORDS):
        return None
    folded = plain(text)
    for match in (*_HOST.finditer(folded), *_BY.finditer(folded)):
        if match.groupdict().get("role", "主办") not in ("主办", "承办"):
            continue
        names = tuple(name for name in _list(match["list"]) if not _SELF.search(name))
        if len(names) > 1 and _HELPS.match(folded, match.end()):
            names = names[:-1]
        if names:
            return Found(names, text[match.start() : match.end()].strip(), "departments-in-text", None, 0.8)
    return None


@lru_cache(maxsize=1024)
def signature(line: str) -> Found[tuple[str, ...]] | None:
    """The organs that sign a letter: a line of nothing but their names, a date behind them allowed.

    Remembered, for every rule about a letter's end asks, and the pages of a site are signed by the same few.
    """
    if len(line) > _LONGEST_LINE:
        return None
    folded = _NOTE.sub("", _DATE_TAIL.sub("", plain(line))).strip()
    if not 3 <= len(folded) <= 80 or _NO_ORGAN.search(folded):
        return None
    names = _list(folded)
    if not names or not all(_ENDS.search(name) and len(name) >= 3 for name in names):
        return None
    return Found(names, line.strip(), "signature", None, 0.95)


def title_organ(title: str) -> Found[str] | None:
    """The organ that opens a title: X局关于…, X局对…."""
    match = _TITLE.match(plain(title))
    if match is None or _NO_ORGAN.search(match["organ"]):
        return None
    return Found(
        squeeze(match["organ"]), title[match.start("organ") : match.end("organ")].strip(), "title-organ", None, 0.8
    )


def _by_role(folded: str, co: bool) -> list[tuple[str, bool]]:
    """A value cut where it prints a role: before its names, with a colon or in brackets, or in brackets after each."""
    cuts = list(_ROLE_WORD.finditer(folded))
    if not cuts:
        return [(folded, co)]
    if _ROLE_BEHIND.search(folded) and folded[: cuts[0].start()].strip():
        return _marked_behind(folded, co)
    if folded[: cuts[0].start()].strip() and not folded[cuts[-1].end() :].strip(" )。;"):
        return _behind(folded, cuts, co)
    found = [(folded[: cuts[0].start()], co)]
    for place, cut in enumerate(cuts):
        end = cuts[place + 1].start() if place + 1 < len(cuts) else len(folded)
        found.append((folded[cut.end() : end], cut["co"] is not None))
    return found


def _behind(folded: str, cuts: list[re.Match[str]], co: bool) -> list[tuple[str, bool]]:
    """Roles that follow their names: A主办,B、C会办; names behind an earlier comma keep the label's role."""
    found, start = list[tuple[str, bool]](), 0
    for cut in cuts:
        *others, named = _COMMA.split(folded[start : cut.start()])
        found += [*((other, co) for other in others), (named, cut["co"] is not None)]
        start = cut.end()
    return found


def _marked_behind(folded: str, co: bool) -> list[tuple[str, bool]]:
    """A value that prints roles in brackets behind its names: A(主办) B、C(会办).

    A role is that of all names since the last one; where no host is marked, names before the one in front of the first
    role have the role of the label: A、B(会办).
    """
    marks = list(_ROLE_BEHIND.finditer(folded))
    found: list[tuple[str, bool]] = []
    start = 0
    if not co and not any(mark["host"] for mark in marks):
        first = [cut.end() for cut in _HARD.finditer(folded, 0, marks[0].start())]
        start = first[-1] if first else 0
        found.append((folded[:start], co))
    for mark in marks:
        found.append((folded[start : mark.start()], mark["co"] is not None))
        start = mark.end()
    return [*found, (folded[start:], co)]


@lru_cache(maxsize=1024)
def _list(folded: str) -> tuple[str, ...]:
    """The names of a folded list; a separator inside brackets divides nothing."""
    source, names, start = _NOTE.sub("", folded), [], 0
    masked = _REMARK.sub(lambda match: "\x01" * len(match[0]), source)
    for cut in [*_HARD.finditer(masked), None]:
        names += _spaced(source[start : cut.start() if cut else len(source)])
        start = cut.end() if cut else start
    return tuple(dict.fromkeys(name for name in names if name and not _EMPTY.match(name)))


def _spaced(part: str) -> list[str]:
    """White space divides names only behind an organ's ending; elsewhere it is a wrapped or justified name."""
    names: list[str] = []
    for word in part.split():
        if names and not (_ENDS.search(names[-1]) and len(names[-1]) >= 3):
            names[-1] += word
        else:
            names.append(word)
    return [_ETC.sub("", name) if _ENDS.search(_ETC.sub("", name)) else name for word in names for name in _apart(word)]


def _apart(word: str) -> list[str]:
    """Names joined by 和 or glued together, cut only between two organs' names."""
    for match in _AND.finditer(word):
        left, right = word[: match.start()], word[match.end() :]
        if len(left) >= 3 and _ENDS.search(left) and _ENDS.search(_ETC.sub("", right)):
            return [*_apart(left), *_apart(right)]
    return [part for part in _GLUED.split(word) if part]
