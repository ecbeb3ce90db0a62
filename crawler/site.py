"""Site files: one TOML file per site, data only. The file's name without ``.toml`` is the site's id.

What a key means stands in docs/sites.md. A misspelt key, an unknown family or a column outside the site's hosts is an
error that names the file and the key.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from crawler import families
from crawler.errors import CrawlError
from parsers.record import Kind

BUNDLED = Path(__file__).with_name("sites")
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
UNKNOWN_FIELD = re.compile(r"Object contains unknown field `([^`]*)`(?: - at `\$\.?([^`]*)`)?")
INVALID = re.compile(r"(.*?) - at `\$\.?([^`]*)`")


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of replies. ``url`` is ``None`` exactly where the column is still to be discovered."""

    url: str | None = None
    """The column's address; a fragment (``#…``) tells lists apart that differ by ``options`` alone."""
    kind: Kind | None = None
    """What the column holds, as a hint to a person; the parsers decide by the page."""
    note: str | None = None
    options: dict[str, Any] = {}
    """What the family takes for this column alone, over the site's options."""
    status: Literal["known", "to-be-discovered"] = "known"


class Politeness(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How gently a site is read."""

    delay: float = 2.0
    """Seconds between two requests; a longer crawl-delay in robots.txt wins."""
    concurrency: int = 1
    daily_budget: int = 2000
    """Requests per day, robots.txt and lists included."""
    night: tuple[str, str] | None = None
    """The only hours in which the site is read, as ``["22:00", "06:00"]``, Asia/Shanghai."""
    full_walk_days: float = 28
    """How often every list is read to its end; between these a list is read until what is known and unchanged."""

    def allows(self, moment: datetime) -> bool:
        """Whether the site may be read at this moment in China; hours may go past midnight."""
        if self.night is None:
            return True
        (begin, end), now = self.night, f"{moment:%H:%M}"
        return begin <= now < end if begin <= end else now >= begin or now < end


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One site, as its file says it."""

    id: str = ""
    name: str
    province: str | None = None
    division: str | None = None
    """GB/T 2260, six digits."""
    level: Literal["portal", "bureau", "npc", "cppcc"] = "portal"
    rows: tuple[int, ...] = ()
    """The rows of the list of known places that this file covers."""
    hosts: tuple[str, ...] = ()
    """Host names, with a port where only that port is the site's; empty where none is known yet."""
    family: str
    options: dict[str, Any] = {}
    """What the family takes; its module says which keys."""
    columns: tuple[Column, ...] = ()
    verified: bool = False
    """Whether ``proposals sites check`` has seen this file work."""
    examples: tuple[str, ...] = ()
    """Addresses of reply pages known to have existed."""
    evidence: str | None = None
    notes: str | None = None
    politeness: Politeness = Politeness()
    allow_private: bool = False
    """Whether private and loopback addresses may be fetched; true for imitation sites alone."""

    def owns(self, url: str) -> bool:
        """Whether an http(s) URL lies on one of the site's hosts."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and (host in self.hosts or f"{host}:{port}" in self.hosts)

    def options_for(self, url: str) -> dict[str, Any]:
        """The family's options for the list at this URL: the site's, with those of the column over them.

        A sub-column that a list named takes the site's.
        """
        own = next((column.options for column in self.columns if column.url == url), {})
        return {**self.options, **own}

    def known_columns(self) -> tuple[Column, ...]:
        """The columns whose address is known."""
        return tuple(column for column in self.columns if column.url)


def folders_of(folders: Sequence[Path] | None = None) -> tuple[Path, ...]:
    """The folders of site files: the bundled one, then those of ``PROPOSALS_SITES``, separated as in ``PATH``."""
    if folders is not None:
        return tuple(folders)
    extra = os.environ.get("PROPOSALS_SITES", "")
    return (BUNDLED, *(Path(folder) for folder in extra.split(os.pathsep) if folder))


def load_site(site_id: str, folders: Sequence[Path] | None = None) -> Site:
    """The site with this id; a file in a later folder replaces one of the same name in an earlier.

    Raises CrawlError where no folder has it, with the ids that look like it, and where its file is wrong.
    """
    paths = site_paths(folders)
    if site_id not in paths:
        near = difflib.get_close_matches(site_id, paths, n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}?" if near else "`proposals sites` lists the known ones"
        raise CrawlError(f"unknown site {site_id!r}: {hint}")
    return read_site(paths[site_id])


def load_sites(folders: Sequence[Path] | None = None) -> list[Site]:
    """All sites by id. Raises CrawlError at the first file that is wrong."""
    return [read_site(path) for _, path in sorted(site_paths(folders).items())]


def usable_sites(folders: Sequence[Path] | None = None) -> tuple[list[Site], list[CrawlError]]:
    """All sites by id whose file is right, and what is wrong with the others: one mistake must not stop every site."""
    sites, errors = [], []
    for _, path in sorted(site_paths(folders).items()):
        try:
            sites.append(read_site(path))
        except CrawlError as error:
            errors.append(error)
    return sites, errors


def site_paths(folders: Sequence[Path] | None = None) -> dict[str, Path]:
    """The site files by id. Raises CrawlError for a folder that is not there."""
    paths: dict[str, Path] = {}
    for folder in folders_of(folders):
        if not folder.is_dir():
            raise CrawlError(f"{folder}: no such folder of site files; correct PROPOSALS_SITES")
        paths.update({path.stem: path for path in folder.glob("*.toml")})
    return paths


def read_site(path: Path) -> Site:
    """The site that a file describes. Raises CrawlError that names the file, the key and the way out."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CrawlError(f"{path}: cannot be read: {error.strerror}") from error
    return parse_site(content, path.stem, str(path))


def parse_site(content: bytes | str, site_id: str, name: str) -> Site:
    """The site that TOML text describes; ``name`` stands in errors. Raises CrawlError."""
    try:
        site = msgspec.toml.decode(content, type=Site)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CrawlError(f"{name}: {explain(str(error))}") from error
    for wrong in mistakes(site, site_id):
        raise CrawlError(f"{name}: {wrong}")
    return msgspec.structs.replace(site, id=site_id)


def explain(message: str) -> str:
    """A msgspec error in the words of a site file: the key first, then what it may be."""
    if match := UNKNOWN_FIELD.fullmatch(message):
        key, place = match[1], match[2]
        near = difflib.get_close_matches(key, known_keys(place), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known_keys(place))}"
        return f"unknown key {key!r}{f' in {place}' if place else ''}: {hint}"
    if match := INVALID.fullmatch(message):
        return f"key {match[2]!r}: {match[1]}"
    return message


