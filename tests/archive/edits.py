"""Random things that crawls do to a store, for tests that hold two ways to one end against each other."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fictional import SITE, page, record

from archive.store import ListReading, Store
from parsers.record import Capture, Citation, Evidence, Record

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
NAMES = ("江小舟", "沈禾", "林远", "周二", "农工党界别", "第三代表团")
ORGANS = ("青禾市园林局", "青禾市水务局", "市财政局", "青禾市教育局")
WORDS = ("步道", "路灯", "水渠", "书屋", "公交", "养老", "产业园", "电话13812345678", "0990-8821234", "a类")


class Life:
    """A store that lives through crawls; one seed, one life."""

    def __init__(self, data: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.data = data
        self.clock = BEGIN
        with Store.open(data) as store:
            store.put_sites([SITE, SITE | {"id": "portal", "host": "www.portal.example", "division": "990101"}])

    def now(self) -> str:
        """A moment after all before."""
        self.clock += timedelta(minutes=self.chance.choice((1, 90, 3000)))
        return self.clock.strftime("%Y-%m-%dT%H:%M:%SZ")

    def url(self) -> str:
        """One of few addresses."""
        return f"https://www.{self.chance.choice(('qinghe', 'portal'))}.example/art/{self.chance.randrange(30)}.html"

    def text(self) -> str:
        return "，".join(self.chance.choices(WORDS, k=self.chance.randrange(2, 9))) + "。"

    def record(self, part: int, url: str) -> Record:
        """A reading of an address: its number follows from the address mostly, its values change."""
        chance = self.chance
        number = str(sum(map(ord, url)) % 97 * 10 + part) if chance.random() < 0.9 else str(chance.randrange(400))
        type_ = chance.choices(("reply", "original", "document", "summary", "unrecognised"), (70, 10, 12, 5, 3))[0]
        return record(
            part=part,
            type=type_,
            title=self.text(),
            subject=chance.choice((None, self.text())),
            number=number,
            numbers=(number, "7") if chance.random() < 0.2 else (number,),
            proposers=tuple(chance.sample(NAMES, chance.randrange(3))),
            host_departments=tuple(chance.sample(ORGANS, chance.randrange(3))),
            co_departments=tuple(chance.sample(ORGANS, chance.randrange(2))),
            category=chance.choice((None, "A", "B")),
            sign_date=chance.choice((None, f"2025-0{chance.randrange(1, 9)}-1{chance.randrange(9)}")),
            proposal_text=chance.choice((None, self.text())),
            reply_text=self.text(),
            text=self.text() if type_ in ("document", "summary") else None,
            citations=(Citation(self.text(), None),) if chance.random() < 0.3 else (),
            evidence={"number": Evidence("label", "编号", self.text(), 0.9)},
        )

    def visit(self, store: Store) -> None:
        """A page captured: new, the same, edited, gone, or a challenge."""
        url, what = self.url(), self.chance.random()
        if what < 0.05:
            store.add_pages([page(url=url, time=self.now(), body=self.text(), status=404, site=None)])
        elif what < 0.15:
            gone = Capture(url, self.now(), 410, "sha256:" + "0" * 64)
            absences = [ListReading(url, run, self.now(), True) for run in ("1", "2")]
            store.withdraw(gone, absences)
        elif what < 0.25:
            store.saw([self.url() for _ in range(5)], self.now())
        else:
            records = [self.record(part, url) for part in range(self.chance.choice((1, 1, 1, 2, 3)))]
            store.add_pages([page(*records, url=url, time=self.now(), body=self.text(), site=None)])

    def crawl(self, visits: int) -> None:
        """A run of so many captures."""
        with Store.open(self.data) as store:
            for _ in range(visits):
                self.visit(store)
            store.put_crawl("qinghe", self.now(), self.chance.choice(("fine", "blocked")))
