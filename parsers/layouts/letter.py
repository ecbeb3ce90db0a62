"""Letters: from the salutation to the date, what stands above, and what stands below."""

from __future__ import annotations

import re
from functools import cached_property

import msgspec

from parsers.fields import category, contacts, dates, departments, people
from parsers.fields.people import People
from parsers.found import Found
from parsers.furniture import is_furniture
from parsers.labels import lookup
from parsers.lines import Line
from parsers.text import colon_of, has_colon, plain, squeeze

_SIGN = re.compile(r"收悉|收到|收阅|提出|所提|提交|答复|复函|函复|回复|函告|办理|建议|提案|议案|意见|关心|支持")
_CO_HANDLER = re.compile(r"会办|协办|分办|转来|来函|转办|汇总答复|一并答复|供.{0,6}参考")
_PROPOSAL = re.compile(r"(?:代表|委员|代表团|建议|提案|议案)")
_PROPOSERS = re.compile(r"代表|委|团|组|界|支部|支社|总支|党|民[革盟建进]|九三|台盟|工商联|联会|商会")
_TEMPLATE = re.compile(r"[×✕╳xX〇○]{2,}|[_＿]{2,}|\.{4,}|(?:某某|姓名)(?:代表|委员)")
_TAIL = re.compile(
    r"^\s?\(?\s?(?:附\s?件|附\s?[::]|附表|附图|抄\s?[送报]|主\s?送|此件|本件|联\s?[系络]\s?(?:人|单\s?位|方\s?式|科\s?室|处\s?室|股\s?室|部\s?门|电\s?话)|(?:承|经|主)\s?办\s?(?:人|科\s?室|处\s?室)|具体(?:承办|经办|联系)|"
    r"(?:办公|咨询|承办)?\s?电\s?话|信息公开|公开方式|公开属性|是否公开|(?:办[理复结]|答复|复文|结果)?类[别型]\s?:|办理类别|办理方式|备?注\s?:|附建议|附提案|附原|分管领导|办理结果|主动公开|公开\)|"
    r"依申请公开|不予公开|邮\s?编|传\s?真|签\s?发\s?人?\s?:|审\s?核|校\s?对|代表意见|反馈意见|满意|年\s?月\s?日)"
)
_TAIL_HEADS = frozenset(
    "附抄主此本联承经具电信咨公是办答复结类备注分依不邮传签审校代反满年(（﹙❨"
    " \xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
)
"""What ``_TAIL`` begins with, looked at before a line is folded."""
_APPENDED = re.compile(
    r"^\s?\(?\s?附\s?(?:件|录)?\s?\d?\s?[::]?\s?(?:原?建议|原?提案|原?议案|代表建议|委员提案|标题|题目|内容|关于.{2,60}的(?:建议|提案|议案))|^\s?\(?附\s?[::]?\s?\)?$|^原(?:建议|提案|议案)"
)
_FORM_OR_FILE = re.compile(r"(?:表|单|\.[A-Za-z]{3,4})[》）)]?$")
"""An enclosure that is none of the suggestion's text: 附件:提案办理情况征询意见表."""
_START = re.compile(
    r"(?:您|你|贵)(?:们|单位|局|委|办)?(?:[^。]{0,40}(?:提出|所提|提交|反映)的?|关于)[^。]{0,120}(?:收悉|答复如下|回复如下|函复如下|答复)|"
    r"(?:收悉|答复如下|回复如下|函复如下|会办意见如下|协办意见如下|办理情况(?:答复|回复|函告|报告)如下)"
)
_QUOTING = re.compile("[“「『][^”」』]*$")
"""A sentence that quotes how a letter begins."""
_BARE = re.compile(r"(?:代表|委员)(?:们?[,!]?|[们,!]*\s?[您你]们?好\s?[!。.,]?)\s?$")
_PUT_AT = re.compile(
    r"(?:届[^。]{0,12}次|人大|政协|第\s?\w{1,12}\s?号)[^。]{0,60}(?:建议|提案|议案)[^。]{0,60}(?:收悉|收到|答复|回复)|"
    r"(?:建议|提案|议案)[^。]{0,20}第\s?\w{1,12}\s?号[^。]{0,20}(?:收悉|收到|答复|回复)"
)
"""What a deputy greeted as 同志 is answered to; a petitioner names neither meeting nor number."""
_PUT_BY_ORGAN = re.compile(
    r"(?:首先|非常|衷心|感谢|[,。!]|您好){0,3}[你您贵](?:们|会|委|办|部|局|院|厅|处|中心|单位|团|所)?(?:委?员会)?(?:[,在于][^。;:]{0,40}?)?"
    r"(?:提出|所提|提交|提案)(?!.{0,30}(?:会办|协办|分办)意见)"
)
"""A committee or federation that put the proposal itself: 贵会提出的…."""
_SEVERAL = re.compile(r"\s*(?:你|您)们")
_NAME_ALONE = re.compile(r"[\u4e00-\u9fff]{2,3}|[\u4e00-\u9fff]  ?[\u4e00-\u9fff]")
_OPENING = re.compile(r"\s*(?:您|你|贵|感谢|收到|现|首先|衷心|非常|关于|十分)")
_GOES_ON = re.compile("[。；;]|[：:]$")
"""What a line behind a signature has where the letter goes on, and an organ's name was but a line of it."""
_HEADING = re.compile(r"\s?\(?[一1]\s?[)、.]")
"""How the first heading of an answer begins: 一、关于“加大投入”的建议."""
_HEADING_LENGTH = 8
_LABELLED = re.compile(
    r"(?:[【〔［\[](?P<name>[\u4e00-\u9fff]{2,10})[】〕］\]][：:]?|(?P<plain>[\u4e00-\u9fff]{2,10})[：:])\s*(?=\S)"
)
_LABEL_END = 11
"""Among how many characters the colon behind such a label stands."""
_BRACKETS = "【〔［["
_LONGEST_HEAD = 14
_LOOK_AHEAD = 3
_LONGEST_LABEL = 12
_FORM = frozenset(("sign_date", "publish_date", "status", "host_departments", "co_departments", "number", "proposers"))
_SHORT = 60
_HEAD = 220
_BARE_LENGTH = 40
_READ = 600


