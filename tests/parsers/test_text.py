"""Folding, white space and numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.text import fold, numeral, paragraphs, plain, squeeze, tidy


def test_fold_keeps_punctuation_and_drops_what_cannot_be_seen() -> None:
    assert fold("ＴＡ２０２２：（甲）\u200b\u3000\xa0x\ufeff") == "TA2022：（甲）  x"


def test_plain_has_one_kind_of_each_mark() -> None:
    assert plain("（１）：【2024】［2024］﹝2024﹞〖2024〗，○〇—–") == "(1):〔2024〕〔2024〕〔2024〕〔2024〕,〇〇--"


def test_paragraphs_are_trimmed_and_single() -> None:
    assert (
        paragraphs("  一、修桥。。\r\n\r\n\u3000\u3000二、，铺路……——\t\r三  四 ") == "一、修桥。\n二、，铺路……——\n三 四"
    )


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("16", 16), ("十六", 16), ("二十", 20), ("十", 10), ("廿三", 23), ("一百零六", 106), ("二百", 200),
        ("二一", 21),
        ("〇八", 8), ("", None), ("第", None), ("九" * 20, None),
    ],
)  # fmt: skip
def test_numerals(printed: str, value: int | None) -> None:
    assert numeral(printed) == value


@given(st.text(max_size=60))
def test_folding_is_stable_and_plain_keeps_length(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert len(plain(text)) == len(text)
    assert plain(plain(text)) == plain(text)
    assert paragraphs(paragraphs(text)) == paragraphs(text)
    assert tidy(tidy(text)) == tidy(text)
    assert not any(character.isspace() for character in squeeze(text))
