"""What is taken out of a source before its tree, and what must stay."""

from __future__ import annotations

import pytest

from parsers.source import with_short_menus, without_code


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
    assert without_code(source) == left


ITEM = '<li class="m"><a href="/a/1.html">{}</a>{}</li>\n'
LONG = "关于全市道路改造工作的通知"


@pytest.mark.parametrize(
    ("items", "short"),
    [
        ([("政务公开", "")] * 3, '<ul data-links="3" data-titles="0"></ul>'),
        ([(LONG, "5-06"), (LONG, "<i>[2024-05-06]</i>"), ("更多", "")], '<ul data-links="3" data-titles="2"></ul>'),
        ([("政务公开", "")] * 2, None),
        ([("政务公开", "")] * 3 + [("编号", "这里是一段不属于链接的较长的正文内容。")], None),
        ([("答复.pdf", "")] * 3, None),
        ([("<table><tr><td>编号</table>", "")] * 3, None),
    ],
)  # fmt: skip
def test_only_lists_of_nothing_but_links_are_shortened(items: list[tuple[str, str]], short: str | None) -> None:
    source = "<ul>" + "".join(ITEM.format(*item) for item in items) + "</ul>"
    assert with_short_menus(f"<p>一</p>{source}<p>二</p>") == f"<p>一</p>{short or source}<p>二</p>"
