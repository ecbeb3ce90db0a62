"""The application: Datasette on one archive.db, with our plugin, templates, styles and settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.plugins import pm

from archive.web import plugin
from archive.web.context import PLUGIN

HERE = Path(__file__).parent
SETTINGS = {
    "suggest_facets": False,
    "default_page_size": 20,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 3000,
    "facet_time_limit_ms": 1000,
    "truncate_cells_html": 200,
    "allow_download": False,
    "allow_csv_stream": False,
    "default_cache_ttl": 300,
    "default_allow_sql": False,
}
"""Why each: ui.md 3.2 and search.md 4, with the measurements."""
SQL_SETTINGS = {"default_allow_sql": True, "sql_time_limit_ms": 1000, "max_returned_rows": 1000}


def settings(sql: bool = False) -> dict[str, Any]:
    """The settings of the reading site, or of the second process that takes SQL."""
    return {**SETTINGS, **SQL_SETTINGS} if sql else dict(SETTINGS)


def reading_room(
    database: Path,
    *,
    sql: bool = False,
    prefix: str = "/",
    sql_site: str | None = None,
    address: str | None = None,
) -> Datasette:
    """Datasette on ``database`` (a file named archive.db), opened immutable.

    ``sql`` lets readers write SQL: meant for a second process beside the reading site. ``prefix`` is the path under
    which a proxy serves this process; it ends in a slash. ``sql_site`` is where readers find the process for SQL.
    Scheme and host of ``address`` stand in the full addresses that pages give; without it those of each request do.
    """
    if not pm.has_plugin(PLUGIN):
        pm.register(plugin, PLUGIN)
    configuration = {"sql_site": sql_site and sql_site.rstrip("/") + "/", "address": address}
    return Datasette(
        immutables=[str(database)],
        metadata={**plugin.metadata(), "plugins": {PLUGIN: configuration}},
        template_dir=str(HERE / "templates"),
        static_mounts=[("static", str(HERE / "static"))],
        settings={**settings(sql), "base_url": prefix},
    )