def known_keys(place: str | None) -> tuple[str, ...]:
    """The keys allowed at a place in a site file."""
    struct = Column if (place or "").startswith("columns") else Politeness if place == "politeness" else Site
    return tuple(key for key in struct.__struct_fields__ if not (struct is Site and key == "id"))


def mistakes(site: Site, site_id: str) -> Iterable[str]:
    """What is wrong with a site beyond types, each with the key and the way out."""
    if not ID.fullmatch(site_id):
        yield "the file's name, the site's id, may hold small letters, digits and single hyphens only"
    if site.id:
        yield "key 'id': the file's name is the id; remove the key"
    if site.division is not None and not re.fullmatch(r"[1-8]\d{5}", site.division):
        yield f"key 'division': {site.division!r} is not a GB/T 2260 code of six digits"
    yield from mistakes_of_family(site)
    yield from mistakes_of_columns(site)
    yield from mistakes_of_politeness(site.politeness)
    for url in site.examples:
        if not site.owns(url):
            yield f"key 'examples': {url} is not on one of the hosts {list(site.hosts)}"


def mistakes_of_family(site: Site) -> Iterable[str]:
    """An unknown family or option."""
    try:
        families.check_options(site.family, site.options)
    except CrawlError as error:
        yield f"key 'family': {error}"
        return
    for position, column in enumerate(site.columns):
        try:
            families.check_options(site.family, {**site.options, **column.options})
        except CrawlError as error:
            yield f"key 'columns[{position}].options': {error}"


def mistakes_of_columns(site: Site) -> Iterable[str]:
    """Columns without an address, with one that is not the site's, or with that of another column."""
    urls = [column.url for column in site.columns]
    for position, column in enumerate(site.columns):
        key = f"key 'columns[{position}].url'"
        if column.url in urls[:position] and column.url:
            yield f"{key}: {column.url} is given twice; remove it, or add a fragment (#...) where the options differ"
        if (column.url is None) != (column.status == "to-be-discovered"):
            yield f'{key}: give the address, or leave it out and say status = "to-be-discovered"'
        elif column.url and not site.owns(column.url):
            yield f"{key}: {column.url} is not on one of the hosts {list(site.hosts)}; add its host or correct it"


def mistakes_of_politeness(politeness: Politeness) -> Iterable[str]:
    """Values that would make the crawler rude or idle."""
    least = {"delay": 0, "concurrency": 1, "daily_budget": 1, "full_walk_days": 0}
    for key, value in least.items():
        if not getattr(politeness, key) >= value:  # not a number is not less
            yield f"key 'politeness.{key}': must be {value} or more"
    for clock in politeness.night or ():
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", clock):
            yield f"key 'politeness.night': {clock!r} is not a time of day like \"22:00\""
