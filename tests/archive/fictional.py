"""Fictional pages for the archive's tests."""

from __future__ import annotations

import hashlib
from typing import Any

from parsers.record import Capture, Evidence, Meeting, ParsedPage, Record

SITE = {
    "id": "qinghe",
    "name": "青禾市人民政府",
    "division": "990100",
    "province": "青禾",
    "host": "www.qinghe.example",
    "family": "node_content",
    "verified": True,
}
URL = "https://www.qinghe.example/Content-1.html"
START = "2025-06-01T00:00:00Z"


def record(**fields: Any) -> Record:
    """A complete reply; ``fields`` replaces any of its values."""
    values: dict[str, Any] = {
        "source": URL,
        "type": "reply",
        "kind": "proposal",
        "title": "关于建设河滨步道的建议",
        "subject": "关于建设河滨步道的建议",
        "number": "98",
        "numbers": ("98",),
        "meeting": Meeting("cppcc", "市", "青禾市", 16, 4),
        "proposers": ("江小舟",),
        "host_departments": ("青禾市园林局",),
        "signer": "林远",
        "category": "A",
        "sign_date": "2025-05-20",
        "proposal_text": "河边没有步道,散步的人走在车道上。",
        "reply_text": "江小舟委员:\n您提出的建议收悉。步道已经列入今年的计划。",
        "layout": "form-1",
        "evidence": {"number": Evidence("label", "编号", "第98号", 1.0)},
        "parser": "1",
    }
    return Record(**(values | fields))


def page(*records: Record, url: str = URL, time: str = START, body: str | None = None, **fields: Any) -> ParsedPage:
    """A captured page with these records; ``body`` stands for its bytes."""
    content = body if body is not None else repr(records)
    digest = "sha256:" + hashlib.sha256(content.encode()).hexdigest()
    values: dict[str, Any] = {"site": "qinghe", "status": 200, "attachment_of": None} | fields
    capture = Capture(url, time, values["status"], digest)
    return ParsedPage(values["site"], capture, records, values["attachment_of"])
