"""Draft a stored case from a page: ``python -m tests.draft_case NAME PATH [URL]``, then review expected.json by eye."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec

from parsers import parse
from parsers.record import Page

LEFT_OUT = ("source", "part", "layout", "evidence", "parser")


def draft(name: str, path: Path, url: str | None) -> Path:
    """Write tests/pages/NAME with the page, its meta.toml and the records that the parsers read now."""
    folder = Path(__file__).parent / "pages" / name
    folder.mkdir(parents=True)
    body = path.read_bytes()
    (folder / f"page{path.suffix}").write_bytes(body)
    (folder / "meta.toml").write_text(
        f'page = "page{path.suffix}"\n' + (f"url = {json.dumps(url)}\n" if url else ""), encoding="utf-8"
    )
    records = [json.loads(msgspec.json.encode(record)) for record in parse(Page(name, body, url))]
    kept = [{field: value for field, value in record.items() if field not in LEFT_OUT} for record in records]
    (folder / "expected.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return folder


if __name__ == "__main__":
    folder = draft(sys.argv[1], Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
    sys.stdout.write(f"{folder}: read expected.json against the page before you keep it\n")
