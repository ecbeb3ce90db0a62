"""One fictional archive per test session of this folder, served in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from archive.web.app import reading_room
from tests.web.fixture import build


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
    asyncio.run(datasette.invoke_startup())
    return datasette


def client_of(datasette: Any) -> Callable[..., httpx.Response]:
    async def fetch(path: str, **options: Any) -> httpx.Response:
        response: httpx.Response = await datasette.client.get(path, **options)
        return response

    return lambda path, **options: asyncio.run(fetch(path, **options))


@pytest.fixture
def get(room: Any) -> Callable[..., httpx.Response]:
    """``get("/search?q=…")`` from the reading site."""
    return client_of(room)


@pytest.fixture
def sql_get(sql_room: Any) -> Callable[..., httpx.Response]:
    """The same from the process that takes SQL."""
    return client_of(sql_room)
