"""Imitations of the families whose lists are pages of HTML: each numbers, links and ends its lists in its own way."""

from __future__ import annotations

import re
from abc import abstractmethod
from html import escape

from tests.sims import layouts
from tests.sims.content import Entry
from tests.sims.sim import Answer, Ask, Sim, page


class StaticSim(Sim):
    """Lists of three pages; subclasses say how pages are addressed, what the pager looks like and where details are."""

    kind = ""
    """The form of a detail's address; ``{id}`` is the entry's."""
    prints_original = False

    @abstractmethod
    def address(self, number: int, last: int) -> str:
        """The address of a list page, counted from 1."""

    def pager(self, number: int, last: int) -> str:
        """What leads from a list page to the others; empty where a service fills the list."""
        return ""

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry)

    def column(self) -> str:
        return self.address(1, self.last())

    def detail_path(self, entry: Entry) -> str:
        return self.kind.format(id=entry.id)

    def is_detail(self, ask: Ask) -> bool:
        return bool(re.fullmatch(re.escape(self.kind).replace(r"\{id\}", r"\d+"), ask.path))

    def last(self) -> int:
        return max(1, -(-len(self.entries()) // self.page_size))

    def render(self, ask: Ask) -> Answer | None:
        last = self.last()
        asked = ask.path + ("?" + "&".join(f"{name}={value}" for name, value in ask.query.items()) if ask.query else "")
        for number in range(1, last + 1):
            if asked in (self.address(number, last), self.also(number)):
                return Answer(self.list_page(number, last))
        entry = next((entry for entry in self.known() if self.detail_path(entry) == ask.path), None)
        alive = entry and self.find(entry.id)
        return Answer(self.detail(alive)) if alive else None

    def also(self, number: int) -> str:
        """Another address of the same list page."""
        return ""

    def known(self) -> list[Entry]:
        return [*self.content.entry, self._new_entry()]

    def shown(self, number: int) -> list[Entry]:
        return self.entries()[(number - 1) * self.page_size : number * self.page_size]

    def list_page(self, number: int, last: int) -> str:
        items = [self.item(self.detail_path(entry), layouts.title_of(entry), entry.day) for entry in self.shown(number)]
        items += [self.item(url, title, "2025-01-01") for url, title in self.links()]
        return page(
            self, "建议提案办理", f"<ul class='list'>{''.join(items)}</ul>{self.pager(number, last)}", self.head()
        )

    def head(self) -> str:
        """Further meta tags of list pages."""
        return ""

    def item(self, url: str, title: str, day: str) -> str:
        if "no-own-links" in self.faults:
            url = f"http://elsewhere.example{url}"
        return f'<li><a href="{url}" title="{escape(title)}">{escape(title[:16])}…</a><span>{day}</span></li>\n'

    def expected(self) -> list[dict[str, object]]:
        return [layouts.record(entry, self.prints_original) for entry in self.living()]


class TrsSim(StaticSim):
    """``index.html``, then ``index_1.html``; the pager is a script's call that counts from 0."""

    family = "trs"
    kind = "/xxgk/jytabl/202506/t20250601_{id}.html"

    def address(self, number: int, last: int) -> str:
        return "/xxgk/jytabl/" if number == 1 else f"/xxgk/jytabl/index_{number - 1}.html"

    def pager(self, number: int, last: int) -> str:
        return f'<div class="pages"><script>createPageHTML({last}, {number - 1}, "index", "html");</script></div>'

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.table_block, "<div class='TRS_Editor'>")


class TrsVariablesSim(TrsSim):
    """The same with plain variables, ``.shtml`` and rows written by a script; one list per year below the column."""

    kind = "/zwgk/jyta/{year}/202506/t20250601_{id}.shtml"
    years = ("2025", "2024")

    def column(self) -> str:
        return "/zwgk/jyta/"

    def year(self, entry: Entry) -> str:
        return self.years[entry.id % 2]

    def detail_path(self, entry: Entry) -> str:
        return self.kind.format(id=entry.id, year=self.year(entry))

    def is_detail(self, ask: Ask) -> bool:
        return bool(re.fullmatch(r"/zwgk/jyta/\d{4}/202506/t20250601_\d+\.shtml", ask.path))

    def render(self, ask: Ask) -> Answer | None:
        if ask.path == self.column():
            links = "".join(f'<li><a href="{year}/">{year}年</a></li>' for year in self.years)
            return Answer(page(self, "建议提案办理", f"<ul>{links}</ul>"))
        match = re.fullmatch(r"/zwgk/jyta/(\d{4})/(?:index(?:_(\d))?\.shtml)?", ask.path)
        if match and match[1] in self.years:
            return self.year_page(match[1], int(match[2] or 0))
        return super().render(ask)

    def year_page(self, year: str, suffix: int) -> Answer | None:
        entries = [entry for entry in self.entries() if self.year(entry) == year]
        last = max(1, -(-len(entries) // self.page_size))
        if suffix >= last:
            return None
        shown = entries[suffix * self.page_size : (suffix + 1) * self.page_size]
        rows = "".join(self.item(self.detail_path(entry), layouts.title_of(entry), entry.day) for entry in shown)
        script = (
            f"var countPage = {last}; var currentPage = {suffix}; document.write({rows!r});"
            'function turn(k) { location = "index_" + k + ".shtml"; }'
        )
        return Answer(page(self, f"{year}年建议提案办理", f"<div><script>{script}</script></div>"))


class VsbSim(StaticSim):
    """``<column>.htm``, then counting down; the next link is in the markup."""

    family = "vsb"
    kind = "/info/1207/{id}.htm"

    def address(self, number: int, last: int) -> str:
        return "/jytabl.htm" if number == 1 else f"/jytabl/{last - number + 1}.htm"

    def pager(self, number: int, last: int) -> str:
        following = f"<a href='{self.address(number + 1, last)}'>下页</a>" if number < last else "下页"
        return (
            f"<div class='pb_sys_common'><span class='p_pages'><span class='p_t'>共{last}页</span>"
            f"<span class='p_next{'' if number < last else '_d'}'>{following}</span></span></div>"
        )

    def item(self, url: str, title: str, day: str) -> str:
        return super().item(url, title, day).replace("<li>", "<li id='line_u8_0'>")

    def detail(self, entry: Entry) -> str:
        return layouts.letter(
            self, entry, layouts.strong_block, "<div id='vsb_content'><div class='v_news_content'>", "</div></div>"
        )


class ShaanxiSim(StaticSim):
    """``1.html``, ``2.html``; ``maxPage`` in a script, an index block of div elements."""

    family = "shaanxi"
    kind = "/zwgk/jyta/rdjy/195809197801350{id}.html"

    def address(self, number: int, last: int) -> str:
        return f"/zwgk/jyta/rdjy/{number}.html"

    def pager(self, number: int, last: int) -> str:
        return f"<div class='m-page'><script>var maxPage = parseInt('{last}'); pager(maxPage);</script></div>"

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.grid_block, "<div class='m-txt-article'>")


class UcapSim(StaticSim):
    """``list.shtml``, then ``list_2.shtml``; a call with seven arguments that counts from 1."""

    family = "ucap"
    kind = "/qwx/jytabl/202506/28daed350798421aa24c9746cab3{id}.shtml"

    def address(self, number: int, last: int) -> str:
        return "/qwx/jytabl/list.shtml" if number == 1 else f"/qwx/jytabl/list_{number}.shtml"

    def pager(self, number: int, last: int) -> str:
        call = f"createPageHTML('page_div',{last},{number},'list','shtml',{len(self.entries())});"
        return f"<div id='page_div'><script>{call}</script></div>"

    def detail(self, entry: Entry) -> str:
        opening = "<div class='pages_content'><UCAPCONTENT>"
        return layouts.letter(self, entry, layouts.table_block, opening, "</UCAPCONTENT></div>")


class LongxinSim(StaticSim):
    """``?pageIndex=n``; ``pageCount`` in a script."""

    family = "longxin"
    kind = "/content/article/{id}"

    def address(self, number: int, last: int) -> str:
        return f"/content/column/6795?pageIndex={number}"

    def also(self, number: int) -> str:
        return "/content/column/6795" if number == 1 else ""

    def pager(self, number: int, last: int) -> str:
        return (
            f"<div id='page'></div><script>Ls.pagination('#page', {{pageCount:{last}, pageIndex:{number}}});</script>"
        )

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.table_block, "<div class='j-fontContent'>")


class NfcmsSim(StaticSim):
    """``index.html``, then ``index_2.html``; the last page is linked."""

    family = "nfcms"
    kind = "/xxgk/jyta/content/post_{id}.html"

    def address(self, number: int, last: int) -> str:
        return "/xxgk/jyta/index.html" if number == 1 else f"/xxgk/jyta/index_{number}.html"

    def pager(self, number: int, last: int) -> str:
        following = f"<a href='{self.address(number + 1, last)}'>下一页</a>" if number < last else ""
        return f"<div class='page'>{following}<a href='{self.address(last, last)}'>尾页</a></div>"

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.no_block, "<div class='news_cont_d_wrap'>")


