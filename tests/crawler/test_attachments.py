"""Replies that are only a PDF or DOCX: captured, read and stored, and their pages are no failure."""

from __future__ import annotations

from pathlib import Path

import msgspec

from parsers.record import Record
from tests.crawler.driver import crawl, query
from tests.parsers.test_attachments import paragraph, pdf, word
from tests.sims import layouts
from tests.sims.attached import AttachedSim
from tests.sims.content import Entry, load
from tests.sims.server import Server


def file_of(entry: Entry) -> bytes:
    """The file that holds an entry's letter."""
    lines = [layouts.title_of(entry), *entry.reply.splitlines()]
    return pdf([lines]) if entry.id % 2 else word("".join(map(paragraph, lines)))


def test_the_answer_of_a_file_is_stored(tmp_path: Path) -> None:
    sim = AttachedSim(msgspec.structs.replace(load("qingwu"), entry=load("qingwu").entry[:4]))
    sim.files = {sim.path(entry): file_of(entry) for entry in sim.content.entry}
    scan = sim.path(sim.content.entry[2])
    sim.files[scan] = pdf([["1"]])
    with Server(sim) as server:
        server.write_site_file(tmp_path / "sites")
        assert crawl(tmp_path / "data", tmp_path / "sites", sim.id) == (0, "", "")
        assert query(tmp_path / "data", "SELECT state, detail FROM site_runs") == [("fine", None)]
        sql = """SELECT p.url, p.attachment_of, r.record FROM records r JOIN pages p ON p.id = r.page
                 WHERE p.attachment_of IS NOT NULL"""
        rows = query(tmp_path / "data", sql, file="store.db")
        read = {url.removeprefix(server.base): msgspec.json.decode(record, type=Record) for url, _, record in rows}
        assert {parent.removeprefix(server.base) for _, parent, _ in rows} == set(
            map(sim.detail_path, sim.content.entry)
        )
    assert set(read) == set(sim.files)
    for entry in sim.content.entry:
        record = read[sim.path(entry)]
        if sim.path(entry) == scan:
            assert [problem.code for problem in record.problems] == []
            assert record.type == "unrecognised"
        else:
            assert (record.type, record.number) == ("reply", entry.number)
            assert (record.reply_text or "").splitlines()[0] == entry.reply.splitlines()[0]
            assert record.host_departments == entry.host_departments
