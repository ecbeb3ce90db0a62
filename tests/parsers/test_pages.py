"""Stored pages with the records expected of them: a folder per case, one test per field; a new case needs no code."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from parsers import parse
from parsers.record import Page

PAGES = Path(__file__).parents[1] / "pages"
SHARED = Path(__file__).parents[2].parent / "shared" / "pages"


@cache
def records(case: str) -> list[dict[str, Any]]:
    folder = PAGES / case
    meta = tomllib.loads((folder / "meta.toml").read_text(encoding="utf-8"))
    body = (folder / meta["page"]).read_bytes()
    page = Page(case, body, meta.get("url"), meta.get("headers", {}))
    return [json.loads(msgspec.json.encode(record)) for record in parse(page)]


def expected() -> list[Any]:
    found = []
    for folder in sorted(PAGES.iterdir()):
        for part, fields in enumerate(json.loads((folder / "expected.json").read_text(encoding="utf-8"))):
            found += [
                pytest.param(folder.name, part, *pair, id=f"{folder.name}-{part}-{pair[0]}") for pair in fields.items()
            ]
    return found


@pytest.mark.parametrize(("case", "part", "field", "value"), expected())
def test_field(case: str, part: int, field: str, value: Any) -> None:
    record = records(case)[part]
    assert record[field] == value
    if value and field in record["evidence"]:
        assert record["evidence"][field]["quote"]


REAL = {
    "000_bdc783b1c81c64e4.txt": {
        "type": "reply", "kind": "proposal", "number": "98", "status": "已办结", "signer": "陈帆", "category": "A",
        "proposers": ["杨彬"], "host_departments": ["安康高新技术产业开发区管理委员会"],
        "sign_date": "2025-06-04T12:48:00+08:00", "publish_date": "2025-06-04T12:48:00+08:00",
    },
    "001_22d7242a70a386e5.txt": {"type": "document", "publish_date": "2018-11-30T10:10:00+08:00"},
    "002_63fabe975af94394.txt": {"type": "document", "title": None, "mirror": "traditional-pinyin"},
    "003_74684bb8aa156b56.txt": {
        "type": "document", "title": "以新发展理念引领产业园高质量发展", "publish_date": "2021-01-06",
    },
    "004_95a9f0f3304fc312.txt": {
        "type": "reply", "kind": "suggestion", "number": "61", "proposers": ["潘杨"], "host_departments": ["区经信局"],
        "co_departments": ["区投资促进中心", "区发改局", "区国资中心"], "signer": None, "sign_date": None,
        "publish_date": None, "category": None, "status": None,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_pages(name: str) -> None:
    if not (SHARED / name).exists():
        pytest.skip("../shared/pages is not there")
    record = json.loads(msgspec.json.encode(parse(Page(name, (SHARED / name).read_bytes()))[0]))
    assert {field: record[field] for field in REAL[name]} == REAL[name]
    texts = "".join(filter(None, (record["reply_text"], record["proposal_text"], record["text"])))
    assert "智能搜索" not in texts
    assert "扫一扫" not in texts
    assert "全国热线" not in texts
