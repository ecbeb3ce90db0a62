"""A crawl with everything on (robots.txt, WARC, ledger, parsers, store) against a bare Scrapy spider and against wget.

One site of made-up pages of 60 KB, no two alike, behind nginx on this machine. The bare spider is Scrapy as it comes:
it follows the lists, fetches the same pages, and reads and keeps nothing of them. wget fetches the same addresses into
a WARC file. CPU time of the crawling process after its imports; a round runs all of them, one after the other, eight
requests at a time (wget: one); the median of the rounds' ratios counts. Memory: the peak of a crawl whose lists name
200,000 pages, all of them queued, that then reads the first 500. Equal manners: one request at a time, half a second
apart, the seconds between the requests as nginx saw them, since that is what a site feels and a crawl waits for.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from benchmarks.figure import Figure, peak
from benchmarks.parse import coding, page

SIZE = 60_000
LISTED = 50
ROUNDS, QUICK = {500: 5, 2_000: 5, 8_000: 3}, {200: 1}
"""How often each number of pages is crawled."""
DELAY = 0.5
SITE = """
name = "柳泉市人民政府"
hosts = ["{host}"]
family = "vsb"
allow_private = true
[[columns]]
url = "http://{host}/jytabl.htm"
[politeness]
delay = {delay}
concurrency = {concurrency}
daily_budget = {budget}
"""
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  log_format times '$msec'; access_log {folder}/times.log times;
  sendfile on; keepalive_requests 1000000; types {{ text/html htm; text/plain txt; }}
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""
LIST = (
    "<!DOCTYPE html><html><head><meta charset=utf-8><title>建议提案办理</title></head><body><ul class=list>{}</ul>"
    "<div class=pb_sys_common><span class=p_t>共{}页</span> {}</div></body></html>"
)
ENTRY = "<li id=line_u8_0><a href='/info/1207/{0}.htm' title='{1}'>{1}</a><span>2025-06-04</span></li>\n"


def write_lists(www: Path, count: int, listed: int) -> None:
    """The lists of so many pages: a file of its own for the first, counting down for the others."""
    last = -(-count // listed)
    (www / "jytabl").mkdir(parents=True)
    (www / "robots.txt").write_text("User-agent: *\nDisallow: /admin/\n")
    for number in range(1, last + 1):
        rows = range((number - 1) * listed, min(number * listed, count))
        entries = "".join(ENTRY.format(row, f"对市八届人大三次会议第{row}号建议的答复") for row in rows)
        following = f"<a href='/jytabl/{last - number}.htm'>下页</a>" if number < last else "下页"
        path = www / "jytabl.htm" if number == 1 else www / "jytabl" / f"{last - number + 1}.htm"
        path.write_text(LIST.format(entries, last, following), encoding="utf-8")


def write_pages(www: Path, count: int) -> None:
    """Reply pages, each with a number of its own."""
    folder = www / "info" / "1207"
    folder.mkdir(parents=True)
    for number in range(count):
        body = page(SIZE, number)
        told, own = "第98号".encode(coding(body)), f"第{number}号".encode(coding(body))
        (folder / f"{number}.htm").write_bytes(body.replace(told, own))


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """``folder/www`` behind nginx; its host and port. Raises ClickException where there is no nginx."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise click.ClickException("nginx: not found; install it to measure a crawl")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder.chmod(0o755)  # for the worker, which is another user where nginx is started by root
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    server = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def in_child(function: str, *arguments: Any) -> dict[str, float]:
    """What a function of this module measures of itself in a process of its own."""
    code = f"import json, sys; from benchmarks import crawl; crawl.{function}(*json.loads(sys.argv[1]))"
    command = [sys.executable, "-c", code, json.dumps(arguments)]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"{function}: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def report(started: float, pages: int) -> None:
    """Print CPU seconds since ``started`` and the peak memory of this process."""
    print(json.dumps({"cpu": time.process_time() - started, "pages": pages, "peak": peak()}))


def bare(host: str) -> None:
    """Scrapy as it comes."""
    from scrapy import Spider
    from scrapy.crawler import AsyncCrawlerProcess

    seen = []

    class Bare(Spider):
        name = "bare"
        start_urls = (f"http://{host}/jytabl.htm",)

        def parse(self, response: Any) -> Iterator[Any]:
            yield from response.follow_all(css="ul.list a", callback=self.detail)
            yield from response.follow_all(css=".pb_sys_common a")

        def detail(self, response: Any) -> None:
            seen.append(response.status)

    started = time.process_time()
    process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR"})
    process.crawl(Bare)
    process.start()
    report(started, len(seen))


