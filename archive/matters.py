"""Records about one suggestion as one matter: its original, answers, co-handlers' opinions, copies and mirrors.

Precision comes first. Records meet only under a whole key (a rule), where their titles do not differ, and a matter
never holds two records that contradict each other in kind, term, session, number or place. A number alone says nothing.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter

import msgspec

from archive.places import load, meeting_place
from archive.search import fold

SHORTEST_TEXT = 200
"""Characters; shorter answers are said in the same words to many."""
MOST_HEADS = 20
"""Different suggestions under one key that a record is compared with; more mean that the key says nothing."""
SAME_SITE, OTHER_SITE = 0.5, 0.8
"""How alike titles must be, as the share of common character pairs."""
LONGEST_DAYS = 1500
"""A reply later than this after its original answers a date that was read wrongly."""
NAMED = re.compile(r"《([^《》]{4,})》|(关于.{4,}(?:建议|提案|议案))(?=$|的?(?:答复|复函|回复|函|办理|会办|协办))")
MEETING = re.compile(r"届|次会议")
NUMBERED = re.compile(r"第?[0-9a-z]{1,12}号")
SIGNS = re.compile(r"[\W_]+")
LETTERS = str.maketrans("0123456789", "ghijklmnop")
FRAME = re.compile(r"^(?:关于|对于)|(?:的?(?:建议|提案|议案))$")


class Fact(msgspec.Struct, frozen=True):
    """What tells a record's suggestion from others; ``None`` where the record does not say it."""

    proposal: int
    kind: str | None
    term: int | None
    session: int | None
    number: str | None
    place: str | None
    title: str | None

    def contradicts(self, other: Fact) -> bool:
        """Whether both say something and not the same."""
        return any(
            one is not None and two is not None and one != two
            for one, two in zip(self.identity(), other.identity(), strict=True)
        )

    def identity(self) -> tuple[object, ...]:
        """What no two records of one matter disagree in."""
        return (self.kind, self.term, self.session, self.number, self.place)

    def joined(self, other: Fact) -> Fact:
        """What two records say together."""
        return Fact(
            self.proposal,
            self.kind or other.kind,
            self.term or other.term,
            self.session or other.session,
            self.number or other.number,
            self.place or other.place,
            self.title,
        )


class Rule(msgspec.Struct, frozen=True):
    """Records that agree in all of ``key`` are one matter where ``alike`` says so of their titles."""

    reason: str
    key: str
    alike: Callable[[Fact, Fact], bool]


def titles_agree(one: Fact, two: Fact) -> bool:
    """Whether the titles are much the same, or one is not known."""
    return one.title is None or two.title is None or likeness(one.title, two.title) >= SAME_SITE


def titles_alike(one: Fact, two: Fact) -> bool:
    """Whether both titles are known and nearly the same."""
    return one.title is not None and two.title is not None and likeness(one.title, two.title) >= OTHER_SITE


def one_unnumbered(one: Fact, two: Fact) -> bool:
    """Whether a number is missing: two numbers are two suggestions, whatever their titles."""
    return one.number is None or two.number is None


RULES = (
    Rule("同一站点、届次、编号", "site, kind, term, session, number", titles_agree),
    Rule("同一地方、届次、编号，标题相近", "place, kind, term, session, number", titles_alike),
    Rule("同一地方、年份、编号和标题", "place, kind, year, number, title", titles_alike),
    Rule("同一地方、届次、标题和提出人", "place, kind, term, session, title, proposer", one_unnumbered),
    Rule("同一地方、年份、标题和提出人", "place, kind, year, title, proposer", one_unnumbered),
    Rule("答复正文相同", "digest", titles_agree),
)
JOINT = "并案答复"
HEAD = "代表记录"


COLUMNS = (
    "proposal, type, site, kind, term, session, year, number, place, title, proposer, digest",
    ", ".join(f"key{at}" for at in range(len(RULES))),
)
RAW = (
    "SELECT p.rowid, p.type, p.site, p.kind, p.term, p.session, p.year, p.number, p.level, p.place, p.division,"
    " p.subject, p.title, p.reply_digest, (SELECT x.person FROM proposal_people x WHERE x.proposal = p.rowid"
    " AND x.role = 'lead') FROM proposals p"
)


class Groups:
    """Records joined into matters, each with the first reason that joined it."""

    def __init__(self, largest: int) -> None:
        self.parents = array("q", range(largest + 1))
        self.known: dict[int, Fact] = {}
        self.reasons: dict[int, str] = {}

    def root(self, proposal: int) -> int:
        """The record that stands for the matter while it is put together."""
        parents = self.parents
        while parents[proposal] != proposal:
            parents[proposal] = parents[parents[proposal]]
            proposal = parents[proposal]
        return proposal

    def join(self, one: Fact, two: Fact, reason: str, joint: bool = False) -> bool:
        """Make two records one matter; False where their matters contradict each other, which ``joint`` allows."""
        first, second = self.root(one.proposal), self.root(two.proposal)
        if first != second:
            left, right = self.known.get(first, one), self.known.get(second, two)
            if left.contradicts(right) and not joint:
                return False
            self.known[first] = left.joined(right)
            self.known.pop(second, None)
            self.parents[second] = first
        for fact in (one, two):
            self.reasons.setdefault(fact.proposal, reason)
        return True

    def members(self) -> Iterator[tuple[int, int, str]]:
        """Record, matter, reason of everything that was joined."""
        return ((proposal, self.root(proposal), reason) for proposal, reason in self.reasons.items())


