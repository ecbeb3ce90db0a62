"""Imitations of the families whose lists come from a service: XML or JSON behind an empty column page."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any
from urllib.parse import parse_qsl

from tests.sims import layouts
from tests.sims.content import Entry
from tests.sims.sim import Answer, Ask, page
from tests.sims.static_lists import StaticSim


def answer_json(value: Any) -> Answer:
    return Answer(body=json.dumps(value, ensure_ascii=False).encode(), type="application/json;charset=UTF-8")


class ServiceSim(StaticSim):
    """A column page with a script, and a service."""

    def script(self) -> str:
        """What stands in the column page's script."""
        return ""

    @abstractmethod
    def service(self, ask: Ask) -> Answer | None:
        """The service's answer; ``None`` for what is no request to it."""

    def column_page(self) -> str:
        return page(self, "建议提案办理", f"<div id='list'></div><script>{self.script()}</script>", self.head())

    def address(self, number: int, last: int) -> str:
        return self.column() if number == 1 else ""

    def render(self, ask: Ask) -> Answer | None:
        if answer := self.service(ask):
            return answer
        if ask.path == self.column().partition("#")[0].partition("?")[0]:
            return Answer(self.column_page())
        entry = next((entry for entry in self.known() if self.detail_path(entry) == ask.path), None)
        alive = entry and self.find(entry.id)
        return Answer(self.detail(alive)) if alive else None

    def listed(self, number: int, url: str, title: str, date: str) -> list[dict[str, str]]:
        """The entries of a page under the keys that the service uses."""
        rows = [(self.detail_path(entry), layouts.title_of(entry), entry.day) for entry in self.shown(number)]
        rows += [(address, words, "2025-01-01") for address, words in self.links()] if rows else []
        return [{url: address, title: words, date: day} for address, words, day in rows]


class JpageSim(ServiceSim):
    """The first records in CDATA on the column page, the others from the XML proxy."""

    family = "hanweb_jpage"
    kind = "/art/2025/6/1/art_8312_{id}.html"
    proxy = "/module/web/jpage/dataproxy.jsp"

    def column(self) -> str:
        return "/col/col8312/index.html"

    def records(self, number: int) -> str:
        rows = [(self.detail_path(entry), layouts.title_of(entry), entry.day) for entry in self.shown(number)]
        rows += [(address, words, "2025-01-01") for address, words in self.links()]
        items = (self.item(url, title, day) for url, title, day in rows)
        return "".join(f"<record><![CDATA[{item}]]></record>" for item in items)

    def column_page(self) -> str:
        group = f'<a href="{self.proxy}?page=1&amp;columnid=8312&amp;webid=3&amp;unitid=5"></a>'
        store = (
            f"<datastore><nextgroup><![CDATA[{group}]]></nextgroup><recordset>{self.records(1)}</recordset></datastore>"
        )
        return page(self, "建议提案办理", f"<div id='5'><script type='text/xml'>{store}</script></div>")

    def service(self, ask: Ask) -> Answer | None:
        if ask.path != self.proxy:
            return None
        number, total = int(ask.query.get("page", "1")), len(self.entries())
        head = f"<totalrecord>{total}</totalrecord><totalpage>{self.last()}</totalpage>"
        store = f"<datastore>{head}<recordset>{self.records(number)}</recordset></datastore>"
        return Answer(f"<?xml version='1.0' encoding='{self.encoding}'?>{store}", type="text/xml")

    def detail(self, entry: Entry) -> str:
        return layouts.letter(
            self, entry, layouts.table_block, "<div id='zoom'><!--ContentStart-->", "<!--ContentEnd--></div>"
        )