def ours(host: str, folder: str, budget: int, delay: float = 0, concurrency: int = 8) -> None:
    """The crawl that ``proposals crawl`` does; ``delay`` in seconds."""
    from archive.cli.crawling import Store, run, settings_for
    from crawler.site import load_site

    started = time.process_time()
    path = Path(folder) / "sites"
    path.mkdir(exist_ok=True)
    (path / "bench.toml").write_text(SITE.format(host=host, budget=budget, delay=delay, concurrency=concurrency))
    os.environ["PROPOSALS_SITES"] = str(path)
    site = load_site("bench")
    data = Path(tempfile.mkdtemp(dir=folder))
    Store.open(data).close()
    outcome = run([site], settings_for(PROPOSALS_DATA=str(data)), 1)
    if outcome.sites[0].state != "fine":
        raise click.ClickException(f"{outcome.sites[0].state}: {outcome.sites[0].detail}")
    report(started, outcome.sites[0].pages)
    shutil.rmtree(data)


def wget(host: str, folder: Path, count: int, delay: float = 0) -> dict[str, float]:
    """The same pages with wget; ``delay`` in seconds."""
    urls, before = folder / "urls.txt", resource.getrusage(resource.RUSAGE_CHILDREN)
    urls.write_text("".join(f"http://{host}/info/1207/{number}.htm\n" for number in range(count)))
    command = ["wget", "-q", "-w", str(delay), "-i", str(urls), "-O", "/dev/null", "--warc-file", str(folder / "wget")]
    subprocess.run(command, check=True, cwd=folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, "pages": count}


def per_page(measured: dict[str, float]) -> float:
    """CPU milliseconds of a page."""
    return measured["cpu"] / measured["pages"] * 1000


def compared(count: int, rounds: int) -> Iterator[Figure]:
    """Ours against the bare spider, and against wget where it is installed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_lists(folder / "www", count, LISTED)
        write_pages(folder / "www", count)
        peer = shutil.which("wget")
        found: list[tuple[float, float, float]] = []
        with served(folder) as host:
            for _ in range(rounds):
                mine, theirs = per_page(in_child("ours", host, name, 10**6)), per_page(in_child("bare", host))
                found.append((mine, theirs, per_page(wget(host, folder, count)) if peer else 0.0))
    mine, theirs, fetched = (statistics.median(column) for column in zip(*found, strict=True))
    over = statistics.median(one / other for one, other, _ in found)
    raw = {"ours ms": mine, "bare Scrapy ms": theirs}
    yield Figure(f"crawl of {count:,} pages, everything on", over, "× bare Scrapy", 2.5, "at most", raw)
    if peer:
        over = statistics.median(one / other for one, _, other in found)
        yield Figure(f"crawl of {count:,} pages, everything on", over, "× wget --warc-file", raw={"wget ms": fetched})


def politely(count: int) -> Iterator[Figure]:
    """Seconds between requests at the manners of a site, ours and wget's."""
    if shutil.which("wget") is None:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_lists(folder / "www", count, LISTED)
        write_pages(folder / "www", count)
        with served(folder) as host:
            in_child("ours", host, name, 10**6, DELAY, 1)
            mine = between(folder / "times.log")
            wget(host, folder, count, DELAY)
            theirs = between(folder / "times.log")
    raw = {"ours s": mine, "wget s": theirs, "requests": float(count)}
    yield Figure("time of a page at equal manners", mine / theirs, "× wget --warc-file", 1, "at most", raw)


def between(log: Path) -> float:
    """The mean seconds between the requests in a log, which is emptied."""
    times = [float(line) for line in log.read_text().split()]
    log.write_text("")
    return (times[-1] - times[0]) / (len(times) - 1)


def queued(count: int) -> Figure:
    """The peak memory with so many pages queued."""
    with tempfile.TemporaryDirectory() as name:
        folder, listed = Path(name), 1000
        write_lists(folder / "www", count, listed)
        write_pages(folder / "www", 500)
        with served(folder) as host:
            found = in_child("ours", host, name, 1 + count // listed + 500)
    return Figure(f"peak memory, {count:,} pages queued", found["peak"], "MB", 300, "at most", {"read": found["pages"]})


def figures(quick: bool) -> Iterator[Figure]:
    """Costs of a page, and memory."""
    for count, rounds in (QUICK if quick else ROUNDS).items():
        yield from compared(count, rounds)
    yield from politely(10 if quick else 100)
    yield queued(5000 if quick else 200_000)
