"""The base of every imitation site: what it answers to a request, before faults.

A family's sim is a subclass that renders pages (see ``node_content.py`` and ``jpaas.py``); all that sites have in
common (robots.txt, the home page, encoding, headers, validators) is here, the faults of servers are in ``faults.py``.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from msgspec.structs import replace

from tests.sims.content import Content, Entry

NEW_ENTRY = {
    "number": "999",
    "title": "关于在园区设立政务服务驿站的建议",
    "subject": "关于在园区设立政务服务驿站的建议",
    "proposal": "园区企业办事要进城，往返两小时。\n建议设立政务服务驿站。",
    "publish_date": "2025-07-01",
}


@dataclass
class Ask:
    """A request as a sim sees it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> Ask:
        """From the parts of an HTTP request; header names become lower-case."""
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        return cls(method, parts.path, query, {name.lower(): value for name, value in headers.items()}, body)


@dataclass
class Answer:
    """A response. ``text`` is encoded by the sim; ``body`` is sent as it is and wins over ``text``."""

    text: str = ""
    status: int = 200
    type: str = "text/html"
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | None = None
    raw_charset: str | None = None
    """The charset that the HTTP header names; ``None`` for none."""
    pace: float = 0.0
    """Seconds between bytes: the fault ``slow``."""
    cut: bool = False
    """Whether the connection ends in the middle of the body: the fault ``cut``."""
    chunked: bool = False
    """Whether the body comes in chunks and without its length: the fault ``packed``."""


@dataclass
class Sim(ABC):
    """An imitation site.

    Subclasses set ``family`` and write the five methods under "What a family writes". ``faults`` names the faults that
    are switched on. Those of the entries (``shift``, ``duplicates``, ``empty-list``, ``gone``, ``edit``) come with
    :meth:`entries`; a template applies ``script-pager``, ``no-own-links``, ``calendar`` and the links of :meth:`links`.
    """

    content: Content
    faults: set[str] = field(default_factory=set)
    encoding: str = "utf-8"
    visit: int = 1
    """Which visit this is; the fault ``gone`` removes entries on the second one, ``edit`` changes one."""
    requests: list[Ask] = field(default_factory=list)
    delay: float = 0.0
    """Seconds that every response waits."""
    validates: bool = True
    """Whether responses carry an ETag, so that unchanged ones can be left out."""

    family = ""
    page_size = 5
    pause = 0.0
    """Seconds that the site file asks the crawler to wait between requests."""
    more_in_site_file: tuple[str, ...] = ()
    """Further lines of the site file, before its tables."""

    @property
    def id(self) -> str:
        return self.content.id

    def __post_init__(self) -> None:
        if "gbk" in self.faults:
            self.encoding = "gb18030"

    # What a family writes

    @abstractmethod
    def column(self) -> str:
        """The path of the column that a site file names."""

    @abstractmethod
    def render(self, ask: Ask) -> Answer | None:
        """The answer to a request for a page of this site, ``None`` where there is no such page."""

    @abstractmethod
    def is_detail(self, ask: Ask) -> bool:
        """Whether the request is for a detail page: some faults strike details alone."""

    @abstractmethod
    def expected(self) -> list[dict[str, object]]:
        """The records that must be read from the site, oldest first, with the fields of record.md."""

    # What all sites have in common

    def entries(self) -> list[Entry]:
        """The entries as the list shows them now, newest first, with the list's faults."""
        entries = list(reversed(self.living()))
        if "shift" in self.faults and self._served_list():
            entries.insert(0, self._new_entry())
        if "duplicates" in self.faults:
            entries[3:3] = entries[:2]
        return [] if "empty-list" in self.faults else entries

    def living(self) -> list[Entry]:
        """The entries that exist on this visit, oldest first, edited ones in their new form."""
        entries = list(self.content.entry)
        if self.visit > 1 and "gone" in self.faults:
            del entries[2]
        if "edit" in self.faults and (self.visit > 1 or self._served_details()):
            changed = entries[1].reply.replace("现答复如下", "经再次研究，现答复如下")
            entries[1] = replace(entries[1], reply=changed)
        return entries

    def find(self, identifier: int) -> Entry | None:
        """The living entry with this id, new ones included."""
        extra = [self._new_entry()] if "shift" in self.faults else []
        return next((entry for entry in [*self.living(), *extra] if entry.id == identifier), None)

    def _new_entry(self) -> Entry:
        first = self.content.entry[0]
        letter = f"您提出的{NEW_ENTRY['title']}收悉，现答复如下：\n驿站将于九月设立。\n感谢您的关心。"
        reply = f"{first.proposers[0]}代表：\n{letter}"
        return replace(first, id=99999, reply=reply, **NEW_ENTRY)

    def _served_details(self) -> bool:
        return any(self.is_detail(ask) for ask in self.requests)

    def _served_list(self) -> bool:
        """Whether a list page was asked for before the present request: what is new by then moves the pages behind."""
        return any(ask.path not in ("/", "/robots.txt") and not self.is_detail(ask) for ask in self.requests[:-1])

    def links(self) -> Iterable[tuple[str, str]]:
        """Links of the fault ``evil-links``: (address, title) that no crawler may follow."""
        if "evil-links" in self.faults:
            yield "http://127.0.0.1:1/Content-1.html", "内部页面"
            yield "file:///etc/passwd", "本地文件"
            yield "http://www.casino.example/Content-7.html", "友情链接"
            yield "javascript:void(0)", "脚本"
            yield "/Content-77.html?next=http://127.0.0.1:1/", "跳转"

    def answer(self, ask: Ask) -> Answer:
        """What the site answers, encoded and with validators; the faults of :mod:`tests.sims.faults` come on top."""
        self.requests.append(ask)
        if ask.path == "/robots.txt":
            rules = "Disallow: /" if "robots" in self.faults else "Disallow: /admin/"
            return Answer(f"User-agent: *\n{rules}\n", type="text/plain")
        if ask.path == "/":
            return Answer(self.home())
        return self.render(ask) or Answer(self.missing(), status=404)

    def home(self) -> str:
        """The home page: navigation with a link to the column under its usual name."""
        return page(
            self,
            title=self.content.name,
            main=f'<div class="index"><a href="{self.column()}">建议提案办理</a> <a href="/news/">新闻动态</a></div>',
        )

    def missing(self) -> str:
        return page(self, title="404", main="<p>您访问的页面不存在或已删除！</p>")

    def place(self) -> tuple[tuple[str, str | None], ...]:
        """The keys of the site file that say where the site is."""
        return ("division", self.content.division), ("province", self.content.province)

    def site_file(self, base: str) -> str:
        """A site file (TOML) with which the crawler crawls this sim at the address ``base``."""
        lines = [
            f"name = {quote(self.content.name)}",
            f"hosts = [{quote(urlsplit(base).netloc)}]",
            f"family = {quote(self.family)}",
            "allow_private = true",
            *(f"{key} = {quote(value)}" for key, value in self.place() if value),
            *self.more_in_site_file,
            "[[columns]]",
            f"url = {quote(base + self.column())}",
            "[politeness]",
            f"delay = {self.pause}",
            "daily_budget = 1_000_000",
        ]
        return "\n".join(lines) + "\n"