class UcapServiceSim(ServiceSim):
    """The list from the JSON search of a channel."""

    family = "ucap"
    kind = "/qwx/rdjy/202506/68daed350798421aa24c9746cab3{id}.shtml"
    more_in_site_file = ("options = { page_size = 5 }",)

    def column(self) -> str:
        return "/qwx/rdjy/secondLevelChannel.shtml"

    def head(self) -> str:
        return '<meta name="channelid" content="c99a">\n'

    def script(self) -> str:
        return "$.getJSON('/common/search/' + channel + '?_isJson=true', show);"

    def service(self, ask: Ask) -> Answer | None:
        if ask.path != "/common/search/c99a":
            return None
        self.page_size = int(ask.query["_pageSize"])
        results = self.listed(int(ask.query["page"]), "url", "title", "publishedTimeStr")
        return answer_json({"data": {"total": len(self.entries()), "results": results}})

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.table_block, "<div id='zoomcon'>")


class LongxinLabelSim(ServiceSim):
    """An open-government column whose script names a label list; the label answers JSON."""

    family = "longxin"
    kind = "/public/31/{id}.html"

    def column(self) -> str:
        return "/public/column/31?type=4&catId=6721411"

    def script(self) -> str:
        label = "/site/label/8888?labelName=publicInfoList&organId=31&catId=6721411&pageSize=5&isJson=true"
        return f"var options = {{pageCount:{self.last()}}}; load('{label}');"

    def service(self, ask: Ask) -> Answer | None:
        if ask.path != "/site/label/8888":
            return None
        return answer_json({"data": self.listed(int(ask.query["pageIndex"]), "link", "title", "publishDate")})

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.table_block, "<div id='zoom'>")


class GkmlptSim(ServiceSim):
    """A shell with the site's number, and the service of its category; a hundred articles a page."""

    family = "gkmlpt"
    kind = "/gkmlpt/content/5/9/post_{id}.html"
    page_size = 100

    def column(self) -> str:
        return "/gkmlpt/index#4417"

    def script(self) -> str:
        return "window._CONFIG = {SID: '756001', TREE: [{id: 4417, name: '建议提案办理'}], API: '/gkmlpt/api'};"

    def service(self, ask: Ask) -> Answer | None:
        if ask.path != "/gkmlpt/api/all/4417" or ask.query.get("sid") != "756001":
            return None
        articles = self.listed(int(ask.query["page"]), "url", "title", "created_at")
        return answer_json({"total": len(self.entries()), "articles": articles})

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.grid_block, "<div class='article-content'>")


class JianSim(ServiceSim):
    """A form posted by the column page's script; the page's number is in the path."""

    family = "jian"
    kind = "/xxgk-show-{id}.html"

    def column(self) -> str:
        return "/xxgk-list-jytabl.html"

    def script(self) -> str:
        form = json.dumps(["49_xxgk", "1033", "27", "xxgk", "Y-m-d", "50", "20", ""])
        return f"$.post('/api-ajax_list-1.html', {{ajax_type: {form}}}, show, 'json');"

    def service(self, ask: Ask) -> Answer | None:
        if not ask.path.startswith("/api-ajax_list-"):
            return None
        form = [value for _, value in parse_qsl(ask.body.decode(), keep_blank_values=True)]
        if ask.method != "POST" or form[:3] != ["49_xxgk", "1033", "27"]:
            return answer_json({"data": []})
        number = int(ask.path.removeprefix("/api-ajax_list-").removesuffix(".html"))
        return answer_json({"data": self.listed(number, "url", "title", "inputtime")})

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.no_block, "<div class='xxgk_content'>")


class SzinfSim(ServiceSim):
    """A column page whose script names the service."""

    family = "szinf"
    kind = "/qwx/jyta/202506/48daed350798421aa24c9746cab3{id}.shtml"

    def column(self) -> str:
        return "/qwx/jyta/nav_list.shtml"

    def script(self) -> str:
        return "var api = '/szinf/info/getInfoCommon/?pagesize=5&currpage=1&channelid=ab77';"

    def service(self, ask: Ask) -> Answer | None:
        if ask.path != "/szinf/info/getInfoCommon/" or ask.query.get("channelid") != "ab77":
            return None
        rows = self.listed(int(ask.query["currpage"]), "link", "title", "pubtime")
        return answer_json({"total": len(self.entries()), "infolist": rows})

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.strong_block, "<div class='article-content'>")
