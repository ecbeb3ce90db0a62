"""Both processes behind the nginx of deploy/: prefixes, static files, closed addresses, downloads in ranges."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from archive.web.app import reading_room
from tests.web.browsing import Server

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx" / "proposals.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx here")


class Proxy(NamedTuple):
    """A proxy at work: a client that asks for the site by its name, and a second address."""

    client: httpx.Client
    alone: str
    """Where our server is the only one and so answers to any name, as it is behind the port that certbot adds."""


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def running(archive_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The proxy with our configuration before a reading process and one for SQL."""
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "releases").mkdir()
    (folder / "releases" / "archive.sqlite").write_bytes(bytes(range(256)) * 100)
    reading = reading_room(archive_path, sql_site="/sql/")
    with Server(reading) as site, Server(reading_room(archive_path, sql=True, prefix="/sql/")) as sql:
        port, alone = free_port(), free_port()
        text = CONFIGURATION.read_text().replace("listen 80;", f"listen 127.0.0.1:{port};")
        for old, new in (
            ("server_name archive.", f"listen 127.0.0.1:{alone}; server_name archive."),
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
                yield Proxy(client, f"http://127.0.0.1:{alone}")
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def proxy(running: Proxy) -> httpx.Client:
    return running.client


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


STRANGER = {"host": "evil.example"}


@pytest.mark.parametrize("path", ["/", "/r/yunze-suggestion-9-1-42", "/sql/", "/dumps/", "/static/room.css", "/-/x"])
def test_who_asks_for_another_name_gets_no_answer(proxy: httpx.Client, path: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        proxy.get(path, headers=STRANGER)


@pytest.mark.parametrize("prefix", ["", "/sql"])
@pytest.mark.parametrize("path", ["/r/beiyuan-suggestion-9-3-42", "/archive/proposals.json?_size=1"])
def test_no_reader_gets_a_page_with_the_name_that_another_asked_for(running: Proxy, prefix: str, path: str) -> None:
    poison = httpx.get(running.alone + prefix + path, headers=STRANGER)
    answer = running.client.get(prefix + path)
    assert (poison.status_code, answer.status_code) == (200, 200)
    assert ("x-cache" not in answer.headers) if prefix else (answer.headers["x-cache"] == "HIT")
    assert "evil.example" not in poison.text + answer.text
    assert "http://archive.example.org/" in answer.text


def test_a_page_in_the_language_of_a_cookie_is_kept_for_nobody_else(proxy: httpx.Client) -> None:
    english = proxy.get("/coverage", headers={"cookie": "lang=en"})
    chinese = proxy.get("/coverage")
    assert ('<html lang="en">' in english.text, '<html lang="zh-CN">' in chinese.text) == (True, True)
    assert '<html lang="en">' in proxy.get("/coverage", headers={"cookie": "lang=en"}).text
