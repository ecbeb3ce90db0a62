"""Reply pages as the families print them: letters with index blocks of every build, tabs, appended originals."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from tests.sims.content import Entry
from tests.sims.node_content import paragraphs
from tests.sims.sim import Sim, page

Block = Callable[[Sim, Entry], str]


def is_proposal(entry: Entry) -> bool:
    return "委员：" in entry.reply.partition("\n")[0]


def title_of(entry: Entry) -> str:
    """The page's title: the meeting, the number, the kind."""
    if is_proposal(entry):
        return f"关于对县政协十二届四次会议第{entry.number}号提案的答复"
    return f"关于对县十九届人大三次会议第{entry.number}号建议的答复"


def meeting_of(entry: Entry) -> dict[str, object]:
    if is_proposal(entry):
        return {"body": "cppcc", "level": "县", "place": "清梧县", "term": 12, "session": 4}
    return {"body": "npc", "level": "县", "place": None, "term": 19, "session": 3}


def facts(sim: Sim, entry: Entry) -> list[tuple[str, str]]:
    """What the index block of an open-government page says."""
    return [
        ("索引号", f"QW00{entry.id}/2025-00{entry.number}"),
        ("发布机构", sim.content.name),
        ("发布日期", entry.day),
        ("主题分类", "建议提案办理"),
        ("有效性", "有效"),
    ]


def no_block(sim: Sim, entry: Entry) -> str:
    return ""


def table_block(sim: Sim, entry: Entry) -> str:
    """Pairs in a table, two in a row."""
    cells = "".join(f"<td class='pmingcheng'>{label}：</td><td>{value}</td>" for label, value in facts(sim, entry)[:4])
    return f"<table class='table-bordered table_suoyin xxgk_table'><tr>{cells}</tr></table>"


def grid_block(sim: Sim, entry: Entry) -> str:
    """A table made of div elements."""
    rows = "".join(
        f"<div class='table-tr'><div class='table-td'>{label}</div><div class='table-td'>{value}</div></div>"
        for label, value in facts(sim, entry)
    )
    return f"<div class='table'>{rows}</div>"


def strong_block(sim: Sim, entry: Entry) -> str:
    return "".join(f"<p><strong>{label}</strong>：{value}</p>" for label, value in facts(sim, entry))


def bullet_block(sim: Sim, entry: Entry) -> str:
    """Values without labels."""
    return f"<ul class='info'>{''.join(f'<li>{value}</li>' for _, value in facts(sim, entry))}</ul>"


def letter(
    sim: Sim, entry: Entry, block: Block = no_block, opening: str = "<div class='content'>", closing: str = "</div>"
) -> str:
    """A page whose content is the letter, in the container that the family has."""
    title = title_of(entry)
    date = f"<div class='info'>发布时间：{entry.day}　来源：{sim.content.name}　浏览次数：<span id='hits'></span></div>"
    main = f"{block(sim, entry)}<h1>{title}</h1>{date}{opening}{paragraphs(entry.reply)}{closing}{neighbours()}"
    return page(sim, f"{title}_{sim.content.name}", main, trio(sim, entry))


def appended(sim: Sim, entry: Entry) -> str:
    """A letter with the original suggestion behind it."""
    original = f"<p>附：</p><p>标题：{entry.subject}</p><p>内容：</p>{paragraphs(entry.proposal)}"
    return letter(sim, entry, strong_block, "<div class='article'>", f"{original}</div>")


def tabs(sim: Sim, entry: Entry) -> str:
    """Header lines, then two tabs: the reply and the suggestion."""
    title = title_of(entry)
    lines = [
        ("建议人", "、".join(entry.proposers)),
        ("主办单位", "、".join(entry.host_departments)),
        ("答复时间", signed(entry)),
    ]
    head = "".join(f"<li><span>{label}：</span>{value}</li>" for label, value in lines)
    bodies = (
        f"<div class='tab'><h3>答复内容</h3>{paragraphs(entry.reply)}</div>"
        f"<div class='tab' style='display:none'><h3>建议内容</h3>{paragraphs(entry.proposal)}</div>"
    )
    return page(sim, title, f"<h1>{title}</h1><ul class='head'>{head}</ul>{bodies}", trio(sim, entry))


def trio(sim: Sim, entry: Entry) -> str:
    """The three meta tags that nearly every platform writes."""
    return (
        f'<meta name="ArticleTitle" content="{escape(title_of(entry))}">\n<meta name="PubDate" content="{entry.day}">\n'
        f'<meta content="{sim.content.name}" name="ContentSource">\n'
    )


def neighbours() -> str:
    """The links that stand below an article; they lead to no reply."""
    return "<div class='near'>上一篇：<a href='javascript:;'>没有了</a> 下一篇：<a href='javascript:;'>没有了</a></div>"


def record(entry: Entry, original: bool = False) -> dict[str, object]:
    """What must be read from a letter, whatever stands around it; ``original``: the page prints the suggestion too."""
    return {
        "type": "reply",
        "kind": "proposal" if is_proposal(entry) else "suggestion",
        "title": title_of(entry),
        "subject": entry.subject,
        "number": entry.number,
        "numbers": [entry.number],
        "meeting": meeting_of(entry),
        "proposers": list(entry.proposers),
        "host_departments": list(entry.host_departments),
        "co_departments": [],
        "status": None,
        "signer": None,
        "category": None,
        "sign_date": signed(entry),
        "publish_date": entry.publish_date,
        "proposal_text": entry.proposal if original else None,
        "reply_text": entry.reply,
        "mirror": None,
    }


def signed(entry: Entry) -> str:
    """The date under the letter, as the record writes it."""
    year, month, day = re.findall(r"\d+", entry.reply.rpartition("\n")[2])
    return f"{year}-{int(month):02}-{int(day):02}"
