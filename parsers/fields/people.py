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

Role = Literal["代表", "委员"]


class People(msgspec.Struct, frozen=True):
    """The proposers of one suggestion or proposal."""

    names: tuple[str, ...] = ()
    count: int | None = None
    """How many they are, where the page prints it (等10位代表)."""
    role: Role | None = None
    """The word that follows the names; ``None`` for a cell without one and for groups."""


_COMPOUND = {
    *("欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "夏侯", "诸葛", "尉迟", "公孙", "慕容", "长孙"),
    *("司徒", "皇甫", "令狐", "宇文", "司空", "西门", "东郭", "百里", "呼延", "澹台", "轩辕", "闻人", "万俟", "赫连"),
}
_GROUP = re.compile(
    r"代表团|代表小组|代表组|委员会|委员小组|委员活动组|活动组|委员联络|联络[组站]|界别|界$|界委员|小组$|支部|总支|基层委|"
    r"民革|民盟|民建|民进|农工党|致公党|九三学社|台盟|工商联|无党派|总工会|妇联|团委|共青团|青联|科协|侨联|台联|残联|"
    r"专委会|专门委员会|党派|商会|协会|联谊会|联合会"
)
_GREETED = re.compile(
    r"代表团|代表小组|代表组|委员小组|活动组|联络[组站]|界别|[\u4e00-\u9fff]{2}界(?:委员)?$|支部|总支|支社|基层委|专委会|专门委员会|党派|商会|联谊会|"
    r"民革|民盟|民建|民进|农工|致公|九三|台盟|工商联|无党派|知联会|新联会|政协[^:]{0,30}委(?:员会)?$"
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
_SOUNDS = (
    "阿艾爱安昂敖奥巴白拜班包保宝布本比毕别勃查朝才措德登迪丁多额尔丹恩凡嘎嘎尕噶干高格公贡古瓜哈和赫呼花吉加江嘉金居卡克肯库拉兰勒"
    "里力莲林玲隆洛罗麻玛买麦曼梅孟米明木姆牧那娜奈尼努诺帕培萍普其奇恰钦青却日仁荣如瑞若萨赛桑沙山珊生史斯苏索他塔台泰坦特提图吐"
    "托娃旺乌西希夏晓肖辛旭雅亚延扬央耶叶伊依宜英尤于玉云扎泽詹占珍珠卓孜子热曲次顿顺满都朗敦达胡代苍楞勤晶阳其代赞穆琪琴"
)
"""Characters that write the sounds of Mongolian, Tibetan, Uyghur, Kazakh and Yi names; these may be long."""
_NAME = re.compile(
    rf"[{_SOUNDS}]{{5,8}}|"
    r"[\u3400-\u9fff\U00020000-\U0003ffff][\u3400-\u9fff*×xX某〇\U00020000-\U0003ffff]{1,3}|[\u4e00-\u9fff]{1,10}(?:[·•・.][\u4e00-\u9fff]{1,10}){1,4}"
)
_NO_NAME = re.compile(
    r"各位|全体|有关|部分|人大|政协|尊敬|单位|部门|无$|空$|局$|厅$|委$|你们|您们|上述|相关|多名|几位|所有|广大|两位|"
    r"对|(?<!^阿)的|^[就将为是在及与]|[就将向是在及与]$|^作为$|^副?(?:主任|主席|秘书长|常委|委员|代表|部长|州长|盟长|[省市县区旗镇乡]长|书记|组长|团长)$|建议|提案|答复|回复|现|如下|网友|市民|群众|居民|朋友"
)
_CITIZEN = re.compile(
    r"网友|市民|居民|群众|来信人|来电人|投诉人|反映人|咨询人|诉求人|信访人|写信人|热心|先生|女士|用户|读者|同学|家长|业主|"
    r"村民|访客|游客|匿名|朋友|申请人|老师|师傅"
)
_ORGAN = re.compile(
    r"(?:局|委|办|厅|部|院|处|中心|政府|委员会|办公室|街道|镇|乡|公司|大队|支队|管委会|单位|部门|组|室|科|会|社|区|县|市|妇联|残联|科协|侨联|文联|台联|工商联|团委|法院|检察院|集团)$"
)
_HELLO = re.compile(r"[,、!]?\s?[您你]好!?$")
_SENTENCE_MARK = re.compile(r"[。;《]")
_BYLINE_LENGTH = 40
_LONGEST_ORGAN, _LONGEST_CITIZEN = 60, 40
_GREETING = re.compile(r"^\s*(?:尊敬的|敬爱的)?(?P<body>[^:。;!?]{1,400}?)\s?(?:[:,、!]?\s?[您你]们?好)?\s?[:,!]?\s*$")
_COMRADES = re.compile(r"(?:尊敬的|敬爱的)?(?P<names>[^。;!?《]{2,60})同志们?")
_BYLINE = re.compile(
    r"(?:[\u4e00-\u9fff]{0,10}(?:人大代表|政协委员)(?:\s?[:|]\s?|\s*)(?=[\u4e00-\u9fff]))?"
    r"(?P<names>(?:民革|民盟|民建|民进|农工党|致公党|九三学社|台盟)[\u4e00-\u9fff]{2,20}(?:委员会|支部|总支|支社|市委|县委|区委|[省市县区]委会)|"
    r"(?<=[表员:|\s])[\u4e00-\u9fff]{2,3}(?:[\s、]{1,3}[\u4e00-\u9fff]{2,3}){0,9})"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董袁潘蒋蔡余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛"
    "闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_NAMES_ALONE = re.compile(
    rf"(?:第一)?(?:[提议]案[人者]|建议人|领衔代表)?\s?(?P<names>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?:[\s、]{{1,3}}[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}){{0,9}})(?P<count>\s?等\s?\d{{1,3}}[名位]?[人]?)?"
)
"""Names and nothing else, each with one of the hundred most frequent surnames."""
_COMMITTEE = re.compile(
    r"(?P<names>[省市县区州旗]政协(?!提案|办公)[\u4e00-\u9fff]{2,14}(?:委|委员会|界别?|联络[组委])|[省市县区州旗](?:工商联|总工会|妇联|侨联|台联|科协|文联|残联|知联会|新联会))"
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
    r"([\u4e00-\u9fff]{2,24}?(?:代表团|委员会|市委|省委|县委|区委|委会|总支|支部|界别|活动组|小组|工商联))(?:在[^,。]{0,30})?(?:提出|提交|所提)"
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
