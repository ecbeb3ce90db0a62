"""Replies: forms and letters, one or several on a page, with or without the suggestion's own text."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from parsers import titles
from parsers.draft import Draft
from parsers.facts import Facts
from parsers.fields import (
    category,
    citations,
    contacts,
    dates,
    departments,
    disclosure,
    doc_number,
    kind,
    meeting,
    number,
    people,
    signer,
    subject,
)
from parsers.fields.people import Role
from parsers.found import Found
from parsers.grid import Pair
from parsers.labels import lookup
from parsers.layouts import form, letter, own_text, publication
from parsers.layouts.letter import Letter
from parsers.layouts.segment import Segment
from parsers.record import Kind, Meeting
from parsers.text import paragraphs, plain, squeeze
from parsers.titles import people_cut

_SPACE_IN_HAN = re.compile(r"(?<=[\u3000-\u9fff〔〕0-9]) (?=[\u3000-\u9fff〔〕0-9])")
_NUMBER_ALONE = re.compile(r"(?:^|\s)第?\s?[A-Za-z]{0,4}\d{1,12}\s?号(?=$|\s)")
_NUMBER_FIRST = re.compile(
    r"\s?(?:(?:提案|建议|议案)\s?第\s?\w{1,12}\s?号(?=\s|$)|第\s?\w{1,12}\s?号(?=\s?(?:《?关于|$))|"
    r"(?:编号|案号|[Nn][Oo]\.?|№)\s?:?\s?\d{1,12}$|[提建]字第\s?\d{1,12}\s?号$)"
)
_ROLES = re.compile(r"\s?\(?(?:主办|承办|会办|协办)(?:单位|部门)?\s?:[^。]*$")
_CLASSED = re.compile(
    r"\s?[(（]?(?:(?:办理|答复|办复|落实|分类)(?:结果|类别|情况|等级|标记)(?:类别|分类|等级)?\s?[:：]\s?\S{1,4}|"
    r"[A-D甲乙丙丁]\s?类)[)）]?$"
)
"""A class on a line of its own above the signature, with or without its label: 办理结果：B类."""
_CLASS_ALONE = 4
"""Characters of the longest class on a line of its own: (A)."""
_SUBTITLES = 6
_SUBTITLE = 60
_INFO_HEAD = 80
_QUOTE = 120


def read(facts: Facts, segment: Segment, several: bool) -> Draft:
    """The record of one reply."""
    draft = Draft()
    one = segment.letter
    outside = [pair for pair in segment.pairs if not _inside(pair, segment)]
    form.fill(draft, outside)
    if several:
        form.publish_dates(draft, facts.grid.pairs)
    own_text.without_letter(draft, segment, outside)
    _reply_text(draft, segment, outside)
    if several:
        draft.put("title", facts.title)
    else:
        _from_title(draft, facts.title)
    if one is not None:
        _from_letter(draft, segment, one, facts.title.value if facts.title else "")
    if several and one is not None:
        _from_heading(draft, segment, one, facts)
    if not several:
        _from_subtitle(draft, facts, one)
    else:
        _from_introduction(draft, facts)
    _subject_of_title(draft)
    publication.publish_date(draft, facts)
    _hosts(draft, facts, one)
    kind_of(draft, facts, one)
    body_of_kind(draft)
    own_text.appendix(draft, segment)
    own_text.above(draft, segment, outside, facts)
    _citations(draft, facts)
    return draft


def _inside(pair: Pair, segment: Segment) -> bool:
    """Whether a label stands between salutation and date: a word of the letter, not of the form."""
    one = segment.letter
    if one is None or not one.lines or one.greets == "nobody":
        return False
    first, last = segment.lines[one.start].place, segment.lines[one.end - 1].place
    if first == last:
        return False
    return (
        first < pair.start <= last
        and "contact_name" not in pair.label.fields
        and "contact_phone" not in pair.label.fields
    )


def _reply_text(draft: Draft, segment: Segment, pairs: list[Pair]) -> None:
    """The letter; where there is none, what stands under the reply's label."""
    one = segment.letter
    labelled = [pair for pair in pairs if "reply_text" in pair.label.fields and len(pair.value) > 20]
    if one is not None:
        label = next((pair.printed for pair in labelled if one.lines[0][:6] in pair.value), None)
        rule = {"proposer": "salutation", "organ": "salutation-organ"}.get(one.greets, "first-sentence")
        sure = 1.0 if one.date or one.greets == "proposer" else 0.8
        draft.put("reply_text", Found(paragraphs(one.text), one.lines[0][:_QUOTE], rule, label, sure))
    elif labelled:
        value = labelled[0].value
        draft.put("reply_text", Found(paragraphs(value), value[:_QUOTE], "label", labelled[0].printed))


