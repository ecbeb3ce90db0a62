"""One list contract per CMS family: how its lists continue, what its links look like, what must be sent.

A family is a module in this package with one class that implements :class:`Family`. Families are pure: they read a
list page and say what to ask for next; the spider fetches, the ledger remembers.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache
from typing import Any, Protocol

import msgspec

from crawler.errors import CrawlError
from parsers.record import Page


class ListRequest(msgspec.Struct, frozen=True):
    """One request for one page of a list."""

    url: str
    method: str = "GET"
    headers: dict[str, str] = {}
    body: str | None = None
    page: int = 1
    """The position in the walk, counted from 1; never a page's identity."""
    state: dict[str, Any] = {}
    """What the family must remember between pages (a total, parameters read from the first page)."""


class Link(msgspec.Struct, frozen=True):
    """An entry of a list."""

    url: str
    title: str | None = None
    date: str | None = None


class ListPage(msgspec.Struct, frozen=True):
    """What a family reads from one page of a list."""

    links: tuple[Link, ...]
    following: ListRequest | None = None
    """The next page; ``None`` at the list's declared end."""
    total_pages: int | None = None
    total_entries: int | None = None
    columns: tuple[Link, ...] = ()
    """Sub-columns of this column (years, kinds) that must be walked too."""
    complete: bool = True
    """Whether the page itself says where the list ends; a list without such a signal is never proof of absence."""


class Family(Protocol):
    """How the sites of one CMS family list their pages."""

    name: str
    """The module's name."""
    option_type: type[msgspec.Struct]
    """What ``options`` may hold in a site file; a key outside it is an error."""

    def first(self, column: str, options: dict[str, Any]) -> ListRequest:
        """The request for the first page of the list at the URL ``column``."""
        ...

    def read(self, request: ListRequest, page: Page, options: dict[str, Any]) -> ListPage:
        """What stands on a fetched list page, and what to ask for next.

        Raises :class:`crawler.errors.CrawlError` where the page is not a list of this family.
        """
        ...

    def is_detail(self, url: str) -> bool:
        """Whether the URL has the form of this family's content pages."""
        ...

    def recognise(self, page: Page) -> float:
        """How surely a page of an unknown site is of this family, 0 to 1; used by ``proposals sites probe``."""
        ...


@cache
def names() -> tuple[str, ...]:
    """The families: the modules of this package whose name has no leading underscore."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")))


@cache
def family(name: str) -> Family:
    """The family of this name. Raises CrawlError for an unknown one, with the names that look like it."""
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=3, cutoff=0.5)
        raise CrawlError(f"unknown family {name!r}: known are {', '.join(near or names())}")
    module = importlib.import_module(f"{__name__}.{name}")
    found: Family = next(value() for value in vars(module).values() if getattr(value, "name", None) == name)
    return found


def check_options(name: str, options: dict[str, Any]) -> msgspec.Struct:
    """The options of a site file as the family's own type. Raises CrawlError for an unknown family, key or value."""
    known = family(name).option_type
    try:
        return msgspec.convert(options, known)
    except msgspec.ValidationError as error:
        keys = ", ".join(known.__struct_fields__) or "none"
        raise CrawlError(f"options of family {name!r}: {error}; known keys: {keys}") from error