class ZhengzhouSim(StaticSim):
    """``?a=dir&p=D1101X``, then ``&page=2``; numbers in ``.page-tile``, an index block without labels."""

    family = "zhengzhou"
    kind = "/D1101X/{id}.jhtml"

    def column(self) -> str:
        return "/open?a=dir&p=D1101X"

    def address(self, number: int, last: int) -> str:
        return f"/open?a=dir&p=D1101X&page={number}"

    def also(self, number: int) -> str:
        return self.column() if number == 1 else ""

    def pager(self, number: int, last: int) -> str:
        links = "".join(f"<a href='?a=dir&p=D1101X&page={other}'>{other}</a>" for other in range(1, last + 1))
        return f"<div class='page-tile'>{links}<a href='javascript:;'>»</a></div>"

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.bullet_block)


class YueyangSim(StaticSim):
    """``index.htm``, then ``index_2.htm``; the total is a number in a script's comparison."""

    family = "yueyang"
    kind = "/32415/32445/content_{id}.html"

    def address(self, number: int, last: int) -> str:
        return "/32415/32445/index.htm" if number == 1 else f"/32415/32445/index_{number}.htm"

    def pager(self, number: int, last: int) -> str:
        return f"<script>function go(num) {{ if(num<1) num = 1; else if(num>{last}) num = {last}; }}</script>"

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.strong_block, "<div class='show-content'>")


