"""An imitation of a Node/Content site: static lists with a numbered pager, replies as a form in one table."""

from __future__ import annotations

import re
from html import escape

from tests.sims.content import Entry
from tests.sims.sim import Answer, Ask, Sim, page

LIST = re.compile(r"/Node-81(?:_(\d+))?\.html")
DETAIL = re.compile(r"/Content-(\d+)\.html")


class NodeContentSim(Sim):
    """Lists at ``/Node-81.html``, then ``/Node-81_2.html``; replies at ``/Content-<id>.html``."""

    family = "node_content"

    def column(self) -> str:
        return "/Node-81.html"

    def is_detail(self, ask: Ask) -> bool:
        return bool(DETAIL.fullmatch(ask.path))

    def render(self, ask: Ask) -> Answer | None:
        if match := LIST.fullmatch(ask.path):
            return self.list_page(int(match[1] or 1))
        if (match := DETAIL.fullmatch(ask.path)) and (entry := self.find(int(match[1]))):
            return Answer(self.detail(entry))
        return None

    def list_page(self, number: int) -> Answer | None:
        entries = self.entries()
        last = max(1, -(-len(entries) // self.page_size))
        if number > last and "calendar" not in self.faults:
            return None
        shown = entries[(number - 1) * self.page_size : number * self.page_size]
        items = [self.item(f"/Content-{entry.id}.html", entry.title or "", entry.day) for entry in shown]
        items += [self.item(url, title, "2025-01-01") for url, title in self.links()]
        if "calendar" in self.faults:
            last = number + 1
        main = f'<ul class="newlist">{"".join(items)}</ul>{self.pager(number, last)}'
        return Answer(page(self, "建议提案办理", main))

    def item(self, url: str, title: str, day: str) -> str:
        if "no-own-links" in self.faults:
            url = f"http://elsewhere.example{url}"
        link = f'<a href="{url}" title="{escape(title)}">{escape(title[:18])}</a>'
        return f'<li>{link}<span class="date">{day}</span></li>\n'

    def pager(self, number: int, last: int) -> str:
        """The numbered pager, its last anchor the last page; as a script's call with the fault ``script-pager``."""
        if "script-pager" in self.faults:
            return (
                f"<div class=\"page\"><script>createPageHTML({last}, {number - 1}, 'Node-81', 'html');</script></div>"
            )
        links = [
            f'<a href="{self.address(other)}">{other}</a>'
            for other in range(max(1, number - 2), min(last, number + 2) + 1)
        ]
        links.append(f'<a href="{self.address(last)}">末页</a>')
        return f'<div class="page">{" ".join(links)}</div>'

    def address(self, number: int) -> str:
        return "/Node-81.html" if number == 1 else f"/Node-81_{number}.html"

    def detail(self, entry: Entry) -> str:
        meta = (
            f'<meta name="ArticleTitle" content="{escape(entry.title or "")}">\n'
            f'<meta name="PubDate" content="{clock(entry.publish_date)}">\n'
            f'<meta name="ContentSource" content="{self.content.name}">\n'
        )
        rows = [
            row(("标题", entry.title, 7)),
            row(
                ("编号", f"第{entry.number}号", 1),
                ("办理部门", "、".join(entry.host_departments), 1),
                ("处理状态", entry.status, 3),
            ),
            row(
                ("签发人", entry.signer, 1),
                ("签发日期", clock(entry.sign_date), 1),
                ("发布日期", clock(entry.publish_date), 1),
                ("类别", f"{entry.category}类", 1),
            ),
            row(("正文", paragraphs(entry.proposal), 7)),
            row(("回复", paragraphs(entry.reply), 7)),
        ]
        main = f'<div class="xqCent"><table class="table" border="1" width="100%">{"".join(rows)}</table></div>'
        return page(self, f"{entry.title}-{self.content.name}", main, meta)

    def expected(self) -> list[dict[str, object]]:
        return [self.record(entry) for entry in self.living()]

    def record(self, entry: Entry) -> dict[str, object]:
        return {
            "type": "reply",
            "kind": "proposal",
            "title": entry.title,
            "subject": entry.title,
            "number": entry.number,
            "numbers": [entry.number],
            "meeting": None,
            "proposers": list(entry.proposers),
            "host_departments": list(entry.host_departments),
            "co_departments": [],
            "status": entry.status,
            "signer": entry.signer,
            "sign_date": entry.sign_date,
            "publish_date": entry.publish_date,
            "category": entry.category,
            "proposal_text": entry.proposal,
            "reply_text": entry.reply,
            "mirror": None,
        }


def clock(moment: str | None) -> str:
    """``2025-05-12 09:30`` of an ISO 8601 date-time."""
    return (moment or "")[:16].replace("T", " ")


def row(*cells: tuple[str, str | None, int]) -> str:
    """A table row of label and value pairs: (label, value, columns that the value spans)."""
    pairs = (f'<td class="bt">{label}</td><td colspan="{span}">{value or ""}</td>' for label, value, span in cells)
    return f"<tr>{''.join(pairs)}</tr>\n"


def paragraphs(text: str) -> str:
    """The paragraphs of a text as HTML, indented with full-width blanks as editors do."""
    return "".join(f"<p>　　{escape(line)}</p>\n" for line in text.split("\n"))
