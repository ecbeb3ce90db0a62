"""A small published archive, written by hand: every table has rows, and some texts are hostile."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from archive import dictionary
from archive.matters import text_digest

BUILT = "2026-11-24T20:00:00Z"
HOSTILE = (
    '=cmd|"/c calc"!A1',
    "a\0b\r\nc\rd\ne\u2028f",
    "+1 <script>alert(1)</script> | pipes | `ticks`",
    "𠮷" * 40_000,
    '"quoted", 100%; \\ \x1b[31m \ufeff \u202e',
)


def empty(path: Path) -> sqlite3.Connection:
    """An archive without rows, but with its build time."""
    database = sqlite3.connect(path)
    database.executescript((dictionary.HERE / "published.sql").read_text("utf-8"))
    insert(database, "about", key="built", value=BUILT)
    insert(database, "about", key="schema", value="1")
    return database


def insert(database: sqlite3.Connection, table: str, **values: Any) -> None:
    marks = ", ".join("?" * len(values))
    database.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


def proposal(database: sqlite3.Connection, rowid: int, **values: Any) -> None:
    """A record with its texts; what is not given is made from the number."""
    row = {
        "rowid": rowid,
        "id": f"yunxi-proposal-16-4-{rowid}",
        "type": "reply",
        "kind": "proposal",
        "title": f"对政协第十六届云溪市委员会第四次会议第{rowid}号提案的答复",
        "number": str(rowid),
        "year": 2025,
        "date": "2025-06-01",
        "sign_date": "2025-06-01",
        "body": "cppcc",
        "level": "市",
        "place": "云溪市",
        "term": 16,
        "session": 4,
        "site": "yunxi",
        "division": "990100",
        "url": f"https://www.yunxi.example/art/{rowid}.html",
        "first_seen": "2026-01-01T00:00:00Z",
        "last_seen": "2026-11-01T00:00:00Z",
        "state": "present",
        "parser": "1",
    }
    reply = values.pop("reply_text", f"委员您好：您提出的第{rowid}号提案收悉，现答复如下。")
    insert(database, "proposals", **{"reply_digest": text_digest(reply)} | row | values)
    insert(database, "texts", proposal=rowid, reply_text=reply)


def sample(path: Path) -> Path:
    """An archive with a row in every table."""
    database = empty(path)
    insert(database, "divisions", code="990100", name="云溪市", province="云溪")
    insert(database, "sites", id="yunxi", name="云溪市人民政府", division="990100", state="fine", records=8)
    insert(database, "matters", id=1, title="关于增设公交站的提案")
    proposal(database, 1, matter=1, matter_reason="代表记录", number="0487", subject="关于增设公交站的提案")
    proposal(database, 2, matter=1, matter_reason="同一站点、届次、编号", host="市交通局", proposer="林一、周二")
    proposal(database, 3, state="withdrawn", sign_date=None, date=None, year=None)
    for rowid, text in enumerate(HOSTILE, start=4):
        proposal(
            database, rowid, title=text, reply_text=text, term=None, session=None, body=None, level=None, place=None
        )
    for position, number in enumerate(("1", "12")):
        insert(database, "proposal_numbers", proposal=1, position=position, number=number)
    insert(database, "masked", record=2, mask="mobile", count=3)
    insert(database, "redirects", old_id="yunxi-old", new_id="yunxi-proposal-16-4-1")
    insert(database, "departments", id=1, name="市交通局", division="990100")
    insert(database, "proposal_departments", proposal=2, department=1, role="host", position=0, printed="市交通局")
    for position, name in enumerate(("周二", "林一")):
        insert(database, "people", id=position + 1, name=name, division="990100")
        role = "co-signer" if name == "周二" else "lead"
        insert(
            database, "proposal_people", proposal=2, person=position + 1, role=role, position=1 - position, printed=name
        )
    insert(
        database,
        "documents",
        id=1,
        type="document",
        title="公交规划",
        url="https://www.yunxi.example/d/1.html",
        text="全文",
    )
    insert(database, "citations", id=1, proposal=2, title="公交规划", document=1)
    insert(
        database,
        "numbers",
        id=1,
        site="yunxi",
        kind="proposal",
        term=16,
        session=4,
        number="1",
        proposal=1,
        state="present",
    )
    insert(database, "numbers", id=2, site="yunxi", kind="proposal", term=16, session=4, number="9", state="missing")
    insert(database, "versions", id=1, proposal=1, seen="2026-02-01T00:00:00Z", field="category", old="B", new="A")
    for number, url in enumerate(("https://www.yunxi.example/art/2.html", "https://a.example/x?b"), start=1):
        insert(
            database, "captures", id=number, proposal=2, url=url, time="2026-01-01T00:00:00Z", status=200,
            digest="sha256:" + "0" * 64, file="yunxi.warc.gz", offset=0, length=10,
        )  # fmt: skip
    insert(database, "evidence", proposal=1, field="number", rule="label", label="编号", quote="0487", confidence=0.7)
    insert(
        database, "crawls", id=1, site="yunxi", started="2026-11-01T00:00:00Z", state="parsed with problems", problems=3
    )
    insert(database, "summaries", id=1, document=1, site="yunxi", year=2025, total=9, quote="共办理提案9件")
    database.execute("INSERT INTO proposals_fts(rowid, title) VALUES (1, '公 公交 交')")
    database.commit()
    database.close()
    return path