def _from_title(draft: Draft, title: Found[str] | None) -> None:
    if title is None:
        return
    draft.found.setdefault("title", title)
    text = title.value
    _numbers(draft, number.find(text), "title")
    draft.meeting(_ruled(meeting.find(text), "title"))
    draft.put("category", category.behind(text) or category.before(text))


def _subject_of_title(draft: Draft) -> None:
    """The suggestion's title, where a page without a letter has it for its own."""
    if "subject" not in draft.found and (title := draft.get("title")):
        draft.put("subject", subject.find(title))


def _numbers(draft: Draft, found: Found[tuple[str, ...]] | None, rule: str) -> None:
    draft.put("number", _ruled(found, rule) if found else None)


def _ruled(found: Found[Meeting] | Found[tuple[str, ...]] | None, rule: str) -> Found[Meeting] | None:
    return msgspec.structs.replace(found, rule=rule) if found else None  # type: ignore[return-value]


def _from_letter(draft: Draft, segment: Segment, one: Letter, outer: str) -> None:
    head = letter.head(segment.lines, one, segment.floor)
    below, _ = letter.tail(segment.lines, one, segment.limit)
    _from_head(draft, head)
    _from_salutation(draft, one)
    first = one.first
    draft.put("subject", subject.find(first))
    own = titles.inner(_without(head, outer)) if "title" not in draft.found else None
    if (
        own is not None
        and (not outer or subject.is_answer(own.value))
        and not subject.same(own.value, draft.get("subject"))
    ):
        draft.put("title", own)
    inner = _SPACE_IN_HAN.sub("", " ".join(_title_lines(_without(head, outer))))
    if inner:
        _numbers(draft, number.find(inner), "inner-title")
        draft.meeting(_ruled(meeting.find(inner), "inner-title"))
        draft.put("subject", subject.find(inner))
    title = draft.get("title")
    if title:
        draft.put("subject", subject.find(title))
    _numbers(draft, number.find(first), "first-sentence")
    draft.meeting(_ruled(meeting.find(first), "first-sentence"))
    _from_foot(draft, one, below)


def _from_subtitle(draft: Draft, facts: Facts, one: Letter | None) -> None:
    """Meeting and number on a line of their own under the page's title: 第0087号 政协第十一届X县委员会第三次会议."""
    for line in facts.lines[: min(one.start, _SUBTITLES) if one else _SUBTITLES]:
        short = len(line.text) <= _SUBTITLE and "。" not in line.text
        if short and "number" not in draft.found and (first := _NUMBER_FIRST.match(plain(line.text))):
            _numbers(draft, number.find(line.text) or number.read(first[0]), "subtitle")
        found = meeting.find(line.text) if short else None
        if found is None or found.value.session is None:
            continue
        draft.meeting(_ruled(found, "subtitle"))
        alone = _NUMBER_ALONE.search(line.text)
        if alone and "number" not in draft.found:
            _numbers(draft, number.read(alone[0]), "subtitle")
        return


