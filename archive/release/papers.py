"""README.md and the licence texts."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from string import Template
from typing import Any

from archive.release.errors import ReleaseError
from archive.release.files import Written
from archive.release.package import Publisher
from archive.release.source import Source

HERE = Path(__file__).parent
NO_CONTACT = "（发布者未填写 not given by the publisher）"


def readme(source: Source, files: list[Written], release: dict[str, Any], publisher: Publisher) -> bytes:
    """README.md: what the files are, how to cite, whose rights, where to write."""
    rows = "\n".join(f"| {file.path} | {file.title} | {'' if file.rows is None else file.rows} |" for file in files)
    licence = source.dictionary.licence
    return (
        Template((HERE / "README.txt").read_text(encoding="utf-8"))
        .substitute(
            version=release["version"],
            built=release["built"],
            proposals=source.counts["proposals"],
            files=rows,
            licence=f"{licence.data.zh}{licence.data.en} [{licence.title}]({licence.path}), LICENSE-DATA.txt",
            texts=f"{licence.texts.zh}{licence.texts.en}",
            contact=publisher.contact or NO_CONTACT,
        )
        .encode()
    )


def licences() -> dict[str, bytes]:
    """The texts of both licences, by file name."""
    return {"LICENSE-CODE.txt": code_licence(), "LICENSE-DATA.txt": (HERE / "CC0-1.0.txt").read_bytes()}


def code_licence() -> bytes:
    """The project's own licence, from the checkout or from the installed package.

    Raises :class:`ReleaseError` where neither has it.
    """
    checkout = HERE.parents[1] / "LICENSE"
    if checkout.is_file():
        return checkout.read_bytes()
    for file in metadata.files("proposal-archive") or ():
        if file.name == "LICENSE":
            return file.read_binary()
    raise ReleaseError("LICENSE: not in the checkout or the installed package; install the package again")
