"""The data files of this package: TOML beside the modules, checked against the structure that says what they hold."""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

import msgspec

from parsers.errors import DataFileError

Kind = TypeVar("Kind")


def text_of(name: str) -> str:
    """What a file of the package says."""
    return files("parsers").joinpath(name).read_text(encoding="utf-8")


def checked(text: str, kind: type[Kind], name: str) -> Kind:
    """The content of a data file. Raises :class:`DataFileError`, which names file and key, where it is not ``kind``."""
    try:
        return msgspec.toml.decode(text, type=kind)
    except msgspec.DecodeError as error:
        raise DataFileError(f"parsers/{name}: {error}") from error