def quote(text: str) -> str:
    """A TOML string; JSON's form is one."""
    return json.dumps(text, ensure_ascii=False)


def encode(sim: Sim, answer: Answer) -> tuple[bytes, list[tuple[str, str]]]:
    """Body and headers of an answer: encoded, with a content type, an ETag and whatever the answer adds."""
    body = answer.body if answer.body is not None else answer.text.encode(sim.encoding, "xmlcharrefreplace")
    charset = answer.raw_charset
    if "wrong-charset" in sim.faults and answer.body is None:
        charset = "ISO-8859-1"
    kind = f"{answer.type}; charset={charset}" if charset else answer.type
    etag = [("ETag", '"' + hashlib.sha256(body).hexdigest()[:16] + '"')] if sim.validates else []
    return body, [("Content-Type", kind), *etag, *answer.headers]


def page(sim: Sim, title: str, main: str, meta: str = "") -> str:
    """A page with the furniture that government sites carry: navigation, search, breadcrumb, sharing, footer."""
    declared = {"gb18030": "gb2312"}.get(sim.encoding, sim.encoding)
    name = sim.content.name
    return f"""<!DOCTYPE html>
<html><head>
<meta http-equiv="Content-Type" content="text/html; charset={declared}">
<meta name="SiteName" content="{name}">
{meta}<title>{title}</title>
<script>var visits = Math.floor(Math.random() * 9000); function share() {{ return false; }}</script>
<style>.nav li {{ float: left }}</style>
</head><body>
<div class="top"><span>无障碍浏览</span> <a href="/">网站首页</a> <input value="智能搜索"></div>
<ul class="nav"><li><a href="/">首页</a></li>
<li><a href="/news/">新闻动态</a></li><li><a href="/open/">政务公开</a></li>
<li><a href="{sim.column()}">建议提案办理</a></li><li><a href="/service/">办事服务</a></li></ul>
<div class="location">您所在的位置：<a href="/">首页</a> &gt; <a href="/open/">政务公开</a> &gt; 建议提案办理</div>
{main}
<div class="share">分享到：<a onclick="share()">微信</a> 【打印本页】 【关闭窗口】 扫一扫在手机打开当前页</div>
<div class="footer">主办单位：{name}　承办单位：{sim.content.place}大数据中心　网站标识码：9999990001
<select><option>友情链接</option><option>上级政府网站</option><option>部门网站</option></select></div>
</body></html>
"""
