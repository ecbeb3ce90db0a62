"""Evidence quotes the page as it was printed; nothing of a page is lost without a problem that says so."""

from __future__ import annotations

import re

import pytest

from parsers import parse
from parsers.record import Page, Record

LETTER = "您提出的《关于修缮渡口的建议》收悉，现答复如下：渡口已于今年修缮完毕。"
MIRROR = (
    "<h1>關(guān)于對(duì)縣(xiàn)十二屆(jiè)人大三次會(huì)議(yì)第7號(hào)建議(yì)的答復(fù)</h1>"
    "<p>孟可代表：</p><p>您提出的《關(guān)于修繕(shàn)渡口的建議(yì)》收悉，現(xiàn)答復(fù)如下：渡口已修繕(shàn)。</p>"
    "<p>桃溪縣(xiàn)交通運(yùn)輸(shū)局</p><p>2024年5月6日</p>"
)


def read(body: str) -> Record:
    return parse(Page("x", f"<html><body>{body}</body></html>".encode()))[0]


def codes(record: Record) -> set[str]:
    return {problem.code for problem in record.problems}


@pytest.mark.parametrize("without", ["", r"\([a-zà-ǔ]+\)"], ids=["readings", "traditional"])
def test_evidence_of_a_mirror_is_what_it_printed(without: str) -> None:
    page = re.sub(without, "", MIRROR) if without else MIRROR
    record = read(page)
    assert (record.subject, record.host_departments) == ("关于修缮渡口的建议", ("桃溪县交通运输局",))
    for field in ("subject", "host_departments", "meeting", "reply_text"):
        assert record.evidence[field].quote in page, field


def test_a_paragraph_that_is_too_long_is_cut_with_a_problem() -> None:
    record = read(f"<p>孟可代表：</p><p>{LETTER}{'路况良好。' * 12_000}</p>")
    assert "too-long" in codes(record)
    assert record.proposers == ("孟可",)


@pytest.mark.parametrize("tag", ["div", "span", "table><tr><td", "ul><li"])
@pytest.mark.parametrize("depth", [300, 3_000, 100_000])
def test_no_depth_loses_the_letter(tag: str, depth: int) -> None:
    record = read(f"<{tag}>" * depth + f"<p>孟可代表：</p><p>{LETTER}</p>")
    assert record.proposers == ("孟可",)
    assert LETTER in (record.reply_text or "")


@pytest.mark.parametrize("frame", ["{}", "<table><tr><td>{}</td></tr></table>"], ids=["open", "in a layout table"])
def test_tabs_give_each_head_its_own_pane(frame: str) -> None:
    panes = ("<p>编号：7</p><p>办理单位：县交通局</p>", f"<p>孟可代表：</p><p>{LETTER}</p>", "<p>渡口年久失修。</p>")
    heads = "".join(f"<li>{head}</li>" for head in ("基本信息", "答复内容", "建议内容"))
    record = read(frame.format(f"<ul>{heads}</ul><div>" + "".join(f"<div>{pane}</div>" for pane in panes) + "</div>"))
    assert (record.number, record.proposal_text, record.proposers) == ("7", "渡口年久失修。", ("孟可",))
    assert LETTER in (record.reply_text or "")
