"""The day of publication on the line under the title, with and without labels beside it."""

from __future__ import annotations

import pytest

from parsers import parse
from parsers.record import Page

TITLE = "关于县十七届人大三次会议第15号建议的答复"
LETTER = (
    "<p>张明代表：</p><p>您提出的《关于修建河堤的建议》收悉，现答复如下：</p><p>河堤已于6月底重修。</p>"
    "<p>松溪县水利局</p><p>2024年5月3日</p>"
)


def read(above: str, below: str = "", title: str = f"<h1>{TITLE}</h1>") -> str | None:
    page = f"<title>{TITLE}</title><div>首页 &gt; 建议提案</div>{above}{title}{below}<div>{LETTER}</div>"
    return parse(Page("letter", page.encode()))[0].publish_date


@pytest.mark.parametrize(
    "line",
    [
        "县水利局 www.sx.example 2024-05-06",
        "阅读 33 次 · 2024-05-06",
        "<span>县水利局</span><span>2024-05-06</span><span>33</span>",
        "作者：水利局 | 2024-05-06 | 阅读：30",
    ],
)
def test_under_the_title(line: str) -> None:
    assert read("", f"<div>{line}</div>") == "2024-05-06"


def test_behind_number_and_way_of_publication() -> None:
    assert read("<div>松水函〔2024〕12号　主动公开　发布时间：2024-05-06</div>") == "2024-05-06"


def test_above_the_title() -> None:
    assert read("<div>2024-05-06</div>") == "2024-05-06"


@pytest.mark.parametrize("line", ["施行日期：2024-05-06", "成文日期：2024-05-06", "有效期：2024-05-06"])
def test_other_days(line: str) -> None:
    assert read("", f"<div>{line}</div>") is None
