"""What every field reader keeps for any text: it never raises, invents no characters and proves what it found."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.found import Found

READERS = [
    ("number", "read"),
    ("number", "find"),
    ("meeting", "find"),
    ("people", "read"),
    ("people", "find"),
    ("people", "salutation"),
    ("departments", "read"),
    ("departments", "roles"),
    ("departments", "find_co"),
    ("departments", "find_host"),
    ("departments", "signature"),
    ("departments", "title_organ"),
    ("dates", "read"),
    ("dates", "find"),
    ("category", "read"),
    ("category", "line"),
    ("status", "read"),
    ("disclosure", "read"),
    ("disclosure", "find"),
    ("doc_number", "read"),
    ("doc_number", "own"),
    ("doc_number", "find"),
    ("citations", "find"),
    ("contacts", "read"),
    ("contacts", "find"),
    ("signer", "read"),
    ("signer", "find"),
    ("subject", "read"),
    ("subject", "find"),
    ("kind", "read"),
    ("kind", "of_path"),
]
PIECES = st.sampled_from(
    [
        *(
            "第",
            "号",
            "届",
            "次会议",
            "会议",
            "人大",
            "政协",
            "委员会",
            "代表",
            "委员",
            "等",
            "3名",
            "尊敬的",
            "：",
            "、",
            "，",
        ),
        *(
            "《",
            "》",
            "“",
            "”",
            "关于",
            "的建议",
            "的提案",
            "〔2024〕",
            "（2023）",
            "2021年8月4日",
            "二〇二四年",
            "联系人",
            "电话",
        ),
        *(
            "0571-5550123",
            "签发人",
            "县",
            "市",
            "区",
            "桃溪县",
            "水务局",
            "会办",
            "A类",
            "公开",
            "主动公开",
            "\n",
            " ",
            "\u3000",
        ),
        *(
            "十二",
            "12",
            "１２",
            "*",
            "张",
            "王小明",
            "·",
            "(",
            ")",
            "由",
            "经",
            "商",
            "收悉",
            "您提出的",
            "局",
            "\0",
            "\ufffd",
        ),
    ]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=24).map("".join))


def reader(field: str, name: str) -> Callable[[str], Any]:
    function: Callable[[str], Any] = getattr(importlib.import_module(f"parsers.fields.{field}"), name)
    return function


@pytest.mark.parametrize(("field", "name"), READERS, ids=[f"{field}.{name}" for field, name in READERS])
@given(text=TEXTS)
def test_any_text_gives_a_proven_value_or_nothing(field: str, name: str, text: str) -> None:
    found = reader(field, name)(text)
    if found is None:
        return
    assert isinstance(found, Found)
    assert found.value not in (None, "", ())
    assert found.quote
    assert 0 < found.confidence <= 1
    pieces = found.quote.split(" … ") if field == "citations" else [found.quote]
    assert all(piece in text for piece in pieces) or len(found.quote) >= 400
