"""The text of a page that answers nothing: where it begins under its title and where it ends above the foot.

It is what stands in the container of its sentences, without title, date line and labels above and without what a site
appends below. A letter's own parts belong to it: whom it addresses, its signature and date.
"""

from __future__ import annotations

import re

from parsers import furniture
from parsers.facts import Facts
from parsers.fields import dates, departments, doc_number, meeting, people, subject
from parsers.labels import lookup
from parsers.lines import Line
from parsers.text import plain, squeeze
from parsers.words import choice, words

_COUNTERS = words().publication.counters
_DAY = r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}"
_NAMED = re.compile(r"(?:^|[\s\[(〔|,·])([\u4e00-\u9fffA-Za-z]{2,8})\s?:")
"""What may be a label of the line under a title, behind a date or another one: 2024-05-06 来源:区政府办."""
_DATED = re.compile(
    rf"[\s\[(〔|]*{_DAY}日?(?:[\s\d:时点分秒T+./|\])〕·-]|星期.|周[一二三四五六日])*"
    rf"(?:(?:(?<=[\s|\])〕·])|来源|{choice(_COUNTERS)})[^。:,;!?]{{0,40}})?"
)
_COUNTER = re.compile(rf"{choice([*_COUNTERS, '人气'])}(?:次数|量|数)?\s?[:(\[]?\s?\d*\s?次?[)\]]?$")
_ORDINAL = re.compile(
    r"\s?(?:\(?[一二三四五六七八九十]{1,3}[)、.]|\d{1,2}[、.](?!\d)|第[一二三四五六七八九十]{1,3}[章条])"
)
"""A heading, whatever words it holds: 一、征集时间."""
_URGENCY = re.compile(r"\s?(?:特\s?急|特\s?提|加\s?急|平\s?急|急\s?件|明\s?电|[\u4e00-\u9fff]{2,24}文件)\s?$")
_SUBTITLE = re.compile(r"-{1,2}\s?[^。]{2,60}$")
_OCCASION = re.compile(
    rf"\([^()]{{4,80}}(?:通过|批准|修订|修正|公布|印发|会议|大会)[^()]{{0,8}}\)$|{_SUBTITLE.pattern}"
)
"""When and where a text was adopted or spoken, on a line under its title."""
_SPOKEN = re.compile(
    rf"-{{1,2}}\s?[^。]{{2,60}}上(?:的)?(?:报告|讲话|发言|说明)?$|\([^()]{{2,60}}会议上?\)$|\({_DAY}日?\)$"
)
_PUBLIC = re.compile(r"\((?:此件|本件)?[^()。]{0,4}(?:公开|发布)[^()。]{0,4}\)$")
_HANDED_ON = re.compile(r"[(〔][^()〔〕]{0,60}(?:建议|提案|议案|删节|作者系)[^()〔〕]{0,40}[)〕]$")
"""A site's note under a suggestion: (本提案已交市民政局办理)."""
_COUNTED = re.compile(
    r"(?:(?:建议|提案|议案)(?:第?\S{1,20}号)?|第\s?\w{1,12}\s?号)(?:\s[^。()]{2,4}:[^。()]{2,30})?\)?$"
)
"""How a line ends that is a suggestion's meeting and number, its proposer behind it: …第36号提案 提案人:丁一鸣)."""
_NAME = re.compile(r"[\u4e00-\u9fff]{2,3}")
_ENDED = re.compile("。.")
"""A sentence goes on behind another, in a line that begins like a label: 公示时间：1月8日至12日。如有异议…"""
_SENTENCES = 2
"""From how many sentences on their container is known."""
_PROSE, _BRIEF = 16, 6
"""Characters of the shortest line with a sentence, and of one that is nothing but a sentence."""
_VALUE = 300
"""A longer value is text under a heading, not a label's value."""
_TITLE_AMONG = 60
_TITLE_LINES = 4
"""How many lines a title may be wrapped over."""
_SHORT = 60
_DEEPEST = 64
"""Containers in containers that are looked at."""


