"""One fictional archive, one server and one browser per test session of this folder."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from archive.web.app import reading_room
from tests.web.browsing import CHROMIUM, SWITCHES, Server
from tests.web.fixture import build

LOOP = asyncio.new_event_loop()
threading.Thread(target=LOOP.run_forever, daemon=True).start()


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine, run beside this thread, in which the browser may have a loop of its own."""
    return asyncio.run_coroutine_threadsafe(coroutine, LOOP).result(timeout=60)


@pytest.fixture(scope="session")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("room") / "archive.db")


@pytest.fixture(scope="session")
def room(archive_path: Path) -> Any:
    return started(reading_room(archive_path))


@pytest.fixture(scope="session")
def sql_room(archive_path: Path) -> Any:
    return started(reading_room(archive_path, sql=True))


def started(datasette: Any) -> Any:
    """Started as a server starts it: before the first request, which else would race with those beside it."""
    run(datasette.invoke_startup())
    return datasette


@pytest.fixture(scope="session")
def site(room: Any) -> Iterator[str]:
    """The address of the reading site."""
    with Server(room) as url:
        yield url


@pytest.fixture(scope="session")
def sql_site(sql_room: Any) -> Iterator[str]:
    """The address of the process that takes SQL."""
    with Server(sql_room) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests; they are skipped where none is on the path."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on the path")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()


def client_of(datasette: Any) -> Callable[..., httpx.Response]:
    async def fetch(path: str, **options: Any) -> httpx.Response:
        response: httpx.Response = await datasette.client.get(path, **options)
        return response

    return lambda path, **options: run(fetch(path, **options))


@pytest.fixture
def get(room: Any) -> Callable[..., httpx.Response]:
    """``get("/search?q=…")`` from the reading site."""
    return client_of(room)


@pytest.fixture
def sql_get(sql_room: Any) -> Callable[..., httpx.Response]:
    """The same from the process that takes SQL."""
    return client_of(sql_room)
