"""Where a letter without a date ends: what stands behind its container is none of it (``ends.toml``)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from parsers import parse
from parsers.record import Page

CASES = tomllib.loads(Path(__file__).with_name("ends.toml").read_text(encoding="utf-8"))["behind"]
TITLE = "关于县十七届人大三次会议第15号建议的答复"
LETTER = (
    "张明代表：",
    "您提出的《关于修建河堤的建议》（第15号）收悉。感谢您的关心，现答复如下：",
    "一、我局已投入资金37万元，5月动工，加筑浆砌石挡墙86米，已于6月底完工。",
    "感谢您对水利工作的关心和支持！",
)


def read(content: str) -> str | None:
    page = (
        f"<title>{TITLE}</title><div>首页 &gt; 建议提案</div><h1>{TITLE}</h1><div>发布时间：2024-05-06</div>{content}"
    )
    return parse(Page("letter", page.encode()))[0].reply_text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_behind_container(case: dict[str, str]) -> None:
    content = "".join(f"<p>{line}</p>" for line in LETTER)
    assert read(f"<div>{content}</div>{case['html']}") == "\n".join(LETTER)


def test_cell() -> None:
    content = "<br>".join(LETTER)
    foot = "<div>松溪县人大常委会代表工委　松溪县人民政府督查室</div>"
    rows = f"<tr><th>答复正文</th><td>{content}</td></tr><tr><th>附件</th><td>松水函〔2024〕33号.pdf</td></tr>"
    assert read(f"<table>{rows}</table>{foot}") == "\n".join(LETTER)