class Letter(msgspec.Struct, dict=True):
    """One letter."""

    start: int
    """The position of the salutation, or of the first sentence, among the lines."""
    end: int
    """The position behind the last line."""
    salutation: Found[People] | None
    """``None`` for a letter without one and for one that greets a department."""
    greets: str
    """``proposer``, ``organ`` or, without a salutation, ``nobody``."""
    lines: list[str]
    """From the salutation to the date."""
    signature: Found[tuple[str, ...]] | None = None
    date: Found[str] | None = None
    greeting: int = 1
    """How many lines the salutation takes."""
    date_line: str | None = None
    """The last line, where it may be a date that lost characters."""

    @cached_property
    def first(self) -> str:
        """The sentences that name the suggestion: the first two paragraphs behind the salutation, no heading."""
        start = 0 if self.greets == "nobody" else self.greeting
        named, *below = self.lines[start : start + 2] or [""]
        return " ".join((named, *(line for line in below if not _HEADING.match(plain(line[:_HEADING_LENGTH])))))

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)


def find(lines: list[Line], title: str = "") -> list[Letter]:
    """The letters to deputies, members and, from co-handlers, to departments, in printed order.

    The page's title is no salutation, whomever it names: 县人大代表张三：为民代言.
    """
    named, printed = squeeze(title), lines
    lines = [_without_label(line) for line in printed]
    starts = [
        (index, *found)
        for index, line in enumerate(lines)
        if (len(line.text) <= _BARE_LENGTH or has_colon(line.text))
        and (found := _greeting(lines, index))
        and squeeze(line.text) != named
    ]
    letters: list[Letter] = []
    for order, (index, salutation, greets, rest) in enumerate(starts):
        if letters and index < letters[-1].end:
            continue
        limit = starts[order + 1][0] if order + 1 < len(starts) else len(lines)
        if lines[index] is not printed[index]:
            limit = _next_label(lines, index + 1, limit)
        first, greeted = _from_above(lines, index, salutation, letters[-1].end if letters else 0)
        one = _letter(lines, index, limit, greeted, greets, rest)
        one.lines[:0] = [line.text for line in lines[first:index]]
        one.start = first
        one.greeting = index - first + 1
        letters.append(one)
    return letters


