"""A fictional archive: four places that do not exist, four years, every table filled, one hostile record."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from archive import labels
from archive.search import seg

SCHEMA = Path(__file__).parents[2] / "archive" / "published.sql"

PLACES = [
    ("990100", "云泽市", "南岭", "yunze", "云泽市人民政府", "fine"),
    ("990102", "临江区", "南岭", "linjiang", "临江区人民政府", "fine"),
    ("990201", "北原县", "西川", "beiyuan", "北原县人民政府", "blocked"),
    ("990300", "青河市", "东屏", "qinghe", "青河市人民政府", "parsed with problems"),
]
TOPICS = [
    ("推进社区养老服务", "民政局", "养老", "老年食堂"),
    ("缓解老城区停车难", "住房和城乡建设局", "停车", "立体车库"),
    ("优化产业园区布局", "发展和改革局", "产业园区", "标准厂房"),
    ("加强农村饮水安全", "水利局", "饮水", "管网"),
    ("完善中小学课后服务", "教育局", "课后服务", "体育课程"),
    ("保护历史文化街区", "文化和旅游局", "历史街区", "老字号"),
    ("扩大公共自行车覆盖", "交通运输局", "自行车", "换乘站点"),
]
NAMES = ["陆知远", "沈若谷", "顾怀山", "程以宁", "叶听澜", "邵望舒", "白景行", "温如许", "江亦舟", "林见微"]
FIRST = date(2022, 5, 9)
HOSTILE = (
    "<script>window.fired=1</script><img src=x onerror=window.fired=1>\"'>{{7*7}}</textarea></title>"
    "\x01\x1b\u202e&lt;b&gt;"
)
HOSTILE_URL = "javascript:window.fired=1"
FORMULA = '=HYPERLINK("http://example.invalid/","x")'


def proposal_text(topic: str, word: str, thing: str, place: str) -> str:
    """What the deputy wrote."""
    return "\n".join(
        [
            f"近三年，我在{place}走访了十二个社区和村，居民谈得最多的就是{word}。现状与需要之间还有不小的距离，主要有三个方面。",
            f"一是底数不清。{word}方面的设施分属几个单位管理，没有一本统一的账，新建和改造缺少依据。",
            f"二是布点不匀。老城区需要多、地方少，{thing}大多建在新区，步行十五分钟之内到不了。",
            "三是管护不长久。建成之后由谁维修、费用从哪里来，往往没有说定。",
            f"为此建议：摸清{word}的底数并向社会公布；把{thing}纳入年度民生项目；明确管护责任和经费来源；每年向代表、委员报告一次进展。",
        ]
    )


def reply_text(record: dict[str, Any], topic: str, word: str, thing: str, repeat: int) -> str:
    """What the department answered; ``repeat`` lengthens it."""
    who = "委员" if record["kind"] == "proposal" else "代表"
    parts = [
        f"{record['proposer'].split('、')[0]}{who}:",
        f"您提出的《{record['title']}》（第{record['number']}号）收悉，现答复如下：",
        "一、基本情况",
        f"全{record['place'][-1]}现有{word}相关设施八十六处，其中{thing}二十一处，去年新增五处。从登记的情况看，老城区每千人拥有量约为新区的六成，与您反映的情况一致。",
        "二、已经开展的工作",
        f"（一）建立台账。我们会同有关单位对{word}设施逐处登记，编号、位置、管理单位和维修记录都已录入，台账每季度更新。",
        f"（二）增加供给。去年利用闲置场地改建{thing}三处，今年计划再建四处，选址已经征求所在社区意见。",
        "（三）落实管护。新建项目在立项时一并写明管护单位和经费渠道，验收时逐项核对。",
    ]
    for turn in range(repeat):
        parts += [
            f"{'三四五六七八九十'[turn % 8]}、第{turn + 1}项措施的具体安排",
            f"今年上半年，我们选取三个街道作试点，先把{word}的需求排出次序，再按次序安排{thing}。试点中发现，居民最在意的不是规模，而是离家远近和开放时间，因此把开放时间延长到晚上八点，周末照常开放。"
            * 2,
            "下半年把试点的做法整理成册，由各街道对照自查，年底前把自查结果报送我们，合格的予以公布，不合格的限期改正。"
            * 2,
        ]
    return "\n".join(
        [
            *parts,
            "下一步，我们将继续听取您和居民的意见，把承诺的事项逐件办好。感谢您对这项工作的关心。",
            f"{record['host'].split('、')[0]}",
            f"{record['date'][:4]}年{int(record['date'][5:7])}月{int(record['date'][8:10])}日",
        ]
    )


def row(index: int) -> dict[str, Any]:
    """The narrow row of record ``index``; dates grow with the index."""
    division, place, _, site, _, _ = PLACES[(index * 3) % 4 if index % 5 else 0]
    topic, office, _, _ = TOPICS[index % 7]
    kind = ("suggestion", "proposal", "suggestion", "proposal", "motion")[index % 5]
    ending = {"suggestion": "建议", "proposal": "提案", "motion": "议案"}[kind]
    signed = FIRST + timedelta(days=index * 23)
    number = str(40 + index)
    count = 3 if index % 4 == 0 else 1
    proposers = [NAMES[(index + step) % len(NAMES)] for step in range(count)]
    return {
        "rowid": index + 2,
        "id": f"{site}-{kind}-{9 + (index > 30)}-{1 + index % 5}-{number}",
        "type": "original" if index % 13 == 6 else "reply",
        "kind": kind,
        "title": f"关于{topic}的{ending}",
        "subject": f"关于{topic}的{ending}" if index % 3 else None,
        "number": number,
        "year": signed.year,
        "date": signed.isoformat(),
        "sign_date": signed.isoformat(),
        "publish_date": (signed + timedelta(days=12)).isoformat() if index % 3 else None,
        "body": "cppcc" if kind == "proposal" else "npc",
        "level": place[-1],
        "place": place,
        "term": 9 + (index > 30),
        "session": 1 + index % 5,
        "category": ("A", "A", "B", "B1", "C", None)[index % 6],
        "status": "已办结" if index % 2 else None,
        "disclosure": "主动公开" if index % 4 else None,
        "doc_number": f"{place[0]}{office[0]}函〔{signed.year}〕{index + 3}号" if index % 2 else None,
        "signer": NAMES[(index + 5) % len(NAMES)] if index % 7 else None,
        "host": f"{place}{office}",
        "proposer": "、".join(proposers),
        "proposer_count": 10 if index % 12 == 0 else None,
        "site": site,
        "division": division,
        "matter": None,
        "matter_reason": None,
        "url": f"https://www.{site}.example/zwgk/{signed:%Y%m}/t{signed:%Y%m%d}_{index}.html",
        "first_seen": f"{(signed + timedelta(days=40)).isoformat()}T02:10:00Z",
        "last_seen": "2026-11-20T02:10:00Z",
        "state": "withdrawn" if index in (9, 33) else "present",
        "mirror": "traditional" if index == 17 else None,
        "parser": "0.1.0",
    }


def hostile(rowid: int) -> dict[str, Any]:
    """A record whose every text is an attack on the page, the feed, the CSV or the spreadsheet."""
    record = {name: HOSTILE for name in row(0) if name not in ("rowid", "year", "term", "session", "proposer_count")}
    return {
        **record,
        "rowid": rowid,
        "id": "hostile-1",
        "type": "reply",
        "kind": "suggestion",
        "title": FORMULA + HOSTILE + "敌意文本",
        "year": 2022,
        "date": "2022-01-05",
        "sign_date": "2022-01-05",
        "term": 9,
        "session": 2,
        "proposer_count": 3,
        "site": "yunze",
        "division": "990100",
        "matter": 2,
        "url": HOSTILE_URL,
        "state": "present",
    }


def insert(connection: sqlite3.Connection, table: str, values: dict[str, Any]) -> None:
    columns = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


def add_text(connection: sqlite3.Connection, record: dict[str, Any], proposal: str | None, reply: str | None) -> None:
    """The long texts, and the record's line of the search index."""
    insert(connection, "texts", {"proposal": record["rowid"], "proposal_text": proposal, "reply_text": reply})
    names = [str(record[name] or "") for name in ("proposer", "host", "signer", "doc_number")]
    names += labels.names(record["kind"], [record["number"]], record["term"], record["session"])
    connection.execute(
        "INSERT INTO proposals_fts (rowid, reply, proposal, title, names) VALUES (?, ?, ?, ?, ?)",
        (
            record["rowid"],
            seg(reply or ""),
            seg(proposal or ""),
            seg(record["title"]),
            seg("\n".join(names)),
        ),
    )


