"""Who handed it in: cells (领衔人, 提案人), salutations and the first sentence of a co-handler's letter.

Names stand in printed order without inner white space; delegations, parties and sectors stand as printed. A name that
a site starred out in part (张**) is kept so; one that is nothing but stars is none.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from parsers.found import Found
from parsers.labels import lookup, named
from parsers.text import NUMERAL, numeral, plain
from parsers.words import choice, words

Role = Literal["代表", "委员"]


class People(msgspec.Struct, frozen=True):
    """The proposers of one suggestion or proposal."""

    names: tuple[str, ...] = ()
    count: int | None = None
    """How many they are, where the page prints it (等10位代表)."""
    role: Role | None = None
    """The word that follows the names; ``None`` for a cell without one and for groups."""


_WORDS = words().people
_COMPOUND = frozenset(_WORDS.surnames_of_two)
_PARTIES = choice(_WORDS.parties)
_GROUP = re.compile(choice([*_WORDS.parties, *_WORDS.groups, *_WORDS.groups_labelled], "界$", "界委员", "小组$"))
_GREETED = re.compile(
    choice(
        [*_WORDS.parties, *_WORDS.parties_short, *_WORDS.groups, *_WORDS.groups_greeted],
        r"界(?<=[\u4e00-\u9fff]{2}.)(?:委员)?$",
        "政协[^:]{0,30}委(?:员会)?$",
    )
)
"""Groups that a salutation may greet as proposers; other committees and federations are departments there."""
_SENTENCE = re.compile(r"^[贵您你我]|提出|收悉|答复|[《“]")
"""What stands in a letter's first sentence, never in whom it greets."""
_COUNT = re.compile(
    rf"\(?\s?(?:等|共|等共)\s?\(?\s?({NUMERAL}{{1,4}})\s?(?:余)?\s?[名位人个]\s?(?:市|县|区|省|州)?(?:人大|政协)?"
)
_ROLE = re.compile(r"(?:省|市|县|区|全国|[州旗镇乡](?=人大|政协))?(?:人大|政协)?(代表|委员)(?!团|会|小|活|组|联)")
_NOISE = re.compile(
    r"\([^()]{0,40}\)|(?:尊敬|敬爱)的|先生|女士|同志|领衔|联名|(?:[及和与并、]|以及)?(?:各位|其他|全体)?附议(?:代表|委员|人)?|第一提案人|提案人|建议人|[\d+-]{5,}|\d{1,2}[.、]"
)
_AND_OTHERS = re.compile(r"\(?\s?等\s?\)?(?=代表|委员|$|、)")
_OF_DELEGATION = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{1,10}"
    r"(?:代表(?:团|小?组)(?=[\u4e00-\u9fff·]{2,12}代表)|(?:界别?|委员小?组|活动组)(?=[\u4e00-\u9fff·]{2,12}(?:委员(?!会)|(?:、[\u4e00-\u9fff·]{2,8}){1,4}等\d{1,3}[名位]委员)))"
)
"""The delegation or sector in front of a deputy's name."""
_LABEL = re.compile(r"^[\u4e00-\u9fff]{2,6}:")
_SPLIT = re.compile(
    r"[、,;/|\n。]|\s及其?\s?|\s和\s|(?<=[\u4e00-\u9fff])(?:[和及与并暨]|以及)(?!代表|委员)(?=[\u4e00-\u9fff]{2,4}(?:代表|委员)?(?:$|[、,;]))"
)
_NAME = re.compile(
    rf"[{_WORDS.sounds}]{{5,8}}|"
    r"[\u3400-\u9fff\U00020000-\U0003ffff][\u3400-\u9fff*×xX某〇\U00020000-\U0003ffff]{1,3}|[\u4e00-\u9fff]{1,10}(?:[·•・.][\u4e00-\u9fff]{1,10}){1,4}"
)
_NO_NAME = re.compile(
    choice(
        _WORDS.no_names,
        "[无空局厅委]$",
        "(?<!^阿)的",
        "^[就将为是在及与]",
        "[就将向是在及与]$",
        "^作为$",
        f"^副?{choice(_WORDS.posts)}$",
    )
)
_CITIZEN = re.compile(choice(_WORDS.citizens))
_ORGAN = re.compile(rf"{choice(_WORDS.organs_greeted)}$")
_HELLO = re.compile(r"[,、!]?\s?[您你]好!?$")
_SENTENCE_MARK = re.compile(r"[。;《]")
_BYLINE_LENGTH = 40
_LONGEST_ORGAN, _LONGEST_CITIZEN = 60, 40
_GREETING = re.compile(r"^\s*(?:尊敬的|敬爱的)?(?P<body>[^:。;!?]{1,400}?)\s?(?:[:,、!]?\s?[您你]们?好)?\s?[:,!]?\s*$")
_COMRADES = re.compile(r"(?:尊敬的|敬爱的)?(?P<names>[^。;!?《]{2,60})同志们?")
_BYLINE = re.compile(
    r"(?:[\u4e00-\u9fff]{0,10}(?:人大代表|政协委员)(?:\s?[:|]\s?|\s*)(?=[\u4e00-\u9fff]))?"
    rf"(?P<names>{_PARTIES}[\u4e00-\u9fff]{{2,20}}{choice(_WORDS.branches)}|"
    r"(?<=[表员:|\s])[\u4e00-\u9fff]{2,3}(?:[\s、]{1,3}[\u4e00-\u9fff]{2,3}){0,9})"
)
_NAME_ALONE = rf"[{_WORDS.surnames}][\u4e00-\u9fff]{{1,2}}"
_NAMES_ALONE = re.compile(
    rf"(?:第一)?(?:[提议]案[人者]|建议人|领衔代表)?\s?(?P<names>{_NAME_ALONE}(?:[\s、]{{1,3}}{_NAME_ALONE}){{0,9}})(?P<count>\s?等\s?\d{{1,3}}[名位]?[人]?)?"
)
"""Names and nothing else, each with one of the hundred most frequent surnames."""
_COMMITTEE = re.compile(
    rf"(?P<names>[省市县区州旗]政协(?!提案|办公)[\u4e00-\u9fff]{{2,14}}(?:委|委员会|界别?|联络[组委])|[省市县区州旗]{choice(_WORDS.federations)})"
)
"""A committee or federation and nothing else; a conference's committee for proposals publishes them."""
_PUT = re.compile(
    rf"(?P<role>代表|委员)\s?(?:\(?(?:等|共)\s?{NUMERAL}{{1,3}}\s?[名位人]\)?)?(?:[^,。;《“\"]{{0,24}}(?:会议|大会|期间)上?)?"
    r"\s?(?:联名|共同|联合)?\s?(?:(?:所)?(?:提出|提交|提的|提|反映)|的?《)"
)
_TITLED_PUT = re.compile(
    r"(?:人大代表|政协委员)\s?(?P<names>[\u4e00-\u9fff·*]{2,12}(?:、[\u4e00-\u9fff·*]{2,12}){0,20}?)(?:等[^,。]{1,6})?"
    r"(?:在[^,。;《]{2,40}上)?(?:联名|共同)?(?:所提|提出|提交)"
)
_BEFORE = re.compile(
    r"转来的?|转办的?|交办的?|[就对将由《》“”\"(]|关于|收到|收悉|办理|人大代表|政协委员|号|[,。;:]|[委局]?会办|提供|你[局委办]|贵[局委办]"
)
_IN_BRACKETS = re.compile(
    rf"\((?:[^():]{{0,60}}[\s,;])?(?:{'|'.join(named('proposers'))}):(?P<names>[^():]{{2,160}})\)"
)
"""The proposers in brackets behind the title: 《…》(提案人:丁一鸣、牟平)."""
_GROUP_PUT = re.compile(
    rf"([\u4e00-\u9fff]{{2,24}}?{choice(_WORDS.groups_putting)})(?:在[^,。]{{0,30}})?(?:提出|提交|所提)"
)


