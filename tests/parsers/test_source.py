"""What is taken out of a source before its tree, and what must stay."""

from __future__ import annotations

import pytest

from parsers import document
from parsers.record import Page
from parsers.source import with_marks, with_short_menus, without_code


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("a<!-- x -->b", "ab"),
        ("a<script>x='<p>'</script >b", "ab"),
        ("a<SCRIPT>x</SCRIPT>b<script>y</script>c", "abc"),
        ("a<style>x</STYLE>b<select><option>y</select>c", "abc"),
        ('a<script>"<!--"</script>b<!-- c -->d', "abd"),
        ("a<!-- b", "a<!-- b"),
        ("a<script>b", "a<script>b"),
        ("a<s-- b --><!cript>c", "a<s-- b --><!cript>c"),
        ("a<scripts>b</scripts>", "a<scripts>b</scripts>"),
    ],
)
def test_code_goes_and_what_is_never_closed_stays(source: str, left: str) -> None:
    assert without_code(source.encode()).decode() == left


ITEM = '<li class="m"><a href="/a/1.html">{}</a>{}</li>\n'
LONG = "关于全市道路改造工作的通知"


@pytest.mark.parametrize(
    ("items", "short"),
    [
        ([("政务公开", "")] * 3, '<ul data-titles="0"></ul>'),
        ([(LONG, "5-06"), (LONG, "<i>[2024-05-06]</i>"), ("更多", "")], '<ul data-titles="2"></ul>'),
        ([(LONG, "")] * 9, '<ul data-titles="3"></ul>'),
        ([("政务公开", "")] * 2, None),
        ([("政务公开", "")] * 3 + [("编号", "这里是一段不属于链接的较长的正文内容。")], None),
        ([("答复.pdf", "")] * 3, None),
        ([("<table><tr><td>编号</table>", "")] * 3, None),
    ],
)  # fmt: skip
def test_only_lists_of_nothing_but_links_are_shortened(items: list[tuple[str, str]], short: str | None) -> None:
    source = "<ul>" + "".join(ITEM.format(*item) for item in items) + "</ul>"
    assert with_short_menus(f"<p>一</p>{source}<p>二</p>") == f"<p>一</p>{short or source}<p>二</p>"


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("<p>一</p> <p class=x>二<br/>三</p>\n<p>四</p>", ["一", "二", "三", "四"]),
        ("<p><span>编号</span><span lang=x>第98号<o:p></o:p></span></p>", ["编号：第98号"]),
        ("<p><span>一</span><span>编号</span><span>第98号</span></p>", ["一编号第98号"]),
        ("<p><span>甲乙</span></p><p><span>类别</span><span>A</span></p><p>尾</p>", ["甲乙", "类别：A", "尾"]),
        ("<p>一</p><p><span> </span><span>编号</span><span>98</span></p>", ["一", "编号：98"]),
        ("""<p>一</p><p title="a>b" class='c>d'>二</p><p>三<br/></p>""", ["一", "二", "三"]),
        ("<p>一</p><p>甲 > 乙</p><p>三</p>", ["一", "甲 > 乙", "三"]),
        ("<p>倍感鼓\x06舞</p><p>二</p><p>三\x06</p>", ["倍感鼓\x06舞", "二", "三\x06"]),
    ],
)
def test_marks_say_what_the_tags_said(source: str, lines: list[str]) -> None:
    read = document.read(Page("x", f"<html><body>{source}</body></html>".encode()))
    assert [block.text for block in read.blocks.items] == lines
    assert with_marks(source)[1] > 0


def test_a_tag_that_never_ends_takes_no_more_with_it_than_to_the_next() -> None:
    read = document.read(Page("x", "<body><p>一<me。</p><p>二</p><p>三</p></body>".encode()))
    assert "三" in [block.text for block in read.blocks.items]