def add_links(connection: sqlite3.Connection, record: dict[str, Any]) -> None:
    """Departments and people of one record."""
    rowid, division = record["rowid"], record["division"]
    for position, name in enumerate(record["host"].split("、")):
        link(connection, "department", rowid, name, division, "host", position)
    if rowid % 3 == 0:
        link(connection, "department", rowid, f"{record['place']}财政局", division, "co", 1)
    for position, name in enumerate(record["proposer"].split("、")):
        link(connection, "person", rowid, name, division, "co-signer" if position else "lead", position)
    if record["signer"] and record["signer"] not in record["proposer"].split("、"):
        link(connection, "person", rowid, record["signer"], division, "signer", 0)


def link(
    connection: sqlite3.Connection, what: str, rowid: int, name: str, division: str, role: str, position: int
) -> None:
    table, links = {"department": ("departments", "proposal_departments"), "person": ("people", "proposal_people")}[
        what
    ]
    connection.execute(f"INSERT OR IGNORE INTO {table} (name, division) VALUES (?, ?)", (name, division))
    found = connection.execute(f"SELECT id FROM {table} WHERE name = ? AND division = ?", (name, division)).fetchone()
    insert(
        connection,
        links,
        {"proposal": rowid, what: found[0], "role": role, "position": position, "printed": name},
    )


