"""The hooks of Datasette that the reading room uses; nothing else."""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import Any

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Request, Response
from datasette.views.base import DatasetteError
from jinja2 import Environment
from pluggy import HookimplMarker, Result

from archive import dictionary
from archive.search import escape_fts
from archive.web import limits
from archive.web.context import DATABASE, Missing, TooSlow, page, template_values, visible
from archive.web.guard import Application, guarded
from archive.web.holdings import HOLDINGS, Holdings
from archive.web.pages.questions import canned
from archive.web.routes import ROUTES

hookimpl = HookimplMarker("datasette")
FTS = {"fts_table": "proposals_fts", "fts_pk": "rowid", "sort_desc": "date", "label_column": "title"}


def metadata() -> dict[str, Any]:
    """What Datasette is told of the database: the dictionary's words, the search index, the canned queries."""
    described = dictionary.metadata()
    tables: dict[str, Any] = described.pop("tables")
    tables["proposals"] |= FTS
    return {**described, "databases": {DATABASE: {"tables": tables, "queries": canned()}}}


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """The addresses of the reading room; they come before those of Datasette."""
    return ROUTES


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Limits, and our rewriting of the search box; last, because Datasette registers its own ``escape_fts``."""
    conn.create_function("escape_fts", 1, escape_fts, deterministic=True)
    limits.limit(conn)


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Every value that a template prints passes ``visible``."""
    env.finalize = visible


@hookimpl
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, Any]:
    """The words, links and helpers of every template."""
    return template_values(datasette, request)


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """Read what the archive holds, once."""

    async def load() -> None:
        HOLDINGS[datasette] = await datasette.get_database(DATABASE).execute_fn(Holdings)

    return load


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[Application], Application]:
    """The guard stands before everything."""
    return partial(guarded, datasette)


def status_of(exception: Exception) -> int:
    """The HTTP status of what went wrong."""
    if isinstance(exception, Missing):
        return 404
    if isinstance(exception, TooSlow):
        return 503
    if isinstance(exception, DatasetteError) or hasattr(exception, "status"):
        return int(exception.status)
    return 500


@hookimpl(hookwrapper=True)
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Generator[None, Result[list[Callable[[], Awaitable[Response]]]], None]:
    """Our error page, and no traceback for what is the reader's own mistake; Datasette's handler is not asked."""

    async def respond() -> Response:
        status = status_of(exception)
        if status == 500:
            traceback.print_exception(exception)
        message = message_of(datasette, exception, status)
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "status": status, "error": message}, status=status)
        if status == 400 and asks_sql(datasette, request):
            return await page(datasette, request, "query.html", sql_context(request, message), status=status)
        return await page(datasette, request, "error.html", {"status": status}, status=status)

    outcome = yield
    outcome.force_result([respond])


def message_of(datasette: Datasette, exception: Exception, status: int) -> str:
    """What may be told of an error: Datasette's own words for a bad request, nothing of a fault of ours.

    Of a query that was stopped Datasette tells in HTML.
    """
    if isinstance(exception.__context__, QueryInterrupted):
        return f"the query took longer than {datasette.setting('sql_time_limit_ms')} ms and was stopped"
    return "internal error" if status >= 500 else str(exception.args[0] if exception.args else "not found")


def asks_sql(datasette: Datasette, request: Request) -> bool:
    """Whether a reader's own SQL was to be run, where that is allowed."""
    path = request.path.removesuffix(".csv")
    own = path == datasette.urls.database(DATABASE) and "sql" in request.args
    return own and bool(datasette.setting("default_allow_sql"))


def sql_context(request: Request, message: str) -> dict[str, Any]:
    """The editor as Datasette fills it, with the query that failed, its parameters and the reason."""
    named = {key: request.args.get(key) for key in request.args if key not in ("sql", "lang") and key[:1] != "_"}
    return {
        "database": DATABASE,
        "query": {"sql": request.args.get("sql")},
        "named_parameter_values": named,
        "allow_execute_sql": True,
        "error": message,
    }


@hookimpl(tryfirst=True)
def forbidden(datasette: Datasette, request: Request) -> Callable[[], Awaitable[Response]]:
    """Our page where Datasette refuses."""

    async def respond() -> Response:
        return await page(datasette, request, "error.html", {"status": 403}, status=403)

    return respond
