"""Writes the generated pages of docs/ (``make docs``). Tests hold the pages equal to what this writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from archive.cli import proposals

DOCS = Path(__file__).parents[1] / "docs"
STATUSES = """\
| exit status | meaning |
| --- | --- |
| 0 | fine |
| 1 | failed; one line on standard error says what and what to do |
| 2 | ran, and something needs a person (or the command line was wrong) |
| 75 | another run is active |
"""


def commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """The command and, for a group, those below it, with their full names."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for verb in command.list_commands(context):
            found = command.get_command(context, verb)
            if found is not None:
                yield from commands(f"{name} {verb}", found)


def help_text(name: str, command: click.Command) -> str:
    """What ``--help`` prints, at a fixed width."""
    context = click.Context(command, info_name=name, terminal_width=100, max_content_width=100, color=False)
    context.help_option_names = ["-h", "--help"]
    return command.get_help(context)


def cli_page() -> str:
    """docs/cli.md: what every command says of itself."""
    sections = [
        "# The command\n",
        "What `--help` says, written by `make docs`. Every command that touches state takes `--data DIR`.\n",
        STATUSES,
    ]
    for name, command in commands("proposals", proposals):
        level = "##" if name.count(" ") < 2 else "###"
        sections.append(f"{level} {name}\n\n```text\n{help_text(name, command)}\n```\n")
    return "\n".join(sections)


PAGES = {"cli.md": cli_page}


def main() -> None:
    """Write every generated page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