def lines(facts: Facts, suggestion: bool = False) -> list[str]:
    """The paragraphs of the text. ``suggestion``: whether it is one, of which labels inside are headings."""
    used = _used(facts, suggestion)
    sentences = [line for line in facts.lines if _is_sentence(line) and line.place not in used]
    first, last = (sentences[0].place, sentences[-1].place) if sentences else (len(facts.content.blocks), 0)
    last = _inquiries(facts, used, last)
    dated = _behind_date(facts, last)
    end, inside = dated or len(facts.content.blocks), dated or last + 1
    start = _behind_title(facts)
    found = [
        line
        for line in facts.lines
        if start <= line.place < end
        and (line.place not in used or first < line.place < inside)
        and not _is_number(line, facts)
    ]
    container = _container(facts, sentences)
    if container is not None:
        _cut_above(found, facts, container, first)
        _cut_below(found, facts, container, sentences[-1])
    del found[: _head(found, facts)]
    while suggestion and found and people.byline(found[0].text):
        del found[0]
    while found and _is_appended(found[-1], facts, suggestion):
        del found[-1]
    return [line.text for line in found]


def _is_sentence(line: Line) -> bool:
    text = line.text
    return (len(text) >= _PROSE and ("。" in text or text[-1] in "：:")) or (len(text) >= _BRIEF and text[-1] == "。")


def _container(facts: Facts, sentences: list[Line]) -> int | None:
    """The innermost container that all sentences share; ``None`` where too few say so."""
    boxes = facts.document.blocks.boxes
    if len(sentences) < _SENTENCES or not boxes:
        return None
    common, steps = sentences[0].box, 0
    for box in dict.fromkeys(line.box for line in sentences):
        other = box
        while common != other and steps < _DEEPEST:
            common, other = (boxes[common].parent, other) if common > other else (common, boxes[other].parent)
            steps += 1
    return common if steps < _DEEPEST else None


def _cut_above(found: list[Line], facts: Facts, container: int, first: int) -> None:
    """Take out what stands above the first sentence and outside of the container, but for whom the text addresses."""
    while found and found[0].place < first and not _within(facts, found[0].box, container):
        if plain(found[0].text).endswith(":"):
            break
        del found[0]


def _cut_below(found: list[Line], facts: Facts, container: int, last: Line) -> None:
    """Take out what stands below the last sentence and outside of the container, but for signatures and tables.

    A last line that announces something goes on outside.
    """
    inside = [line for line in found if line.place >= last.place and _within(facts, line.box, container)]
    if inside and inside[-1].text[-1] in "：:":
        return
    while found and found[-1].place > last.place and not _within(facts, found[-1].box, container):
        if found[-1].table and not last.table:
            break
        if dates.is_date(found[-1].text) and len(found) > 1 and _signs(found[-2].text):
            break
        if _signs(found[-1].text) and dates.find(found[-1].text) is not None:
            break
        del found[-1]


def _within(facts: Facts, box: int, container: int) -> bool:
    boxes, steps = facts.document.blocks.boxes, 0
    while box > container and steps < _DEEPEST:
        box, steps = boxes[box].parent, steps + 1
    return box == container


def _is_appended(line: Line, facts: Facts, suggestion: bool) -> bool:
    """Whether a text's last line is a link, an author, how it is published, or the site's note on a suggestion."""
    folded, is_link = plain(line.text), facts.content.blocks[line.place].is_link and "。" not in line.text
    if is_link or furniture.is_byline(line.text) or _PUBLIC.match(folded):
        return True
    return suggestion and bool(
        _HANDED_ON.match(folded)
        or _NAME.fullmatch(folded)
        or people.byline(line.text)
        or people.alone(line.text)
        or dates.is_date(line.text)
    )


def _inquiries(facts: Facts, used: set[int], last: int) -> int:
    """The place of the telephone that ends a text, in the box of its last paragraph, taken out of the labels."""
    box = None
    for line in facts.lines:
        if line.place == last:
            box = line.box
        elif box is not None and line.place > last:
            if line.box != box or not furniture.patterns().inquiries.match(line.text):
                break
            used.discard(line.place)
            last = line.place
    return last


