"""From bytes to finished record, evidence included, against lxml's bare tree and BeautifulSoup's bare tree.

CPU time of one process; each round measures all three on the same page, the median of the rounds' ratios counts. Pages:
a
form with spans as Word pastes them, menus, scripts, a foot with sixty options; grown by their texts.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator

from bs4 import BeautifulSoup
from lxml import html

from benchmarks.figure import Figure
from parsers import parse
from parsers.record import Page, to_json

SIZES = (10_000, 100_000, 1_000_000, 5_000_000)
SENTENCE = "本年度已在六个片区完成管线改造{}公里，新增停车位{}个，其余路段列入明年计划并按月公布进度。"
WORD = '<p class="MsoNormal" style="text-indent:32pt"><span style="font-size:16pt">{}</span>'
WORD += '<span lang="EN-US"> {} </span></p>'


def page(size: int) -> bytes:
    """A page of about SIZE bytes: a third of it text, a third menus and foot, a third scripts and styles."""
    menu = "".join(f'<li class="m{n % 9}"><a href="/c/{n}.html">栏目{n}</a></li>' for n in range(min(300, size // 700)))
    code = "<script>" + "var a={b:1,c:'x'};" * (size // 60) + "</script>"
    options = "".join(f"<option>链接{n}</option>" for n in range(60 if size > 50_000 else 5))
    count = max(2, size // 700)
    text = "".join(WORD.format(SENTENCE.format(n, n * 3), n) for n in range(count))
    form = (
        "<table><tr><td>标题</td><td colspan=3>关于改造老旧管线的建议</td></tr><tr><td>编号</td><td>第98号</td>"
        "<td>办理部门</td><td>市住建局</td></tr>"
        "<tr><td>签发人</td><td>周大海</td><td>签发日期</td><td>2025-06-04 12:48</td></tr>"
        "<tr><td>正文</td><td colspan=3></td></tr><tr><td colspan=4><p>管线老化严重，建议尽快改造。</p></td></tr>"
        "<tr><td>回复</td><td colspan=3></td></tr><tr><td colspan=4><p>钱小川代表：</p>"
        f"<p>您提出的《关于改造老旧管线的建议》（第98号）收悉，现答复如下：</p>{text}"
        "<p>柳泉市住房和城乡建设局</p><p>2025年6月4日</p></td></tr></table>"
    )
    head = f"<html><head><meta charset=utf-8><title>关于改造老旧管线的建议</title>{code}</head>"
    return f"{head}<body><ul>{menu}</ul><div class=con>{form}</div><select>{options}</select></body></html>".encode()


def cpu(work: Callable[[], object], times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - started) / times


def ratios(body: bytes, rounds: int, soup: bool) -> tuple[float, float, float]:
    """Milliseconds of a record; its cost in bare lxml trees; how many times BeautifulSoup's bare tree costs as much."""
    times = max(1, 2_000_000 // len(body) // 4)
    parser = html.HTMLParser(encoding="utf-8")
    ours, floor, peer = [], [], []
    for _ in range(rounds):
        ours.append(cpu(lambda: to_json(parse(Page("x", body))[0]), times))
        floor.append(cpu(lambda: html.document_fromstring(body, parser=parser), times))
        peer.append(cpu(lambda: BeautifulSoup(body, "lxml", from_encoding="utf-8"), 1) if soup else 0.0)
    over = statistics.median(one / tree for one, tree in zip(ours, floor, strict=True))
    faster = statistics.median(tree / one for one, tree in zip(ours, peer, strict=True))
    return statistics.median(ours) * 1000, over, faster


def figures(quick: bool) -> Iterator[Figure]:
    """The two ratios by size, and the peak memory of all sizes together."""
    for size in SIZES[:1] if quick else SIZES:
        one, over, faster = ratios(page(size), 3, size <= 1_000_000)
        bounds = (1.8, 8.0) if size == 100_000 else (None, None)
        raw = {"ours ms": one}
        yield Figure(f"parse, page of {size // 1000:,} KB", over, "× lxml tree", bounds[0], "at most", raw)
        if faster:
            what = f"BeautifulSoup's tree alone, page of {size // 1000:,} KB"
            yield Figure(what, faster, "× our record", bounds[1], "at least", raw)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure("parse, peak memory over all sizes", peak, "MB", 150, "at most")


def main(rounds: int = 5) -> None:
    print("    bytes  record/ms  x lxml tree  bs4 tree x record  ns/byte")
    for size in SIZES:
        body = page(size)
        one, over, faster = ratios(body, rounds, size <= 1_000_000)
        print(f"{len(body):>9,} {one:>10.2f} {over:>12.2f} {faster:>18.1f} {one * 1e6 / len(body):>8.1f}", flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
