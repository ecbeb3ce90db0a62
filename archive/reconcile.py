"""Totals that yearly summaries publish, read out of their sentences and held against what the archive has.

Read are sentences that say how many suggestions and proposals were handed in or handled (共承办代表建议14件) and their
outcome classes (A类12件). Shares of a total by role or progress (主办15件, 办结20件) are none of these.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import msgspec

from archive import departments
from archive.places import Place, load
from parsers.fields import meeting
from parsers.text import NUMERAL, numeral, plain

COUNT = re.compile(rf"(?P<number>{NUMERAL}{{1,6}})\s?件(?!事|实事|套)")
SENTENCE = re.compile(r"[^。;!?\n]+")
CLAUSE = re.compile(r"[,:]")
REMARK = re.compile(r"\([^()]*\)")
KINDS = {"suggestion": re.compile(r"建议"), "proposal": re.compile(r"提案"), "motion": re.compile(r"议案")}
CLASS = re.compile(r"(?P<class>[A-Da-d]|甲|乙|丙)\d?\s?[类级等](?:[^,:A-Da-d甲乙丙]{0,24})$")
CLASS_BEHIND = re.compile(r"^\s?\(\s?(?P<class>[A-D]|甲|乙|丙)\s?类\s?\)")
PART = re.compile(
    r"主办|会办|协办|分办|独办|单办|牵头|重点|督办|满意|办结|办复|采纳|正在|尚未|已|未|列入|平时|闭会|联名|集体|界别|党派"
)
TOTAL = re.compile(r"共|收到|承办|交办|立案|受理|办理|提出|转办|接到")
YEAR = re.compile(r"(?P<year>20\d\d)\s?年")
OWN = re.compile(r"[我本](?:局|委|办|厅|院|中心|镇|乡|街道|单位|处|部门|公司|区管委会)")
TITLE_ORGAN = re.compile(
    r"^(?:关于)?(?P<organ>[\u4e00-\u9fff]{2,24}?(?:局|委员会|委|办|厅|中心|街道办事处|街道|镇|乡|支队|大队|管委会|公司))"
    r"(?=\d{4}|关于|对|办理|承办|人大|政协|建议|提案)"
)
WHOLE = re.compile(r"人大常委会|人民代表大会|政协|人民政府|政府办公?室?$")
OF_ORGAN = "rowid IN (SELECT proposal FROM proposal_departments JOIN departments ON id = department WHERE name = ?)"
SPAN = 24
"""Characters between a total and the words that say of what; more belong to something else."""


class Total(msgspec.Struct, frozen=True):
    """A published number of cases; ``kind`` and ``category`` are ``None`` for all together."""

    kind: str | None
    category: str | None
    total: int
    quote: str


class Summary(msgspec.Struct, frozen=True):
    """What a summary says of itself."""

    year: int | None
    term: int | None
    session: int | None
    organ: str | None
    """The organ whose own work is reported; ``""`` where it says 我局 without a name, ``None`` for the whole place."""
    totals: tuple[Total, ...]


def read(title: str | None, text: str) -> Summary:
    """The totals of a summary's text."""
    head = plain(f"{title or ''}\n{text[:400]}")
    year, found = YEAR.search(plain(title or "")) or YEAR.search(head), meeting.find(head)
    session = found.value if found else None
    totals = tuple(dict.fromkeys(first_of_each(totals_of(title, text))))
    organ = organ_of(plain(title or ""), plain(text))
    return Summary(
        int(year["year"]) if year else None,
        session.term if session else None,
        session.session if session else None,
        organ,
        totals,
    )


def organ_of(title: str, text: str) -> str | None:
    """Whose work is reported."""
    named = TITLE_ORGAN.match(title)
    if named and not WHOLE.search(named["organ"]):
        return named["organ"]
    first = COUNT.search(text)
    return "" if first and OWN.search(text[: first.start()]) else None


def first_of_each(totals: Iterator[Total]) -> Iterator[Total]:
    """Of several numbers for one thing the first: a later one repeats it, or is of another year."""
    seen: set[tuple[str | None, str | None]] = set()
    for total in totals:
        if (total.kind, total.category) not in seen:
            seen.add((total.kind, total.category))
            yield total


