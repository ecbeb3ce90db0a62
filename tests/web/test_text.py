"""Paragraphs, snippets and differences: nothing of a text is lost, nothing costs more than its length."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.web.charts import shade, stacked, step
from archive.web.diff import changes, diff
from archive.web.text import body_start, marked, paragraphs, snippet

TEXTS = st.text(alphabet="一二三、。甲乙：\n老年食堂a1 ", max_size=200)


@given(TEXTS, st.lists(st.text(alphabet="甲乙老年食堂a", min_size=1, max_size=3), max_size=3))
def test_marking_keeps_every_character(text, words):
    assert "".join(piece for piece, _ in marked(text, words)) == text


@given(TEXTS)
def test_paragraphs_keep_every_line(text):
    lines = [line.strip(" \t\u3000") for line in text.split("\n")]
    assert [p.lead + p.rest for p in paragraphs(text, "x")] == [line for line in lines if line]


@given(TEXTS, TEXTS)
@settings(deadline=None)
def test_a_difference_holds_both_texts(old, new):
    pieces = diff(old, new)
    assert sum(len(p.text) for p in pieces if p.kind == "del") <= len(old)
    assert "".join(p.text for p in pieces if p.kind != "ins") == old
    assert "".join(p.text for p in pieces if p.kind != "del") == new


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("程以宁代表：您提出的《关于停车的建议》收悉，现答复如下：一、基本情况", "一、基本情况"),
        ("程以宁委员：\n现就提案函复如下。感谢关心", "感谢关心"),
        ("尊敬的各位代表：停车的事我们已经办了", "停车的事我们已经办了"),
        ("没有称呼的答复", "没有称呼的答复"),
    ],
)
def test_where_the_answer_begins(text, rest):
    assert text[body_start(text) :].strip() == rest


def test_a_snippet_shows_the_words_wherever_they_stand():
    text = "程以宁代表：现答复如下：" + "前面的话。" * 100 + "这里说到立体车库的选址。" + "后面的话。" * 100
    pieces = snippet(text, ["立体车库"])
    assert ("立体车库", True) in pieces
    assert len("".join(t for t, _ in pieces)) < 130


def test_headings_lead_and_closing_lines():
    roles = [p.role for p in paragraphs("程以宁代表：\n一、基本情况\n正文一段。\n云泽市民政局\n2024年5月6日", "x")]
    assert roles == ["salutation", "heading", "body", "closing", "closing"]


@pytest.mark.parametrize(
    ("line", "role", "lead"),
    [
        ("一、基本情况", "heading", "一、基本情况"),
        ("二、关于停车。", "heading", "二、关于停车。"),
        ("三、关于停车。今年新增泊位三百个。", "body", "三、关于停车。"),
        ("四、审批由五个环节合并为一次受理，时限压缩到十五天。", "body", ""),
    ],
)
def test_a_numbered_sentence_is_no_heading(line: str, role: str, lead: str):
    found = paragraphs(f"程以宁代表：\n{line}\n正文一段。\n又一段。\n又一段。\n又一段。\n又一段。", "x")[1]
    assert (found.role, found.lead) == (role, lead)


def test_short_sentences_under_numbers_one_after_the_other_are_a_list():
    lines = [
        "程以宁代表：",
        "一、今年改建三处。",
        "二、补助提高到十八万元。",
        "感谢您的支持。",
        "三、关于停车。",
        "又一段。",
        "又一段。",
        "（一）又一段。",
    ]
    roles = [p.role for p in paragraphs("\n".join([*lines, "四、又一段。"]), "x")]
    assert roles == ["salutation", "body", "body", "body", "heading", "body", "body", "heading", "heading"]


def test_one_changed_word_is_one_change():
    pieces = diff("甲。今年再建四处，选址已定。乙。", "甲。今年再建六处，选址已定。乙。")
    assert [(p.kind, p.text) for p in pieces if p.kind in ("del", "ins")] == [("del", "四"), ("ins", "六")]
    assert changes(pieces) == 1


@pytest.mark.parametrize("old", ["甲" * 50_000, "甲乙。" * 20_000, "。" * 50_000, "甲乙丙丁" * 100])
def test_a_difference_of_anything_ends_soon(old):
    started = time.perf_counter()
    diff(old, "乙" + old[::-1] + "丙")
    assert time.perf_counter() - started < 5


@given(st.integers(min_value=1, max_value=10**9))
def test_a_chart_has_at_most_four_lines(most):
    assert most / step(most) <= 4


def test_charts_of_nothing_and_of_one():
    assert stacked([], ["a"]).columns == ()
    assert stacked([("2024", {})], ["a"]).columns[0].bars == ()
    assert [shade(n, 100) for n in (0, 1, 100)] == [0, 1, 5]
