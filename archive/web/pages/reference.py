"""Pages about the archive: its data and dictionary, how to search; and what machines ask for first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive import dictionary, shelf
from archive.web.catalogue import Translator
from archive.web.citing import as_script, data_set
from archive.web.context import Missing, absolute, language_of, page, read, read_once, translator
from archive.web.dumps import on_shelf
from archive.web.pages.home import about, numbers

URLS_PER_SITEMAP = 20_000
"""The protocol allows 50,000; twenty thousand keep a file under 3 MB."""
PAGES = ("/", "/search", "/coverage", "/statistics", "/questions", "/data", "/help")


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Rows per published table."""
    return {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - names of the schema
        for name, table in dictionary.schema().items()
        if table.kind == "table"
    }


def load_data(connection: sqlite3.Connection) -> dict[str, Any]:
    """What the data page tells of the archive."""
    return {"about": about(connection), "numbers": numbers(connection), "counts": counts(connection)}


def described() -> Iterator[tuple[str, dictionary.Table | dictionary.File, dict[str, dictionary.Column]]]:
    """Each table, and each file that is none, with its columns in order."""
    whole = dictionary.load()
    for name, table in dictionary.schema().items():
        yield name, whole.tables[name], {column.name: whole.column(name, column.name) for column in table.columns}
    for name, file in whole.described.items():
        yield name, file, whole.file_columns(name)


def dataset(datasette: Datasette, request: Request, found: dict[str, Any], release: shelf.Release | None) -> Any:
    """schema.org's description of the archive as a data set, with the files of its newest release."""
    t, about_ = translator(request), found["about"]
    described = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": t("site.title"),
        "description": t("home.statement"),
        "url": absolute(datasette, request, "/data"),
        "license": dictionary.load().licence.path,
        "creator": {"@type": "Organization", "name": about_.get("publisher") or t("site.title")},
        "version": release.version if release else None,
        "inLanguage": "zh-CN",
        "isAccessibleForFree": True,
        "dateModified": release.created if release else about_.get("built"),
        "temporalCoverage": f"{found['numbers']['first']}/{found['numbers']['last']}",
        "spatialCoverage": "CN",
        "distribution": list(distribution(datasette, request, release)) if release else None,
    }
    return as_script({key: value for key, value in described.items() if value is not None})


def distribution(datasette: Datasette, request: Request, release: shelf.Release) -> Iterator[dict[str, Any]]:
    """The files that hold the archive or tell about it, those of single tables left out."""
    for file in release.files:
        if file.media and "/" not in file.path:
            yield {
                "@type": "DataDownload",
                "name": file.title,
                "contentUrl": absolute(datasette, request, f"/dumps/{release.version}/{file.path}"),
                "encodingFormat": file.media,
                "contentSize": f"{file.size} B",
                "sha256": file.digest,
            }


def citation(datasette: Datasette, request: Request, about_: dict[str, str], release: shelf.Release | None) -> str:
    """How one cites the whole: the newest release, else the archive as it was built."""
    path, day = (f"/dumps/{release.version}/", release.created) if release else ("/data", about_.get("built") or "")
    return data_set(
        Translator("zh")("site.title"),
        about_.get("publisher"),
        release.version if release else None,
        day[:10],
        absolute(datasette, request, path),
        date.today().isoformat(),
    )


async def data(datasette: Datasette, request: Request) -> Response:
    """The data page: releases, licence, citation, interfaces, dictionary."""
    found = await read_once(datasette, load_data)
    releases = list((await on_shelf(datasette)).values())
    newest = releases[0] if releases else None
    context = {
        **found,
        "releases": releases,
        "dictionary": list(described()),
        "licence": dictionary.load().licence,
        "language": language_of(request),
        "linked_data": dataset(datasette, request, found, newest),
        "citation": citation(datasette, request, found["about"], newest),
    }
    return await page(datasette, request, "data.html", context)


async def how_to(datasette: Datasette, request: Request) -> Response:
    """The page on searching and reading."""
    return await page(datasette, request, "help.html", {"home": absolute(datasette, request, "/")})


async def robots(datasette: Datasette, request: Request) -> Response:
    """Records and overviews may be read by search engines; combinations of filters, exports and tables are kept out."""
    base = datasette.setting("base_url")
    closed = ("search", "archive", "questions/", "*.atom$", "*?", "*/versions$")
    lines = ["User-agent: *", *(f"Disallow: {base}{path}" for path in closed)]
    lines += ["", f"Sitemap: {absolute(datasette, request, '/sitemap.xml')}"]
    return Response.text("\n".join(lines) + "\n")


def sitemap_parts(connection: sqlite3.Connection) -> int:
    """How many files the records' addresses fill."""
    last = connection.execute("SELECT max(rowid) FROM proposals").fetchone()[0] or 0
    return int(last) // URLS_PER_SITEMAP + 1


def xml(body: str) -> Response:
    """An XML response."""
    return Response('<?xml version="1.0" encoding="UTF-8"?>\n' + body, content_type="application/xml; charset=utf-8")


async def sitemap(datasette: Datasette, request: Request) -> Response:
    """The index of the sitemap files."""
    parts = await read(datasette, sitemap_parts)
    items = "".join(
        f"<sitemap><loc>{escape(absolute(datasette, request, f'/sitemap-{n}.xml'))}</loc></sitemap>\n"
        for n in range(parts)
    )
    return xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{items}</sitemapindex>\n')


async def sitemap_part(datasette: Datasette, request: Request) -> Response:
    """The addresses of one range of records; the first file begins with the overviews."""
    part = int(request.url_vars["part"])
    first = part * URLS_PER_SITEMAP

    def load(connection: sqlite3.Connection) -> list[str] | None:
        if part >= sitemap_parts(connection):
            return None
        sql = "SELECT id FROM proposals WHERE rowid >= ? AND rowid < ? ORDER BY rowid"
        return [row[0] for row in connection.execute(sql, (first, first + URLS_PER_SITEMAP))]

    identities = await read(datasette, load)
    if identities is None:
        raise Missing(str(part))
    paths = [*(PAGES if part == 0 else ()), *(f"/r/{identity}" for identity in identities)]
    items = "".join(f"<url><loc>{escape(absolute(datasette, request, path))}</loc></url>\n" for path in paths)
    return xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{items}</urlset>\n')