def totals_of(title: str | None, text: str) -> Iterator[Total]:
    """Every total and every class that the sentences name."""
    known: list[Total] = []
    of_title = kind_of(plain(title or ""))
    for sentence in SENTENCE.finditer(plain(text)):
        quote = text[sentence.start() : sentence.end()].strip()
        classes: list[tuple[str, int]] = []
        for before, number, behind in counts(sentence[0]):
            category = CLASS.search(before) or CLASS_BEHIND.match(behind)
            if category:
                classes.append((category["class"].upper(), number))
            elif not PART.search(REMARK.sub("", before)):
                total = total_of(REMARK.sub("", before), sentence[0], number, quote, of_title, not known)
                known += [total] if total else []
        yield from known
        yield from classes_of(classes, known, quote)


def counts(sentence: str) -> Iterator[tuple[str, int, str]]:
    """Each count of a sentence with its clause before it and the text behind it."""
    end = 0
    for found in COUNT.finditer(sentence):
        number = numeral(found["number"])
        before = CLAUSE.split(sentence[end : found.start()])[-1]
        end = found.end()
        if number is not None:
            yield before, number, sentence[end:]


def total_of(
    before: str, sentence: str, number: int, quote: str, of_title: tuple[str, ...], is_first: bool
) -> Total | None:
    """The total that a count is, where its words say of what; the first one must also say what was done."""
    said = TOTAL.search(sentence)
    kinds = kind_of(before[-SPAN:]) or (of_title if is_first and TOTAL.search(before) else ())
    if not kinds or (is_first and not said):
        return None
    return Total(kinds[0] if len(kinds) == 1 else None, None, number, quote)


def classes_of(classes: list[tuple[str, int]], known: list[Total], quote: str) -> Iterator[Total]:
    """The classes of one sentence, of the total that they add up to, else of the only one there is."""
    if not classes:
        return
    together = sum(number for _, number in classes)
    fitting = [total for total in known if total.total == together] or (known if len(known) == 1 else [])
    for total in fitting[:1]:
        yield from (Total(total.kind, category, number, quote) for category, number in classes)


def kind_of(words: str) -> tuple[str, ...]:
    """The kinds that words name."""
    return tuple(kind for kind, pattern in KINDS.items() if pattern.search(words))


def step(archive: sqlite3.Connection) -> None:
    """Write the totals of all summaries anew, each with what the archive has of it."""
    archive.execute("DELETE FROM summaries")
    places = load(archive)
    rows = archive.execute(
        "SELECT d.id, d.site, d.title, d.text, s.division FROM documents d LEFT JOIN sites s ON s.id = d.site"
        " WHERE d.type = 'summary' AND d.text IS NOT NULL ORDER BY d.id"
    ).fetchall()
    for document, site, title, text, division in rows:
        summary = read(title, text)
        for total in summary.totals:
            held = count(archive, summary, total, site, places.get(division or ""))
            archive.execute(
                "INSERT INTO summaries (document, site, year, term, session, kind, class, scope, total, held, quote)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(document, site, summary.year, summary.term, summary.session, total.kind, total.category),
                    *("place" if summary.organ is None else "organ", total.total, held, total.quote),
                ),
            )


def count(
    archive: sqlite3.Connection, summary: Summary, total: Total, site: str | None, place: Place | None
) -> int | None:
    """How many matters the archive has of what a total counts; ``None`` where that cannot be told."""
    where: dict[str, str | int | None] = {"kind = ?": total.kind, "upper(substr(category, 1, 1)) = ?": total.category}
    if summary.term is not None and summary.session is not None:
        where |= {"term = ?": summary.term, "session = ?": summary.session}
    elif summary.year is not None:
        where["year = ?"] = summary.year
    else:
        return None
    if summary.organ and place:
        organ = departments.normal(summary.organ, place)
        where["division = ?"] = place.code
        where[OF_ORGAN] = organ.name
    elif summary.organ is None and place:
        where["division = ?"] = place.code
    elif site:
        where["site = ?"] = site
    else:
        return None
    chosen = {condition: value for condition, value in where.items() if value is not None}
    sql = f"SELECT count(DISTINCT matter) FROM proposals WHERE type = 'reply' AND {' AND '.join(chosen)}"  # noqa: S608
    return int(archive.execute(sql, tuple(chosen.values())).fetchone()[0])
