"""What every page needs: a read of the archive off the event loop, the language, links, the rendered response."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode
from weakref import WeakKeyDictionary

from datasette.app import Datasette
from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Request, Response

from archive.web.catalogue import LANGUAGES, Translator

DATABASE = "archive"
PLUGIN = "archive-web"
STATIC = Path(__file__).parent / "static"
ONE_YEAR = 365 * 24 * 3600
T = TypeVar("T")
UNSEEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)))
TURNING = dict.fromkeys((*range(8234, 8239), *range(8294, 8298), 8206, 8207, 1564))
"""Control characters, and the marks that turn the direction of writing round: no page needs them, both deceive."""


class TooSlow(Exception):
    """A read that was stopped at the time limit; the reader is asked to narrow the question."""


class Missing(Exception):
    """Nothing stands under this address."""


async def read(datasette: Datasette, load: Callable[[sqlite3.Connection], T]) -> T:
    """Run ``load`` on a read connection in one of Datasette's threads, under its time limit.

    Raises TooSlow where the limit stopped it.
    """

    def limited(connection: sqlite3.Connection) -> T:
        with sqlite_timelimit(connection, datasette.setting("sql_time_limit_ms")):
            return load(connection)

    try:
        result: T = await datasette.get_database(DATABASE).execute_fn(limited)
    except sqlite3.OperationalError as error:
        if error.args == ("interrupted",):
            raise TooSlow from error
        raise
    return result


KEPT: WeakKeyDictionary[Datasette, dict[Any, Any]] = WeakKeyDictionary()


async def read_once(datasette: Datasette, load: Callable[[sqlite3.Connection], T]) -> T:
    """What ``load`` reads of the whole archive: read for the first who asks, without a time limit, and kept.

    The file that is served never changes.
    """
    kept = KEPT.setdefault(datasette, {})
    if load not in kept:
        kept[load] = await datasette.get_database(DATABASE).execute_fn(load)
    result: T = kept[load]
    return result


def language_of(request: Request | None) -> str:
    """``?lang=``, else the cookie of an earlier choice, else Chinese."""
    if request is None:
        return LANGUAGES[0]
    for choice in (request.args.get("lang"), request.cookies.get("lang")):
        if choice in LANGUAGES:
            return str(choice)
    return LANGUAGES[0]


def translator(request: Request | None) -> Translator:
    """The interface's words in the request's language."""
    return Translator(language_of(request))


def href(datasette: Datasette, path: str, values: Mapping[str, Any] | None = None) -> str:
    """An address of ours under the base URL, with the values that are not empty as its query string."""
    query = urlencode(
        {key: value for key, value in (values or {}).items() if value not in (None, "")}, errors="replace"
    )
    return str(datasette.urls.path(path)) + (f"?{query}" if query else "")


def absolute(datasette: Datasette, request: Request, path: str) -> str:
    """The full address of a page of ours, as feeds, citations and the sitemap need it."""
    return str(datasette.absolute_url(request, datasette.urls.path(path)))


async def page(
    datasette: Datasette, request: Request, template: str, context: dict[str, Any], status: int = 200
) -> Response:
    """The page as a response; remembers a language that the address asked for."""
    body = await datasette.render_template(template, context, request=request)
    return remembering(request, Response.html(body, status=status))


def remembering(request: Request, response: Response) -> Response:
    """The response with the language that the address asked for, to be remembered."""
    if request.args.get("lang") in LANGUAGES:
        response.set_cookie("lang", request.args.get("lang"), max_age=ONE_YEAR, samesite="lax", httponly=True)
    return response


def without_language(request: Request) -> Response:
    """Lead to the same address without its ``lang``, which is remembered: Datasette would take it for a column."""
    values = [pair for pair in parse_qsl(request.query_string, keep_blank_values=True) if pair[0] != "lang"]
    address = f"{request.path}?{urlencode(values)}" if values else request.path
    return remembering(request, Response.redirect(address))


@cache
def static_version(name: str) -> str:
    """Eight hex digits of a static file's content: a new file gets a new address."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]


def visible(value: Any) -> Any:
    """What a template prints, without characters that only hide or deceive; markup stays markup."""
    return type(value)(str(value).translate(UNSEEN | TURNING)) if isinstance(value, str) else value


def static(datasette: Datasette, name: str) -> str:
    """The address of a static file of ours."""
    return f"{datasette.urls.path('/static/' + name)}?v={static_version(name)}"


def same_page(request: Request | None, **changes: str) -> str:
    """The address of this very page, with some values of its query string changed."""
    if request is None:
        return "?" + urlencode(changes)
    values = {key: request.args.get(key) for key in request.args}
    return str(request.path) + "?" + urlencode({**values, **changes}, errors="replace")


def template_values(datasette: Datasette, request: Request | None) -> dict[str, Any]:
    """What every template may use."""
    t = translator(request)
    return {
        "t": t,
        "lang": t.language,
        "other_language": next(language for language in LANGUAGES if language != t.language),
        "href": partial(href, datasette),
        "static": partial(static, datasette),
        "same_page": partial(same_page, request),
        "sql_allowed": datasette.setting("default_allow_sql"),
        "sql_site": (datasette.plugin_config(PLUGIN) or {}).get("sql_site"),
    }
