"""Pages that answer nothing: originals, summaries, documents, lists and shells."""

from __future__ import annotations

import re

from parsers.draft import Draft
from parsers.facts import Facts
from parsers.fields import citations, dates, departments, doc_number, kind, meeting, number, subject
from parsers.found import Found
from parsers.layouts import form
from parsers.layouts.reply import kind_of, publish_date
from parsers.lines import Line
from parsers.record import RecordType
from parsers.text import paragraphs, plain, squeeze

_INFO = re.compile(r"(?:发布|公开|来源|作者|时间|日期|浏览|阅读|点击|访问|字体|字号)[^。]{0,200}$")
_BYLINE = re.compile(
    r"^\s?(?:记者|通讯员|供稿|来源|文/|图/|摄影|编辑|作者|本报记者|转自|审核|校对|[一二三]审)[^。]{0,40}$"
)
_COUNTED = re.compile(r"[\d\s:年月日./T+|-]{8,40}(?:阅读|浏览|点击|访问|来源|发布)?[^。:]{0,30}")
_OCCASION = re.compile(r"\([^()]{4,80}(?:通过|批准|修订|修正|公布|印发|会议|大会)[^()]{0,8}\)$|-{1,2}\s?[^。]{2,60}$")
"""When and where a text was adopted or spoken, on a line under its title."""
_INQUIRIES = re.compile(r"(?:咨询|监督|联系|举报|受理)(?:服务)?(?:电话|热线|方式)\s?:")
_SPOKEN = re.compile(r"-{1,2}\s?[^。]{2,60}上(?:的)?(?:报告|讲话|发言|说明)?$|\([^()]{2,60}会议上?\)$")
_IN_ONE_BOX = 3
_HANDLING = (
    "proposers",
    "category",
    "signer",
    "number",
    "meeting",
    "kind",
    "host_departments",
    "co_departments",
    "contacts",
)
_OF_DOCUMENTS = frozenset(("doc_number", "publish_date", "sign_date"))
_ENDED = re.compile("。.")
"""A sentence goes on behind another, in a line that begins like a label: 公示时间：1月8日至12日。如有异议…"""
_PROSE = 16
_TITLE_AMONG = 60
_TITLE_LINES = 4
"""How many lines a title may be wrapped over."""
_FOOT, _PROPOSED = 3, 60
_QUOTE = 120


def original(facts: Facts) -> Draft:
    """A suggestion's or proposal's own text."""
    draft = Draft()
    form.fill(draft, facts.grid.pairs)
    if facts.title:
        draft.found.setdefault("title", facts.title)
        draft.put("number", number.find(facts.title.value))
        draft.meeting(meeting.find(facts.title.value))
        draft.put("subject", subject.find(facts.title.value) or _bare_subject(facts))
    _head_lines(draft, facts)
    kind_of(draft, facts, None)
    for line in _short_head(facts):
        draft.put("kind", kind.of_path(line))
    publish_date(draft, facts)
    _own_text(draft, facts)
    draft.drop("reply_text", "host_departments" if not facts.labels("host_departments") else "reply_text")
    return draft


def _head_lines(draft: Draft, facts: Facts) -> None:
    """Number and meeting in the lines above the text, or in brackets below: 市十四届人大一次会议建议第52号."""
    below = [line.text for line in facts.lines[-_FOOT:] if line.text[-1] in "）)" and len(line.text) <= _PROPOSED]
    for line in (*_short_head(facts), *below):
        draft.put("number", number.find(line))
        draft.meeting(meeting.find(line))


def _short_head(facts: Facts) -> list[str]:
    return [line.text for line in facts.lines[:6] if len(line.text) <= 60 and "。" not in line.text]


def _own_text(draft: Draft, facts: Facts) -> None:
    """The suggestion's text, under its label or as the content of the page."""
    labelled = draft.found.get("proposal_text")
    if labelled is None:
        _text(draft, facts)
        return
    draft.put("text", labelled)
    draft.put("citations", citations.find(labelled.value, (draft.get("subject"), draft.get("title"))))


def _bare_subject(facts: Facts) -> Found[str] | None:
    """The title of a page that prints nothing but the suggestion is the suggestion's."""
    title = facts.title
    if title is None or meeting.find(title.value):
        return None
    value = re.sub(r"^第?\s?[A-Za-z]{0,4}\d{1,12}\s?号\s?[:：]?\s?", "", title.value)
    return Found(value, title.quote, "title", None, 0.9)


def document(facts: Facts, kind_of_page: RecordType) -> Draft:
    """A page that is neither an answer nor a suggestion."""
    draft = Draft()
    form.fill(draft, [pair for pair in facts.grid.pairs if _OF_DOCUMENTS & set(pair.label.fields)])
    if facts.title:
        draft.found.setdefault("title", facts.title)
    publish_date(draft, facts)
    if kind_of_page != "unrecognised":
        _text(draft, facts)
    if kind_of_page == "document":
        _signed(draft, facts)
    draft.drop(*_HANDLING, "reply_text", "proposal_text")
    return draft


def _signed(draft: Draft, facts: Facts) -> None:
    """The document's own number above its text and the date under it."""
    lines = [line.text for line in facts.lines]
    for line in lines[:8]:
        draft.put("doc_number", doc_number.own(line))
    for index in range(len(lines) - 1, max(0, len(lines) - 8), -1):
        if len(lines[index]) > 60:
            continue
        signature = departments.signature(lines[index])
        if dates.is_date(lines[index]) and departments.signature(lines[index - 1]):
            draft.put("sign_date", dates.read(lines[index]))
        elif signature is not None and (date := dates.find(lines[index])):
            draft.put("sign_date", date)


