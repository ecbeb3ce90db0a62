"""From bytes to finished record, evidence included, against lxml's bare tree and the same through BeautifulSoup(lxml).

CPU time of one process (``taskset -c 0`` pins it). A round measures all of them on the same pages, one after the other;
the median of the rounds' ratios counts. BeautifulSoup does the same work: its tree of the decoded page, our walk over
it, our rules. Pages are made up, no two alike: forms with spans, two-column lists and tables with row spans, menus,
scripts, sixty options in the foot, spans as Word pastes them; two in five in GBK, one in nine without closing tags;
about 1,500 elements on 100 KB. Second figure: all stored pages of tests/pages, which are short, so that what a page
costs whatever its size shows.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup
from lxml import html

from benchmarks.figure import Figure, cpu, peak
from parsers import html_blocks, parse, parsing
from parsers.decode import decode
from parsers.document import Document
from parsers.record import Page, to_json

SIZES = (10_000, 40_000, 100_000, 1_000_000, 5_000_000)
STORED = Path(__file__).parents[1] / "tests" / "pages"
SEEDS = 12
MANY = 10_000
PARTS = (
    "本年度在{}个片区完成管线改造{}公里，新增停车位{}个，",
    "其余路段列入明年计划并按月公布进度，",
    "根据《柳泉市城市更新条例》和有关要求，我局会同街道逐一排查，",
    "按照先急后缓的次序安排资金{}万元，",
    "对群众反映集中的{}处问题建立台账，",
    "经现场踏勘和专家论证，",
)
WEIGHTS = (10, 10, 1, 10, 10, 10)
RUN = '<span style="font-family:仿宋_GB2312;font-size:16pt">{}</span>'
FOREIGN = '<span lang="EN-US">{}<o:p></o:p></span>'
SHAPES = ("grid", "pairs", "nested")


def sentence(dice: random.Random) -> str:
    words = "".join(dice.choices(PARTS, WEIGHTS, k=dice.randint(2, 5)))
    return words.format(*(dice.randint(2, 900) for _ in range(words.count("{}")))).rstrip("，") + "。"


def word_paragraph(dice: random.Random) -> str:
    """A paragraph as Word pastes it: the text in runs, a hard space, an empty ``o:p``."""
    text = "".join(sentence(dice) for _ in range(dice.randint(2, 5)))
    cuts = sorted(dice.randrange(len(text)) for _ in range(4))
    pieces = [text[one:two] for one, two in zip([0, *cuts], [*cuts, None], strict=True)]
    runs = RUN.format("&nbsp;&nbsp;" + pieces[0]) + "".join(
        FOREIGN.format(dice.randint(1, 99)) + RUN.format(piece) for piece in pieces[1:]
    )
    return f'<p class="MsoNormal" style="text-indent:32.0pt;line-height:28.0pt">{runs}</p>\r\n'


def head(size: int) -> str:
    """Title, meta tags and the scripts and styles that make up a tenth of the page."""
    code = "var a={b:1,c:'x'};if(a.b<2){document.cookie=a.c}\r\n" * (size // 500)
    meta = '<meta name="ArticleTitle" content="对市八届人大三次会议第98号建议的答复"/>'
    return f"<head><title>对市八届人大三次会议第98号建议的答复</title>{meta}<script>{code}</script></head>"


def frame(size: int, content: str) -> str:
    """The content between menus and foot."""
    share = min(1.0, size / 100_000)
    menu = "".join(f'<li class="m{n % 9}"><a href="/c/{n}.html">栏目之{n}</a></li>' for n in range(int(180 * share)))
    news = "".join(
        f'<li><a href="/art/{n}.html" title="x">全市第{n}次住房工作例会召开</a><span>2025-06-0{n % 9 + 1}</span></li>'
        for n in range(int(60 * share))
    )
    options = "".join(f'<option value="http://w{n}.example.gov.cn">友情链接{n}</option>' for n in range(60))
    foot = "<p>主办单位：柳泉市人民政府办公室</p><p>网站标识码：3309990001　某ICP备00000001号</p>"
    return (
        f'<body><div class="top"><ul>{menu}</ul></div><div class="path">当前位置：<a href="/">首页</a> &gt; '
        f'<a href="/z/">建议提案</a></div><div class="con">{content}</div><div class="side"><ul>{news}</ul></div>'
        f'<div class="foot"><select>{options if share == 1 else options[:600]}</select>{foot}</div></body>'
    )


def letter(dice: random.Random, length: int) -> str:
    """Paragraphs of about ``length`` bytes from the salutation to the date."""
    opening = "<p>钱小川代表：</p><p>您提出的《关于改造老旧管线的建议》（第98号）收悉，现答复如下：</p>"
    paragraphs, size = [], 0
    while size < length:
        paragraphs.append(word_paragraph(dice))
        size += len(paragraphs[-1].encode())
    return f"{opening}{''.join(paragraphs)}<p>柳泉市住房和城乡建设局</p><p>2025年6月4日</p>"


def form(dice: random.Random, shape: str, length: int) -> str:
    """The form of one of the three shapes round the suggestion's text and its answer."""
    own = "".join(word_paragraph(dice) for _ in range(2))
    reply = letter(dice, length)
    if shape == "pairs":
        rows = (("标题", "关于改造老旧管线的建议"), ("编号", "第98号"), ("办理部门", "市住建局"), ("签发人", "周大海"))
        rows += (("签发日期", "2025-06-04 12:48"), ("建议内容", own), ("答复内容", reply))
        return "<table>" + "".join(f"<tr><td>{one}</td><td>{two}</td></tr>" for one, two in rows) + "</table>"
    if shape == "nested":
        inner = "<table><tr><th>片区</th><th>公里</th></tr>" + "<tr><td>东片</td><td>12</td></tr>" * 4 + "</table>"
        at = reply.rindex("<p>柳泉市")
        reply = reply[:at] + inner + reply[at:]
    spans = " rowspan=2" if shape == "nested" else ""
    return (
        "<table border=1 width=100%><tr><td>标题</td><td colspan=7>关于改造老旧管线的建议</td></tr>"
        f"<tr><td>编号</td><td colspan=3>第98号</td><td{spans}>办理部门</td><td colspan=3{spans}>市住建局</td></tr>"
        "<tr><td>签发人</td><td colspan=3>周大海</td></tr><tr><td>签发日期</td><td colspan=7>2025-06-04 12:48</td></tr>"
        f"<tr><td>建议内容</td><td colspan=7>{own}</td></tr>"
        f"<tr><td>答复内容</td><td colspan=7>{reply}</td></tr></table>"
    )


