"""Draft a stored case from a page: ``python -m tests.draft_case NAME PATH [URL]``, then review expected.json by eye."""

from __future__ import annotations

import sys
from pathlib import Path

from archive.repair import draft_case
from parsers.record import Page


def draft(name: str, path: Path, url: str | None) -> Path:
    """Write tests/pages/NAME with the page, its meta.toml and the records that the parsers read now."""
    return draft_case(Path(__file__).parent / "pages" / name, Page(str(path), path.read_bytes(), url))


if __name__ == "__main__":
    folder = draft(sys.argv[1], Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
    sys.stdout.write(f"{folder}: read expected.json against the page before you keep it\n")
