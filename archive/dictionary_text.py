"""The data dictionary as Markdown: ``docs/data.md`` and the release's DATA_DICTIONARY.md.

``python -m archive.dictionary_text`` rewrites ``docs/data.md``; a test keeps it equal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from archive.dictionary import Column, SchemaColumn, SchemaTable, load, schema

INTRODUCTION = """\
# 数据字典 Data dictionary

<!-- Generated from archive/dictionary.yaml by `python -m archive.dictionary_text`; do not edit. -->

空值表示页面没有写明，从不猜测；没有空字符串。日期为 `YYYY-MM-DD`，时间为 ISO 8601。

Empty means that the page does not say it; nothing is guessed, and there are no empty strings. Dates are `YYYY-MM-DD`,
times ISO 8601.
"""


def markdown(filled: Mapping[tuple[str, str], str] | None = None) -> str:
    """The dictionary in Chinese and English; ``filled`` gives what to print of each table and column that is filled."""
    tables = schema()
    named = {name: load().tables[name].label for name in tables} | {
        n: file.label for n, file in load().described.items()
    }
    parts = [INTRODUCTION, rights(), *(f"- [`{name}`](#{name}) {label.zh}" for name, label in named.items()), ""]
    for table in tables.values():
        parts.extend(section(table, filled))
    for name in load().described:
        parts.extend(file_section(name))
    return "\n".join(parts) + "\n"


def rights() -> str:
    """Under what the data may be used, in both languages."""
    licence = load().licence
    link = f"[{licence.title}]({licence.path})"
    return f"{licence.data.zh}{licence.texts.zh} {link}\n\n{licence.data.en} {licence.texts.en} {link}\n"


def section(table: SchemaTable, filled: Mapping[tuple[str, str], str] | None) -> Iterator[str]:
    """One table: its heading, what it is, its key, and a row for each column."""
    described = load().tables[table.name]
    yield f'## <a id="{table.name}"></a>`{table.name}` {described.label.zh} · {described.label.en}\n'
    yield f"{described.description.zh}\n\n{described.description.en}\n"
    if table.key:
        yield f"主键 Primary key: {', '.join(f'`{name}`' for name in table.key)}\n"
    share = " 填充率 filled |" if filled is not None else ""
    yield f"| 列 column | 类型 type | 说明 | meaning |{share}"
    yield "| --- | --- | --- | --- |" + (" ---: |" if share else "")
    for column in table.columns:
        row = column_row(column, load().column(table.name, column.name))
        yield row + (f" {filled.get((table.name, column.name), '')} |" if filled is not None else "")
    yield ""


def file_section(name: str) -> Iterator[str]:
    """One file that is no table: its heading, what it is, and a row for each column or key."""
    file = load().described[name]
    yield f'## <a id="{name}"></a>`{name}` {file.label.zh} · {file.label.en}\n'
    yield f"{file.description.zh}\n\n{file.description.en}\n"
    yield "| 列 column | 类型 type | 说明 | meaning |\n| --- | --- | --- | --- |"
    yield from (row(key, kind(column), column) for key, column in load().file_columns(name).items())
    yield ""


def kind(described: Column) -> str:
    """The type with its unit."""
    return described.type + (f" ({described.unit.zh} {described.unit.en})" if described.unit else "")


def column_row(declared: SchemaColumn, described: Column) -> str:
    """A column's row: name, type with unit, reference and whether it may be empty, both meanings."""
    type_ = kind(described)
    if declared.references:
        type_ += " → `{}.{}`".format(*declared.references)
    if declared.required:
        type_ += ", 必填 required"
    return row(declared.name, type_, described)


def row(name: str, type_: str, described: Column) -> str:
    """A row of the page: name, type, both meanings with how it is made, its values and its members."""
    chinese, english = described.zh, described.en
    if described.derived:
        chinese, english = f"{chinese} 来源：{described.derived.zh}", f"{english} Derived: {described.derived.en}"
    for value, meaning in (described.values | described.members).items():
        chinese, english = f"{chinese}<br>`{value}` {meaning.zh}", f"{english}<br>`{value}` {meaning.en}"
    return f"| `{name}` | {type_} | {chinese} | {english} |"


def main(arguments: list[str] | None = None) -> None:
    """Write the dictionary to the path given, else to ``docs/data.md`` of the working folder."""
    given = sys.argv[1:] if arguments is None else arguments
    Path(given[0] if given else "docs/data.md").write_text(markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