def _text(draft: Draft, facts: Facts) -> None:
    """The paragraphs between title and foot, without the lines that are labels with values."""
    body = _body(facts)
    value = paragraphs("\n".join(body))
    if value:
        draft.put("text", Found(value, value[:_QUOTE], "content"))
        own = (draft.get("subject"), draft.get("title"))
        draft.put("citations", citations.find(value, own, draft.get("doc_number")))


def _body(facts: Facts) -> list[str]:
    start = _behind_title(facts)
    used = _used(facts)
    prose = [
        line.place
        for line in facts.lines
        if len(line.text) >= _PROSE and ("。" in line.text or line.text[-1] in "：:") and line.place not in used
    ]
    first, last = (prose[0], prose[-1]) if prose else (len(facts.content.blocks), 0)
    last = _inquiries(facts, used, last)
    dated = _behind_date(facts, last)
    end, inside = dated or len(facts.content.blocks), dated or last
    lines = [
        line
        for line in facts.lines
        if start <= line.place < end
        and (line.place not in used or first < line.place < inside)
        and not _is_number(line, facts)
    ]
    del lines[: _head(lines, facts)]
    while lines and (_BYLINE.match(plain(lines[-1].text)) or _is_operator(lines)):
        del lines[-1]
    return [line.text for line in lines]


def _inquiries(facts: Facts, used: set[int], last: int) -> int:
    """The place of the telephone that ends a text, in the box of its last paragraph, taken out of the labels."""
    box = None
    for line in facts.lines:
        if line.place == last:
            box = line.box
        elif box is not None and line.place > last:
            if line.box != box or not _INQUIRIES.match(plain(line.text)):
                break
            used.discard(line.place)
            last = line.place
    return last


def _is_operator(lines: list[Line]) -> bool:
    """Whether the last line is the organ that runs the site: no date, and outside the box of what stands above."""
    *above, last = lines
    if len(above) < _IN_ONE_BOX or any(line.box != above[-1].box for line in above[-_IN_ONE_BOX:]):
        return False
    return last.box != above[-1].box and _signs(last.text) and dates.find(last.text) is None


def _head(lines: list[Line], facts: Facts) -> int:
    """How many lines stand above the text: dates and counters; above whom it addresses number, occasion and speaker.

    A title of its own under the number belongs to the text, and the number with it.
    """
    start = 0
    while start < len(lines) and _is_info(lines[start].text, facts):
        start += 1
    end = start
    while end < len(lines) and _is_head(lines, end, facts):
        end += 1
    addressed = end < len(lines) and len(lines[end].text) <= 60 and plain(lines[end].text).endswith((":", ",", "!"))
    numbered = end == start + 1 and end < len(lines) and doc_number.own(lines[start].text) and "。" in lines[end].text
    return end if addressed or numbered else start


def _behind_date(facts: Facts, last: int) -> int | None:
    """The place behind the date under the last paragraph, where nothing but short lines follow: names of enclosures."""
    lines = [line for line in facts.lines if line.place > last]
    for order, line in enumerate(lines):
        if order and len(line.text) <= 60 and dates.is_date(line.text) and _signs(lines[order - 1].text):
            below = lines[order + 1 :]
            ends = all(len(one.text) <= 60 for one in below)
            return line.place + 1 if ends else None
    return None


def _signs(text: str) -> bool:
    return departments.signature(text) is not None


def _is_head(lines: list[Line], place: int, facts: Facts) -> bool:
    """Whether a line is a date, a document's number, the occasion of a speech or report, or the speaker under it."""
    text = lines[place].text
    folded = plain(text)
    if _is_info(text, facts) or _OCCASION.match(folded):
        return True
    if len(text) > 30 or "。" in text or folded.endswith((":", ",", "!")):
        return False
    return doc_number.own(text) is not None or (place > 0 and _SPOKEN.match(plain(lines[place - 1].text)) is not None)


def _is_number(line: Line, facts: Facts) -> bool:
    """Whether a line above or below an original's text is nothing but its meeting and number."""
    if facts.letters or len(line.text) > 40 or "。" in line.text:
        return False
    return bool(meeting.find(line.text) and re.search(r"(?:建议|提案|议案)(?:第?\S{1,20}号)?\)?$", plain(line.text)))


def _is_info(text: str, facts: Facts) -> bool:
    folded = plain(text)
    if facts.title and squeeze(text) == squeeze(facts.title.value):
        return True
    return (
        "。" not in text
        and len(text) < 120
        and bool(_INFO.search(folded) or _COUNTED.fullmatch(folded) or re.fullmatch(r"[\d\s:年月日./T+-]+", folded))
    )


def _behind_title(facts: Facts) -> int:
    """The place behind the title and the line of dates under it; 0 where the content does not print the title."""
    if facts.title is None:
        return 0
    wanted, place, lines = squeeze(facts.title.value), 0, facts.lines[:_TITLE_AMONG]
    for start, line in enumerate(lines):
        title, end = squeeze(line.text), start + 1
        while wanted != title != "" and wanted.startswith(title) and end < min(len(lines), start + _TITLE_LINES):
            title += squeeze(lines[end].text)
            end += 1
        if title == wanted:
            place = lines[end - 1].place + 1
    return place


def _used(facts: Facts) -> set[int]:
    """The places of labels with short values, which are no text; a long value is text without its label."""
    found: set[int] = set()
    for pair in facts.grid.pairs:
        if pair.label.long or pair.label.foreign:
            if pair.first != pair.start:
                found.add(pair.start)
        elif len(pair.value) < 300 and not _ENDED.search(facts.content.blocks[pair.start].text):
            found.update(range(pair.start, pair.end))
    return found


def list_page(facts: Facts) -> Draft:
    """An index page: its title and nothing else."""
    draft = Draft()
    if facts.title:
        draft.put("title", facts.title)
    return draft
