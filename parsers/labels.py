"""The closed vocabulary of printed labels: ``labels.toml``, checked, and how a printed label is looked up in it."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import msgspec

from parsers.data_files import checked, text_of
from parsers.errors import DataFileError
from parsers.text import plain

LONG = frozenset({"proposal_text", "reply_text"})
"""Fields whose value runs over many lines."""
READABLE = LONG | {
    *("number", "meeting", "subject", "title", "kind", "proposers", "more_proposers", "proposer_count", "signer"),
    *("host_departments", "co_departments", "doc_number", "category", "status", "disclosure", "sign_date"),
    *("publish_date", "contact_name", "contact_phone"),
}
_COUNT = re.compile(r"(?<=.)\(\d{1,2}\)$")
"""How many there are behind the head of a tab: 办理答复(2)."""
_ORGANS_REPLY = re.compile(
    r"[\u4e00-\u9fff]{2,10}(?:局|委|办|厅|院|处|中心|政府|公司|[镇乡队])的?(?P<reply>(?:答复|回复|办复|办理)(?:意见|内容|情况)?|复函|函复)"
)
LONGEST = 14
"""Characters of the longest label that is looked up."""
WIDEST = 3 * LONGEST
"""Characters of the longest label as printed, with white space and marks."""
_TOO_LONG = re.compile(rf"[^\W_]{{{LONGEST + 1}}}")
"""How a text begins that is none whatever is dropped of it: most lines that are not known yet."""
_DROPPED = re.compile(r"[\s:*★☆●■◆▪•·.,、_〔〕|\-\x00]+")
_ORDINAL = re.compile(r"^[0-9]{1,2}[.、]")
_REMARK = re.compile(r"(?P<name>[^()]{2,})\((?P<remark>[^()一二三四五六七八九十\d]{1,8})\)")


class Names(msgspec.Struct, forbid_unknown_fields=True):
    """Labels that stand for the same fields."""

    fields: list[str]
    names: list[str]
    cells_only: bool = False
    weak: bool = False


class Ignored(msgspec.Struct, forbid_unknown_fields=True):
    """Labels that are passed over, and why."""

    because: str
    names: list[str]
    in_letters: bool = False


class Foreign(msgspec.Struct, forbid_unknown_fields=True):
    """Labels of another kind of page."""

    kind: str
    names: list[str]


class Vocabulary(msgspec.Struct, forbid_unknown_fields=True):
    """``labels.toml``."""

    prefixes: list[str]
    label: list[Names]
    ignored: list[Ignored]
    foreign: list[Foreign]


class Label(msgspec.Struct, frozen=True):
    """What a printed label means."""

    name: str
    fields: tuple[str, ...] = ()
    """The fields that its value may be, to be tried in this order; none for an ignored or foreign label."""
    cells_only: bool = False
    """Whether it is a label in a cell of its own only, never at the head of a line."""
    weak: bool = False
    """Whether another label of the same field is surer: 发文日期 beside 发布日期."""
    in_letters: bool = False
    """Whether it is a part of a letter wherever it stands in one: 抄送, 附件."""
    foreign: str | None = None
    """``citizen`` or ``consultation``: the page it stands on is no answer to a deputy."""

    @property
    def long(self) -> bool:
        """Whether its value may run over many lines."""
        return not LONG.isdisjoint(self.fields)


class Labels(msgspec.Struct, frozen=True):
    """The vocabulary, ready to be looked up in."""

    by_name: dict[str, Label]
    heads: frozenset[str]
    """The characters that labels begin with."""
    prefix: re.Pattern[str]

    def get(self, name: str) -> Label | None:
        """The label of a normalised name, or of what stands behind a prefix (提案编号: 编号)."""
        label = self.by_name.get(name)
        if label is not None:
            return label
        before = self.prefix.match(name)
        label = self.by_name.get(name[before.end() :]) if before else None
        return label or self._of_organ(name) or self._remarked(name)

    def _of_organ(self, name: str) -> Label | None:
        """The label of a reply behind the name of the organ that gives it: 市教育局的答复."""
        named = _ORGANS_REPLY.fullmatch(name) if "复" in name or "办理" in name else None
        return self.by_name.get(named["reply"]) if named else None

    def _remarked(self, name: str) -> Label | None:
        """The label in front of a remark in brackets; one that is a label itself decides: 承办单位(会办)."""
        remark = _REMARK.fullmatch(name) if name.endswith(")") else None
        if remark is None:
            return None
        label = self.get(remark["name"])
        inside = self.by_name.get(remark["remark"])
        return inside if label and inside and inside.fields and not inside.long else label


def load(text: str) -> Labels:
    """The vocabulary by name. Raises :class:`DataFileError` for a wrong key, an unknown field, a name twice."""
    vocabulary = checked(text, Vocabulary, "labels.toml")
    found: dict[str, Label] = {}
    for entry in vocabulary.label:
        for field in set(entry.fields) - READABLE:
            raise DataFileError(f"parsers/labels.toml: no field {field!r} (label {entry.names[0]})")
        for name in entry.names:
            _add(found, Label(name, tuple(entry.fields), entry.cells_only, entry.weak))
    for group in vocabulary.ignored:
        for name in group.names:
            _add(found, Label(name, in_letters=group.in_letters))
    for other in vocabulary.foreign:
        for name in other.names:
            _add(found, Label(name, foreign=other.kind))
    prefix = re.compile("|".join(sorted(vocabulary.prefixes, key=len, reverse=True)))
    return Labels(found, frozenset(name[0] for name in found), prefix)


def _add(found: dict[str, Label], label: Label) -> None:
    key = normal(label.name)
    if key in found:
        raise DataFileError(f"parsers/labels.toml: the label {label.name} is listed twice")
    found[key] = label


@cache
def vocabulary() -> Labels:
    """The project's vocabulary."""
    return load(text_of("labels.toml"))


def named(field: str) -> list[str]:
    """The names of all labels of a field."""
    return [name for name, label in vocabulary().by_name.items() if field in label.fields]


def normal(printed: str) -> str:
    """A printed label as it is looked up: no white space, colons, bullets or outer brackets."""
    name = plain(printed)
    name = _DROPPED.sub("", _ORDINAL.sub("", name) if name[:1].isdigit() else name)
    if name.endswith(")"):
        name = _COUNT.sub("", name)
        if _REMARK.fullmatch(name):
            return name
    return name.strip("()")


def lookup(printed: str) -> Label | None:
    """The label that a cell or the head of a line prints; ``None`` where it is none of the vocabulary's."""
    if len(printed) > LONGEST and (len(printed) > WIDEST or _TOO_LONG.match(printed)):
        return None
    return _lookup(printed)


@lru_cache(maxsize=4096)
def _lookup(printed: str) -> Label | None:
    name = normal(printed)
    return vocabulary().get(name) if 0 < len(name) <= LONGEST else None
