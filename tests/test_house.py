"""The nevers of the design, held against the imports and the text of the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("crawler", "parsers", "archive")
MODULES = [path.relative_to(ROOT) for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
FORBIDDEN = {"parsers": {"crawler", "archive"}, "crawler": {"archive"}, "archive": {"crawler"}}
IMPURE = {"sqlite3", "socket", "urllib.request", "http.client", "logging", "time", "requests", "scrapy"}


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of every module that a file imports."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_arrows_go_one_way(path: Path) -> None:
    room = path.parts[0]
    allowed_to_cross = path.parts[:2] == ("archive", "cli")
    crossing = [
        f"{path}:{line} imports {name}"
        for line, name in imports(path)
        if name.split(".")[0] in FORBIDDEN[room] and not allowed_to_cross
    ]
    assert crossing == []


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[0] == "parsers"], ids=str)
def test_parsers_touch_no_network_clock_database_or_log(path: Path) -> None:
    assert [f"{path}:{line} imports {name}" for line, name in imports(path) if name in IMPURE] == []


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_nothing_is_swallowed(path: Path) -> None:
    broad = [
        f"{path}:{node.lineno}"
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
    ]
    assert broad == []


def test_no_site_is_named_in_code() -> None:
    hosts = {
        host.removeprefix("www.")
        for file in (ROOT / "crawler" / "sites").glob("*.toml")
        for host in tomllib.loads(file.read_text(encoding="utf-8")).get("hosts", [])
    }
    named = [
        f"{path}: {host}" for path in MODULES for host in hosts if host in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert named == []


def test_templates_do_not_read_the_private_store() -> None:
    web = ROOT / "archive" / "web"
    reading = [
        str(path) for path in web.rglob("*") if path.suffix in {".py", ".html"} and "store.db" in path.read_text()
    ]
    assert reading == []


def test_no_group_is_possessive() -> None:
    """Before Python 3.11.5, which stable systems have, such a group matches wrongly; ``(?>...)`` does not."""
    possessive = re.compile(r"\)(?:[*+?]|\{+\d*,?\d*\}+)\+")
    found = [
        f"{path}: {match[0]}" for path in MODULES for match in possessive.finditer((ROOT / path).read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("module", ["archive.cli", "archive.publish", "archive.release", "archive.health"])
def test_what_parses_nothing_does_not_wait_for_the_rules(module: str) -> None:
    """The patterns of the rules take half a second to compile."""
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print('parsers.parsing' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout == "False\n"
