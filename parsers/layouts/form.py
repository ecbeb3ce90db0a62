"""Label/value pairs to fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from parsers.draft import Draft
from parsers.fields import (
    category,
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
    status,
    subject,
)
from parsers.found import Found
from parsers.grid import Pair
from parsers.labels import LONG
from parsers.record import Contact
from parsers.text import paragraphs, plain, tidy
from parsers.titles import people_cut

Reader = Callable[[str], Found[Any] | None]
READERS: dict[str, Reader] = {
    "number": number.read,
    "meeting": meeting.read,
    "kind": kind.read,
    "proposers": people.read,
    "signer": signer.read,
    "doc_number": doc_number.read,
    "category": category.read,
    "status": status.read,
    "disclosure": disclosure.read,
    "sign_date": dates.read,
    "publish_date": dates.read,
}
_SILENT = frozenset(("kind", "publish_date", "doc_number", "disclosure"))
"""Labels that pages use for other things too; a value that is none is no problem."""
_BRIEF = frozenset(("category", "status"))
_PERIOD = re.compile(r"\d\s?日?\s?(?:至|到|起至|~|-{1,2}(?=\s?\d{4}))")
"""A period is no day of publication: 公示时间:1月8日至1月12日."""
_SHORT = 40
"""Characters of the longest class or status with its legend."""
_NEAR = 4
"""How many pairs may stand between a clerk's name and telephone."""


def fill(draft: Draft, pairs: list[Pair]) -> None:
    """Put the values of all pairs into the record."""
    for place, pair in enumerate(pairs):
        if pair.blank:
            continue
        value = pair.value
        if not any(_read(draft, field, pair, value) for field in pair.label.fields):
            _unread(draft, pair, value)
        if "contact_name" in pair.label.fields:
            _contact(draft, pairs, place)
    publish_dates(draft, pairs)


def _read(draft: Draft, field: str, pair: Pair, value: str) -> bool:
    """Read a value as one field; whether it could be."""
    if field == "publish_date":
        return dates.read(value) is not None
    if field in LONG:
        return _long(draft, field, pair, value)
    if field in ("host_departments", "co_departments"):
        return _departments(draft, field, pair, value)
    if field in ("subject", "title"):
        return _titles(draft, field, pair, value)
    if field in ("proposers", "more_proposers", "proposer_count"):
        return _people(draft, field, pair, value)
    if field in ("contact_name", "contact_phone"):
        return True
    found = _leading(field, pair) if field in _BRIEF and len(value) > _SHORT else READERS[field](value)
    if found is None:
        return False
    if field == "meeting":
        draft.meeting(_labelled(found, pair))
        return True
    draft.put(field, _labelled(found, pair))
    if field == "doc_number":
        draft.put("category", category.behind(value) or category.line(plain(value).partition("号")[2]))
    if field == "number":
        draft.meeting(meeting.find(value))
    return True


def _leading(field: str, pair: Pair) -> Found[Any] | None:
    """The class that stands behind the label, where the answer follows under both: 办理结果:已解决(A类)."""
    if field != "category" or len(pair.lines) < 2 or len(pair.lines[0]) > _SHORT:
        return None
    found = category.read(pair.lines[0])
    return found if found and found.value[0].isascii() and found.value[0].isalpha() else None


def _labelled(found: Found[Any], pair: Pair) -> Found[Any]:
    rule = "label" if "restored" not in found.rule else found.rule
    return msgspec.structs.replace(found, rule=rule, label=pair.printed.strip(" :："))


def _long(draft: Draft, field: str, pair: Pair, value: str) -> bool:
    """The suggestion's text; a reply's is read as a letter."""
    if field == "proposal_text" and len(value) > 1:
        draft.put(field, Found(paragraphs(value), value[:120], "label", pair.printed.strip(" :：")))
    return True


def _departments(draft: Draft, field: str, pair: Pair, value: str) -> bool:
    found = departments.roles(value, co=field == "co_departments")
    if found is None:
        return False
    for name, organs in (("host_departments", found.value.hosts), ("co_departments", found.value.co)):
        if organs:
            draft.put(name, _labelled(Found(organs, found.quote, found.rule, None, found.confidence), pair))
    return True


def _titles(draft: Draft, field: str, pair: Pair, value: str) -> bool:
    found = subject.read(people_cut(tidy(value)))
    if found is not None and field == "subject" and (subject.is_answer(found.value) or subject.is_sentence(value)):
        return True
    if found is not None and field == "subject":
        draft.put(field, _labelled(found, pair))
    rest = tidy(value)[len(people_cut(tidy(value))) :]
    if rest:
        _people(draft, "proposers", pair, rest)
    return found is not None


def _people(draft: Draft, field: str, pair: Pair, value: str) -> bool:
    if field == "proposer_count":
        digits = "".join(character for character in plain(value) if character.isdigit())
        if digits and len(digits) < 4:
            draft.put(field, Found(int(digits), value, "label", pair.printed))
        return bool(digits)
    found = people.read(value)
    if found is None:
        return False
    if found.value.names:
        names = found.value.names
        if field == "more_proposers":
            names = tuple(dict.fromkeys((*(draft.get("proposers") or ()), *names)))
            draft.drop("proposers")
        draft.put("proposers", _labelled(Found(names, found.quote, found.rule, None, found.confidence), pair))
    if found.value.count:
        draft.put("proposer_count", _labelled(Found(found.value.count, found.quote, found.rule, None, 1.0), pair))
    return True


def _contact(draft: Draft, pairs: list[Pair], place: int) -> None:
    """The clerk: the name, and the telephone that stands near it."""
    value = pairs[place].value
    phone = next((pair.value for pair in pairs[place + 1 : place + _NEAR] if "contact_phone" in pair.label.fields), "")
    found = contacts.read(value)
    if found is None:
        return
    first = found.value[0]
    if phone and first.phone is None:
        other = contacts.read(phone)
        first = Contact(first.name, other.value[0].phone if other else None)
    if first.phone is None:
        return
    draft.put(
        "contacts", _labelled(Found((first, *found.value[1:]), f"{value} {phone}".strip(), "label"), pairs[place])
    )


def publish_dates(draft: Draft, pairs: list[Pair], weak: bool = False) -> None:
    """The day of publication; its time only where every form of it on the page prints one. ``weak``: whose labels."""
    for pair in pairs:
        if "publish_date" not in pair.label.fields or pair.label.weak != weak or _PERIOD.search(plain(pair.value)):
            continue
        found = dates.read(pair.value) if pair.lines else None
        if found is None:
            continue
        first = draft.found.get("publish_date")
        if first is None and not (weak and _is_issued(draft, pair, found)):
            draft.found["publish_date"] = _labelled(found, pair)
        elif first and first.value[:10] == found.value[:10] and len(found.value) < len(first.value):
            draft.found["publish_date"] = msgspec.structs.replace(first, value=found.value)


def _is_issued(draft: Draft, pair: Pair, found: Found[str]) -> bool:
    """Whether 发文日期 is the day on which the letter was signed, and says nothing of its publication."""
    return "发文" in pair.printed and found.value == (draft.get("sign_date") or "")[:10]


def _unread(draft: Draft, pair: Pair, value: str) -> None:
    if not pair.label.fields or set(pair.label.fields) & _SILENT:
        return
    problem = dates.problem(value) if "sign_date" in pair.label.fields else None
    if problem is not None:
        draft.problem(problem.code, problem.detail)
    else:
        draft.problem("unreadable-value", f"{pair.printed.strip()}: {value[:40]}")
