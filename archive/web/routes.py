"""Every address of the reading room and the view behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archive.web import dumps, export, feeds
from archive.web.pages import coverage, entities, home, questions, record, reference, search, statistics, versions

ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"^/$", home.home),
    (r"^/search$", search.search),
    (r"^/search\.(?P<format>csv|json)$", export.export),
    (r"^/(?:feed|search)\.atom$", feeds.feed),
    (r"^/place/(?P<place>\d{6})\.atom$", feeds.feed),
    (r"^/department/(?P<department>\d{1,16})\.atom$", feeds.feed),
    (r"^/person/(?P<person>\d{1,16})\.atom$", feeds.feed),
    (r"^/r/(?P<id>[^/]+)\.json$", record.record_json),
    (r"^/r/(?P<id>[^/]+)/versions$", versions.versions),
    (r"^/r/(?P<id>[^/]+)$", record.record),
    (r"^/(?P<kind>place|department|person|matter|document)/(?P<key>\d{1,16})$", entities.entity),
    (r"^/coverage$", coverage.coverage),
    (r"^/statistics$", statistics.statistics),
    (r"^/questions$", questions.index),
    (r"^/questions/(?P<name>[a-z_]+)$", questions.question),
    (rf"^/archive/(?P<name>{'|'.join(questions.canned())})$", questions.redirect),
    (r"^/archive/proposals/(?P<rowid>\d{1,15})$", record.stock_row),
    (r"^/data$", reference.data),
    (r"^/dumps/?$", dumps.overview),
    (r"^/dumps/(?P<version>[^/]+)/?$", dumps.release),
    (r"^/dumps/(?P<version>[^/]+)/(?P<path>.+)$", dumps.file),
    (r"^/help$", reference.how_to),
    (r"^/robots\.txt$", reference.robots),
    (r"^/sitemap\.xml$", reference.sitemap),
    (r"^/sitemap-(?P<part>\d{1,6})\.xml$", reference.sitemap_part),
]
