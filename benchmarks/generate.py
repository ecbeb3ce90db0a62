"""A made-up archive of any size, for benchmarks: `python -m benchmarks.generate archive.db 100000`.

Shaped like the real thing, none of it real: words by a Zipf law with bursts per topic, log-normal lengths (about 2,000
characters a record), many sites, fifteen years, gaps in the numbers, mirrors, withdrawn records. One seed, one archive.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tomllib
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from archive import dictionary
from archive.matters import text_digest

FIRST_YEAR, YEARS = 2012, 15
SITES = 3_000
BUILT = "2026-11-24T00:00:00Z"
WORDS, TOPICS, TOPIC_WORDS = 30_000, 400, 60
SENTENCES = 400
"""Records whose sentences others repeat, as departments do."""
BATCH = 2_000
DATA = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
OFFICES: list[str] = DATA["offices"]
SURNAMES: str = DATA["surnames"]
OPENING = "您提出的{subject}收悉，现答复如下：\n"
CLOSING = "\n感谢您对我们工作的关心和支持，请继续提出宝贵意见。\n{host}\n{year}年{month}月{day}日"


class Plan(NamedTuple):
    """What is decided about a record before its text is written."""

    date: str
    site: int
    kind: str
    term: int
    session: int
    number: int


class Words:
    """A vocabulary whose frequencies fall as Zipf says, with topics that burst."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        characters = [bytes([row, cell]) for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFA)]
        han = [character.decode("gb2312") for character in characters]
        weights = list(accumulate(1 / (rank + 10) for rank in range(len(han))))
        chance.shuffle(han)
        lengths = chance.choices((1, 2, 3, 4), (4, 70, 14, 12), k=WORDS)
        made = ("".join(chance.choices(han, cum_weights=weights, k=length)) for length in lengths)
        self.words = [*DATA["function_words"], *made]
        for rank, word in enumerate(DATA["policy_words"]):
            self.words.insert(30 + 3 * rank * rank, word)
        self.weights = list(accumulate(1 / (rank + 2) ** 1.05 for rank in range(len(self.words))))
        self.topics = [chance.choices(self.words[200:], k=TOPIC_WORDS) for _ in range(TOPICS)]
        self.formulas = [self.running(self.topics[0], 30) + "。" for _ in range(SENTENCES)]

    def running(self, topic: list[str], length: int) -> str:
        """About ``length`` characters of running text."""
        count = max(4, length * 10 // 21)
        words = self.chance.choices(self.words, cum_weights=self.weights, k=count)
        words[3::6] = self.chance.choices(topic, k=len(words[3::6]))
        words[8::11] = ["，"] * len(words[8::11])
        words[20::34] = ["。"] * len(words[20::34])
        words[64::170] = ["。\n"] * len(words[64::170])
        return "".join(words)

    def text(self, topic: list[str], length: int) -> str:
        """Running text with a few sentences that other records have too."""
        parts = [self.running(topic, length), *self.chance.choices(self.formulas, k=2)]
        return "。".join(parts)


class Archive:
    """Writes rows into the tables of ``published.sql``."""

    def __init__(self, path: Path, records: int, seed: int) -> None:
        self.chance = random.Random(seed)
        self.words = Words(self.chance)
        self.records = records
        self.sites = max(2, min(SITES, records // 60))
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        self.database.executescript((dictionary.HERE / "published.sql").read_text("utf-8"))
        self.waiting: dict[str, list[tuple[Any, ...]]] = {}
        self.serial: dict[str, int] = {}

    def put(self, table: str, *values: Any) -> None:
        """A row, written with its batch."""
        self.waiting.setdefault(table, []).append(values)

    def next(self, table: str) -> int:
        """The next integer key of a table."""
        self.serial[table] = self.serial.get(table, 0) + 1
        return self.serial[table]

    def flush(self) -> None:
        self.database.execute("BEGIN")
        for table in dictionary.schema():
            rows = self.waiting.pop(table, [])
            if rows:
                self.database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        self.database.execute("COMMIT")

    def build(self) -> None:
        """Everything, in the order that references need."""
        self.put_places()
        for rowid, plan in enumerate(self.plans(), start=1):
            self.put_record(rowid, plan)
            if rowid % BATCH == 0:
                self.flush()
        self.put("about", "built", BUILT)
        self.put("about", "schema_version", "1")
        self.flush()
        self.database.close()

    def put_places(self) -> None:
        """Divisions, sites, departments, people, documents and runs."""
        for site in range(self.sites):
            code, name = division(site), self.place(site)
            self.put("divisions", code, name, f"省{site % 31 + 1}")
            state = self.chance.choices(("fine", "parsed with problems", "blocked", "unreachable"), (80, 10, 6, 4))[0]
            pages = self.records // self.sites
            host = f"www.site{site}.example"
            self.put("sites", f"site{site}", f"{name}人民政府", code, host, "static", 1, state, BUILT, pages, pages)
            for office in OFFICES:
                self.put("departments", self.next("departments"), f"{name}{office}", code, None, None, None)
            for _ in range(120):
                self.put_person(code)
            self.put("crawls", self.next("crawls"), f"site{site}", BUILT, BUILT, state, 500, 20, 2, 1, None)
        for number in range(max(2, self.records // 50)):
            self.put_document(number)
        self.flush()

    def place(self, site: int) -> str:
        return f"{self.words.words[500 + site * 7][:3]}市"

    def put_person(self, code: str) -> None:
        number = self.next("people")
        given = self.words.words[self.chance.randrange(300, 9_000)][:2]
        self.put("people", number, f"{self.chance.choice(DATA['surnames'])}{given}{number % 97 or ''}", code, "person")

    def put_document(self, number: int) -> None:
        topic = self.chance.choice(self.words.topics)
        year, site = FIRST_YEAR + number % YEARS, number % self.sites
        kind = "summary" if number % 20 == 0 else "document"
        url = f"https://www.site{site}.example/d/{number}.html"
        text = self.words.text(topic, 1200)
        id_ = self.next("documents")
        title, sign = f"关于{''.join(topic[:3])}的实施意见", f"示政发〔{year}〕{number}号"
        self.put("documents", id_, kind, title, sign, f"{year}-05-01", f"site{site}", url, text)
        if kind == "summary":
            quote = f"共办理提案{number}件"
            self.put(
                "summaries",
                self.next("summaries"),
                id_,
                f"site{site}",
                year,
                None,
                None,
                "proposal",
                None,
                "place",
                number,
                0,
                quote,
            )

    def plans(self) -> list[Plan]:
        """Where, when and under which number: consecutive numbers per site and session, one in ten missing.

        In no order, since records come into the store as the sites are crawled.
        """
        groups = self.sites * YEARS * 2
        each = -(-self.records // groups)
        found = []
        for group in range(groups):
            site, year = group % self.sites, FIRST_YEAR + group // self.sites % YEARS
            kind = "proposal" if group < groups // 2 else "suggestion"
            term, session = 10 + (year - FIRST_YEAR) // 5, (year - FIRST_YEAR) % 5 + 1
            known = range(1, each * 10 // 9 + 2)
            held = self.chance.sample(known, each)
            for number in set(known).difference(held):
                self.put_missing(site, kind, term, session, number)
            for number in held:
                day = date(year, 3, 1) + timedelta(days=self.chance.randrange(280))
                found.append(Plan(day.isoformat(), site, kind, term, session, number))
        self.chance.shuffle(found)
        return found[: self.records]

    def put_missing(self, site: int, *ledger: Any) -> None:
        """A number of the ledger that no record has."""
        row = (*ledger[:3], str(ledger[3]), None, "missing", None)
        self.put("numbers", self.next("numbers"), f"site{site}", *row)

    def put_record(self, rowid: int, plan: Plan) -> None:
        """One record with everything that belongs to it."""
        chance, topic = self.chance, self.chance.choice(self.words.topics)
        code, site = division(plan.site), f"site{plan.site}"
        subject = f"关于{''.join(chance.choices(topic, k=3))}的{'提案' if plan.kind == 'proposal' else '建议'}"
        office = plan.site * len(OFFICES) + chance.randrange(len(OFFICES)) + 1
        people = [plan.site * 120 + chance.randrange(120) + 1 for _ in range(chance.choice((1, 1, 1, 2, 5)))]
        people = list(dict.fromkeys(people))
        id_ = f"{site}-{plan.kind}-{plan.term}-{plan.session}-{plan.number}"
        host = f"{self.place(plan.site)}{OFFICES[(office - 1) % len(OFFICES)]}"
        url = f"https://www.site{plan.site}.example/art/{plan.date[:4]}/{rowid}.html"
        matter = self.next("matters")
        self.put("matters", matter, subject)
        withdrawn = chance.random() < 0.01
        own, reply = self.texts(plan, topic, subject, host)
        body = "cppcc" if plan.kind == "proposal" else "npc"
        self.put(
            "proposals", rowid, id_, "reply", plan.kind, f"对第{plan.number}号{subject}的答复", subject,
            str(plan.number), int(plan.date[:4]), plan.date, plan.date, None, body, "市", self.place(plan.site),
            plan.term, plan.session, chance.choice("AAABBC"), "已办结", "主动公开",
            f"示函〔{plan.date[:4]}〕{plan.number}号", None, host, f"代表{people[0]}", len(people), site, code, matter,
            None, None, url, plan.date + "T00:00:00Z", BUILT, "withdrawn" if withdrawn else "present", None,
            text_digest(reply), "1",
        )  # fmt: skip
        self.put("texts", rowid, own, reply, None)
        self.put("proposal_numbers", rowid, 0, str(plan.number))
        self.put("proposal_departments", rowid, office, "host", 0, host)
        for position, person in enumerate(people):
            self.put("proposal_people", rowid, person, "co-signer" if position else "lead", position, f"代表{person}")
        self.put_proofs(rowid, plan, url, subject)

    def texts(self, plan: Plan, topic: list[str], subject: str, host: str) -> tuple[str | None, str]:
        """The proposal's text, which two pages in five print, and the answer."""
        chance, year = self.chance, int(plan.date[:4])
        length = min(40_000, int(chance.lognormvariate(7.2, 0.6)))
        own = self.words.text(topic, length // 2) if chance.random() < 0.4 else None
        closing = CLOSING.format(host=host, year=year, month=int(plan.date[5:7]), day=int(plan.date[8:]))
        return own, OPENING.format(subject=subject) + self.words.text(topic, length) + closing

    def put_proofs(self, rowid: int, plan: Plan, url: str, subject: str) -> None:
        """Captures, evidence, versions, citations and the place in the number ledger."""
        chance, site = self.chance, f"site{plan.site}"
        for _ in range(1 + (chance.random() < 0.1)):
            digest = f"sha256:{chance.getrandbits(256):064x}"
            place = (f"{site}-{plan.date[:4]}.warc.gz", chance.randrange(10**9), chance.randrange(5_000, 60_000))
            self.put("captures", self.next("captures"), rowid, None, url, plan.date + "T02:00:00Z", 200, digest, *place)
        for field in ("kind", "title", "subject", "number", "meeting", "host_departments", "proposers", "sign_date"):
            self.put("evidence", rowid, field, "label", field, subject, round(1 - chance.random() ** 4 / 2, 2))
        if chance.random() < 0.02:
            self.put("versions", self.next("versions"), rowid, BUILT, "category", "B", "A")
        for _ in range(chance.choice((0, 0, 1, 1, 2))):
            document = chance.randrange(1, max(2, self.records // 50))
            self.put("citations", self.next("citations"), rowid, "实施意见", None, document)
        ledger = (plan.kind, plan.term, plan.session, str(plan.number), rowid, "present", None)
        self.put("numbers", self.next("numbers"), site, *ledger)


def division(site: int) -> str:
    """A code that GB/T 2260 does not give to any place."""
    return f"{990_000 + site}"


def generate(path: Path, records: int, seed: int = 1) -> Path:
    """Write an archive with so many records to ``path``, which must not be there yet."""
    if path.exists():
        raise FileExistsError(f"{path} is there already; name another file")
    Archive(path, records, seed).build()
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("records", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generate(arguments.path, arguments.records, arguments.seed)


if __name__ == "__main__":
    main()
