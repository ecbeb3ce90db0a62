"""Pages that answer nothing: originals, summaries, documents, lists and shells."""

from __future__ import annotations

import re
from itertools import pairwise

from parsers.draft import Draft
from parsers.facts import Facts
from parsers.fields import citations, dates, departments, doc_number, kind, meeting, number, people, subject
from parsers.found import Found
from parsers.layouts import body, form, publication
from parsers.layouts.reply import body_of_kind, kind_of
from parsers.record import RecordType
from parsers.text import colon_of, paragraphs, squeeze

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
_FOOT, _PROPOSED = 3, 60
_HEAD, _BELOW = 8, 2
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
        _by(draft, _named_in_front(facts.title.value))
    _head_lines(draft, facts)
    kind_of(draft, facts, None)
    body_of_kind(draft)
    for line in _short_head(facts):
        draft.put("kind", kind.of_path(line))
    publication.publish_date(draft, facts)
    _own_text(draft, facts)
    draft.drop("reply_text", "host_departments" if not facts.labels("host_departments") else "reply_text")
    return draft


def _head_lines(draft: Draft, facts: Facts) -> None:
    """Number and meeting in the lines above the text, or in brackets below: 市十四届人大一次会议建议第52号."""
    below = [line.text for line in facts.lines[-_FOOT:] if line.text[-1] in "）)" and len(line.text) <= _PROPOSED]
    for line in (*_short_head(facts), *below):
        draft.put("number", number.find(line))
        draft.meeting(meeting.find(line))
    if "proposers" not in draft.found:
        for line in _short_head(facts)[1:]:
            _by(draft, people.byline(line) or people.in_brackets(line))
        for line in _beside_text(facts):
            _by(draft, people.byline(line) or people.alone(line))


def _beside_text(facts: Facts) -> list[str]:
    """The line under the title and the lines below the last sentence."""
    lines = [line.text for line in facts.lines]
    titled = squeeze(facts.title.value) if facts.title else ""
    under = [below for above, below in pairwise(lines[:_HEAD]) if squeeze(above) == titled]
    last = next((place for place in range(len(lines) - 1, -1, -1) if "。" in lines[place]), len(lines))
    return [*under, *lines[last + 1 :][:_BELOW]]


def _by(draft: Draft, found: Found[people.People] | None) -> None:
    if found is None:
        return
    draft.put("proposers", Found(found.value.names, found.quote, found.rule, None, found.confidence))
    if found.value.count:
        draft.put("proposer_count", Found(found.value.count, found.quote, found.rule, None, found.confidence))


def _named_in_front(title: str) -> Found[people.People] | None:
    """Whose suggestion a title says it is: 民盟X市委会：关于…的提案."""
    colon = colon_of(title, _PROPOSED) + 1
    return people.salutation(title[:colon]) if colon and title[colon:].lstrip().startswith("关于") else None


def _short_head(facts: Facts) -> list[str]:
    return [line.text for line in facts.lines[:6] if len(line.text) <= 60 and "。" not in line.text]


def _own_text(draft: Draft, facts: Facts) -> None:
    """The suggestion's text, under its label or as the content of the page."""
    labelled = draft.found.get("proposal_text")
    if labelled is None or _is_heading(facts):
        draft.drop("proposal_text")
        _text(draft, facts, suggestion=True)
        return
    draft.put("text", labelled)
    draft.put("citations", citations.find(labelled.value, (draft.get("subject"), draft.get("title"))))


def _is_heading(facts: Facts) -> bool:
    """Whether the label of the suggestion's text is a heading inside it, for sentences stand above: 具体建议."""
    pairs = facts.grid.pairs
    first = next(pair.start for pair in pairs if "proposal_text" in pair.label.fields and not pair.blank)
    if any(pair.start < first and "subject" in pair.label.fields and subject.is_sentence(pair.value) for pair in pairs):
        return True
    labelled = {place for pair in pairs for place in range(pair.start, pair.end)}
    return any("。" in line.text and line.place < first and line.place not in labelled for line in facts.lines)


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
    publication.publish_date(draft, facts)
    if kind_of_page != "unrecognised":
        _text(draft, facts)
    if kind_of_page in ("document", "summary"):
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


def _text(draft: Draft, facts: Facts, suggestion: bool = False) -> None:
    """The paragraphs between title and foot, without the lines that are labels with values."""
    value = paragraphs("\n".join(body.lines(facts, suggestion)))
    if value:
        draft.put("text", Found(value, value[:_QUOTE], "content"))
        own = (draft.get("subject"), draft.get("title"))
        draft.put("citations", citations.find(value, own, draft.get("doc_number")))


def list_page(facts: Facts) -> Draft:
    """An index page: its title and nothing else."""
    draft = Draft()
    if facts.title:
        draft.put("title", facts.title)
    return draft