def read(value: str) -> Found[People] | None:
    """The people in a label's value (领衔人, 提案人, 代表姓名)."""
    people = _people(plain(value))
    return Found(people, value.strip(), "people") if people.names or people.count else None


def salutation(line: str) -> Found[People] | None:
    """The people whom a letter's salutation greets; ``None`` where the line greets nobody or somebody else."""
    match = _GREETING.match(plain(line))
    if match is None:
        return None
    body = match["body"].strip()
    remark = re.search(r"(?<=[表员团])\s?(\([^()]{1,12}\))$", body)
    body = body[: remark.start()] if remark else body
    roles = list(_ROLE.finditer(body))
    ends = bool(roles) and (not body[roles[-1].end() :].strip(" )们") or _is_titled(body, roles[-1]))
    if not ends and (not _GREETED.search(body) or len(body) > 40 or _SENTENCE.search(body)):
        return None
    if _CITIZEN.search(body) and not ends:
        return None
    people = _people(body)
    if not people.names and not re.fullmatch(r"(?:[*×xX某\s]*|[\u4e00-\u9fff])(?:人大|政协)?(?:代表|委员)", body):
        return None
    if remark and people.count is None:
        people = msgspec.structs.replace(people, count=_people(remark[1]).count)
    return Found(people, line.strip(), "salutation", None, 1.0 if ends else 0.9)


def comrades(head: str) -> Found[People] | None:
    """The people whom a letter greets as 同志, which citizens are greeted as too: what follows must decide."""
    match = _COMRADES.fullmatch(plain(head).strip())
    people = _people(match["names"]) if match else People()
    return Found(people, head.strip(), "salutation", None, 0.8) if people.names else None


def organs(head: str) -> Found[People]:
    """The organs and federations that a salutation greets as proposers."""
    names = tuple(re.sub(r"\s|^尊敬的", "", name) for name in _SPLIT.split(plain(head)) if name.strip())
    return Found(People(names), head.strip(), "salutation-organ", None, 0.8)


def _is_titled(body: str, role: re.Match[str]) -> bool:
    """Whether names follow the role: 县人大代表丁一鸣."""
    names = _SPLIT.split(body[role.end() :].strip())
    return len(role[0]) > 2 and role.start() <= 4 and all(_NAME.fullmatch(re.sub(r"\s", "", name)) for name in names)


