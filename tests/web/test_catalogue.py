"""The interface's words: every key used exists in both languages, and every entry is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from archive.web import catalogue
from archive.web.pages.questions import questions

WEB = Path(catalogue.__file__).parent
CALL = re.compile(
    r"""\bt\(\s*["']([a-z_]+\.[a-z_0-9]+)["']|["']((?:nav|help)\.[a-z_]+)["']|translator\(request\)\(["']([a-z_.]+)"""
)
VOCABULARIES = {
    "kind",
    "kind_short",
    "type",
    "body",
    "mirror",
    "state",
    "field",
    "rule",
    "role",
    "sort",
    "error_title",
    "error_text",
    "help",
}
"""Sections whose names are values of the data, or are joined in a template."""


def used() -> set[str]:
    sources = [*WEB.rglob("*.html"), *WEB.rglob("*.py")]
    return {next(filter(None, found)) for path in sources for found in CALL.findall(path.read_text(encoding="utf-8"))}


def known() -> set[str]:
    return {f"{section}.{name}" for section, names in catalogue.entries().items() for name in names}


def test_every_key_used_is_in_the_catalogue():
    assert {key for key in used() - known() if key not in ("home.title", "help.html")} == set()


def test_every_entry_is_used():
    unused = {key for key in known() - used() if key.split(".")[0] not in VOCABULARIES}
    assert unused == set()


def test_no_entry_is_empty_and_both_languages_take_the_same_values():
    for section, names in catalogue.entries().items():
        for name, entry in names.items():
            assert entry.zh.strip(), f"{section}.{name}"
            assert entry.en.strip(), f"{section}.{name}"
            fields = [set(re.findall(r"\{(\w+)\}", text)) for text in (entry.zh, entry.en)]
            assert fields[0] == fields[1], f"{section}.{name}"


def test_a_misspelt_language_names_file_and_key(tmp_path):
    path = tmp_path / "strings.toml"
    path.write_text('[home]\ntitle = { zh = "甲", em = "A" }\n', encoding="utf-8")
    with pytest.raises(ArchiveError, match=r"strings\.toml.*em"):
        catalogue.entries(path)


def test_every_column_of_every_question_has_a_name(get):
    for query in questions().question:
        page = get(f"/questions/{query.name}?words=养老")
        assert page.status_code == 200, query.name
        names = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page.text)
        assert names, query.name
        assert not any(name.isascii() for name in names), (query.name, names)


def test_every_question_is_a_canned_query_with_json_and_csv(get):
    for query in questions().question:
        assert get(f"/archive/{query.name}.json?words=养老&_shape=array").status_code == 200
        assert get(f"/archive/{query.name}.csv?words=养老").status_code == 200
        assert get(f"/archive/{query.name}?words=养老").status_code == 302


def test_what_is_held_of_a_reported_total_is_what_the_archive_counted(get):
    [row] = get("/archive/reported.json?site=yunze&_shape=array").json()
    assert (row["handled"], row["held"]) == (31, 28)