def _from_introduction(draft: Draft, facts: Facts) -> None:
    """The meeting that the page's title, or else what stands above the first of several answers, names for all."""
    if facts.title:
        draft.meeting(_ruled(meeting.find(facts.title.value), "title"))
    for line in facts.lines[: facts.letters[0].start if facts.letters else 0][:_SUBTITLES]:
        if "meeting" not in draft.found and len(line.text) <= 2 * _SUBTITLE:
            draft.meeting(_ruled(meeting.find(line.text), "introduction"))


def _title_lines(head: list[str]) -> list[str]:
    """The lines of a letter's title: what is neither class nor number nor signer nor a label."""
    return [line for line in head if not lookup(line) and (not category.line(line) or len(line) > 12)]


def _without(head: list[str], title: str) -> list[str]:
    """The lines above a letter without the page's title, which may be the letter's own or that of all letters."""
    wanted = squeeze(title)
    return [line for line in head if not (wanted and squeeze(line).endswith(wanted))]


def _from_head(draft: Draft, head: list[str]) -> None:
    for line in head:
        draft.put("category", category.line(line))
        own = doc_number.own(line) or (_behind_signers(line) if signer.find(line) else None)
        if own is not None:
            draft.put("doc_number", own)
            behind = plain(line).partition("号")[2]
            draft.put("disclosure", disclosure.read(behind))
            draft.put("category", category.line(behind))
        draft.put("signer", signer.find(line))
        draft.put("disclosure", disclosure.find(line) if len(line) < 40 else None)


def _behind_signers(line: str) -> Found[str] | None:
    """The document number behind the signers' names on one line: the word that ends in it."""
    found = doc_number.find(line)
    return doc_number.find(line[line.index(found.quote) :].split(" ", found.quote.count(" "))[-1]) if found else None


def _from_salutation(draft: Draft, one: Letter) -> None:
    found = one.salutation or people.find(one.first)
    if found is None:
        return
    if found.value.names and "proposers" not in draft.found:
        draft.put("proposers", Found(found.value.names, found.quote, found.rule, None, found.confidence))
    if found.value.count:
        draft.drop("proposer_count")
        draft.put("proposer_count", Found(found.value.count, found.quote, found.rule, None, found.confidence))


def _from_foot(draft: Draft, one: Letter, below: list[str]) -> None:
    """Signature, date, clerk, signer and note under the letter."""
    if one.date is not None:
        _sign_date(draft, msgspec.structs.replace(one.date, rule="under-letter"))
    elif one.date_line and (problem := dates.problem(one.date_line)):
        draft.problem(problem.code, problem.detail)
    foot = [*one.lines[-6:], *below]
    clerks, labelled = contacts.find("\n".join(foot)), draft.get("contacts") or ()
    if clerks is not None and len(clerks.value) > len(labelled) and {*labelled} <= {*clerks.value}:
        draft.drop("contacts")
        draft.put("contacts", clerks)
    for line in foot:
        draft.put("signer", signer.find(line))
        draft.put("category", category.line(line) if _CLASSED.match(line) else None)
        _roles(draft, line)
    for line in below:
        draft.put("disclosure", disclosure.find(line))
        classed = "办理" in line or "类" in line or len(line) <= _CLASS_ALONE
        draft.put("category", category.line(line) if classed else None)


def _roles(draft: Draft, line: str) -> None:
    """Who handled it, in a line under the letter's last sentence: 主办:X局　会办:Y局."""
    found = departments.roles(line) if len(line) <= 2 * _SUBTITLE and _ROLES.match(plain(line[:_INFO_HEAD])) else None
    if found is not None:
        draft.put("host_departments", Found(found.value.hosts, found.quote, found.rule) if found.value.hosts else None)
        draft.put("co_departments", Found(found.value.co, found.quote, found.rule) if found.value.co else None)


