"""The suggestion's own title: 关于…的建议 between quotation marks of any kind, nested ones, or without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from parsers.found import Found
from parsers.text import plain, squeeze, tidy

_PAIRS = {
    "《": "》",
    "“": "”",
    "「": "」",
    "『": "』",
    "〈": "〉",
    "＂": "＂",
    '"': '"',
    "‘": "’",
    "<": ">",
    "＜": "＞",
    "〝": "〞",
}
_KIND = r"(?:建议|提案|议案|意见建议|意见和建议|意见)"
_LONGEST = 160
_DEPTH = 8
_WRAPPING = 8
"""What may stand round a quoted title without belonging to it: 关于“…”的提案."""
_QUOTED_WORD = 24
_OPENING = 4000
"""How much of a text is read for the subject: titles and first sentences stand at its beginning."""
_OWN = re.compile(r"(?:建议|提案|议案)(?:书)?$")
_SENTENCE = 20
"""Characters of the shortest value that ends like a sentence and is one."""
_AFTER = re.compile(
    rf"^\s?(?:\([^()]{{1,40}}\)\s?)?(?:的?(?:重点|代表|委员|联名|集体)?{_KIND}|"
    r"[^。;《“]{0,20}?(?:收悉|已悉|收到|敬悉)|\([^()]{0,12}号)"
)
_BEFORE = re.compile(
    r"(?:提出|提交|所提|转来|反映|交办|办理|关于|提的|的|[就对])(?:的|了)?\s?(?:关于)?\s?"
    r"(?:第[^第号]{1,20}号\s?(?:代表|委员)?(?:建议|提案|议案)?)?\s?[,:]?$"
)
_CALLED = r"的(?:建议|提案|议案|意见建议|意见和建议)"
_BEHIND = (
    rf"(?=[”\"》」』’]?\s?(?:\([^()]{{0,30}}\))?\s?(?:的?(?:答复|复函|回复|办理|会办|协办|函|{_KIND})|"
    r"[,，。;)\s]|已|现|收|均|提出|$))"
)
_BARE = re.compile(rf"(?P<subject>(?:关于|有关)[^,。;:!?《》“”\"\n]{{1,{_LONGEST}}}?{_CALLED}){_BEHIND}")
_LOOSE = re.compile(
    rf"(?:提出|所提|提交)(?:的|了)?(?P<subject>(?:关于|有关)[^。;!?《》“”\"\n]{{1,{_LONGEST}}}?{_CALLED})"
    r"(?=[”\"》]?\s?(?:已|均)?(?:收悉|收到|由我|交由))"
)
_PUT_ABOUT = re.compile(r"(?:提出的|所提)(?=关于)")
_PUT = re.compile(
    r"(?:您|你|贵|代表|委员|代表团|支部|小组)[^。;]{0,36}(?:提出|所提|提交|反映)的?\s?"
    r"(?:第[^第号]{1,20}号\s?(?:代表|委员)?(?:建议|提案|议案)?)?\s?$|[,:(]题[目名]?[为是]\s?:?\s?$"
)
_MARKS = re.compile(r"[^\w]")
_FRAME = re.compile(rf"^(?:关于)+|的?{_KIND}$")
_ANSWER = re.compile(
    r"(?:答\s?复|复函|回复|函复|复文|的函|[答回]复函|[会协分]办意见|办理(?:意见|情况))(?:\([^()]*\))?$"
)
"""How the title of an answer ends, never that of a suggestion."""
_SPACE_IN_HAN = re.compile(r"(?<=[\u3000-\u9fff]) (?=[\u3000-\u9fff])")
_MEETING = re.compile(
    r"届|次会议|第[^第号]{1,24}号(?:代表|委员)?(?:建议|提案|议案)|(?:代表|委员)(?:的)?(?:建议|提案|议案)$|意见的答复"
)


def read(value: str) -> Found[str] | None:
    """The title in a label's value (标题, 案由), quotation marks round the whole of it taken off."""
    text = tidy(value).strip("|").strip()
    if len(text) >= 2 and spans(text, text[0] if text[0] in _PAIRS else "《") == [(0, len(text))]:
        text = text[1:-1].strip()
    return Found(joined(text), value.strip(), "subject") if text else None


def is_answer(title: str) -> bool:
    """Whether a title is that of an answer: the catalogue of a page prints it under the same labels (标题, 题名)."""
    return _ANSWER.search(plain(title)) is not None


def is_sentence(value: str) -> bool:
    """Whether a label's value is no title but a sentence of the text, and the label its heading: 案由：我区…不足。"""
    return len(value) >= _SENTENCE and value.endswith("。") and _OWN.search(value[:-1]) is None


