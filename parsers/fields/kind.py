"""Suggestion, motion or proposal: by the meeting's body, then by what the text calls it, then by whom it greets."""

from __future__ import annotations

import re

from parsers.fields.people import Role
from parsers.found import Found
from parsers.record import Kind, Meeting
from parsers.text import plain
from parsers.words import choice, words

_CPPCC = re.compile(r"政协|政治协商|委员(?:提案|建议)|提案")
_NPC = re.compile(r"人大|人民代表大会|代表(?:建议|意见)|议案")
_BOTH = re.compile(r"(?:意见)?建议[、和及与/]?提案|提案[、和及与/]?建议")
"""The column for both, 建议提案, which says nothing of a page in it."""
_DELEGATION = re.compile("代表团|代表小?组")
_SECTOR = re.compile(choice([*words().people.parties, *words().people.sectors]))
_MOTION = re.compile(r"议案(?!.{0,12}(?:建议|提案))")
_WORDS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"人大(?:代表)?议案|议案"), "motion"),
    (re.compile(r"政协(?:委员)?(?:提案|建议)|委员提案|提案"), "proposal"),
    (re.compile(r"人大(?:代表)?(?:建议|意见)|代表(?:建议|意见)|建议"), "suggestion"),
)


def read(value: str) -> Found[Kind] | None:
    """The kind in a label's value (类型:人大建议); 建议提案 names both and says nothing."""
    folded = plain(value)
    if len(folded) > 30 or (re.search(r"建议", folded) and re.search(r"提案", folded)):
        return None
    match = next(((pattern.search(folded), kind) for pattern, kind in _WORDS if pattern.search(folded)), None)
    return Found(match[1], value.strip(), "kind") if match else None


def of_meeting(meeting: Meeting | None, text: str) -> Found[Kind] | None:
    """The kind that a meeting's body decides; ``text`` names the thing (第39号议案)."""
    if meeting is None or meeting.body is None:
        return None
    if meeting.body == "cppcc":
        return Found("proposal", text.strip()[:80], "kind-meeting")
    return Found("motion" if _MOTION.search(plain(text)) else "suggestion", text.strip()[:80], "kind-meeting")


def of_path(path: str) -> Found[Kind] | None:
    """The kind that a column's path names: 人大代表建议, 政协委员提案; ``None`` where it names both or none."""
    named = _BOTH.sub(" ", path)
    cppcc, npc = _CPPCC.search(named), _NPC.search(named)
    if bool(cppcc) == bool(npc):
        return None
    kind: Kind = "proposal" if cppcc else "motion" if "议案" in path and "建议" not in path else "suggestion"
    return Found(kind, path.strip()[:80], "kind-path", None, 0.8)


def of_role(role: Role | None, quote: str) -> Found[Kind] | None:
    """The kind that a salutation decides: a 委员, party or sector hands in proposals, a 代表 or 代表团 suggestions."""
    if role is None:
        of_group: Kind | None = (
            "suggestion" if _DELEGATION.search(quote) else "proposal" if _SECTOR.search(quote) else None
        )
        return Found(of_group, quote, "kind-salutation", None, 0.8) if of_group else None
    return Found("proposal" if role == "委员" else "suggestion", quote, "kind-salutation", None, 0.9)
