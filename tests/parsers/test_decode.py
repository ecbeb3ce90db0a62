"""The ladder: each rung, and the damage it must survive without losing text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.decode import decode

TEXT = "<p>桃溪县澥镕水务局关于整修古桥的答复</p>" * 40
GB_PAGE = '<meta charset="gb2312">' + TEXT
WIDE = "\U00020164㙟"  # characters that only GB18030 holds


@pytest.mark.parametrize(
    ("body", "content_type", "encoding"),
    [
        pytest.param(TEXT.encode(), None, "utf-8", id="utf8-undeclared"),
        pytest.param(GB_PAGE.encode(), None, "utf-8", id="utf8-declared-gb2312"),
        pytest.param(TEXT.encode(), "text/html; charset=iso-8859-1", "utf-8", id="utf8-header-latin1"),
        pytest.param(b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=gbk", "utf-8", id="utf8-bom"),
        pytest.param(b"\xff\xfe" + TEXT.encode("utf-16-le"), None, "utf-16-le", id="utf16-bom"),
        pytest.param((GB_PAGE + WIDE).encode("gb18030"), None, "gb18030", id="gb18030-declared-gb2312"),
        pytest.param((TEXT + WIDE).encode("gb18030"), None, "gb18030", id="gb18030-undeclared"),
        pytest.param(TEXT.encode("gb18030"), "text/html; charset=utf-8", "gb18030", id="gbk-header-utf8"),
        pytest.param(TEXT.encode("gb18030"), "text/html; charset=ISO-8859-1", "gb18030", id="gbk-header-latin1"),
        pytest.param(b"<!--" + b"x" * 6000 + b"-->" + GB_PAGE.encode("gb18030"), None, "gb18030", id="late-meta"),
    ],
)
def test_clean_pages_are_read_whole(body: bytes, content_type: str | None, encoding: str) -> None:
    decoded = decode(body, {"content-type": content_type} if content_type else {})
    assert decoded.encoding == encoding
    assert decoded.replaced == 0
    assert TEXT in decoded.text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("declared", ["", '<meta charset="gb2312">', '<meta charset="utf-8">'])
@pytest.mark.parametrize("damage", ["stray", "cut", "both"])
def test_a_bad_byte_costs_one_character_and_not_the_page(encoding: str, declared: str, damage: str) -> None:
    body = (declared + TEXT + "终").encode(encoding)
    body = body[:-1] if damage in ("cut", "both") else body
    body = body.replace(b"<p>", b"\xff<p>", 1) if damage in ("stray", "both") else body
    decoded = decode(body, {})
    assert decoded.encoding == encoding
    assert 0 < decoded.replaced <= 2
    assert decoded.text.count("关于整修古桥的答复") == 40
    assert "undecodable" in [problem.code for problem in decoded.problems]


@pytest.mark.parametrize("footer", ["版权所有", "版权所有桃溪县人民政府"])
@pytest.mark.parametrize("declared", ["", '<meta charset="gb2312">'])
def test_a_gbk_footer_does_not_turn_a_utf8_page_into_nonsense(footer: str, declared: str) -> None:
    decoded = decode((declared + TEXT).encode() + footer.encode("gb18030"), {})
    assert decoded.encoding == "utf-8"
    assert TEXT in decoded.text


def test_big5_is_read_where_nothing_else_fits() -> None:
    text = "<p>" + "關於整修古橋的答覆，經研究如下：我們已經辦理完畢。" * 20
    assert decode(text.encode("big5"), {"content-type": "text/html; charset=big5"}).text == text


@pytest.mark.parametrize("charset", ["hex", "utf-7", "idna", "undefined", "x" * 5000, "unicode_escape", "zlib"])
def test_a_declaration_of_no_text_encoding_is_ignored(charset: str) -> None:
    body = f'<meta charset="{charset}">{TEXT}'.encode("gb18030")
    assert TEXT in decode(body, {"content-type": f"text/html; charset={charset}"}).text


def test_nul_bytes_are_removed_and_reported() -> None:
    decoded = decode(b"<p>\0a\0b</p>", {})
    assert decoded.text == "<p>ab</p>"
    assert [problem.code for problem in decoded.problems] == ["nul-bytes"]


@given(
    st.binary(max_size=400),
    st.sampled_from([{}, {"content-type": "text/html; charset=gb2312"}, {"content-type": ";="}]),
)
def test_any_bytes_give_a_text_that_can_be_stored(body: bytes, headers: dict[str, str]) -> None:
    decoded = decode(body, headers)
    decoded.text.encode("utf-8")
    assert "\0" not in decoded.text
    assert decoded.replaced == decoded.text.count("\ufffd")
    assert decode(body, headers) == decoded