def find(text: str) -> Found[str] | None:
    """The title that a page's title or a letter's first sentence gives to the suggestion."""
    return _find(text[:_OPENING])


@lru_cache(maxsize=64)
def _find(text: str) -> Found[str] | None:
    marks = spans(text)
    quoted, bare = _quoted_subject(text, marks), _bare(text, marks)
    if quoted is None or bare is None:
        return quoted or bare
    wrapped = quoted.quote in bare.quote and len(bare.quote) - len(quoted.quote) <= _WRAPPING
    return quoted if wrapped or text.find(quoted.quote) < text.find(bare.quote) else bare


def spans(text: str, opening: str = "".join(_PAIRS)) -> list[tuple[int, int]]:
    """Where quoted stretches begin and end, outermost only, marks included; unclosed ones are passed over.

    One pass with a stack of open marks, so that a text of nothing but marks costs no more than any other.
    """
    closing, marks = _marks(opening)
    waiting: list[tuple[str, int]] = []
    closed: list[tuple[int, int]] = []
    for place in sorted(place for mark in marks if mark in text for place in _places(text, mark)):
        mark = text[place]
        depth = _waiting_for(closing[mark], waiting) if mark in closing else 0
        if depth:
            start = waiting[-depth][1]
            del waiting[-depth:]
            if place - start <= 2 * _LONGEST:
                closed.append((start, place + 1))
        elif mark in opening:
            waiting.append((mark, place))
    return _outermost(closed)


@cache
def _marks(opening: str) -> tuple[dict[str, str], str]:
    """By closing mark the one that it closes; all marks."""
    closing = {_PAIRS[mark]: mark for mark in opening}
    return closing, "".join({*opening, *closing})


def _places(text: str, mark: str) -> Iterator[int]:
    """Where a character stands; the search for a rare one costs next to nothing."""
    place = text.find(mark)
    while place >= 0:
        yield place
        place = text.find(mark, place + 1)


def _waiting_for(mark: str, waiting: list[tuple[str, int]]) -> int:
    """How far down the stack its newest open ``mark`` stands, counted from 1; 0 where none of the last few is one."""
    for depth, (opened, _) in enumerate(reversed(waiting[-_DEPTH:]), 1):
        if opened == mark:
            return depth
    return 0


def _outermost(closed: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(closed, key=lambda span: (span[0], -span[1])):
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


def _quoted_subject(text: str, marks: list[tuple[int, int]]) -> Found[str] | None:
    for start, end in marks:
        inner, before = text[start + 1 : end - 1], plain(text[max(0, start - 40) : start])
        after = plain(text[end : end + 60])
        if len(inner.strip()) < 3 or len(inner) > _LONGEST:
            continue
        own = bool(_OWN.search(plain(inner).strip())) and "号" not in inner
        if own or _PUT.search(before) or (_AFTER.match(after) and _BEFORE.search(before)):
            nested = _quoted_subject(inner, spans(inner))
            return nested or Found(joined(inner), text[start:end], "subject-quoted")
    return None


def _bare(text: str, marks: list[tuple[int, int]]) -> Found[str] | None:
    """A title without quotation marks; quoted words inside it are covered, for they end nothing."""
    folded = _covered(text, marks)
    for place in re.finditer("关于|有关", folded):
        match = _BARE.match(folded, place.start())
        found = _unquoted(text, match) if match else None
        if found:
            return found
    match = _LOOSE.search(folded)
    return _unquoted(text, match) if match else None


def _covered(text: str, marks: list[tuple[int, int]]) -> str:
    folded = plain(text)
    for start, end in marks:
        if end - start <= _QUOTED_WORD:
            folded = folded[:start] + "\x01" * (end - start) + folded[end:]
    return folded


def _unquoted(text: str, match: re.Match[str]) -> Found[str] | None:
    subject = match["subject"]
    put = list(_PUT_ABOUT.finditer(subject))
    offset = put[-1].end() if put else 0
    offset += 2 if subject.startswith("关于关于", offset) else 0
    value = text[match.start("subject") + offset : match.end("subject")]
    if not value.startswith(("关于", "有关")) or _MEETING.search(plain(value)):
        return None
    return Found(joined(value), value, "subject-bare", None, 0.9)


def joined(text: str) -> str:
    """A title on one line, without white space between Chinese characters: a hard wrap is no space."""
    return _SPACE_IN_HAN.sub("", tidy(text))


def same(one: str | None, other: str | None) -> bool:
    """Whether two titles name the same suggestion: equal but for spaces, marks, 关于 and the closing kind word."""
    return bool(one and other) and core(one or "") == core(other or "")


@lru_cache(maxsize=512)
def core(title: str) -> str:
    """What of a title tells one suggestion from another."""
    return _FRAME.sub("", _MARKS.sub("", squeeze(plain(title))))