def step(archive: sqlite3.Connection) -> None:
    """Group all records, name the matters, and count the days from originals to their replies."""
    gather(archive)
    [largest] = archive.execute("SELECT coalesce(max(rowid), 0) FROM proposals").fetchone()
    groups = Groups(largest)
    for rule in RULES:
        apply(archive, rule, groups)
    answer_jointly(archive, groups)
    write(archive, groups)
    clock(archive)
    for table in ("facts", "grouped"):
        archive.execute(f"DROP TABLE temp.{table}")


def gather(archive: sqlite3.Connection) -> None:
    """What the rules look at, as ``temp.facts``, with a number for each rule's key by which equal ones are found."""
    columns = ", ".join(COLUMNS)
    archive.execute("DROP TABLE IF EXISTS temp.facts")
    archive.execute(f"CREATE TEMP TABLE facts ({columns.replace('proposal', 'proposal INTEGER PRIMARY KEY', 1)})")
    marks = ", ".join("?" * len(columns.split(",")))
    archive.executemany(f"INSERT INTO temp.facts VALUES ({marks})", facts(archive))  # noqa: S608 - marks
    archive.execute("CREATE INDEX temp.facts_number ON facts (place, kind, term, session, number)")
    archive.create_function("number_key", 1, number_key, deterministic=True)


def facts(archive: sqlite3.Connection) -> Iterator[tuple[object, ...]]:
    """The rows of ``temp.facts``."""
    places = load(archive)

    @cache
    def place_key(level: str | None, printed: str | None, code: str | None) -> str | None:
        """The place whose congress or conference met, so that a bureau's site and the congress's own agree."""
        return meeting_place(level, printed, places.get(code or ""), places)

    names = COLUMNS[0].split(", ")
    keys = [itemgetter(*(names.index(name) for name in rule.key.split(", "))) for rule in RULES[:-1]]
    for row in archive.execute(RAW):
        *same, number, level, place, division, subject, title, digest, proposer = row
        values = (
            *(*same, number_key(number), place_key(level, place, division), title_key(subject, title)),
            *(proposer if division else None, digest),
        )
        yield *values, *(hashed(key(values)) for key in keys), digest


def hashed(key: tuple[object, ...]) -> int | None:
    """A number for a key in this process; ``None`` where a part of it is missing."""
    return None if None in key else hash(key)


def apply(archive: sqlite3.Connection, rule: Rule, groups: Groups) -> None:
    """Join what a rule says is one matter."""
    columns, key = rule.key.split(", "), f"key{RULES.index(rule)}"
    repeated = f"SELECT {key} FROM temp.facts WHERE {key} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"  # noqa: S608 - own
    rows = archive.execute(
        f"SELECT {rule.key}, proposal, kind, term, session, number, place, title FROM temp.facts"  # noqa: S608 - own
        f" WHERE {key} IN ({repeated}) ORDER BY {rule.key}, title, proposal"
    )
    for _, bucket in groupby(rows, itemgetter(*range(len(columns)))):
        join_bucket((Fact(*row[len(columns) :]) for row in bucket), rule, groups)


def join_bucket(facts: Iterable[Fact], rule: Rule, groups: Groups) -> None:
    """Join the records under one key that are about one suggestion."""
    heads: list[Fact] = []
    for fact in facts:
        if not any(rule.alike(head, fact) and groups.join(head, fact, rule.reason) for head in heads):
            heads.append(fact)
            del heads[:-MOST_HEADS]


def answer_jointly(archive: sqlite3.Connection, groups: Groups) -> None:
    """Originals without an answer of their own belong to the answer that names their number among several."""
    columns = ", ".join(f"{{0}}.{name}" for name in ("proposal", "kind", "term", "session", "number", "place", "title"))
    rows = archive.execute(
        f"SELECT {columns.format('j')}, {columns.format('o')} FROM proposal_numbers n"  # noqa: S608 - own columns
        " JOIN temp.facts j ON j.proposal = n.proposal AND j.type = 'reply'"
        " JOIN temp.facts o ON o.type = 'original' AND o.place = j.place AND o.kind = j.kind AND o.term = j.term"
        " AND o.session = j.session AND o.number = number_key(n.number)"
        " WHERE n.position > 0 AND NOT EXISTS (SELECT 1 FROM temp.facts r WHERE r.type = 'reply' AND r.place = o.place"
        " AND r.kind = o.kind AND r.term = o.term AND r.session = o.session AND r.number = o.number)"
        " ORDER BY j.proposal, n.position, o.proposal"
    )
    width = len(Fact.__struct_fields__)
    taken: set[int] = set()
    for row in rows.fetchall():
        answer, original = Fact(*row[:width]), Fact(*row[width:])
        if original.proposal not in taken:
            taken.add(original.proposal)
            groups.join(answer, original, JOINT, joint=True)


