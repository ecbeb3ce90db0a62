"""Any bytes give records; pages of one template share their fingerprint; every problem code is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.cli import proposals
from parsers import parse
from parsers.errors import DataFileError
from parsers.furniture import load as load_furniture
from parsers.labels import load, lookup
from parsers.record import Page

ROOT = Path(__file__).parents[2]
WORDS = st.sampled_from(
    [
        *(
            "<table>",
            "<tr>",
            "<td>",
            "</td>",
            "</table>",
            "<p>",
            "<br>",
            "<div style=x>",
            "<!--",
            "<script>",
            "|",
            "\n",
        ),
        *(
            "编号：",
            "张三代表：",
            "您提出的《关于修路的建议》收悉，",
            "答复如下：",
            "回复",
            "建议内容",
            "2021年2月30日",
        ),
        *("\0", "\ud800", "《", "〔2021〕", "第3号"),
    ]
)


@given(st.binary(max_size=3000))
def test_any_bytes(body: bytes) -> None:
    assert parse(Page("x", body))


@settings(max_examples=200)
@given(st.lists(WORDS, max_size=60))
def test_any_page(words: list[str]) -> None:
    first = parse(Page("x", "".join(words).encode("utf-8", "surrogatepass")))
    assert first == parse(Page("x", "".join(words).encode("utf-8", "surrogatepass")))
    assert all(set(record.evidence) <= set(record.__struct_fields__) for record in first)


def test_deep_nesting_loses_no_text() -> None:
    page = "<p>" + "<span>" * 5000 + "张三代表：您提出的《关于修路的建议》收悉，现答复如下：已修。"
    record = parse(Page("x", page.encode()))[0]
    assert record.proposers == ("张三",)
    assert any(problem.code == "markup-given-up" for problem in record.problems)


def test_vocabulary_is_checked() -> None:
    assert lookup("提案编号：") is not None
    assert lookup("1、提 案 编 号 ： ： ： ：") is not None
    assert lookup("天气") is None
    assert lookup("提案编号提案编号提案编号提案编号") is None
    with pytest.raises(DataFileError, match=r"labels\.toml"):
        load("prefixes = []\nlable = []\n")
    with pytest.raises(DataFileError, match=r"furniture\.toml"):
        load_furniture("toolbars = []\n")


def test_problem_codes_are_documented() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "parsers").rglob("*.py"))
    raised = set(re.findall(r'(?:Problem|problem|failed)\(\s*"([a-z0-9-]+)"', code))
    documented = set(re.findall(r"^\| `([a-z0-9-]+)` \|", (ROOT / "docs/parsers.md").read_text(encoding="utf-8"), re.M))
    assert raised <= documented


def test_command_reports_each_bad_path_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes("<p>张三代表：</p><p>您提出的《关于修路的建议》收悉，现答复如下：</p>".encode())
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7\n\0\0")
    (tmp_path / "p.jsonl").write_text('{"url": "u", "text": "你好"}\n{"x": 1}\n', encoding="utf-8")
    names = ["gone.html", "empty.txt", ".", "b.pdf", "p.jsonl", "a.html"]
    result = CliRunner().invoke(proposals, ["parse", *(str(tmp_path / name) for name in names)])
    assert result.exit_code == 1
    assert result.stdout.count("\n") == 3
    assert "attachment-unreadable" in result.stdout
    assert result.stderr.count("\n") == 4
    assert "Traceback" not in result.stderr
