"""What an imitation site says: the entries of one TOML file, and the records that must be read from them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

FOLDER = Path(__file__).parent / "content"


class Entry(msgspec.Struct, forbid_unknown_fields=True):
    """One suggestion or proposal with its answer; the fields carry the names of the record."""

    id: int
    number: str
    proposal: str
    reply: str
    publish_date: str
    proposers: tuple[str, ...]
    host_departments: tuple[str, ...]
    title: str | None = None
    subject: str | None = None
    co_departments: tuple[str, ...] = ()
    status: str | None = None
    signer: str | None = None
    sign_date: str | None = None
    category: str | None = None

    @property
    def day(self) -> str:
        return self.publish_date[:10]


class Content(msgspec.Struct, forbid_unknown_fields=True):
    """A fictional site."""

    id: str
    name: str
    place: str
    entry: tuple[Entry, ...]
    division: str | None = None
    """A code that GB/T 2260 gives to no place."""
    province: str | None = None


def load(name: str) -> Content:
    """The content of the file ``content/NAME.toml``; oldest entry first."""
    raw: dict[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    for entry in raw["entry"]:
        entry["proposal"], entry["reply"] = entry["proposal"].strip(), entry["reply"].strip()
    return msgspec.convert(raw, Content)


def many(content: Content, count: int) -> Content:
    """The content repeated under new ids and numbers until it has ``count`` entries: for walks over many pages."""
    entries = []
    for position in range(count):
        entry = content.entry[position % len(content.entry)]
        number = str(1000 + position)
        text = f"{entry.reply}\n本件为第{number}号。"
        entries.append(msgspec.structs.replace(entry, id=30000 + position, number=number, reply=text))
    return msgspec.structs.replace(content, entry=tuple(entries))
