"""Faults of a server: what replaces or spoils an answer. Faults of templates live in the templates."""

from __future__ import annotations

import contextlib
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fastwarc.stream_io import BrotliWriter, ZstdWriter

from tests.sims.sim import Answer, Ask, Sim

RUISHU = (
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>'
    '<script type="text/javascript" r="m">$_ts=window["$_ts"];if(!$_ts)$_ts={};$_ts.nsd=71234;$_ts.cd="qhQm";</script>'
    '<script src="/a1b2c3/d4e5f6.js"></script></body></html>'
)
JIASULE = (
    "<script>document.cookie=('_')+('_')+('j')+('sl_clearance_s=1.2|-1|abc');location.href=location.pathname</script>"
)
WAF = (
    "<html><head><title>访问被拦截</title></head><body><h1>安全拦截</h1>"
    "<p>您的访问存在异常，已被云防护拦截。</p></body></html>"
)
CAPTCHA = '<html><head><title>安全验证</title></head><body>请拖动滑块完成验证<div id="captcha"></div></body></html>'
ABROAD = "<html><head><title>提示</title></head><body><p>抱歉，您所在的地区暂不支持访问本站。</p></body></html>"
FOREIGN = (
    '<html><head><title>首页-金莎娱乐</title><meta name="SiteIDCode" content=""></head><body>'
    '<a href="http://www.casino.example/">进入</a>' + "<p>欢迎光临</p>" * 40 + "</body></html>"
)


