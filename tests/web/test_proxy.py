"""Both processes behind the nginx of deploy/: prefixes, static files, closed addresses, downloads in ranges."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from archive.web.app import reading_room
from tests.web.browsing import Server

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx" / "proposals.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx here")


@pytest.fixture(scope="module")
def proxy(archive_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of nginx with our configuration before a reading process and one for SQL."""
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "releases").mkdir()
    (folder / "releases" / "archive.sqlite").write_bytes(bytes(range(256)) * 100)
    reading = reading_room(archive_path, sql_site="/sql/")
    with Server(reading) as site, Server(reading_room(archive_path, sql=True, prefix="/sql/")) as sql:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        text = CONFIGURATION.read_text().replace("listen 80;", f"listen 127.0.0.1:{port};")
        for old, new in (
            ("127.0.0.1:8001", site.removeprefix("http://")),
            ("127.0.0.1:8002", sql.removeprefix("http://")),
            ("/srv/proposals/data/public", str(folder)),
            ("/var/cache", str(folder)),
        ):
            text = text.replace(old, new)
        (folder / "proposals.conf").write_text(text)
        (folder / "nginx.conf").write_text(main_configuration(folder))
        process = subprocess.Popen(
            [str(NGINX), "-e", f"{folder}/error.log", "-p", folder, "-c", f"{folder}/nginx.conf"]
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"host": "archive.example.org"}) as client:
                wait(client)
                yield client
        finally:
            process.terminate()
            process.wait(10)


def main_configuration(folder: Path) -> str:
    """What stands round our file in an ordinary nginx.conf, with every path inside the folder."""
    owner = "user root;" if os.geteuid() == 0 else ""
    scratch = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{name}_temp_path {folder}/{name};" for name in scratch)
    return (
        f"{owner} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ include /etc/nginx/mime.types; access_log off; {paths} include {folder}/proposals.conf; }}"
    )


def wait(client: httpx.Client) -> None:
    for _ in range(100):
        try:
            client.get("/robots.txt")
            return
        except httpx.ConnectError:
            time.sleep(0.05)
    raise AssertionError("nginx does not answer")


def test_the_data_page_leads_to_the_process_for_sql(proxy: httpx.Client) -> None:
    assert 'href="/sql/archive"' in proxy.get("/data").text
    page = proxy.get("/sql/archive?sql=select+count(*)+from+proposals")
    assert "<textarea" in page.text
    assert ">57<" in page.text
    assert 'action="/sql/archive"' in page.text
    assert 'href="/sql/static/room.css' in page.text


def test_a_reading_page_of_the_second_process_stays_under_its_prefix(proxy: httpx.Client) -> None:
    text = proxy.get("/sql/search?q=养老").text
    links = [part.split('"')[0] for part in text.split('href="')[1:]]
    assert links
    assert all(link.startswith(("/sql/", "#", "https://", "http://archive.example.org/sql/")) for link in links)


@pytest.mark.parametrize("prefix", ["", "/sql"])
def test_static_files_are_kept_by_browsers(proxy: httpx.Client, prefix: str) -> None:
    answer = proxy.get(f"{prefix}/static/room.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "max-age=2592000"
    assert answer.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("path", ["/-/databases", "/-/databases.json", "/sql/-/threads.json", "/-/static/app.css"])
def test_what_tells_about_the_server_is_closed(proxy: httpx.Client, path: str) -> None:
    assert proxy.get(path).status_code == 404


def test_a_release_is_served_in_ranges(proxy: httpx.Client) -> None:
    part = proxy.get("/dumps/archive.sqlite", headers={"range": "bytes=256-259"})
    assert part.status_code == 206
    assert part.content == bytes([0, 1, 2, 3])
    assert proxy.get("/archive.db").headers["location"].endswith("/dumps/")
    assert proxy.get("/sql/dumps/archive.sqlite").headers["location"].endswith("/dumps/archive.sqlite")


def test_addresses_in_feeds_are_those_that_readers_use(proxy: httpx.Client) -> None:
    for _ in range(100):  # the test of many questions may just have used up the rate
        answer = proxy.get("/feed.atom")
        if answer.status_code != 429:
            break
        time.sleep(0.1)
    assert "<id>http://archive.example.org/r/" in answer.text


def test_a_hundred_questions_of_one_reader_are_slowed_and_others_are_served(proxy: httpx.Client) -> None:
    statuses = [proxy.get(f"/search?q=台账&page={n}").status_code for n in range(60)]
    assert set(statuses) == {200, 429}
    assert proxy.get("/r/yunze-suggestion-9-1-40").status_code == 200
