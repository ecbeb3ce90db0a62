"""No cell of any CSV file for people is run as a formula."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.release.sheets import excel_cell
from archive.spreadsheets import FORMULA, guarded
from archive.web.export import guarded_cell

EDITIONS = [guarded, excel_cell, guarded_cell]
SIGNS = "=+-@＝＋－＠"
BLANKS = ("", " ", "\u3000", "\n", "\t", "\r", "\xa0", " \u3000 ", "\ufeff", "\u200b")


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("blank", BLANKS)
def test_a_sign_is_guarded_behind_whatever_does_not_show(edition: Callable[[str], str], sign: str, blank: str) -> None:
    assert edition(f'{blank}{sign}cmd|"/c calc"!A1').startswith("'")


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    "text", ["", "关于步道的建议", "a=b", "第7号", "2025-06-01", "（+1）", "\u3000\u3000江小舟代表："]
)
def test_other_text_stays(edition: Callable[[str], str], text: str) -> None:
    assert edition(text) == text


@given(st.text(st.sampled_from(SIGNS + "".join(BLANKS) + "a1'"), max_size=6))
def test_what_was_guarded_is_no_formula(text: str) -> None:
    assert not FORMULA.match(guarded(text))