def is_organ(head: str) -> bool:
    """Whether what stands before a letter's first colon is a department, neither proposers nor a citizen."""
    body = _HELLO.sub("", plain(head).strip(" :")).strip()
    if len(body) > _LONGEST_ORGAN or not _ORGAN.search(body) or _SENTENCE_MARK.search(body):
        return False
    return not (len(body) <= _LONGEST_CITIZEN and _CITIZEN.search(body)) and salutation(f"{head}：") is None


def is_citizen(line: str) -> bool:
    """Whether a line greets a citizen: 李先生: · 市民朋友,您好!"""
    folded = plain(line).strip()
    if not folded.endswith((":", "好", "好!")) or len(folded) > _LONGEST_CITIZEN:
        return False
    return bool(_CITIZEN.search(folded)) and "。" not in folded and salutation(line) is None


def byline(line: str) -> Found[People] | None:
    """Those whom a line names and nothing else, under a suggestion's title: 区政协委员 张小红 · 农工党X区总支."""
    folded = plain(line).strip(" ()-")
    match, committee = _BYLINE.fullmatch(folded), _COMMITTEE.fullmatch(folded)
    people = _people(match["names"]) if match else People((committee["names"],)) if committee else None
    if people is None and folded.endswith(("委员", "代表")) and (titled := salutation(f"{folded}:")):
        people = titled.value
    return Found(people, line.strip(), "byline", None, 0.8) if people and people.names else None


def alone(line: str) -> Found[People] | None:
    """The names that a line is made of, where a proposer stands: under a suggestion's title or below its text."""
    folded = plain(line).strip(" ()-")
    match = _NAMES_ALONE.fullmatch(folded) if len(folded) <= _BYLINE_LENGTH and not lookup(folded) else None
    people = _people(folded[match.start("names") :]) if match else None
    return Found(people, line.strip(), "byline", None, 0.7) if people and people.names else None


def find(text: str) -> Found[People] | None:
    """The people of whom a sentence says that they put the suggestion: 转来X、Y代表所提, 现就X等11位代表提出的."""
    folded = plain(text)
    for match in _PUT.finditer(folded):
        low = max(0, match.start() - 200)
        before = folded[low : match.start()]
        cut = max((stop.end() for stop in _BEFORE.finditer(before)), default=0)
        people = _people(before[cut:] + match["role"])
        if people.names:
            return Found(people, text[low + cut : match.start() + 2].strip(), "people-in-text", None, 0.9)
    if bracketed := in_brackets(text):
        return bracketed
    titled = _TITLED_PUT.search(folded)
    if titled and (people := _people(titled["names"])).names:
        return Found(people, text[titled.start() : titled.end()].strip(), "people-in-text", None, 0.8)
    group = _GROUP_PUT.search(folded)
    if group and _GROUP.search(group[1]) and not _BEFORE.search(group[1]):
        return Found(People((group[1],)), text[group.start(1) : group.end(1)], "people-in-text", None, 0.8)
    return None


def in_brackets(text: str) -> Found[People] | None:
    """The proposers whom a remark names under their label: (第36号提案 提案人:丁一鸣)."""
    folded = plain(text)
    match = _IN_BRACKETS.search(folded) if "(" in folded and ":" in folded else None
    people = _people(match["names"]) if match else None
    if match is None or people is None or not people.names:
        return None
    return Found(people, text[match.start() : match.end()], "people-in-text", None, 0.9)


def _people(folded: str) -> People:
    """Names, count and role of a folded cell or salutation."""
    count = _COUNT.search(folded)
    folded = _OF_DELEGATION.sub("", _LABEL.sub("", folded.strip()))
    role = _ROLE.findall(folded)
    rest = _COUNT.sub("、", folded) if count else folded
    rest = _NOISE.sub(" ", rest)
    rest = _AND_OTHERS.sub("", rest) if "等" in rest else rest
    names = [name for part in _SPLIT.split(rest) for name in _names(_LABEL.sub("", part.strip()))]
    value = numeral(count[1]) if count else None
    return People(tuple(dict.fromkeys(names)), value, role[-1] if role else None)


def _names(part: str) -> list[str]:
    """The names in one stretch between separators; white space divides names or stands inside them."""
    if _GROUP.search(part):
        group = re.sub(r"\s", "", part).strip(":")
        return [group] if len(group) >= 3 and not group.isdigit() else []
    joined: list[str] = []
    words = _ROLE.sub(" ", part).split()
    for place, word in enumerate(words):
        unfinished = bool(joined) and (len(joined[-1]) == 1 or joined[-1] in _COMPOUND)
        spelt = bool(joined) and len(word) == 1 and place >= 2 and len(words[place - 1]) == len(words[place - 2]) == 1
        dangling = bool(joined) and len(word) == 1 and place + 1 == len(words)
        if (unfinished or spelt or dangling) and len(joined[-1]) + len(word) <= 4:
            joined[-1] += word
        else:
            joined.append(word)
    return [word for word in joined if _NAME.fullmatch(word) and not _NO_NAME.search(word)]
