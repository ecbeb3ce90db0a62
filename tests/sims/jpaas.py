"""An imitation of a Hanweb JPAAS site: an empty column page, a JSON service, replies as a two-column form."""

from __future__ import annotations

import hashlib
import json
from html import escape

from tests.sims.content import Entry
from tests.sims.node_content import paragraphs, row
from tests.sims.sim import Answer, Ask, Sim, page

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
COLUMN = "/col/col1229770001/index.html"
PAGE_ID = "1229770001"


class JpaasSim(Sim):
    """The column page carries ``querydata``; the service answers pages of HTML until one is empty."""

    family = "hanweb_jpaas"
    more_in_site_file = ("options = { page_size = 5 }",)

    def column(self) -> str:
        return COLUMN

    def address(self, entry: Entry) -> str:
        """Hash addresses, as newer JPAAS sites have them."""
        digest = hashlib.md5(str(entry.id).encode(), usedforsecurity=False).hexdigest()
        return f"/col/col{PAGE_ID}/art/{entry.day[:4]}/art_{digest}.html"

    def is_detail(self, ask: Ask) -> bool:
        return "/art/" in ask.path

    def render(self, ask: Ask) -> Answer | None:
        if ask.path == COLUMN:
            return Answer(self.column_page())
        if ask.path == UNIT:
            return self.unit(ask)
        known = [*self.content.entry, self._new_entry()]
        entry = next((entry for entry in known if self.address(entry) == ask.path), None)
        alive = entry and self.find(entry.id)
        return Answer(self.detail(alive)) if alive else None

    def column_page(self) -> str:
        data = (
            f"{{'webId':'77','pageId':'{PAGE_ID}','parseType':'bulidstatic','pageType':'column',"
            "'tagId':'列表新闻','tplSetId':'b0c1','editType':'null'}"
        )
        main = f'<div class="list" querydata="{data}" url="{UNIT}"><ul class="page-content"></ul></div>'
        return page(self, "人大代表建议答复", main)

    def unit(self, ask: Ask) -> Answer:
        """One page of the list; the service insists on the parameters of the block."""
        if ask.query.get("pageId") != PAGE_ID or ask.query.get("webId") != "77":
            return Answer(body=b'{"success":false,"data":null}', type="application/json")
        asked = json.loads(ask.query["paramJson"])
        number, size = int(asked["pageNo"]), int(asked["pageSize"])
        shown = self.entries()[(number - 1) * size : number * size]
        items = [self.item(self.address(entry), self.title(entry), entry.day) for entry in shown]
        if shown:
            items += [self.item(url, title, "2025-01-01") for url, title in self.links()]
        html = f'<ul class="page-content">{"".join(items)}</ul>' if items else ""
        answer = json.dumps({"success": True, "data": {"html": html}}, ensure_ascii=False)
        return Answer(body=answer.encode(), type="application/json;charset=UTF-8")

    def item(self, url: str, title: str, day: str) -> str:
        if "no-own-links" in self.faults:
            url = f"http://elsewhere.example{url}"
        return f'<li><a href="{url}" title="{escape(title)}">{escape(title)}</a><span class="fr">{day}</span></li>'

    def title(self, entry: Entry) -> str:
        return f"对区六届人大四次会议第{entry.number}号建议的答复"

    def detail(self, entry: Entry) -> str:
        meta = (
            f'<meta name="ArticleTitle" content="{self.title(entry)}">\n'
            f'<meta name="PubDate" content="{entry.day}">\n<meta name="ContentSource" content="{self.content.name}">\n'
        )
        rows = [
            row(("领衔人", "、".join(entry.proposers), 1)),
            row(("建议内容", paragraphs(entry.proposal), 1)),
            row(("主办单位", "、".join(entry.host_departments), 1)),
            row(("会办单位", "、".join(entry.co_departments), 1)),
            row(("答复意见", paragraphs(entry.reply), 1)),
        ]
        heading = f"<h1>{self.title(entry)}</h1><div class='date'>发布日期：{entry.day}　浏览次数：12</div>"
        main = f'<div id="zoom">{heading}<table border="1">{"".join(rows)}</table></div>'
        return page(self, self.title(entry), main, meta)

    def expected(self) -> list[dict[str, object]]:
        return [self.record(entry) for entry in self.living()]

    def record(self, entry: Entry) -> dict[str, object]:
        return {
            "type": "reply",
            "kind": "suggestion",
            "title": self.title(entry),
            "subject": entry.subject,
            "number": entry.number,
            "numbers": [entry.number],
            "meeting": {"body": "npc", "level": "区", "place": None, "term": 6, "session": 4},
            "proposers": list(entry.proposers),
            "host_departments": list(entry.host_departments),
            "co_departments": list(entry.co_departments),
            "status": None,
            "signer": None,
            "sign_date": None,
            "publish_date": entry.publish_date,
            "category": None,
            "proposal_text": entry.proposal,
            "reply_text": entry.reply,
            "mirror": None,
        }
