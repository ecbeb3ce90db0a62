"""The questions researchers ask first: a page with drop-downs each, on the canned queries of questions.toml."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.errors import ArchiveError
from archive.web.catalogue import Entry, Translator
from archive.web.choosing import TABLES, choices, chosen
from archive.web.context import Missing, href, language_of, page, read, translator
from archive.web.listing import LONGEST_QUERY, plain

FILE = Path(__file__).parents[1] / "questions.toml"
LINKED = {"department": "/department/", "person": "/person/", "document": "/document/"}
"""Columns that hold a key, a space and a name."""


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value that the reader chooses."""

    name: str
    type: Literal["place", "year", "kind", "site", "words"]


class Query(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question."""

    name: str
    title: Entry
    about: Entry
    parameters: list[Parameter]
    sql: str


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file: the questions and the names of their columns."""

    columns: dict[str, Entry]
    question: list[Query]


@cache
def questions() -> File:
    """The questions.

    Raises ArchiveError naming the key that is wrong.
    """
    try:
        return msgspec.toml.decode(FILE.read_bytes(), type=File)
    except msgspec.DecodeError as error:
        raise ArchiveError(f"{FILE.name}: {error}") from error


def canned() -> dict[str, dict[str, Any]]:
    """The questions as Datasette's canned queries, which give their JSON and CSV."""
    return {
        query.name: {"sql": query.sql.strip(), "title": query.title.zh, "description": query.about.zh}
        for query in questions().question
    }


YEARS = "SELECT DISTINCT year FROM proposals WHERE year IS NOT NULL ORDER BY year DESC"


def options(connection: sqlite3.Connection, parameter: Parameter, t: Translator) -> list[tuple[str, str]]:
    """What a drop-down offers; nothing where the reader types."""
    if parameter.type == "kind":
        return [(kind, t.label("kind", kind)) for kind in ("suggestion", "motion", "proposal")]
    if parameter.type == "year":
        return [(str(row[0]), str(row[0])) for row in connection.execute(YEARS)]
    return [] if parameter.type == "words" else choices(connection, parameter.type)


def cell(datasette: Datasette, t: Translator, column: str, value: Any) -> tuple[str, str | None]:
    """What a cell shows, and the address it links to."""
    text = "" if value is None else str(value)
    if column == "id":
        return text, href(datasette, f"/r/{text}")
    if column in LINKED:
        key, _, name = text.partition(" ")
        return (name or key, href(datasette, LINKED[column] + key)) if key.isdecimal() and name else (text, None)
    return (t.label(column, text) if column in ("kind", "field") else text), None


def answer(
    datasette: Datasette, connection: sqlite3.Connection, query: Query, values: dict[str, str], t: Translator
) -> dict[str, Any]:
    """The rows of the answer as cells; none before the words that a question needs were given."""
    offered = {parameter.name: options(connection, parameter, t) for parameter in query.parameters}
    typed = {p.name: chosen(connection, p.type, values[p.name]) for p in query.parameters if p.type in TABLES}
    values = {**values, **{name: value for name, (value, _) in typed.items()}}
    needs_words = any(p.type == "words" and not values[p.name] for p in query.parameters)
    cursor = connection.execute(query.sql, values)
    names = [column[0] for column in cursor.description]
    rows = (
        [] if needs_words else [[cell(datasette, t, n, v) for n, v in zip(names, row, strict=True)] for row in cursor]
    )
    numeric = [
        bool(rows) and all(row[i][0].replace(".", "").isdecimal() for row in rows if row[i][0])
        for i in range(len(names))
    ]
    return {
        "options": offered,
        "values": values,
        "shown": {**values, **{name: label for name, (_, label) in typed.items()}},
        "names": names,
        "rows": rows,
        "numeric": numeric,
        "needs_words": needs_words,
    }


async def index(datasette: Datasette, request: Request) -> Response:
    """The list of questions."""
    return await page(
        datasette, request, "questions.html", {"questions": questions().question, "language": language_of(request)}
    )


async def question(datasette: Datasette, request: Request) -> Response:
    """One question with its answer; Missing where there is none of that name."""
    query = next((q for q in questions().question if q.name == request.url_vars["name"]), None)
    if query is None:
        raise Missing(request.url_vars["name"])
    values = {p.name: plain(request.args.get(p.name) or "")[:LONGEST_QUERY].strip() for p in query.parameters}
    t = translator(request)
    found = await read(datasette, lambda connection: answer(datasette, connection, query, values, t))
    language = language_of(request)
    labels = {name: getattr(entry, language) for name, entry in questions().columns.items()}
    context = {**found, "query": query, "language": language, "labels": labels}
    return await page(datasette, request, "question.html", context)


async def redirect(datasette: Datasette, request: Request) -> Response:
    """The canned query's own page is ours."""
    values = {key: request.args.get(key) for key in request.args}
    return Response.redirect(href(datasette, f"/questions/{request.url_vars['name']}", values))
