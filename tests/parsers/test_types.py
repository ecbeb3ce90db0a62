"""Answers to deputies and letters that only look like them, told apart: ``types.toml``, a line of data per case."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from parsers import parse
from parsers.record import Page

CASES = tomllib.loads(Path(__file__).with_name("types.toml").read_text(encoding="utf-8"))["letter"]
REST = (
    "二是加强宣传引导。下一步，我们将继续完善相关措施，认真听取各方意见，把工作做实做细，推动问题得到有效解决，不断提高服务水平。",
    "松溪县教育局",
    "2024年5月2日",
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"] + case["lines"][0])
def test_type(case: dict[str, Any]) -> None:
    title, column = case["title"], case["column"]
    body = "".join(f"<p>{line}</p>" for line in (*case["lines"], *REST))
    head = f"<title>{title}</title><div>首页 &gt; {column}</div><h1>{title}</h1>"
    page = f"{head}<div>发布时间：2024-05-06</div><div>{body}</div>"
    assert [record.type for record in parse(Page("letter", page.encode()))] == [case["type"]]