def add_proof(connection: sqlite3.Connection, record: dict[str, Any]) -> None:
    """Evidence and captures of one record."""
    evidence = {
        "number": ("title", None, f"第{record['number']}号", 0.98),
        "host_departments": ("label", "主办单位", f"主办单位：{record['host']}", 0.95),
        "proposers": ("salutation", None, f"{record['proposer'].split('、')[0]}代表：", 0.8),
        "sign_date": ("signature", None, str(record["sign_date"]), 0.6),
        "meeting": ("title", None, f"{record['place']}人大会议", 0.9),
    }
    evidence["title"] = ("head-title", None, record["title"], 0.99)
    evidence["kind"] = ("kind-meeting", None, f"{record['place']}人大会议", 0.9)
    evidence["reply_text"] = ("content", None, "现答复如下", 0.95)
    if record["category"]:
        evidence["category"] = ("label", "办理类别", f"办理类别：{record['category']}", 0.97)
    for field, (rule, label, quote, confidence) in evidence.items():
        values = {"rule": rule, "label": label, "quote": quote, "confidence": confidence}
        insert(connection, "evidence", {"proposal": record["rowid"], "field": field, **values})
    capture = {
        "proposal": record["rowid"],
        "url": record["url"],
        "time": record["first_seen"],
        "status": 200,
        "digest": f"sha256:{record['rowid']:064x}",
        "file": "yunze-2026-11-20.warc.gz",
        "offset": 4096 * record["rowid"],
        "length": 3120,
    }
    insert(connection, "captures", capture)


def add_record(connection: sqlite3.Connection, index: int) -> dict[str, Any]:
    record = row(index)
    topic, _, word, thing = TOPICS[index % 7]
    insert(connection, "proposals", record)
    proposal = (
        proposal_text(topic, word, thing, record["place"]) if index % 3 != 1 or record["type"] == "original" else None
    )
    reply = reply_text(record, topic, word, thing, (0, 1, 9)[index % 3]) if record["type"] == "reply" else None
    if index == 33:
        proposal = reply = None
    add_text(connection, record, proposal, reply)
    add_links(connection, record)
    add_proof(connection, record)
    return record


def add_hostile(connection: sqlite3.Connection, rowid: int) -> None:
    record = hostile(rowid)
    insert(connection, "proposals", record)
    add_text(connection, record, HOSTILE + "\n" + HOSTILE, "敌意文本代表：\n" + HOSTILE * 3)
    add_links(connection, record)
    for field in ("number", "proposers", "title", "kind", "reply_text", "citations"):
        values = {"rule": HOSTILE, "label": HOSTILE, "quote": HOSTILE, "confidence": 0.5}
        insert(connection, "evidence", {"proposal": rowid, "field": field, **values})
    insert(
        connection,
        "versions",
        {"proposal": rowid, "seen": HOSTILE, "field": HOSTILE, "old": HOSTILE, "new": HOSTILE * 2},
    )
    insert(
        connection,
        "documents",
        {
            "id": 9,
            "type": "document",
            "title": HOSTILE,
            "doc_number": FORMULA,
            "date": HOSTILE,
            "site": "yunze",
            "url": HOSTILE_URL,
            "text": HOSTILE,
        },
    )
    insert(connection, "citations", {"proposal": rowid, "title": HOSTILE, "doc_number": FORMULA, "document": 9})
    capture = {
        "url": HOSTILE_URL,
        "time": HOSTILE,
        "status": 200,
        "digest": HOSTILE,
        "file": HOSTILE,
        "offset": 1,
        "length": 1,
    }
    insert(connection, "captures", {"proposal": rowid, **capture})