def page(size: int, seed: int = 0) -> bytes:
    """A page of about ``size`` bytes."""
    dice = random.Random(seed)
    gbk = seed % 5 < 2
    content = form(dice, SHAPES[seed % 3], int(size * 0.68 * (1.15 if gbk else 1.0)))
    if seed % 9 == 4:
        content = content.replace("</td>", "").replace("</tr>", "")
    charset = "gb2312" if gbk else "utf-8"
    whole = head(size).replace("<head>", f'<head><meta charset="{charset}">') + frame(size, content)
    return f"<!DOCTYPE html><html>{whole}</html>".encode("gb18030" if gbk else "utf-8")


def stored() -> list[bytes]:
    """The stored pages in HTML."""
    return [path.read_bytes() for path in sorted(STORED.glob("*/page.html"))]


def record(body: bytes) -> list[bytes]:
    return [to_json(one) for one in parse(Page("x", body))]


def coding(body: bytes) -> str:
    return "gb18030" if b"gb2312" in body[:200] else "utf-8"


def trees(bodies: list[bytes], parsers: dict[str, html.HTMLParser]) -> None:
    for body in bodies:
        html.document_fromstring(body, parser=parsers[coding(body)])


def soups(bodies: list[bytes]) -> None:
    """The same records through BeautifulSoup's tree."""
    for body in bodies:
        blocks = html_blocks.from_soup(BeautifulSoup(decode(body, {}).text, "lxml"))
        read = Document(Page("x", body), blocks, True, {}, None, None, [])
        for one in parsing.records(read):
            to_json(one)


def records(bodies: list[bytes]) -> None:
    for body in bodies:
        record(body)


def ratios(bodies: list[bytes], rounds: int, soup: bool) -> tuple[float, float, float]:
    """Milliseconds of a page's records; their cost in lxml trees; how many times BeautifulSoup's cost as much."""
    parsers = {one: html.HTMLParser(encoding=one) for one in ("utf-8", "gb18030")}
    few = bodies[::3] if soup else []
    ours, over, faster = [], [], []
    records(bodies)
    for _ in range(rounds):
        ours.append(cpu(lambda: records(bodies)))
        over.append(ours[-1] / cpu(lambda: trees(bodies, parsers)))
        faster.append(cpu(lambda: soups(few)) / cpu(lambda: records(few or bodies)))
    return statistics.median(ours) / len(bodies) * 1000, statistics.median(over), statistics.median(faster)


def many(count: int = MANY) -> float:
    """Parse so many different pages of 100 KB; the peak memory."""
    for seed in range(count):
        record(page(100_000, seed))
    return peak()


def figures(quick: bool) -> Iterator[Figure]:
    """The two ratios by size, the same over the stored pages, and the peak memory over many pages."""
    for size in SIZES[:1] if quick else SIZES:
        bodies = [page(size, seed) for seed in range(SEEDS if size <= 100_000 else 2)]
        one, over, faster = ratios(bodies, 5, size <= 100_000)
        bounds = (1.8, 8.0) if size == 100_000 else (None, None)
        raw = {"ours ms": one}
        yield Figure(f"parse, page of {size // 1000:,} KB", over, "× lxml tree", bounds[0], "at most", raw)
        if size <= 100_000:
            what = f"the same through BeautifulSoup, page of {size // 1000:,} KB"
            yield Figure(what, faster, "× our record", bounds[1], "at least", raw)
    one, over, _ = ratios(stored(), 5, False)
    yield Figure(f"parse, the {len(stored())} stored pages", over, "× lxml tree", None, "at most", {"ours ms": one})
    count = 200 if quick else MANY
    # A process of its own: this one has held trees of BeautifulSoup and of 5 MB.
    with multiprocessing.get_context("spawn").Pool(1) as alone:
        yield Figure(f"parse, peak memory over {count:,} pages", alone.apply(many, (count,)), "MB", 150, "at most")


def main(rounds: int = 5) -> None:
    print("    bytes  record/ms  x lxml tree  bs4 x record  ns/byte")
    for size in SIZES[:3] if rounds < 5 else SIZES:
        bodies = [page(size, seed) for seed in range(SEEDS if size <= 100_000 else 2)]
        one, over, faster = ratios(bodies, rounds, size <= 100_000)
        length = sum(map(len, bodies)) // len(bodies)
        print(f"{length:>9,} {one:>10.2f} {over:>12.2f} {faster:>13.1f} {one * 1e6 / length:>8.1f}", flush=True)
    one, over, _ = ratios(stored(), rounds, False)
    print(f"{'stored':>9} {one:>10.2f} {over:>12.2f}")
    print(f"peak memory {peak():.0f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
