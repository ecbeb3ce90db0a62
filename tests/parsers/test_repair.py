"""Mirrors and misread encodings undone; ordinary pages untouched."""

from __future__ import annotations

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.repair import brand, repair

PLAIN = (
    "尊敬的丁一鸣代表：您在桃溪县十二届人大二次会议上提出的《关于整修古桥的建议》收悉，经研究，现将办理情况答复如下："
    "我们实地察看了县里的三座桥，发现问题较多，国家和省里都有规定，为此会同有关单位开展了整治。桃溪县人民政府"
)
TRADITIONAL = opencc.OpenCC("s2t").convert(PLAIN)
READINGS = {"縣": "xiàn", "會": "huì", "議": "yì", "關": "guān", "橋": "qiáo", "們": "men", "實": "shí", "開": "kāi"}
PINYIN = "".join(
    f"{character}({READINGS[character]})" if character in READINGS else character for character in TRADITIONAL
)


def test_an_ordinary_page_comes_back_as_the_same_object() -> None:
    repaired = repair(PLAIN)
    assert repaired.text is PLAIN
    assert repaired.mirror is None
    assert repaired.changed == ()


def test_traditional_characters_become_simplified() -> None:
    repaired = repair(TRADITIONAL)
    assert (repaired.text, repaired.mirror, repaired.changed) == (PLAIN, "traditional", ("traditional",))


def test_pinyin_in_brackets_goes_with_the_traditional_characters() -> None:
    repaired = repair(PINYIN)
    assert (repaired.text, repaired.mirror, repaired.changed) == (
        PLAIN,
        "traditional-pinyin",
        ("pinyin", "traditional"),
    )


def test_a_reading_cut_off_at_the_end_of_the_text_goes_too() -> None:
    assert repair(PINYIN + "開(kā").text == PLAIN + "开"


def test_a_page_that_quotes_a_few_traditional_characters_stays() -> None:
    quoting = PLAIN * 3 + "碑上刻着「縣議會關防」。"
    assert repair(quoting).text is quoting


@pytest.mark.parametrize("brand_name", ["金宝国际登录入口", "好运娱乐官网平台", "万豪8体育app下载"])
def test_a_brand_in_the_place_of_a_name_is_found(brand_name: str) -> None:
    page = PLAIN.replace("桃溪县", brand_name) + f"版权所有：{brand_name}人民政府"
    assert repair(page).mirror == "brand-swap"
    assert repair(page).text == page
    assert (brand(page) or "").endswith(brand_name[-6:])


@pytest.mark.parametrize(
    "text", ["政务服务平台 人民政府", "平台人民政府", "请注册后登录。桃溪县人民政府 桃溪县人民政府"]
)
def test_ordinary_words_before_the_government_are_no_brand(text: str) -> None:
    assert brand(text) is None


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_sent_as_windows_1252_is_read_again(encoding: str) -> None:
    raw = PLAIN.encode(encoding)
    shown = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in raw)
    html = "".join(f"<p>{part}</p>" for part in (shown, "café", "<b>plain</b>"))
    html = html.replace(shown, "</p><p>".join([shown] * 5))
    repaired = repair(html)
    assert repaired.text.count(PLAIN) == 5
    assert repaired.changed == ("encoding",)


@given(st.text(alphabet=st.sampled_from("會關議對區(xiàn)（）的。。，，äåµÄÖÐ¹ú 人民政府入口a1\0\ufffd"), max_size=120))
def test_repair_ends_where_it_began_on_a_second_run(text: str) -> None:
    once = repair(text)
    assert repair(once.text).text == repair(repair(once.text).text).text
    assert bool(once.changed) == (once.text != text)