def _head(found: list[Line], facts: Facts) -> int:
    """How many lines stand above the text: dates, counters and organ; above whom it addresses also number and occasion.

    A title of its own under the number belongs to the text, and the number with it.
    """
    start = 0
    while start < len(found) and _is_about_page(found, start, facts):
        start += 1
    end = start
    while end < len(found) and _is_head(found, end, facts):
        end += 1
    if end < len(found) and len(found[end].text) <= _SHORT and plain(found[end].text).endswith((":", ",", "!")):
        return end
    numbered = start < end < len(found) and "。" in found[end].text and doc_number.own(found[start].text)
    return end if numbered else start


def _is_about_page(found: list[Line], place: int, facts: Facts) -> bool:
    """Whether a line is a subtitle, the line of dates, or the organ beside that."""
    text = found[place].text
    if is_info(text, facts) or _SUBTITLE.match(plain(text)):
        return True
    beside = [*found[max(0, place - 1) : place], *found[place + 1 : place + 2]]
    return _signs(text) and any(is_info(line.text, facts) for line in beside)


def _behind_date(facts: Facts, last: int) -> int | None:
    """The place behind the date under the last paragraph, where nothing but short lines follow: names of enclosures."""
    below = [line for line in facts.lines if line.place > last]
    for order, line in enumerate(below):
        if order and len(line.text) <= _SHORT and dates.is_date(line.text) and _signs(below[order - 1].text):
            ends = all(len(one.text) <= _SHORT for one in below[order + 1 :])
            return line.place + 1 if ends else None
    return None


def _signs(text: str) -> bool:
    return departments.signature(text) is not None


def _is_head(found: list[Line], place: int, facts: Facts) -> bool:
    """Whether a line is a date, a document's number and organ, the occasion of a speech, or the speaker under it."""
    text = found[place].text
    folded = plain(text)
    if is_info(text, facts) or _OCCASION.match(folded):
        return True
    if len(text) > 30 or "。" in text or folded.endswith((":", ",", "!")):
        return False
    if _URGENCY.match(folded) or doc_number.own(text) is not None or _signs(text):
        return True
    return place > 0 and _SPOKEN.match(plain(found[place - 1].text)) is not None


def _is_number(line: Line, facts: Facts) -> bool:
    """Whether a line above or below an original's text is nothing but its meeting and number."""
    if facts.letters or len(line.text) > 40 or "。" in line.text:
        return False
    return bool(meeting.find(line.text) and _COUNTED.search(plain(line.text)))


def is_info(text: str, facts: Facts) -> bool:
    """Whether a line is the title again, or dates, source and counters as they stand under it."""
    if facts.title and squeeze(text) == squeeze(facts.title.value):
        return True
    if "。" in text or len(text) >= 2 * _SHORT:
        return False
    folded = plain(text)
    if _DATED.fullmatch(folded) or re.fullmatch(r"[\d\s:年月日./T+()-]+", folded):
        return True
    if _ORDINAL.match(folded) or "," in folded or folded.endswith(("!", "?")):
        return False
    return _COUNTER.search(folded) is not None or any(map(_is_label, _NAMED.findall(folded)))


def _is_label(name: str) -> bool:
    label = lookup(name)
    return label is not None and not (label.in_letters or label.foreign) and {*label.fields} <= {"publish_date"}


def _behind_title(facts: Facts) -> int:
    """The place behind the title, printed once or again above the first sentence; 0 where no line prints it."""
    if facts.title is None:
        return 0
    wanted, place, among = squeeze(facts.title.value), 0, facts.lines[:_TITLE_AMONG]
    for start, line in enumerate(among):
        title, end = squeeze(line.text), start + 1
        while wanted != title != "" and wanted.startswith(title) and end < min(len(among), start + _TITLE_LINES):
            title += squeeze(among[end].text)
            end += 1
        if title == wanted:
            place = among[end - 1].place + 1
        elif place and _is_sentence(line) and "。" in line.text:
            break
    return place


def _used(facts: Facts, suggestion: bool) -> set[int]:
    """The places of labels with short values, which are no text; a long value is text without its label."""
    found: set[int] = set()
    for pair in facts.grid.pairs:
        if suggestion and subject.is_sentence(pair.value) and pair.start == pair.first:
            continue
        if pair.label.long or pair.label.foreign:
            if pair.first != pair.start and not suggestion:
                found.add(pair.start)
        elif len(pair.value) < _VALUE and not _ENDED.search(facts.content.blocks[pair.start].text):
            found.update(range(pair.start, pair.end))
    return found