def _next_label(lines: list[Line], start: int, limit: int) -> int:
    """The first line of the form behind a letter that stands in one as a label line: 【承办单位】X局."""
    for index in range(start, limit):
        head = _LABELLED.match(lines[index].text)
        if head and _is_label(head["name"] or head["plain"]):
            return index
    return limit


def _without_label(line: Line) -> Line:
    """The line without the label of a long text that stands in front of it: 【答复内容】张三代表：."""
    start = line.text[:_LABEL_END]
    if "：" not in start and ":" not in start and line.text[0] not in _BRACKETS:
        return line
    head = _LABELLED.match(line.text)
    label = lookup(head["name"] or head["plain"]) if head else None
    return Line(line.text[head.end() :], line.place, line.box) if head and label and label.long else line


def _from_above(
    lines: list[Line], index: int, salutation: Found[People] | None, floor: int
) -> tuple[int, Found[People] | None]:
    """Where a salutation of several lines begins, a name on each, and whom all of them greet."""
    if salutation is None or not salutation.value.names:
        return index, salutation
    several = index + 1 < len(lines) and _SEVERAL.match(plain(lines[index + 1].text[:20])) is not None
    first, names = index, salutation.value.names
    while first > floor:
        above = _names_line(lines[first - 1].text, several)
        if above is None:
            break
        first, names = first - 1, (*above, *names)
    if first == index:
        return index, salutation
    value = People(tuple(dict.fromkeys(names)), salutation.value.count, salutation.value.role)
    quote = " ".join(line.text for line in lines[first : index + 1])
    return first, Found(value, quote, salutation.rule, None, salutation.confidence)


def _names_line(text: str, several: bool) -> tuple[str, ...] | None:
    """The names of a line above a salutation: 张三代表、 or, where the letter says 你们, a name alone."""
    folded = plain(text).strip()
    if not 2 <= len(folded) <= _BARE_LENGTH or lookup(text) or is_furniture(text):
        return None
    joined = folded.endswith(("、", ",")) or _BARE.search(folded) is not None
    if not joined and not (several and _NAME_ALONE.fullmatch(folded)):
        return None
    found = people.salutation(folded.rstrip("、, ") + ("" if _BARE.search(folded) else "代表"))
    return found.value.names if found and found.value.names else None


def without_salutation(lines: list[Line]) -> Letter | None:
    """A letter that greets nobody: from the first sentence that says what was received to the end."""
    lines = [_without_label(line) for line in lines]
    for index, line in enumerate(lines):
        if len(line.text) > 16 and _START.search(plain(line.text[:400])):
            return _letter(lines, index, len(lines), None, "nobody", None)
    return None


def _greeting(lines: list[Line], index: int) -> tuple[Found[People] | None, str, str | None] | None:
    """Whom the line greets, and what of the letter stands behind the colon on the same line."""
    head, rest = _head(lines, index)
    if head is None or len(head) < 2 or lookup(head) or head[0] in "各全" or _QUOTING.search(head):
        return None
    to_proposer, to_organ = _PROPOSERS.search(head) is not None, people.is_organ(head)
    to_comrade = plain(head[-4:]).rstrip().endswith(("同志", "同志们"))
    if not to_proposer and not to_organ and not to_comrade:
        return None
    following = (rest or "")[:_READ] + " ".join(
        line.text[:_READ] for line in lines[index + 1 : index + 1 + _LOOK_AHEAD]
    )
    folded = plain(following[:_READ])
    if to_proposer:
        found = people.salutation(head + "：")
        if found is not None and not _TEMPLATE.search(head) and _SIGN.search(folded):
            return found, "proposer", rest
    if to_comrade and _PUT_AT.search(folded) and (comrades := people.comrades(head)) is not None:
        return comrades, "proposer", rest
    if to_organ and _PUT_BY_ORGAN.match(folded):
        return people.organs(head), "proposer", rest
    if to_organ and _CO_HANDLER.search(folded) and _PROPOSAL.search(folded):
        return None, "organ", rest
    return None


