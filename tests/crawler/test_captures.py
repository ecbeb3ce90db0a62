"""What lies in data/captures, read by warcio, which shares no code with the writer; and what a torn end does."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.warc import read_answer
from tests.crawler.driver import crawl, proposals, query
from tests.sims.catalogue import make
from tests.sims.server import Server

FAULTS = ("none", "packed", "packed-br", "packed-zstd", "redirect-loop", "404")
SITES = [f"sim-{fault}" for fault in FAULTS]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """Folders of data and site files after two whole runs over sites that are served on."""
    folder = tmp_path_factory.mktemp("captures")
    data, sites = folder / "data", folder / "sites"
    with ExitStack() as stack:
        for fault in FAULTS:
            sim = make("node_content", *({fault} - {"none"}))
            sim.content, sim.validates = msgspec.structs.replace(sim.content, id=f"sim-{fault}"), False
            stack.enter_context(Server(sim)).write_site_file(sites)
        for _ in range(2):
            ended = crawl(data, sites, *SITES, full=True, settings={"PROPOSALS_WARC_BYTES": 50_000})
            assert ended == (0, "", "")
        yield data, sites


@pytest.fixture
def copy(crawled: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """The same with a data folder that the test may damage."""
    shutil.copytree(crawled[0], tmp_path / "data")
    return tmp_path / "data", crawled[1]


def records(data: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """Every record of every file by file and offset, read to its end with its digests checked."""
    found = {}
    for path in sorted((data / "captures").iterdir()):
        with path.open("rb") as stream:
            reader = ArchiveIterator(stream, check_digests=True)
            for record in reader:
                body = record.raw_stream.read()
                assert record.digest_checker.passed is not False, record.digest_checker.problems
                headers = dict(record.rec_headers.headers)
                status = record.http_headers.get_statuscode() if record.http_headers else None
                about = {"status": status, "body": body, "checked": record.digest_checker.passed}
                about["names"] = {name for name, _ in record.http_headers.headers} if record.http_headers else None
                about["offered"] = record.http_headers and record.http_headers.get_header("Accept-Encoding")
                found[path.name, reader.get_record_offset()] = headers | about
    return found


def test_all_digests_are_right(crawled: tuple[Path, Path]) -> None:
    found = records(crawled[0]).values()
    kinds = Counter(record["WARC-Type"] for record in found)
    assert kinds["response"] > 30
    assert kinds["revisit"] > 30
    assert kinds["request"] == kinds["response"] + kinds["revisit"]
    assert kinds["warcinfo"] == len(list((crawled[0] / "captures").iterdir())) > 2
    assert all(record["checked"] for record in found if record["WARC-Type"] != "revisit")
    assert {record["WARC-IP-Address"] for record in found if record["WARC-Type"] == "response"} == {"127.0.0.1"}


def test_nothing_is_sent_but_what_a_page_is_asked_for_with(crawled: tuple[Path, Path]) -> None:
    requests = [record for record in records(crawled[0]).values() if record["WARC-Type"] == "request"]
    asked = [record["names"] for record in requests]
    assert {record["offered"] for record in requests} == {"gzip, deflate"}, "what every reader of WARC files unpacks"
    expected = {"Host", "Accept", "Accept-Language", "User-Agent", "Accept-Encoding"}
    assert all(names == expected for names in asked)


def answers_of_the_ledger(data: Path) -> list[dict[str, Any]]:
    """The record of every capture in the ledger, compared with what the ledger says of it."""
    sql = "SELECT f.name, c.offset, c.url, c.status, c.digest, c.original FROM captures c JOIN files f ON f.id = c.file"
    found, answers = records(data), []
    for file, offset, url, status, digest, original in query(data, sql):
        record = found[file, offset]
        assert record["WARC-Type"] == ("revisit" if original else "response")
        assert (record["WARC-Target-URI"], record["status"]) == (url, str(status))
        assert record["WARC-Payload-Digest"] == digest
        answers.append(record)
    return answers


def test_every_capture_of_the_ledger_is_there(crawled: tuple[Path, Path]) -> None:
    answers = answers_of_the_ledger(crawled[0])
    kinds = Counter(record["WARC-Type"] for record in records(crawled[0]).values())
    assert len(answers) == kinds["response"] + kinds["revisit"]
    assert {"302", "200", "404"} == {record["status"] for record in answers}
    assert sum(record["WARC-Target-URI"].endswith("/robots.txt") for record in answers) == 2 * len(SITES)


def test_a_revisit_names_the_capture_that_holds_the_bytes(crawled: tuple[Path, Path]) -> None:
    found = records(crawled[0]).values()
    held = {
        (record["WARC-Target-URI"], record["WARC-Date"]): record
        for record in found
        if record["WARC-Type"] == "response"
    }
    for record in found:
        if record["WARC-Type"] == "revisit":
            assert record["body"] == b""
            original = held[record["WARC-Refers-To-Target-URI"], record["WARC-Refers-To-Date"]]
            assert original["WARC-Payload-Digest"] == record["WARC-Payload-Digest"]


def test_a_payload_is_kept_once(crawled: tuple[Path, Path]) -> None:
    bodies = Counter(r["WARC-Payload-Digest"] for r in records(crawled[0]).values() if r["WARC-Type"] == "response")
    empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert {digest for digest, count in bodies.items() if count > 1} <= {empty}


def test_bytes_and_headers_are_as_transferred(crawled: tuple[Path, Path]) -> None:
    data = crawled[0]
    sql = """SELECT f.name, c.offset, c.length FROM captures c JOIN files f ON f.id = c.file
             WHERE c.site = 'sim-packed' AND c.original IS NULL AND c.url LIKE '%Content%' LIMIT 1"""
    file, offset, length = query(data, sql)[0]
    answer = read_answer(data / "captures" / file, offset, length)
    assert answer.body.startswith(b"\x1f\x8b")
    assert [value for name, value in answer.headers if name == b"Set-Cookie"] == [b"a=1", b"b=2"]
    assert b"Transfer-Encoding" not in dict(answer.headers), "the chunks are gone, so nothing may promise them"


def test_a_rebuild_reads_what_the_crawl_read(copy: tuple[Path, Path]) -> None:
    data, sites = copy
    sql = "SELECT site, id, type, fields FROM records ORDER BY id"
    before = query(data, sql, file="store.db")
    assert Counter(site for site, _, kind, _ in before if kind == "reply") == dict.fromkeys(SITES[:4], 12)
    assert proposals(data, sites, "rebuild").status == 0
    assert query(data, sql, file="store.db") == before


def largest(data: Path) -> Path:
    return max((data / "captures").iterdir(), key=lambda path: path.stat().st_size)


def reopen(data: Path, sql: str = "", *values: Any) -> None:
    """Leave the largest file as a killed run leaves it."""
    with closing(sqlite3.connect(data / "ledger.db")) as db, db:
        db.execute("UPDATE files SET closed = 0 WHERE name = ?", (largest(data).name,))
        if sql:
            db.execute(sql, values)


def test_a_torn_end_is_cut_off(copy: tuple[Path, Path]) -> None:
    data, path, before = copy[0], largest(copy[0]), records(copy[0])
    content = path.read_bytes()
    last = max(offset for file, offset in before if file == path.name)
    path.write_bytes(content + content[last : last + 40])
    reopen(data)
    assert crawl(data, copy[1], *SITES) == (0, "", "")
    assert path.read_bytes() == content
    assert before.items() <= records(data).items()


def test_a_whole_record_that_the_ledger_does_not_know_stays(copy: tuple[Path, Path]) -> None:
    data, path, before = copy[0], largest(copy[0]), records(copy[0])
    content = path.read_bytes()
    known = sorted(offset for file, offset in before if file == path.name)[3]
    reopen(data, "UPDATE files SET size = ? WHERE name = ?", known, path.name)
    path.write_bytes(content + b"\x1f\x8b\x08torn")
    assert crawl(data, copy[1], *SITES) == (0, "", "")
    assert path.read_bytes() == content


def test_pages_whose_capture_the_power_took_are_fetched_again(copy: tuple[Path, Path]) -> None:
    data = copy[0]
    path = data / "captures" / query(data, "SELECT name FROM files ORDER BY id LIMIT 1")[0][0]
    with closing(sqlite3.connect(data / "ledger.db")) as db, db:
        db.execute("UPDATE files SET closed = 0 WHERE name = ?", (path.name,))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert crawl(data, copy[1], *SITES) == (0, "", "")
    sql = "SELECT count(*) FROM pages p JOIN captures c ON c.id = p.capture WHERE p.site = 'sim-none'"
    assert query(data, sql) == [(12,)]
    assert answers_of_the_ledger(data)
