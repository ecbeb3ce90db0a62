"""The documentation, held against what it documents."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import msgspec
import pytest

from archive.cli import VERBS, proposals
from archive.settings import Settings
from docs import hooks
from tests import write_docs

ROOT = Path(__file__).parents[1]
DOCUMENTS = [path for path in [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))] if path.is_file()]


@pytest.mark.parametrize("name", write_docs.PAGES)
def test_generated_page_is_what_the_code_says(name: str) -> None:
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == write_docs.PAGES[name](), "call `make docs`"


def test_every_setting_stands_in_its_page_and_nothing_else() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = {
        key
        for row in re.findall(r"^\| (`[a-z_.`, ]+`) \|", page, re.MULTILINE)
        for key in re.findall(r"`([\w.]+)`", row)
    }
    sections = {
        field.name: field.type if isinstance(field.type, type) else get_args(field.type)[0]
        for field in msgspec.structs.fields(Settings)
    }
    known = {f"{name}.{field.name}" for name, section in sections.items() for field in msgspec.structs.fields(section)}
    assert named == known


def test_the_readme_leads_to_every_verb() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if not re.search(rf"(proposals|make|`){{1}} ?{verb}\b", readme)] == []


def commands_in(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line and words of each call of ``proposals`` in an example of a document."""
    fenced = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fenced ^= line.startswith("```")
        if fenced or line.startswith("    "):
            for call in re.findall(r"(?:^|&& |; |\$ )\s*(?:\S*/)?(proposals [^#;&|>]*)", line):
                yield number, shlex.split(call)[1:]


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the words name, and the words that are left."""
    command: click.Command = proposals
    while words and isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            break
        command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_example_names_a_command_and_options_that_exist(path: Path) -> None:
    wrong = []
    for number, words in commands_in(path):
        command, rest = command_of(words)
        known = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
        options = {word.split("=")[0] for word in rest if word.startswith("-") and word != "-"}
        if command is proposals and rest and not rest[0].startswith("-"):
            wrong.append(f"{path.name}:{number}: no command {rest[0]}")
        wrong += [f"{path.name}:{number}: no option {name}" for name in options - known - {"--help", "-h", "--version"}]
    assert wrong == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(path: Path) -> None:
    targets = {match[3].partition("#")[0] for match in hooks.LINK.finditer(path.read_text(encoding="utf-8"))}
    files = [target for target in targets if target and "://" not in target and not target.startswith("mailto:")]
    assert [target for target in files if not (path.parent / target).exists()] == []


def test_every_page_stands_in_the_table_of_contents() -> None:
    contents = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = set(re.findall(r": ([\w-]+\.md)$", contents, re.MULTILINE))
    there = {path.name for path in (ROOT / "docs").glob("*.md")} | {hooks.page_of(name) for name in hooks.DOCUMENTS}
    assert named == there


@pytest.mark.parametrize(
    ("link", "becomes"),
    [
        ("[a](../README.md)", "[a](project-readme.md)"),
        ("[a](../README.zh.md#x)", "[a](project-readme-zh.md#x)"),
        ("[a](privacy.md#b)", "[a](privacy.md#b)"),
        ("[a](../archive/published.sql)", "a (`archive/published.sql`)"),
        ("[a](https://example.org/)", "[a](https://example.org/)"),
        ("[a](#b)", "[a](#b)"),
    ],
)
def test_links_serve_the_repository_and_the_site(link: str, becomes: str) -> None:
    assert hooks.rewrite(link, "docs", "page.md") == becomes


def test_a_link_to_nothing_stops_the_build() -> None:
    with pytest.raises(hooks.PluginError, match=r"page\.md: the link to none\.md leads to no file"):
        hooks.rewrite("[a](none.md)", "docs", "page.md")
