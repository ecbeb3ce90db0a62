"""The data dictionary holds every table and column, and nothing else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from archive import dictionary, dictionary_text

ROOT = Path(__file__).parents[2]


def test_describes_the_schema() -> None:
    dictionary.check()


def test_page_is_the_generated_one(tmp_path: Path) -> None:
    dictionary_text.main([str(tmp_path / "data.md")])
    assert (ROOT / "docs/data.md").read_text("utf-8") == (tmp_path / "data.md").read_text("utf-8")


def test_page_names_every_column() -> None:
    page = dictionary_text.markdown()
    for table in dictionary.schema().values():
        assert f"`{table.name}`" in page
        for column in table.columns:
            assert f"| `{column.name}` |" in page


@pytest.mark.parametrize("table", sorted(dictionary.schema()))
def test_missing_table_or_column_is_named(table: str) -> None:
    whole = dictionary.load()
    without = {name: value for name, value in whole.tables.items() if name != table}
    for name, value in list(without.items()):
        if table in value.inherits:
            without[name] = msgspec.structs.replace(value, inherits=tuple(t for t in value.inherits if t != table))
    with pytest.raises(dictionary.DictionaryError, match=f"table {table}|column full_proposals"):
        dictionary.check(msgspec.structs.replace(whole, tables=without))
    if whole.tables[table].columns:
        emptied = {**whole.tables, table: msgspec.structs.replace(whole.tables[table], columns={})}
        with pytest.raises(dictionary.DictionaryError, match=rf"column {table}\."):
            dictionary.check(msgspec.structs.replace(whole, tables=emptied))


def test_unknown_table_column_and_type_are_named() -> None:
    whole = dictionary.load()
    about = whole.tables["about"]
    wrong = [
        ({**whole.tables, "nowhere": about}, "no table nowhere"),
        ({**whole.tables, "about": replaced(about, other=about.columns["key"])}, "no column about.other"),
        ({**whole.tables, "about": replaced(about, value=integer(about.columns["value"]))}, "about.value is TEXT"),
    ]
    for tables, message in wrong:
        with pytest.raises(dictionary.DictionaryError, match=message):
            dictionary.check(msgspec.structs.replace(whole, tables=tables))


def replaced(table: dictionary.Table, **columns: dictionary.Column) -> dictionary.Table:
    return msgspec.structs.replace(table, columns={**table.columns, **columns})


def integer(column: dictionary.Column) -> dictionary.Column:
    return msgspec.structs.replace(column, type="integer")


def test_the_licence_is_said_once_and_the_same_everywhere() -> None:
    licence = dictionary.load().licence
    said = [(ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh.md")]
    assert all(f"[CC0 1.0]({licence.path})" in text for text in said)
    page = dictionary_text.markdown()
    assert all(text in page for text in (licence.data.zh, licence.data.en, licence.texts.en, licence.path))
    found = dictionary.metadata()
    assert (found["license"], found["license_url"]) == (licence.title, licence.path)


def test_misspelt_key_names_file_and_key(tmp_path: Path) -> None:
    path = tmp_path / "dictionary.yaml"
    path.write_text("title: {zh: 题, en: t}\ndescription: {zh: 述, en: d, fr: x}\ntables: {}\n", "utf-8")
    with pytest.raises(dictionary.DictionaryError, match=r"dictionary\.yaml.*`fr`"):
        dictionary.load(path)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_metadata_for_datasette(language: dictionary.Language) -> None:
    found = dictionary.metadata(language)
    assert set(found["tables"]) == set(dictionary.schema())
    assert found["tables"]["full_proposals"]["columns"]["reply_text"]
    assert found["tables"]["proposals"]["title"] == {"zh": "建议提案", "en": "Proposals"}[language]
