"""Pages of one template share their fingerprint, whatever fields they lack; pages without text say so."""

from __future__ import annotations

import pytest

from parsers import parse
from parsers.record import Page, Record

FRAME = '<body class="home"><ul><li>a</li></ul><div class="wrap w1000"><div class="con12">{}</div></div></body>'
ROWS = {
    "标题": "关于修缮渡口的建议",
    "编号": "第7号",
    "办理单位": "县交通局",
    "签发人": "许知远",
    "签发日期": "2024-05-06",
}
LETTER = (
    "<p>孟可代表：</p><p>您提出的《关于修缮渡口的建议》收悉，现答复如下：渡口已于今年修缮完毕。</p><p>2024年5月6日</p>"
)


def form(*without: str) -> str:
    rows = "".join(
        f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in ROWS.items() if label not in without
    )
    return f"<table>{rows}<tr><td>答复</td><td>{LETTER}</td></tr></table>"


def read(content: str, frame: str = FRAME) -> Record:
    return parse(Page("x", frame.format(content).encode()))[0]


@pytest.mark.parametrize("without", [("签发人",), ("签发日期", "编号"), ("办理单位", "签发人", "签发日期")])
def test_an_absent_field_does_not_change_the_layout(without: tuple[str, ...]) -> None:
    assert read(form(*without)).layout == read(form()).layout


@pytest.mark.parametrize(
    "more",
    [
        LETTER.replace("修缮完毕", "修缮完毕，并设了<b>护栏</b>"),
        f'{LETTER}<p><a href="/a.pdf">附件.pdf</a></p>',
        f'<div class="Section{{}}">{LETTER}</div>'.format(7),
        LETTER.replace("<p>", '<p class="MsoNormal"><span>').replace("</p>", "</span></p>"),
    ],
)
def test_what_was_pasted_does_not_change_the_layout(more: str) -> None:
    head = "<h1>关于修缮渡口建议的答复</h1>"
    assert read(head + more).layout == read(head + LETTER).layout


def test_other_templates_and_forms_have_layouts_of_their_own() -> None:
    other = FRAME.replace("con12", "article")
    assert len({read(form()).layout, read(LETTER).layout, read(form(), other).layout, read(LETTER, other).layout}) == 4


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        ("", "unrecognised", "no-content"),
        ("<p>正在进行安全验证，请稍候</p>", "unrecognised", "no-content"),
        (
            "<h1>对县十二届人大三次会议第7号建议的答复</h1><p>正文见图。</p>" + "<p>县人民政府办公室编印</p>" * 3,
            "document",
            None,
        ),
        (LETTER, "reply", None),
    ],
)
def test_a_page_without_text_says_so(content: str, kind: str, code: str | None) -> None:
    record = read(content)
    assert record.type == kind
    assert [problem.code for problem in record.problems] == ([code] if code else [])
