"""The text of pages that answer nothing: what stands round it is none of it (``edges.toml``)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from parsers import parse
from parsers.record import Page, Record

EDGES = tomllib.loads(Path(__file__).with_name("edges.toml").read_text(encoding="utf-8"))["edge"]
NOTICE = (
    "各镇人民政府、街道办事处，区政府各部门：",
    "为做好今年建议、提案的办理工作，现将有关事项通知如下：",
    "一、征集时间",
    "各承办单位于5月底前报送办理计划。",
    "二、办理时限",
    "建议、提案应当自交办之日起三个月内办结，并书面答复代表、委员。",
    "兰溪区人民政府办公室",
    "2024年5月5日",
)
NEWS = (
    "5月16日上午，区政协主席李长河率队督办重点提案《关于加快老旧小区加装电梯的提案》，部分委员参加。",
    "座谈会上，委员们围绕资金筹措、管线迁改、运行维护等问题提出了意见建议。",
    "李长河指出，加装电梯是民生实事，要倒排工期，确保年内完成120台安装任务。",
)
ORIGINAL = (
    "目前我区60岁以上老年人口已达8.6万人，社区养老服务设施总量不足、布局不均。",
    "具体建议：",
    "一、把社区养老服务设施纳入控制性详细规划。",
    "二、提高运营补贴标准，对连续运营三年以上的给予奖励。",
)
PAGES = {
    "notice": ("关于做好2024年人大代表建议和政协提案办理工作的通知", "通知公告", NOTICE),
    "news": ("区政协开展重点提案督办活动", "政协要闻", NEWS),
    "original": ("关于加快推进社区养老服务设施建设的提案", "提案工作 > 提案选登", ORIGINAL),
}


def read(kind: str, lines: tuple[str, ...], where: str = "", html: str = "") -> Record:
    title, column, _ = PAGES[kind]
    parts = {name: html if name == where else "" for name in ("above", "inside", "end", "behind")}
    content = "".join(f"<p>{line}</p>" for line in lines)
    page = (
        f"<title>{title}_兰溪区人民政府</title><div>首页 > {column}</div><h1>{title}</h1><div>2024-05-06</div>"
        f"{parts['above']}<div>{parts['inside']}{content}{parts['end']}</div>{parts['behind']}"
    )
    return parse(Page("page", page.encode()))[0]


@pytest.mark.parametrize(
    ("edge", "kind"),
    [
        pytest.param(edge, kind, id=f"{edge['what']}, {kind}")
        for edge in EDGES
        for kind in edge.get("of", ("notice", "news", "original"))
    ],
)
def test_edges(edge: dict[str, str], kind: str) -> None:
    lines = PAGES[kind][2]
    assert read(kind, lines, edge["where"], edge["html"]).text == "\n".join(lines)


@pytest.mark.parametrize(
    "lines",
    [
        (
            "案由：我区社区养老服务设施总量不足、布局不均的问题突出，群众反映强烈。",
            "案据：老城区没有预留养老服务设施用地，新建小区配建不到位。",
            "方案：一、纳入规划；二、提高补贴标准；三、引进专业机构。",
        ),
        (
            "背景情况",
            "我区社区养老服务设施总量不足、布局不均的问题突出，群众反映强烈。",
            "具体建议",
            "一、纳入规划；二、提高补贴标准；三、引进专业机构。",
        ),
    ],
)
def test_headings_of_a_suggestion(lines: tuple[str, ...]) -> None:
    record = read("original", lines, "above", "<div>提案号：058　提案人：张小红</div>")
    assert (record.text, record.subject) == ("\n".join(lines), PAGES["original"][0])


def test_title_printed_again_below_the_text_stays() -> None:
    lines = (*NOTICE, PAGES["notice"][0], "第一条 承办单位应当在三个月内答复。", "第二条 本办法自印发之日起施行。")
    assert read("notice", lines).text == "\n".join(lines)


def test_tabs_that_are_no_links() -> None:
    page = (
        "<h1>关于修建河堤的提案</h1><div><div>提案人</div><div>张明</div></div>"
        "<div><span>提案内容</span><span>办理答复</span></div><div><p>河堤年久失修，建议重修并加高。</p></div>"
        "<div><p>张明委员：</p><p>您提出的《关于修建河堤的提案》收悉，现答复如下：</p><p>河堤已于6月底重修。</p></div>"
    )
    assert parse(Page("page", page.encode()))[0].proposal_text == "河堤年久失修，建议重修并加高。"


def test_proposer_under_the_title() -> None:
    assert read("original", ORIGINAL, "above", "<div>区政协委员 张小红</div>").proposers == ("张小红",)


def test_neighbours_in_plain_text() -> None:
    title, _, lines = PAGES["news"]
    around = ("上一篇", "关于召开建议提案交办会的通知", "下一篇", "没有了", "相关阅读", "区政协召开主席会议")
    page = "\n".join((title, "发布日期:", "2024-05-16", "浏览次数:", "120", *lines, *around))
    assert parse(Page("page", page.encode()))[0].text == "\n".join(lines)


def test_whom_to_ask_ends_an_explanation() -> None:
    lines = (
        "一、背景",
        "近年来建议、提案的数量增加，办理工作需要规范。",
        "二、时间",
        "自4月1日起施行。",
        "解读机关：区政府办公室",
    )
    assert read("notice", (*lines, "解读人：王小明")).text == "\n".join((*lines, "解读人：王小明"))


@pytest.mark.parametrize(
    ("lines", "below"),
    [
        (NEWS, "<table><tr><td>区水利局</td><td>12件</td></tr></table>"),
        ((*NEWS, "现将今年的重点提案公布如下："), "<div>1.关于重修河堤的提案</div>"),
        (NOTICE[:-2], "<div>兰溪区人民政府办公室</div><div>2024年5月5日</div>"),
    ],
)
def test_what_goes_on_outside_of_the_container(lines: tuple[str, ...], below: str) -> None:
    text = read("notice", lines, "behind", below).text or ""
    assert text.startswith("\n".join(lines) + "\n")
