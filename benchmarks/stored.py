"""A made-up store of any size: captured pages with records, shaped like those of generate.py."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator

from archive.store import Store
from benchmarks.generate import CLOSING, DATA, OFFICES, OPENING, Words
from parsers.record import Capture, Citation, Evidence, Meeting, ParsedPage, Record

SITES = 40
FIRST, LATER = "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"
FIELDS = ("kind", "title", "subject", "number", "meeting", "host_departments", "proposers", "sign_date", "category")


def site(number: int) -> dict[str, str | bool]:
    """A site as the store takes it."""
    name, division = f"云{chr(0x4E00 + number)}市", str(990_000 + number)
    values = {"name": f"{name}人民政府", "division": division, "province": "云泽", "host": f"www.site{number}.example"}
    return {"id": f"site{number}", "family": "static", "verified": True, **values}


class Pages:
    """Makes pages; one seed, the same pages."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self.words = Words(self.chance)

    def make(self, numbers: range, time: str = FIRST) -> Iterator[ParsedPage]:
        """The pages of these numbers, each with one record; another ``time`` gives them other texts."""
        for number in numbers:
            url = f"https://www.site{number % SITES}.example/art/{number}.html"
            record = self.record(number, url)
            digest = hashlib.sha256(f"{number} {time}".encode()).hexdigest()
            capture = Capture(
                url, time, 200, f"sha256:{digest}", f"site{number % SITES}.warc.gz", number * 9_000, 9_000
            )
            yield ParsedPage(f"site{number % SITES}", capture, (record,))

    def record(self, number: int, url: str) -> Record:
        """A reply of about 2,000 characters, with the telephone number that one in three prints."""
        chance, topic = self.chance, self.chance.choice(self.words.topics)
        host, year = f"云{chr(0x4E00 + number % SITES)}市{chance.choice(OFFICES)}", 2012 + number % 15
        month, day = chance.randrange(1, 13), chance.randrange(1, 29)
        subject = f"关于{''.join(chance.choices(topic, k=3))}的提案"
        length = min(40_000, int(chance.lognormvariate(7.2, 0.6)))
        phone = "\n联系电话:13800138000" if chance.random() < 0.3 else ""
        reply = OPENING.format(subject=subject) + self.words.text(topic, length) + phone
        people = tuple(chance.choice(DATA["surnames"]) + chance.choice(DATA["surnames"]) for _ in range(2))
        return Record(
            source=url,
            type="reply",
            kind="proposal",
            title=f"对第{number}号{subject}的答复",
            subject=subject,
            number=str(number),
            numbers=(str(number),),
            meeting=Meeting("cppcc", "市", host[:3], 10 + number % 5, 1 + number % 5),
            proposers=people,
            host_departments=(host,),
            category=chance.choice("AAABBC"),
            sign_date=f"{year}-{month:02}-{day:02}",
            proposal_text=self.words.text(topic, length // 2) if chance.random() < 0.4 else None,
            reply_text=reply + CLOSING.format(host=host, year=year, month=month, day=day),
            citations=(Citation(f"{host[:3]}条例", None),) if chance.random() < 0.4 else (),
            layout="form",
            evidence={field: Evidence("label", field, subject, 1.0) for field in FIELDS},
            parser="1",
        )


def fill(store: Store, records: int, seed: int = 1) -> None:
    """Sites and so many records, one to a page."""
    store.put_sites(map(site, range(SITES)))
    store.add_pages(Pages(seed).make(range(records)))
