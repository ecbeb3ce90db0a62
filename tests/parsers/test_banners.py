"""A site's greeting above a plain text is neither its title nor its text."""

from __future__ import annotations

import pytest

from parsers import parse
from parsers.record import Page

TITLE = "松溪县人民政府办公室关于印发松溪县河堤养护办法的通知"
BODY = "为加强河堤养护，根据有关规定，制定本办法。\n一、河堤由所在乡镇养护。\n二、养护费用列入预算。"


@pytest.mark.parametrize(
    "banner", ["欢迎您进入松溪县水利局网站！", "欢迎来到松溪县水利局网站", "欢迎您访问松溪县水利局"]
)
def test_banner(banner: str) -> None:
    page = f"{banner}\n\n今天是：\n\n{TITLE}\n\n作者：管理员  发布时间：2018-11-30 10:10\n\n{BODY}\n"
    [record] = parse(Page("notice.txt", page.encode()))
    assert (record.type, record.title, record.text) == ("document", TITLE, BODY)
