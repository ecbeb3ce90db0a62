"""Each field's table: what is read from which text. One TOML file per field, one test per line."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

TABLES = sorted(Path(__file__).parent.glob("*.toml"))


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text, the reader that gets it, and the value expected from it; no value means that nothing is found."""

    text: str
    value: Any = None
    by: str = "read"


def lines() -> list[Any]:
    """Every line of every table with an id that names table and text."""
    found = []
    for path in TABLES:
        table = msgspec.convert(tomllib.loads(path.read_text("utf-8"))["line"], list[Line])
        found += [pytest.param(path.stem, line, id=f"{path.stem}-{line.by}-{line.text[:40]!r}") for line in table]
    return found


def plain_value(result: Any) -> Any:
    """The value of a result without what is absent from it, as a table can say it."""
    value = msgspec.to_builtins(getattr(result, "value", result))
    if isinstance(value, dict):
        return {key: plain_value(part) for key, part in value.items() if part not in (None, [], ())}
    if isinstance(value, list | tuple):
        return [plain_value(part) for part in value]
    return value


@pytest.mark.parametrize(("field", "line"), lines())
def test_line(field: str, line: Line) -> None:
    reader = getattr(importlib.import_module(f"parsers.fields.{field}"), line.by)
    assert plain_value(reader(line.text)) == line.value


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_table_is_long_enough(path: Path) -> None:
    assert len(tomllib.loads(path.read_text("utf-8"))["line"]) >= 25