def _sign_date(draft: Draft, found: Found[str]) -> None:
    """The date under the letter; a label's of the same day may add the time, another day is a conflict."""
    labelled = draft.found.get("sign_date")
    if labelled is None or labelled.value[:10] != found.value[:10]:
        draft.drop("sign_date")
        draft.put("sign_date", found)
        draft.put("sign_date", labelled)


def _hosts(draft: Draft, facts: Facts, one: Letter | None) -> None:
    """Labels first, then the signature, then a sentence, then the organ that opens the title."""
    if one is None:
        return
    draft.put(
        "co_departments",
        departments.find_co(one.first)
        or departments.find_co("\n".join(one.lines[1:4]))
        or departments.find_co_below(one.lines[4:]),
    )
    draft.put("host_departments", one.signature)
    if "host_departments" not in draft.found:
        draft.put("host_departments", departments.find_host("\n".join(one.lines[1:4])))
    if "host_departments" not in draft.found and facts.title:
        draft.put("host_departments", _title_organ(facts.title.value))


def _title_organ(title: str) -> Found[tuple[str, ...]] | None:
    found = departments.title_organ(title)
    return Found((found.value,), found.quote, found.rule, None, 0.6) if found else None


def kind_of(draft: Draft, facts: Facts, one: Letter | None) -> None:
    """The meeting's body, in the title before the text; then the column; then the salutation."""
    title = facts.title.value if facts.title else ""
    first = one.first if one else ""
    path = " ".join((facts.content.path or "", facts.document.meta.get("columnname", "")))
    draft.put(
        "kind",
        kind.of_meeting(meeting_of(title), title)
        or kind.of_meeting(draft.get("meeting"), f"{title} {first}")
        or kind.of_path(path)
        or (kind.of_role(one.salutation.value.role, one.salutation.quote) if one and one.salutation else None)
        or _of_label(facts)
        or kind.of_path(title)
        or kind.of_path(first),
    )


def body_of_kind(draft: Draft) -> None:
    """The body of a session that a form prints without one (五届三次): proposals are put to the conference."""
    first = draft.found.get("meeting")
    if first is None or first.value.body is not None or first.value.session is None or not draft.get("kind"):
        return
    body: Literal["npc", "cppcc"] = "cppcc" if draft.get("kind") == "proposal" else "npc"
    draft.found["meeting"] = msgspec.structs.replace(first, value=msgspec.structs.replace(first.value, body=body))


def _of_label(facts: Facts) -> Found[Kind] | None:
    """The kind that the form's labels name: 领衔代表, 委员姓名."""
    for pair in facts.grid.pairs:
        if "proposers" in pair.label.fields and pair.lines:
            role: Role | None = "委员" if "委员" in pair.printed else "代表" if "代表" in pair.printed else None
            if role:
                return kind.of_role(role, pair.printed)
    return None


def meeting_of(text: str) -> Meeting | None:
    """The meeting that a text names."""
    found = meeting.find(text)
    return found.value if found else None


def _from_heading(draft: Draft, segment: Segment, one: Letter, facts: Facts) -> None:
    """Number, meeting, class and title in the heading over one of several answers: 第16号 关于…的建议."""
    title = facts.title.value if facts.title else ""
    for line in segment.lines[segment.floor : one.start][:_SUBTITLES]:
        if len(line.text) > 2 * _SUBTITLE or "。" in line.text or squeeze(line.text) == squeeze(title):
            continue
        _numbers(draft, number.find(line.text), "heading")
        draft.meeting(_ruled(meeting.find(line.text), "heading"))
        draft.put("subject", subject.find(line.text))
        draft.put("category", category.behind(line.text))


def _citations(draft: Draft, facts: Facts) -> None:
    own = (draft.get("subject"), draft.get("title"), people_cut(draft.get("subject") or ""))
    text = "\n".join(filter(None, (draft.get("proposal_text"), draft.get("reply_text"))))
    found = citations.find(text, own, draft.get("doc_number"))
    draft.put("citations", found)
