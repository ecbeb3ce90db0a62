"""Three levels of change: the bytes differ, the reading differs, a field differs. Only the third makes a version.

View counters, print times and neighbour links change bytes; a new template changes layout and evidence; white space in
a long text changes neither. Fetch time and source never enter a hash.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from parsers.record import Record

Level = Literal["same", "bytes", "reading", "fields"]

TEXTS = ("proposal_text", "reply_text", "text")
NO_FIELDS = ("source", "part", "layout", "problems", "evidence", "parser")
"""What a record says of itself and not of the proposal."""

JSON = msgspec.json.Encoder(order="deterministic")


def squeezed(text: str | None) -> str | None:
    """The text without white space: what is compared where lines may be broken anew."""
    return None if text is None else "".join(text.split())


def digest(content: bytes) -> str:
    """The hash that the store keeps, as 32 hex digits."""
    return hashlib.sha256(content).hexdigest()[:32]


def reading_hash(record: Record) -> str:
    """Equal where the parsers said the same of two captures, evidence, problems and layout included."""
    return digest(JSON.encode(msgspec.structs.replace(record, source="")))


def fields_hash(record: Record) -> str:
    """Equal where every field says the same."""
    texts = {name: squeezed(getattr(record, name)) for name in TEXTS}
    bare = msgspec.structs.replace(record, source="", part=0, layout="", problems=(), evidence={}, parser="", **texts)
    return digest(JSON.encode(bare))


def level(old: dict[str, Any], page_digest: str, capture_digest: str, reading: str, fields: str) -> Level:
    """How much a new reading differs from the stored row ``old``, whose page had ``page_digest``."""
    if old["fields"] != fields:
        return "fields"
    if old["reading"] != reading:
        return "reading"
    return "same" if page_digest == capture_digest else "bytes"


def differences(old: Record, new: Record) -> list[tuple[str, str | None, str | None]]:
    """The fields that differ, with both values as text; lists and objects as JSON, absent as ``None``."""
    before, after = msgspec.to_builtins(old), msgspec.to_builtins(new)
    found = []
    for name in (field for field in before if field not in NO_FIELDS):
        one, other = before[name], after[name]
        if (squeezed(one) != squeezed(other)) if name in TEXTS else (one != other):
            found.append((name, printed(one), printed(other)))
    return found


def printed(value: Any) -> str | None:
    """A field's value as one string."""
    if value is None or value == []:
        return None
    return value if isinstance(value, str) else JSON.encode(value).decode()


def same_text(old: Record, new: Record) -> bool:
    """Whether two records say the same, white space apart."""
    text = squeezed(old.reply_text or old.proposal_text or old.text)
    return text is not None and text == squeezed(new.reply_text or new.proposal_text or new.text)


def same_reply(old: Record, new: Record) -> bool:
    """Whether two records under one number are one reply on two addresses, and not, say, the host's and a co-handler's.

    They are where the texts are equal, or the document numbers, or the host departments together with the dates.
    """
    if old.type != new.type:
        return False
    if same_text(old, new):
        return True
    if old.doc_number and new.doc_number:
        return old.doc_number == new.doc_number
    dated = old.sign_date or old.publish_date
    hosts = old.host_departments and old.host_departments == new.host_departments
    return bool(hosts and dated and dated == (new.sign_date or new.publish_date))