class JeecmsSim(StaticSim):
    """``index.jhtml``, then ``index_2.jhtml``; nothing tells the end but the text of the pager."""

    family = "jeecms"
    kind = "/jyta/{id}.jhtml"

    def address(self, number: int, last: int) -> str:
        return "/jyta/index.jhtml" if number == 1 else f"/jyta/index_{number}.jhtml"

    def pager(self, number: int, last: int) -> str:
        return f"<div class='pagination'>共{len(self.entries())}条记录 {number}/{last}页</div>"


class YlcmsSim(StaticSim):
    """The first page is static, the others come from one address with the column's id."""

    family = "ylcms"
    kind = "/cms/html/qwxrmzf/2025-06-01/{id}.html"

    def address(self, number: int, last: int) -> str:
        if number == 1:
            return "/cms/html/qwxrmzf/rdjy/index.html"
        return f"/cms/sitemanage/index.shtml?siteId=830&page={number}"

    def head(self) -> str:
        return '<meta name="siteIdMeta" content="830">\n'

    def pager(self, number: int, last: int) -> str:
        return f"<div class='page'>第{number}页 共{last}页</div>"

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.no_block, "<div id='Content'>")


class XuanchengSim(StaticSim):
    """``page_1.html``, ``page_2.html`` below the organ's and the category's number."""

    family = "xuancheng"
    kind = "/XxgkContent/show/{id}.html"

    def address(self, number: int, last: int) -> str:
        return f"/XxgkContent/showList/174/103128/page_{number}.html"

    def pager(self, number: int, last: int) -> str:
        return f"<div class='page'><a href='{self.address(last, last)}'>尾页</a></div>"

    def detail(self, entry: Entry) -> str:
        return layouts.letter(self, entry, layouts.table_block, "<div class='g-detailbox'>")


class NextLinkSim(StaticSim):
    """No known system: a link 下一页, replies in tabs."""

    family = "next_link"
    prints_original = True
    kind = "/c/2025-06-01/{id}.shtml"

    def address(self, number: int, last: int) -> str:
        return "/c/jytabl/list.shtml" if number == 1 else f"/c/jytabl/list-{number}.shtml"

    def pager(self, number: int, last: int) -> str:
        following = f"<a href='{self.address(number + 1, last)}'>下一页</a>" if number < last else ""
        return f"<div class='page'><a href='{self.address(1, last)}'>首页</a> {following}</div>"

    def detail(self, entry: Entry) -> str:
        return layouts.tabs(self, entry)


class ParameterSim(StaticSim):
    """No known system: pages by a query parameter, letters with the original behind them."""

    family = "parameter"
    prints_original = True
    kind = "/view/jyta/{id}.html"

    def address(self, number: int, last: int) -> str:
        return f"/info/iList.jsp?node_id=GK9&cur_page={number}"

    def pager(self, number: int, last: int) -> str:
        links = "".join(f"<a href='{self.address(other, last)}'>{other}</a> " for other in range(1, last + 1))
        return f"<div class='pages'>{links}</div>"

    def detail(self, entry: Entry) -> str:
        return layouts.appended(self, entry)