def write(archive: sqlite3.Connection, groups: Groups) -> None:
    """Rows of ``matters``, and which record belongs to which; a record that stands alone is a matter too."""
    archive.execute("DROP TABLE IF EXISTS temp.grouped")
    columns = "proposal INTEGER PRIMARY KEY, root INTEGER, reason TEXT, matter INTEGER"
    archive.execute(f"CREATE TEMP TABLE grouped ({columns})")
    archive.executemany("INSERT INTO temp.grouped (proposal, root, reason) VALUES (?, ?, ?)", groups.members())
    archive.execute(
        "UPDATE temp.grouped SET matter = head FROM (SELECT g.proposal AS member, first_value(p.rowid) OVER ("
        "PARTITION BY g.root ORDER BY p.type != 'original', p.mirror IS NOT NULL, p.site IS NULL,"
        " p.date IS NULL, p.date, p.id) AS head"
        " FROM temp.grouped g JOIN proposals p ON p.rowid = g.proposal) WHERE member = proposal"
    )
    archive.execute("UPDATE temp.grouped SET reason = ? WHERE matter = proposal", (HEAD,))
    archive.execute(
        "UPDATE proposals SET matter = g.matter, matter_reason = g.reason FROM (SELECT p.rowid AS proposal,"
        " coalesce(g.matter, p.rowid) AS matter, g.reason FROM proposals p LEFT JOIN temp.grouped g"
        " ON g.proposal = p.rowid) g WHERE g.proposal = proposals.rowid"
        " AND (proposals.matter IS NOT g.matter OR proposals.matter_reason IS NOT g.reason)"
    )
    archive.execute(
        "DELETE FROM matters WHERE NOT EXISTS (SELECT 1 FROM proposals p WHERE p.rowid = matters.id"
        " AND p.matter = p.rowid AND coalesce(p.subject, p.title) = matters.title)"
    )
    heads = "SELECT rowid, coalesce(subject, title) FROM proposals WHERE matter = rowid"
    archive.execute(f"INSERT OR IGNORE INTO matters {heads}")


def clock(archive: sqlite3.Connection) -> None:
    """Days from the first date of a matter's originals to that of each of its replies."""
    archive.execute("DROP TABLE IF EXISTS temp.begun")
    archive.execute("CREATE TEMP TABLE begun (matter INTEGER PRIMARY KEY, date TEXT)")
    archive.execute(
        "INSERT INTO temp.begun SELECT matter, min(date) FROM proposals"
        " WHERE type = 'original' AND date IS NOT NULL GROUP BY matter"
    )
    archive.execute("UPDATE proposals SET reply_days = NULL WHERE reply_days IS NOT NULL")
    archive.execute(
        "UPDATE proposals SET reply_days = days FROM (SELECT p.rowid AS reply,"
        " CAST(julianday(p.date) - julianday(b.date) AS INTEGER) AS days FROM proposals p"
        " CROSS JOIN temp.begun b ON b.matter = p.matter WHERE p.type = 'reply')"
        " WHERE reply = proposals.rowid AND days BETWEEN 0 AND ?",
        (LONGEST_DAYS,),
    )
    archive.execute("DROP TABLE temp.begun")


def title_key(subject: str | None, title: str | None) -> str | None:
    """The suggestion's title without its frame (关于…的建议), signs and white space; ``None`` where none is printed."""
    text = subject
    if text is None and title is not None:
        found = NAMED.search(NUMBERED.sub("", title))
        text = (found[1] or found[2]) if found else None
    if text is None or MEETING.search(text):
        return None
    bare = FRAME.sub("", SIGNS.sub("", fold(text)))
    return bare if len(bare) >= 4 else None


def number_key(printed: str | None) -> str | None:
    """The number in capitals, without leading zeros and white space."""
    if printed is None:
        return None
    return "".join(printed.upper().split()).lstrip("0") or None


def text_digest(text: str | None) -> str | None:
    """Equal where two texts have the same letters and digits, 16 letters; ``None`` of what is short.

    It has no digits, so that no mask takes a part of it for a telephone number.
    """
    if text is None or len(text) < SHORTEST_TEXT:
        return None
    return hashlib.sha256(SIGNS.sub("", text).encode("utf-8", "surrogatepass")).hexdigest()[:16].translate(LETTERS)


def likeness(one: str, two: str) -> float:
    """The share of character pairs that two titles have in common, 0 to 1."""
    if one == two:
        return 1.0
    left, right = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (one, two))
    return 2 * len(left & right) / (len(left) + len(right) or 1)