def add_places(connection: sqlite3.Connection) -> None:
    for code, name, province, site, title, state in PLACES:
        insert(connection, "divisions", {"code": code, "name": name, "province": province})
        insert(
            connection,
            "sites",
            {
                "id": site,
                "name": title,
                "division": code,
                "host": f"www.{site}.example",
                "family": "static",
                "verified": 1,
                "state": state,
                "last_success": "2026-11-20T02:10:00Z" if state != "blocked" else "2026-07-27T02:10:00Z",
                "pages": 80,
                "records": 15,
            },
        )
    connection.execute("INSERT INTO divisions VALUES ('990400', '望海县', '东屏')")
    connection.execute(
        "INSERT INTO sites (id, name, division, state) VALUES ('wanghai', '望海县人民政府', '990400', 'not run')"
    )
    insert(connection, "matters", {"id": 1, "title": "推进社区养老服务"})
    insert(connection, "matters", {"id": 2, "title": HOSTILE})


def add_history(connection: sqlite3.Connection) -> None:
    """Versions, a matter, documents with citations, the number ledger, crawls, a redirect."""
    old = connection.execute("SELECT reply_text FROM texts WHERE proposal = 6").fetchone()[0]
    new = old.replace("今年计划再建四处", "今年计划再建六处").replace(
        "台账每季度更新。", "台账每月更新，并在网站公布。"
    )
    connection.execute("UPDATE texts SET reply_text = ? WHERE proposal = 6", (new,))
    insert(
        connection,
        "versions",
        {"proposal": 6, "seen": "2025-03-02T02:10:00Z", "field": "reply_text", "old": old, "new": new},
    )
    insert(
        connection,
        "versions",
        {"proposal": 6, "seen": "2025-03-02T02:10:00Z", "field": "category", "old": "B", "new": "A"},
    )
    for rowid in (2, 9, 16):
        connection.execute(
            "UPDATE proposals SET matter = 1, matter_reason = '标题与编号相同' WHERE rowid = ?", (rowid,)
        )
    documents = [("云泽市养老服务发展规划", "云政发〔2021〕8号"), ("停车设施建设导则", None)]
    for number, (title, doc_number) in enumerate(documents, 1):
        insert(
            connection,
            "documents",
            {
                "id": number,
                "type": "document",
                "title": title,
                "doc_number": doc_number,
                "date": "2021-06-01",
                "site": "yunze",
                "url": f"https://www.yunze.example/doc/{number}.html",
                "text": "第一条 为了把这项工作做好，制定本规划。\n第二条 本规划自发布之日起执行。",
            },
        )
        for rowid in range(number + 1, 40, 7):
            insert(
                connection,
                "citations",
                {"proposal": rowid, "title": title, "doc_number": doc_number, "document": number},
            )
    insert(
        connection,
        "citations",
        {"proposal": 2, "title": "关于加强城市更新的意见", "doc_number": "南办发〔2020〕31号", "document": None},
    )
    for number in range(38, 70):
        found = connection.execute(
            "SELECT rowid FROM proposals WHERE site = 'yunze' AND kind = 'suggestion' AND number = ?", (str(number),)
        ).fetchone()
        values = {"site": "yunze", "kind": "suggestion", "term": 9, "session": 1, "number": str(number)}
        state = (
            {"proposal": found[0], "state": "present", "reason": None}
            if found
            else {"proposal": None, "state": "missing", "reason": "列表中没有这个编号" if number % 2 else None}
        )
        insert(connection, "numbers", {**values, **state})
    insert(
        connection,
        "summaries",
        {
            "document": 1,
            "site": "yunze",
            "year": 2023,
            "kind": "suggestion",
            "class": None,
            "total": 31,
            "held": 28,
            "quote": "共办理代表建议31件",
        },
    )
    for code, _, _, site, _, state in PLACES:
        insert(
            connection,
            "crawls",
            {
                "site": site,
                "started": "2026-11-20T02:00:00Z",
                "finished": "2026-11-20T02:20:00Z",
                "state": state,
                "requests": 40,
                "new": 2,
                "changed": 1,
                "problems": 0 if state == "fine" else 3,
                "detail": None if state == "fine" else f"{code} 的列表页没有读到末页",
            },
        )
    connection.execute("INSERT INTO redirects VALUES ('yunze-old-1', 'yunze-suggestion-9-1-40')")
    connection.executemany(
        "INSERT INTO about VALUES (?, ?)",
        [
            ("schema_version", "1"),
            ("built", "2026-11-21T03:00:00Z"),
            ("masked_phone", "12"),
            ("takedown_contact", "archive@yunze.example"),
        ],
    )


def build(path: Path, records: int = 56) -> Path:
    """Write the archive; the hostile record is the oldest, so that pages of lists hold it where they are asked to."""
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA.read_text())
    with connection:
        add_places(connection)
        for index in range(records):
            add_record(connection, index)
        add_hostile(connection, 1)
        add_history(connection)
    connection.close()
    return path
