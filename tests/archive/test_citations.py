"""Which document a citation means: cases as data in citations.toml, and the real notice where it is there."""

from __future__ import annotations

import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import pytest
import samples
from click.testing import CliRunner

from archive import citations
from archive.cli import proposals

DATA = tomllib.loads(Path(__file__).with_name("citations.toml").read_text("utf-8"))["case"]
SITES = {"yunxi": "990102", "bureau": "990102", "city": "990100", "other": "990200"}
NOTICE = Path(__file__).parents[2].parent / "shared" / "pages" / "001_22d7242a70a386e5.txt"


def archive_of(documents: list[dict[str, str]], cited: dict[str, str]) -> sqlite3.Connection:
    database = samples.empty(Path(":memory:"))
    for site, code in SITES.items():
        samples.insert(database, "sites", id=site, name=site, division=code, state="fine")
    for number, given in enumerate(documents):
        values = {"site": "yunxi", "title": f"文件{number}号的全称"} | given
        row = {name: value or None for name, value in values.items()}
        samples.insert(database, "documents", id=number, type="document", url=f"https://a.example/{number}", **row)
    samples.proposal(database, 1, division="990102")
    samples.insert(database, "citations", id=1, proposal=1, **{name: value or None for name, value in cited.items()})
    return database


@pytest.mark.parametrize(
    ("case", "cited"), [pytest.param(case, cited, id=case["name"]) for case in DATA for cited in case["cited"]]
)
def test_a_citation_means_one_document_or_none(case: dict[str, Any], cited: dict[str, str]):
    database = archive_of(case["documents"], cited)
    for _ in range(2):
        citations.step(database)
    [(document,)] = database.execute("SELECT document FROM citations").fetchall()
    assert document == (None if case["document"] == -1 else case["document"])


def test_a_document_that_is_gone_is_no_longer_cited():
    database = archive_of([{"title": "关于加快河道整治的实施意见"}], {"title": "关于加快河道整治的实施意见"})
    citations.step(database)
    database.execute("DELETE FROM documents")
    citations.step(database)
    assert database.execute("SELECT document FROM citations").fetchall() == [(None,)]


@pytest.mark.skipif(not NOTICE.exists(), reason="needs ../shared/pages, which is not part of the project")
def test_a_reply_that_cites_the_real_notice_leads_to_it(tmp_path: Path):
    """The notice is cited by what it issues, as replies do: without organ and 关于印发…的通知."""
    title = NOTICE.read_text("utf-8").split("关于印发")[1].split("的通知")[0]
    reply = tmp_path / "reply.html"
    reply.write_text(
        "<h1>关于建设河滨步道的提案的答复</h1><p>江小舟委员:</p>"
        f"<p>您提出的《关于建设河滨步道的提案》收悉,现答复如下:根据《{title}》,步道已列入计划。</p>",
        "utf-8",
    )
    for arguments in (["import", str(NOTICE), str(reply)], ["publish"]):
        result = CliRunner().invoke(proposals, [*arguments, "--data", str(tmp_path / "data")])
        assert result.exit_code == 0, result.output
    with sqlite3.connect(tmp_path / "data" / "public" / "archive.db") as archive:
        cited = archive.execute("SELECT d.url FROM citations c JOIN documents d ON d.id = c.document").fetchall()
    assert len(cited) == 1
