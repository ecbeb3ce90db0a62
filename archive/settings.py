"""The settings of an installation: ``proposals.toml`` in the data folder, or the file that PROPOSALS_SETTINGS names.

An environment variable ``PROPOSALS_SECTION_KEY`` replaces a key of the file. An unknown section or key is an error.
docs/settings.md lists all of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec

from archive import masking
from archive.errors import SettingsError
from archive.judging import STATES

NAME = "proposals.toml"
PREFIX = "PROPOSALS_"
WEB_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?(/|$)")
"""Scheme and host in the form in which browsers send them."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the settings file."""


class Masking(Section, frozen=True, kw_only=True):
    """What is masked; all of masks.toml unless switched off."""

    off: tuple[str, ...] = ()
    """Names of masks.toml that are not masked: ``id-card``, ``mobile``, ``landline``, ``e-mail``, ``address``."""


class Publish(Section, frozen=True, kw_only=True):
    """When a new archive is refused."""

    smallest: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.7
    """The least number of records, as a share of the archive before."""
    largest: Annotated[float, msgspec.Meta(ge=1)] = 3.0
    """The largest size of the file, as a multiple of the archive before, where the records did not grow likewise."""


class Serve(Section, frozen=True, kw_only=True):
    """Where the archive is served."""

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8001
    sql_site: str | None = None
    """Where readers may write SQL: the address of ``proposals serve --sql`` as they see it, ``/sql/`` behind nginx."""


class Public(Section, frozen=True, kw_only=True):
    """Who publishes, named on the data page and in releases."""

    publisher: str | None = None
    takedown_contact: str | None = None
    url: str | None = None
    """Where the archive is read."""
    doi: str | None = None


class Removed(Section, frozen=True, kw_only=True):
    """Records and documents whose content is no longer published: tombstones stay."""

    ids: tuple[str, ...] = ()
    """Ids of records, or addresses of pages: all that such a page shows. A document has no id but its address."""


class Acknowledged(Section, frozen=True, kw_only=True):
    """A site of which the maintainer knows that it is broken: the report lists it and calls nobody."""

    site: str
    state: str
    """The state it is known to be in; in another one it is reported again."""
    until: date
    """The last day on which nobody is called."""
    reason: str


class Settings(Section, frozen=True, kw_only=True):
    """Everything that can be set."""

    masking: Masking = Masking()
    publish: Publish = Publish()
    serve: Serve = Serve()
    public: Public = Public()
    removed: Removed = Removed()
    acknowledged: tuple[Acknowledged, ...] = ()


def load(data: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a data folder. Raises SettingsError that names the file or variable and the key."""
    named = environment.get(PREFIX + "SETTINGS")
    path = Path(named) if named else data / NAME
    values: dict[str, Any] = {}
    if named or path.exists():
        try:
            values = msgspec.toml.decode(path.read_bytes())
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read: {error.strerror}; correct PROPOSALS_SETTINGS") from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: {error}") from error
    checked(convert(values, str(path)), str(path))
    return checked(convert(merged(values, environment), "the settings in the environment"), str(path))


def convert(values: dict[str, Any], name: str) -> Settings:
    """Plain values as settings. Raises SettingsError."""
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{name}: {error}; docs/settings.md lists what may be set") from error


def checked(settings: Settings, name: str) -> Settings:
    """The settings, where their values make sense. Raises SettingsError."""
    if unknown := sorted(set(settings.masking.off) - set(masking.names())):
        raise SettingsError(f"{name}: masking.off: no mask {unknown[0]!r}; there are {', '.join(masking.names())}")
    if settings.public.url is not None and not WEB_ADDRESS.match(settings.public.url):
        raise SettingsError(
            f"{name}: public.url: {settings.public.url!r} does not begin like https://archive.example.org"
        )
    for position, entry in enumerate(settings.acknowledged):
        if entry.state not in STATES:
            key = f"acknowledged[{position}].state"
            raise SettingsError(f"{name}: {key}: no state {entry.state!r}; there are {', '.join(STATES)}")
    return settings


def merged(values: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The file's values with those of the environment put over them; lists are separated by commas.

    A section that is a list of tables stands in the file alone.
    """
    fields = msgspec.structs.fields(Settings)
    sections = {field.name: field.type for field in fields if isinstance(field.type, type)}
    for name, text in environment.items():
        section, _, key = name.removeprefix(PREFIX).lower().partition("_")
        if not name.startswith(PREFIX) or section not in sections or not key:
            continue
        known = {field.name: field.type for field in msgspec.structs.fields(sections[section])}
        if key not in known:
            raise SettingsError(f"{name}: there is no setting {section}.{key}; known are {', '.join(known)}")
        value = [part.strip() for part in text.split(",") if part.strip()] if "tuple" in str(known[key]) else text
        values[section] = {**values.get(section, {}), key: value}
    return values