def soft_404(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """Status 200 and a note instead of the page."""
    return Answer(sim.missing()) if sim.is_detail(ask) else answer


def home_instead(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """Status 200 and the site's own home page instead of the page."""
    return Answer(sim.home()) if sim.is_detail(ask) else answer


def twice(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """The first request for each address fails, the second succeeds."""
    seen = sum(1 for other in sim.requests if (other.path, other.query) == (ask.path, ask.query))
    return Answer("Internal Server Error", status=500) if seen == 1 else answer


def quiet_twice(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """The site asks for quiet twice over its first list, and twice more over pages."""
    asked = sum(1 for other in sim.requests if other.path != "/robots.txt")
    return QUIET if asked in (1, 2, 8, 9) else answer


def quiet_page(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """The page that was asked for first is refused for ever, and every other one is answered."""
    details = [other.path for other in sim.requests if sim.is_detail(other)]
    return QUIET if details[:1] == [ask.path] else answer


def half(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """Every second request for a detail fails."""
    asked = sum(map(sim.is_detail, sim.requests))
    return Answer("Internal Server Error", status=500) if sim.is_detail(ask) and asked % 2 else answer


def dead(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """No detail is there any longer."""
    return Answer(sim.missing(), status=404) if sim.is_detail(ask) else answer


def bad_base(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """Every page names a base that is no address."""
    return replace(answer, text=answer.text.replace("<head>", '<head><base href="http://[x/">'))


def brackets(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """A service answers with brackets in brackets without end."""
    return replace(answer, body=b"[" * 200_000) if "json" in answer.type else answer


def slow(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """Details arrive byte by byte."""
    answer.pace = 0.5 if sim.is_detail(ask) else 0.0
    return answer


def cut(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """Details end in the middle, with a Content-Length that promised more."""
    answer.cut = sim.is_detail(ask)
    return answer


def loop(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """Details redirect to themselves for ever."""
    turn = int(ask.query.get("turn", "0")) + 1
    return Answer(status=302, headers=[("Location", f"{ask.path}?turn={turn}")]) if sim.is_detail(ask) else answer


def away(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """Details redirect to a private address."""
    return Answer(status=302, headers=[("Location", "http://127.0.0.1:1/secret")]) if sim.is_detail(ask) else answer


def to_twin(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """Details redirect to another form of the same address, as from http to https or from the mobile page."""
    twin = sim.is_detail(ask) and "version" not in ask.query
    return Answer(status=302, headers=[("Location", f"{ask.path}?version=2")]) if twin else answer


def circle(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """Details redirect to another form of their address, and that back to the first."""
    twin = "" if "version" in ask.query else "?version=2"
    return Answer(status=302, headers=[("Location", ask.path + twin)]) if sim.is_detail(ask) else answer


def bomb(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """Details are 256 MB of zeros, compressed to 256 KB."""
    if not sim.is_detail(ask):
        return answer
    return Answer(body=compressed_zeros(), headers=[("Content-Encoding", "gzip")])


def packed(coding: str, pack: Callable[[bytes], bytes]) -> Callable[[Sim, Ask, Answer], Answer]:
    """Everything comes packed and in chunks, as most servers send it; some pack in ways that nobody asked for."""

    def fault(sim: Sim, ask: Ask, answer: Answer) -> Answer:
        content = answer.body if answer.body is not None else answer.text.encode(sim.encoding)
        headers = [*answer.headers, ("Content-Encoding", coding), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
        return replace(answer, body=pack(content), headers=headers, chunked=True)

    return fault


def gzipped(content: bytes) -> bytes:
    """Two gzip members, as servers send that put a page together of parts."""
    return gzip.compress(content[:100], mtime=0) + gzip.compress(content[100:], mtime=0)


def written(writer: type[BrotliWriter] | type[ZstdWriter]) -> Callable[[bytes], bytes]:
    """Packed by one of FastWARC's writers."""

    def pack(content: bytes) -> bytes:
        stream = io.BytesIO()
        with contextlib.closing(writer(stream)) as packing:
            packing.write(content)
            packing.flush()
        return stream.getvalue()

    return pack


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzipped,
    "deflate": zlib.compress,
    "br": written(BrotliWriter),
    "zstd": written(ZstdWriter),
    "xz": lzma.compress,
    "utf-8": bytes,
}
"""Content codings by name: those that can be unpacked, one that cannot, and a server's mistake."""


def compressed_zeros() -> bytes:
    """256 MB of zeros as gzip: 64 members of 4 MB each, so that nobody needs the memory to make it."""
    return gzip.compress(b"\0" * 4_000_000) * 64


def fixed(text: str, status: int, headers: tuple[tuple[str, str], ...] = ()) -> Callable[[Sim, Ask, Answer], Answer]:
    """A fault that answers every request but that for robots.txt in the same way."""

    def fault(sim: Sim, ask: Ask, answer: Answer) -> Answer:
        return answer if ask.path == "/robots.txt" else Answer(text, status=status, headers=list(headers))

    return fault


def of_robots(**spoilt: Any) -> Callable[[Sim, Ask, Answer], Answer]:
    """A fault of robots.txt alone."""

    def fault(sim: Sim, ask: Ask, answer: Answer) -> Answer:
        return replace(answer, **spoilt) if ask.path == "/robots.txt" else answer

    return fault


QUIET = Answer("Too Many Requests", status=429, headers=[("Retry-After", "0")])

FAULTS: dict[str, Callable[[Sim, Ask, Answer], Answer]] = {
    "412": fixed(RUISHU, 412),
    "202": fixed(RUISHU, 202),
    "521": fixed(JIASULE, 521, (("Set-Cookie", "__jsluid_s=0123456789; path=/; HttpOnly"),)),
    "403": fixed("<html><body><h1>403 Forbidden</h1></body></html>", 403),
    "404": fixed("<html><body><h1>404 Not Found</h1></body></html>", 404),
    "geo-block": fixed(ABROAD, 403),
    "waf": fixed(WAF, 200),
    "captcha": fixed(CAPTCHA, 200),
    "foreign-home": fixed(FOREIGN, 200),
    "500": fixed("Internal Server Error", 500),
    "429": fixed("Too Many Requests", 429, (("Retry-After", "3600"),)),
    "429-at-once": fixed("Too Many Requests", 429, (("Retry-After", "0"),)),
    "503-at-once": fixed("Service Unavailable", 503, (("Retry-After", "0"),)),
    "429-twice": quiet_twice,
    "429-page": quiet_page,
    "404-pages": dead,
    "half-500": half,
    "bad-base": bad_base,
    "brackets": brackets,
    "soft-404": soft_404,
    "home-instead": home_instead,
    "500-then-200": twice,
    "slow": slow,
    "cut": cut,
    "redirect-loop": loop,
    "redirect-away": away,
    "redirect-to-twin": to_twin,
    "redirect-circle": circle,
    "robots-503": of_robots(status=503),
    "robots-521": of_robots(status=521),
    "robots-404": of_robots(status=404),
    "robots-cut": of_robots(cut=True),
    "robots-slow": of_robots(pace=0.5),
    "robots-away": of_robots(status=302, headers=[("Location", "http://127.0.0.1:1/robots.txt")]),
    "robots-circle": of_robots(status=302, headers=[("Location", "/robots.txt")]),
    "gzip-bomb": bomb,
    "packed": packed("gzip", gzipped),
    **{f"packed-{coding}": packed(coding, pack) for coding, pack in PACKINGS.items()},
}
"""The faults of the server by name."""

IN_TEMPLATES = {
    *("gbk", "wrong-charset", "script-pager", "edit", "shift", "duplicates", "robots", "evil-links"),
    *("empty-list", "no-own-links", "calendar", "gone"),
}
"""The faults that :class:`Sim` and the templates know."""


def apply(sim: Sim, ask: Ask, answer: Answer) -> Answer:
    """The answer after every fault that is switched on.

    Raises :class:`ValueError` for a fault that does not exist.
    """
    if unknown := sim.faults - FAULTS.keys() - IN_TEMPLATES:
        raise ValueError(f"no such fault: {', '.join(sorted(unknown))}")
    for name in sorted(sim.faults & FAULTS.keys()):
        answer = FAULTS[name](sim, ask, answer)
    return answer
