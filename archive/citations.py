"""Policies that answers name, led to the archived document: by document number first, then by title.

Numbers and titles come back in other places (政办发〔2018〕20号, 关于加快养老服务发展的实施意见), so a document of an
unrelated place is never meant, and where several fit equally well none is chosen.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from archive.places import related
from archive.search import fold
from parsers.text import plain

SHORTEST = 6
"""Characters of a title that can tell a document; 工作方案 cannot."""
ISSUED = re.compile(r"关于(?:批转|转发|印发|发布|公布|下发)(?P<inner>.+)的(?:通知|公告|通告|函)$")
ORGAN = re.compile(r"^.{1,40}?(?:人民政府|办公室|办公厅|委员会|[局委厅部院会])(?=关于)")
SIGNS = re.compile(r"[\W_]+")
NUMBER = re.compile(r"〕第?0*(?=\d)")
REMEMBERED = 100_000


class Document(msgspec.Struct, frozen=True):
    """An archived document as far as a citation may mean it."""

    id: int
    number: str | None
    site: str | None
    division: str | None


class Citing(msgspec.Struct, frozen=True):
    """The record that names a document."""

    site: str | None
    division: str | None


class Library:
    """The archived documents by number and by title."""

    def __init__(self, rows: Iterable[tuple[int, str | None, str | None, str | None, str | None]]) -> None:
        """Rows of id, title, document number, site, division."""
        self.by_number: dict[str, list[Document]] = defaultdict(list)
        self.by_title: dict[str, list[Document]] = defaultdict(list)
        for key, title, number, site, division in rows:
            document = Document(key, number_key(number), site, division)
            if document.number:
                self.by_number[document.number].append(document)
            for name in title_keys(title):
                self.by_title[name].append(document)

    def find(self, title: str | None, number: str | None, citing: Citing) -> int | None:
        """The document that a citation means; ``None`` where none or several may be meant."""
        wanted = number_key(number)
        if wanted in self.by_number:
            return chosen(self.by_number[wanted], citing)
        named: dict[int, Document] = {}
        for key in title_keys(title):
            named |= {document.id: document for document in self.by_title.get(key, ())}
        fitting = (one for one in named.values() if wanted is None or one.number is None or one.number == wanted)
        return chosen(fitting, citing)


def chosen(documents: Iterable[Document], citing: Citing) -> int | None:
    """The nearest of some documents; several equally near must be copies under one number."""
    ranked = sorted((rank, one.id, one) for one in documents if (rank := distance(one, citing)) is not None)
    nearest = [one for rank, _, one in ranked if rank == ranked[0][0]]
    if len(nearest) > 1 and (nearest[0].number is None or len({one.number for one in nearest}) > 1):
        return None
    return nearest[0].id if nearest else None


def distance(document: Document, citing: Citing) -> int | None:
    """How near a document is to a record: same site, same place, above or below it, unknown; ``None`` elsewhere."""
    if document.site is not None and document.site == citing.site:
        return 0
    if document.division is None or citing.division is None:
        return 3
    if document.division == citing.division:
        return 1
    return 2 if related(document.division, citing.division) else None


@lru_cache(REMEMBERED)
def title_keys(title: str | None) -> tuple[str, ...]:
    """A title without signs, the same without the organ in front, and what it issues (关于印发…的通知)."""
    if title is None:
        return ()
    full = SIGNS.sub("", fold(title))
    keys = [full, ORGAN.sub("", full)]
    issued = ISSUED.search(full)
    keys += [issued["inner"]] if issued else []
    return tuple(key for key in dict.fromkeys(keys) if len(key) >= SHORTEST)


@lru_cache(REMEMBERED)
def number_key(number: str | None) -> str | None:
    """A document number with one kind of brackets, without white space, 第 and leading zeros."""
    return NUMBER.sub("〕", "".join(plain(number).split())) if number else None


def step(archive: sqlite3.Connection) -> None:
    """Lead every citation to its document anew."""
    library = Library(
        archive.execute(
            "SELECT d.id, d.title, d.doc_number, d.site, s.division FROM documents d LEFT JOIN sites s ON s.id = d.site"
            " WHERE d.type = 'document' ORDER BY d.id"
        )
    )
    changed = list(resolved(archive, library))
    archive.executemany("UPDATE citations SET document = ? WHERE id = ?", changed)


def resolved(archive: sqlite3.Connection, library: Library) -> Iterator[tuple[int | None, int]]:
    """Document and citation, of those that lead elsewhere than before."""
    rows = archive.execute(
        "SELECT c.id, c.title, c.doc_number, c.document, p.site, p.division FROM citations c"
        " JOIN proposals p ON p.rowid = c.proposal"
    )
    for key, title, number, before, site, division in rows:
        found = library.find(title, number, Citing(site, division))
        if found != before:
            yield found, key