def _head(lines: list[Line], index: int) -> tuple[str | None, str | None]:
    """The part of a line before its colon, and the rest; a short line without a colon may be a salutation too."""
    text = lines[index].text
    colon = colon_of(text, _HEAD)
    if colon > 0:
        rest = text[colon + 1 :].strip()
        return text[:colon].strip(), rest or None
    following = lines[index + 1].text if index + 1 < len(lines) else ""
    named = len(text) <= _BARE_LENGTH and ("代表" in text or "委员" in text)
    if named and _BARE.search(plain(text)) and _OPENING.match(following):
        return text.strip(" ,，!！。"), None
    return None, None


def _letter(
    lines: list[Line], start: int, limit: int, salutation: Found[People] | None, greets: str, rest: str | None
) -> Letter:
    end, signature, date = _end(lines, start, limit)
    texts = [line.text for line in lines[start:end]]
    if rest:
        head = texts[0][: len(texts[0]) - len(rest)].strip()
        texts[:1] = [head, rest]
    letter = Letter(start, end, salutation, greets, texts, signature, date)
    letter.date_line = texts[-1] if date is None and len(texts[-1]) <= 20 else None
    return letter


def _end(lines: list[Line], start: int, limit: int) -> tuple[int, Found[tuple[str, ...]] | None, Found[str] | None]:
    """Behind the date; without one behind the signature; without that behind the last paragraph before the tail."""
    prose, tail, signature, signed = start + 1, None, None, 0
    box, fills_cell = lines[start].box, _fills_cell(lines, start)
    for index in range(start + 1, limit):
        text = lines[index].text
        if lines[index].box != box and ((fills_cell and _leaves_cell(lines[start], lines[index])) or _is_label(text)):
            break
        if len(text) <= _SHORT and _is_dated_label(lines, index):
            break
        if len(text) <= _SHORT and dates.is_date(text):
            if signature is None and index > prose:
                signature = _signature(lines[index - 1].text)
            signature = signature or _organs_above(lines, start, index)
            below = _signature(lines[index + 1].text) if signature is None and index + 1 < limit else None
            return index + (2 if below else 1), signature or below, dates.read(text)
        if len(text) <= _SHORT and "。" not in text:
            found = departments.signature(text)
            if found is not None:
                date = dates.find(text)
                if date is not None:
                    return index + 1, found, date
                signature, signed = (
                    (found if signature is None or signed < index else _both(signature, found)),
                    index + 1,
                )
                if _lost_date(lines, index + 1, limit):
                    return index + 2, signature, dates.read(lines[index + 1].text)
                continue
        if text[0] in _TAIL_HEADS and _TAIL.match(plain(text[:40])):
            tail = index if tail is None else tail
            if _APPENDED.match(plain(text[:80])) or tail + 8 < index:
                break
        elif tail is None and not (signature and _GOES_ON.search(text) is None):
            prose = index + 1
            signature = None if index > signed + 1 and signed else signature
        elif len(text) > _SHORT:
            break
    if signature is not None and signed >= prose and _inside(lines, start, signed) == signed:
        return signed, signature, None
    return _inside(lines, start, prose), None, None


def _is_dated_label(lines: list[Line], index: int) -> bool:
    """Whether a line is the date of a label on the line above it: 办结日期, which ends no letter."""
    above, text = lines[index - 1].text, lines[index].text
    return len(above) <= _LONGEST_LABEL and lookup(above) is not None and dates.is_date(text)


