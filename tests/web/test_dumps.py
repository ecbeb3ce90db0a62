"""Releases as readers without a proxy get them: listed with sizes and sums, whole or from where a download broke."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from archive.release import release
from archive.web.app import reading_room
from tests.archive import samples
from tests.web.browsing import Server, Watched, overflow
from tests.web.conftest import client_of, started
from tests.web.test_browser import RULES, open_details, violations

VERSION = "2026.11.0"
SQLITE = f"/dumps/{VERSION}/archive-{VERSION}.sqlite.zst"


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public folder with an archive and its release, and beside it what nobody may read."""
    data = tmp_path_factory.mktemp("data")
    (data / "public").mkdir()
    (data / "store.db").write_text("private")
    release(samples.sample(data / "public" / "archive.db"), data / "public" / "releases")
    return data / "public"


@pytest.fixture(scope="module")
def served(public: Path) -> Any:
    return started(reading_room(public / "archive.db"))


@pytest.fixture(scope="module")
def get(served: Any) -> Any:
    return client_of(served)


def test_the_data_page_lists_version_date_files_sizes_and_sums(get: Any, public: Path) -> None:
    text = get("/data").text
    folder = public / "releases" / VERSION
    assert f'<a class="button" href="/dumps/{VERSION}/">' in text
    assert "2026-11-24" in text
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, _, path = line.partition("  ")
        assert digest in text
        assert f'href="/dumps/{VERSION}/{path}"' in text
    assert f'href="/dumps/{VERSION}/SHA256SUMS"' in text


def test_the_whole_is_cited_by_version_with_both_dates(get: Any) -> None:
    today = date.today().isoformat()
    text = get("/data").text
    assert f"建议提案答复档案:{VERSION}[DB/OL]. (2026-11-24)[{today}]. http://localhost/dumps/{VERSION}/." in text


def test_search_engines_are_told_licence_creator_version_and_files(get: Any) -> None:
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', get("/data").text)[1])
    assert data["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert data["creator"] == {"@type": "Organization", "name": "建议提案答复档案"}
    assert data["version"] == VERSION
    files = {file["contentUrl"].removeprefix("http://localhost"): file for file in data["distribution"]}
    assert files[SQLITE]["encodingFormat"] == "application/vnd.sqlite3"
    assert files[SQLITE]["sha256"] == hashlib.sha256(get(SQLITE).content).hexdigest()
    assert get(f"/dumps/{VERSION}/proposals.jsonl.gz").status_code == 200


def test_without_a_release_the_archive_itself_is_cited(public: Path, tmp_path: Path) -> None:
    shutil.copy(public / "archive.db", tmp_path)
    with sqlite3.connect(tmp_path / "archive.db") as database:
        database.execute("INSERT INTO about VALUES ('publisher', '柳泉档案馆')")
    text = client_of(started(reading_room(tmp_path / "archive.db")))("/data").text
    assert (
        f"柳泉档案馆. 建议提案答复档案[DB/OL]. (2026-11-24)[{date.today().isoformat()}]. http://localhost/data." in text
    )


def test_a_release_is_there_without_a_restart(public: Path, tmp_path: Path) -> None:
    shutil.copy(public / "archive.db", tmp_path)
    get = client_of(started(reading_room(tmp_path / "archive.db")))
    before = get("/data").text
    assert "还没有发布过版本" in before
    assert 'class="button"' not in before
    assert get("/dumps/").headers["location"] == "/data#releases"
    shutil.copytree(public / "releases", tmp_path / "releases", symlinks=True)
    assert f'href="/dumps/{VERSION}/"' in get("/data").text


def test_a_release_that_is_not_whole_is_not_offered(public: Path, tmp_path: Path) -> None:
    shutil.copy(public / "archive.db", tmp_path)
    shutil.copytree(public / "releases", tmp_path / "releases", symlinks=True)
    (tmp_path / "releases" / VERSION / "datapackage.json").write_text("{")
    get = client_of(started(reading_room(tmp_path / "archive.db")))
    assert "还没有发布过版本" in get("/data").text
    assert get(SQLITE).status_code == 404


def test_every_file_is_served_as_it_lies_there(get: Any, public: Path) -> None:
    paths = re.findall(rf'href="(/dumps/{VERSION}/[^"?]+)"', get(f"/dumps/{VERSION}/").text)
    assert len(paths) == len([path for path in (public / "releases" / VERSION).rglob("*") if path.is_file()])
    for path in paths:
        answer = get(path)
        assert answer.status_code == 200
        assert answer.content == (public / "releases" / path.removeprefix("/dumps/")).read_bytes()
        assert int(answer.headers["content-length"]) == len(answer.content)
        assert "sandbox" in answer.headers["content-security-policy"]
    assert get("/dumps/latest/SHA256SUMS").content == get(f"/dumps/{VERSION}/SHA256SUMS").content


@pytest.mark.parametrize(
    ("wanted", "status", "first", "stop"),
    [
        ("bytes=256-259", 206, 256, 260),
        ("bytes=1000-", 206, 1000, None),
        ("bytes=10-99999999", 206, 10, None),
        ("bytes=0-1,4-5", 200, 0, None),
        ("bytes=-5", 200, 0, None),
        ("bytes=99999999-", 416, 0, 0),
        ("bytes=9-3", 416, 0, 0),
    ],
)
def test_a_download_goes_on_where_it_broke_off(
    get: Any, public: Path, wanted: str, status: int, first: int, stop: int | None
) -> None:
    whole = (public / "releases" / SQLITE.removeprefix("/dumps/")).read_bytes()
    answer = get(SQLITE, headers={"range": wanted})
    assert answer.status_code == status
    assert answer.content == whole[first:stop]
    if status == 206:
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(whole)}"


def test_another_file_is_not_continued(get: Any) -> None:
    etag = get(SQLITE).headers["etag"]
    assert get(SQLITE, headers={"range": "bytes=9-", "if-range": etag}).status_code == 206
    assert get(SQLITE, headers={"range": "bytes=9-", "if-range": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("/dumps/../../store.db", "/dumps/%2e%2e/%2e%2e/store.db", f"/dumps/{VERSION}/../../../store.db"),
        *(f"/dumps/{VERSION}/..%2f..%2f..%2fstore.db", f"/dumps/{VERSION}/%2fetc%2fpasswd", "/dumps/.lock"),
        *("/dumps/2026.11.9/", f"/dumps/{VERSION}/csv", f"/dumps/{VERSION}/nothing"),
    ],
)
def test_nothing_else_is_served(get: Any, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 404
    assert "private" not in answer.text


def test_over_http_head_and_download_agree(served: Any, public: Path) -> None:
    with Server(served) as url:
        head = httpx.head(url + SQLITE)
        whole = httpx.get(url + SQLITE)
    assert head.status_code == 200
    assert head.content == b""
    assert int(head.headers["content-length"]) == len(whole.content)
    assert whole.headers["etag"] == f'"{hashlib.sha256(whole.content).hexdigest()}"'


@pytest.mark.parametrize("path", ["/data", f"/dumps/{VERSION}/"])
def test_pages_with_releases_are_accessible_and_fit_a_phone(browser: Any, served: Any, path: str) -> None:
    with Server(served) as url, Watched(browser, url, "phone") as watched:
        watched.page.goto(url + path)
        open_details(watched.page)
        assert violations(watched.page, "tag", RULES) == ""
        assert overflow(watched.page) <= 0
        assert watched.troubles == []
