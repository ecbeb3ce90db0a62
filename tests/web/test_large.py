"""Pages that would grow with the number of places and sites, on an archive of a thousand of each."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from archive.web.app import reading_room
from tests.web.addresses import PAGES
from tests.web.conftest import client_of, started
from tests.web.test_pages import LIGHT


@pytest.fixture(scope="module")
def wide(archive_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., httpx.Response]:
    path = tmp_path_factory.mktemp("wide") / "archive.db"
    shutil.copy(archive_path, path)
    connection = sqlite3.connect(path)
    for number in range(1000):
        place = (f"98{number:04}", f"第{number}县", f"省{number // 40}")
        connection.execute("INSERT INTO divisions VALUES (?, ?, ?)", place)
        site = (f"wide{number}", f"第{number}县人民政府", place[0], "blocked" if number % 9 == 0 else "fine")
        connection.execute("INSERT INTO sites (id, name, division, state) VALUES (?, ?, ?, ?)", site)
    connection.commit()
    connection.close()
    return client_of(started(reading_room(path)))


@pytest.mark.parametrize("name", ["home", "search", "coverage", "statistics", "question", "question-words", "place"])
def test_no_page_grows_with_the_places(wide, name):
    page = wide(PAGES[name])
    assert page.status_code == 200
    assert len(page.content) < LIGHT


def test_the_coverage_begins_with_the_provinces_and_each_has_its_own_page(wide):
    text = wide("/coverage").text
    assert "南岭" in text
    assert 'href="/coverage?province=%E7%9C%813"' in text
    assert "第121县" not in text
    province = wide("/coverage?province=省3")
    assert len(province.content) < LIGHT
    assert "第121县" in province.text
    assert "采集受阻" in province.text
    assert "云泽市" not in province.text
    assert "缺 25 个编号" in wide("/coverage?province=南岭").text
    assert wide("/coverage?province=没有这个省").status_code == 404


@pytest.mark.parametrize("typed", ["990100", "云泽市", "云泽"])
def test_where_places_are_many_one_types_a_name_or_a_code(wide, typed):
    statistics = wide(f"/statistics?place={typed}").text
    assert '<input id="place" name="place" value="云泽市"' in statistics
    question = wide(f"/questions/place_year?place={typed}").text
    assert "place=990100" in question
    assert question.count("<tr>") == wide("/search.json?place=990100").json()["count"] + 1


@pytest.mark.parametrize("typed", ["没有这个地方", "%", "'", "a" * 5000, "\x00"])
def test_a_place_that_is_none_finds_nothing(wide, typed):
    for path in ("/statistics", "/questions/departments", "/questions/missing"):
        assert wide(path, params={"place": typed, "site": typed}).status_code == 200