def _inside(lines: list[Line], start: int, end: int) -> int:
    """Where a letter without a date ends: in its container, but for sentences that follow; labels are none of it."""
    if start + 1 < end and lines[start].box == lines[start + 1].box:
        last = max(index for index in range(start, end) if lines[index].box == lines[start].box)
        end = next((index for index in range(last + 1, end) if not _is_sentence(lines[index].text)), end)
    while end > start + 2 and not _is_sentence(lines[end - 1].text) and _begins_label(lines[end - 1].text):
        end -= 1
    return end


def _is_sentence(text: str) -> bool:
    return "。" in text or text.endswith(("！", "!", "；", ";", "：", ":"))


def _begins_label(text: str) -> bool:
    label = lookup(text[: max(colon_of(text, _HEAD), 0)] or text)
    return label is not None and not label.in_letters


def _is_label(text: str) -> bool:
    """Whether a line outside the letter's box is a label of the form round it; the clerk's stands under letters too."""
    label = lookup(text) if len(text) <= _LONGEST_LABEL else None
    return label is not None and not label.cells_only and bool(_FORM & {*label.fields})


def _fills_cell(lines: list[Line], start: int) -> bool:
    """Whether a letter stands in a cell of a table together with its second line."""
    return bool(lines[start].table) and all(line.box == lines[start].box for line in lines[start + 1 : start + 2])


def _leaves_cell(first: Line, line: Line) -> bool:
    """Whether a letter that fills a cell ends before a line of another: the table ends there, or a label follows."""
    return line.table < first.table or (line.table == first.table and lookup(line.text) is not None)


def _lost_date(lines: list[Line], index: int, limit: int) -> bool:
    """Whether the line under a signature is a date that lost its characters: 202184."""
    return index < limit and bool(re.fullmatch(r"[\d\s年月日.〇一二三四五六七八九十-]{5,16}", plain(lines[index].text)))


def _signature(text: str) -> Found[tuple[str, ...]] | None:
    return departments.signature(text) if len(text) <= _SHORT else None


def _organs_above(lines: list[Line], start: int, index: int) -> Found[tuple[str, ...]] | None:
    """The signing organs on the lines directly above a date."""
    found: Found[tuple[str, ...]] | None = None
    for above in range(index - 1, max(start, index - 4), -1):
        one = _signature(lines[above].text)
        if one is None:
            break
        found = one if found is None else _both(one, found)
    return found


def _both(one: Found[tuple[str, ...]], other: Found[tuple[str, ...]]) -> Found[tuple[str, ...]]:
    return Found((*one.value, *other.value), f"{one.quote} {other.quote}", one.rule, None, one.confidence)


def head(lines: list[Line], letter: Letter, floor: int) -> list[str]:
    """The lines above the salutation that belong to the letter: class, number, signer, title; a few short ones."""
    first = letter.start
    while first > max(floor, letter.start - _LONGEST_HEAD) and len(lines[first - 1].text) <= 2 * _SHORT:
        if "。" in lines[first - 1].text:
            break
        first -= 1
    return [line.text for line in lines[first : letter.start]]


def tail(lines: list[Line], letter: Letter, limit: int) -> tuple[list[str], int]:
    """The lines under the letter that belong to it, and where they end: clerk, copies, way of publication."""
    end, above = letter.end, ""
    while end < limit and _is_below(lines[end].text, above) and not _APPENDED.match(plain(lines[end].text[:80])):
        end, above = end + 1, lines[end].text
    return [line.text for line in lines[letter.end : end]], end


def _is_below(text: str, above: str) -> bool:
    """Whether a line under a letter belongs to it: its foot, the class alone, the clerk behind an organ or another."""
    if _TAIL.match(plain(text[:40])):
        return True
    if len(text) > _SHORT:
        return False
    clerks = contacts.find(text)
    if category.line(text) is not None or (clerks is not None and clerks.value[0].name is not None):
        return True
    known, both = contacts.find(above), contacts.find(f"{above}\n{text}")
    return known is not None and both is not None and len(both.value) > len(known.value)


def is_appendix(text: str) -> bool:
    """Whether a line announces the suggestion's own text behind a reply."""
    return bool(_APPENDED.match(plain(text[:80]))) and not _FORM_OR_FILE.search(text)
