"""From pages on disk to a served archive: published, masked, searchable, whole."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from fictional import SITE, page, record

from archive import labels
from archive.cli import proposals
from archive.errors import PublishError
from archive.publish import publish
from archive.search import escape_fts
from archive.settings import Settings
from archive.store import Store
from parsers.record import Evidence

SHARED = Path(__file__).parents[2].parent / "shared" / "pages"
SECRETS = ("13812345678", "0990-8821234", "110101199003077777", "zhang.san@qinghe.example", "河滨路3栋2单元501室")


def stored(data: Path, *pages) -> None:
    with Store.open(data) as store:
        store.put_sites([SITE])
        store.add_pages(pages)


def found(data: Path, query: str) -> list[str]:
    with sqlite3.connect(data / "public" / "archive.db") as archive:
        sql = "SELECT id FROM proposals WHERE rowid IN (SELECT rowid FROM proposals_fts WHERE proposals_fts MATCH ?)"
        return sorted(name for (name,) in archive.execute(sql, (escape_fts(query),)))


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/pages, which is not part of the project")
def test_the_real_pages_are_found_through_the_command(tmp_path: Path):
    run = CliRunner()
    for arguments in (["import", *map(str, sorted(SHARED.glob("*.txt")))], ["publish"]):
        result = run.invoke(proposals, [*arguments, "--data", str(tmp_path)])
        assert result.exit_code == 0, result.output
    both = found(tmp_path, "园区")
    assert len(both) == 2
    assert found(tmp_path, "产业园区") == found(tmp_path, "新质生产力") == found(tmp_path, "產業園區") == both
    assert len(found(tmp_path, "招宝智造谷")) == len(found(tmp_path, "陈帆")) == 1
    assert sorted(found(tmp_path, "招宝智造谷") + found(tmp_path, "陈帆")) == both


@pytest.mark.parametrize(
    ("query", "expected"),
    [("步道", 1), ("第98号", 1), ("198号", 0), ("江小舟", 1), ("园林局", 1), ("散步 AND 车道", 1), ("滨河", 0)]
    + [(name, 1) for name in ("提案第98号", "第98号提案", "98号提案", "十六届四次", "第十六届", "第十六届第四次会议")]
    + [(name, 0) for name in ("建议第98号", "第98号建议", "十六届五次", "第六届", "政协")],
)
def test_every_word_is_found(tmp_path: Path, query: str, expected: int):
    stored(tmp_path, page(record()))
    publish(tmp_path, Settings())
    assert len(found(tmp_path, query)) == expected


def test_a_number_is_found_with_and_without_its_zeros(tmp_path: Path):
    stored(tmp_path, page(record(number="0098", numbers=("0098", "0000"))))
    publish(tmp_path, Settings())
    assert all(found(tmp_path, query) for query in ("提案第0098号", "提案第98号", "第98号提案", "第0000号"))


@pytest.mark.parametrize(
    ("number", "characters"),
    [
        (1, "一"),
        (9, "九"),
        (10, "十"),
        (14, "十四"),
        (20, "二十"),
        (21, "二十一"),
        (99, "九十九"),
        (100, "100"),
        (0, "0"),
    ],
)
def test_terms_and_sessions_are_counted_in_characters(number: int, characters: str):
    assert labels.numeral(number) == characters


def test_nothing_personal_is_in_any_byte(tmp_path: Path):
    seed = " ".join(f"联系 {secret}。" for secret in SECRETS)
    leaky = record(
        title=seed, reply_text=seed, proposal_text=seed, evidence={"number": Evidence("label", seed, seed, 1.0)}
    )
    stored(tmp_path, page(leaky), page(record(reply_text="改后 " + seed), time="2025-08-01T00:00:00Z"))
    publish(tmp_path, Settings())
    content = (tmp_path / "public" / "archive.db").read_bytes().decode("utf-8", "replace")
    assert [secret for secret in SECRETS if secret in content] == []
    assert found(tmp_path, "13812345678") == []
    assert "江小舟" in content


def test_a_failed_check_leaves_the_old_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stored(tmp_path, page(record()))
    publish(tmp_path, Settings())
    before = (tmp_path / "public" / "archive.db").read_bytes()
    monkeypatch.setattr("archive.masking.Masker.mask", lambda self, text: text)
    stored(tmp_path, page(record(status="13812345678"), time="2025-08-01T00:00:00Z"))
    with pytest.raises(PublishError, match=r"proposals\.status still holds what the mask 'mobile'"):
        publish(tmp_path, Settings())
    assert (tmp_path / "public" / "archive.db").read_bytes() == before
    assert [path.name for path in (tmp_path / "public").iterdir()] == ["archive.db"]


def test_without_a_store_and_without_an_archive_one_line_says_what_to_do(tmp_path: Path):
    with pytest.raises(PublishError, match="no store yet; run `proposals crawl`"):
        publish(tmp_path, Settings())
    result = CliRunner().invoke(proposals, ["serve", "--data", str(tmp_path)])
    assert "no archive yet; run `proposals publish` first" in str(result.exception)


def test_importing_twice_is_importing_once(tmp_path: Path):
    file = tmp_path / "page.html"
    file.write_text("<h1>关于步道的通知</h1><p>步道修好了。</p>", "utf-8")
    for _ in range(2):
        result = CliRunner().invoke(proposals, ["import", str(file), "--data", str(tmp_path / "data")])
        assert result.exit_code == 0, result.output
    assert len(list((tmp_path / "data" / "captures").iterdir())) == 1
