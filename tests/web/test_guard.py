"""Headers, closed addresses, limits, and readers who are served while others ask much."""

from __future__ import annotations

import asyncio
import shutil
from typing import Any
from urllib.parse import urlencode

import pytest
from datasette.utils.asgi import Request
from markupsafe import escape

from archive.web.app import reading_room
from archive.web.citing import as_script, web_address
from archive.web.export import export
from archive.web.guard import AT_ONCE, QUEUE, Queue
from tests.command import get as get_bytes
from tests.command import proposals, serving
from tests.web.addresses import ERRORS, HOSTILE, PAGES
from tests.web.conftest import client_of, run, started


@pytest.mark.parametrize("path", [*PAGES.values(), *HOSTILE.values(), *ERRORS.values()])
def test_every_page_is_under_the_strict_policy(get, path):
    response = get(path)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    text = response.text
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text
    assert text.count("<script") == text.count("<script src=") + text.count('<script type="application/ld+json">')


@pytest.mark.parametrize(
    "path", ["/search.csv", "/search.json", "/feed.atom", "/sitemap.xml", "/archive/proposals.json"]
)
def test_data_runs_nothing(get, path):
    assert "sandbox" in get(path).headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        *(f"/search.{form}?q=敌意文本" for form in ("csv", "json", "atom")),
        *("/r/hostile-1.json", "/archive/proposals.json?_search=敌意文本", "/archive/proposals.csv?_search=敌意文本"),
        *("/archive/texts.json?proposal=1", "/archive/changed.json", "/archive/changed.csv", "/archive/evidence.csv"),
    ],
)
def test_hostile_text_in_data_is_never_taken_for_a_page(get, path):
    response = get(path)
    assert response.status_code == 200
    assert not response.headers["content-type"].startswith("text/html")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        *(f"/-/{name}" for name in ("databases", "databases.json", "threads", "metadata", "settings", "plugins")),
        *("/-/versions", "/-/static/app.css", "/-/login", "/-/auth-token", "/_memory", "/_internal", "/archive.db"),
    ],
)
def test_what_tells_about_the_server_is_closed(get, path):
    response = get(path)
    assert response.status_code == 404
    assert "/tmp" not in response.text


@pytest.mark.parametrize(
    "path", ["/r/%ff%fe", "/%00", "/r/%E4%B8%AD", "/r/..%2f..%2fetc", "/static/../plugin.py", "/r/" + "a" * 5000]
)
def test_odd_paths_are_not_found(get, path):
    assert get(path).status_code in (302, 404)


def test_sql_is_closed_on_the_reading_site_and_limited_on_the_other(get, sql_get):
    assert get("/archive?sql=select+1").status_code == 403
    assert "不对外开放" in get("/archive?sql=select+1").text
    assert sql_get("/archive.json?sql=select+1+as+n&_shape=array").json() == [{"n": 1}]
    for blast in ("select+hex(randomblob(300000000))", "select+zeroblob(900000000)"):
        assert sql_get(f"/archive.json?sql={blast}").status_code == 400
    assert sql_get("/archive?sql=select+hex(randomblob(300000000))").status_code == 400
    assert sql_get("/archive?sql=attach+'x'+as+y").status_code == 400
    page = sql_get("/archive?sql=select+id,title+from+proposals")
    assert page.status_code == 200
    assert "<textarea" in page.text
    assert "window.fired" in page.text
    assert "<script>window" not in page.text


ENDLESS = "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c where n > :least"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("selec id from proposals", "Statement must be a SELECT"),
        ("select titel from proposals", "no such column: titel"),
        (ENDLESS, "the query took longer than 1000 ms and was stopped"),
    ],
)
def test_sql_that_fails_stays_in_the_editor_with_the_reason(sql_get, sql, reason):
    query = urlencode({"sql": sql, "least": "7"})
    page = sql_get(f"/archive?{query}")
    assert page.status_code == 400
    assert "<textarea" in page.text
    assert str(escape(sql)) in page.text
    assert reason in page.text
    assert ('name="least" value="7"' in page.text) == (":least" in sql or "selec " in sql)
    answer = sql_get(f"/archive.json?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"] == reason


def test_the_stock_page_of_a_record_leads_to_ours(get):
    response = get("/archive/proposals/2")
    assert response.status_code == 302
    assert response.headers["location"] == "/r/yunze-suggestion-9-1-40"


def test_readers_are_served_while_a_hundred_ask_much(room):
    async def crowd():
        asks = [room.client.get(f"/search?q=台账&page={n}") for n in range(100)]
        reads = [room.client.get("/r/yunze-suggestion-9-1-40") for _ in range(5)]
        return await asyncio.gather(*asks, *reads)

    responses = run(crowd())
    assert {r.status_code for r in responses[:100]} <= {200, 503}
    assert {r.status_code for r in responses[100:]} == {200}


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://www.yunze.example/a?b=1#c", True),
        ("http://www.yunze.example:8080/", True),
        ("javascript:alert(1)", False),
        ("JAVASCRIPT:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//www.yunze.example/", False),
        ("http:///nohost", False),
        ("https://[broken/", False),
        ("ftp://www.yunze.example/", False),
        (None, False),
        ("", False),
    ],
)
def test_only_web_addresses_are_linked(url, linked):
    assert (web_address(url) is not None) is linked


def test_json_in_a_script_cannot_end_it():
    assert "<" not in as_script({"a": "</script><!--"})


def test_the_site_lives_under_a_prefix_too(archive_path):
    get = client_of(reading_room(archive_path, sql=True, prefix="/sql/"))
    home = get("/")
    assert home.status_code == 200
    assert 'action="/sql/search"' in home.text
    assert 'href="/sql/static/room.css' in home.text
    assert get("/static/room.css").status_code == 200
    assert get("/search?q=养老").status_code == 200
    assert get("/archive?sql=select+1").status_code == 200
    assert get("/-/databases").status_code == 404
    assert get("/r/yunze-old-1").headers["location"] == "/sql/r/yunze-suggestion-9-1-40"
    assert get("/dumps/").headers["location"] == "/sql/data#releases"


def test_full_addresses_are_those_of_the_setting_whatever_host_is_asked_for(archive_path):
    get = client_of(started(reading_room(archive_path, prefix="/in/", address="https://archive.example.org/in/")))
    for path in ("/r/yunze-suggestion-9-1-40", "/feed.atom", "/sitemap.xml", "/archive/proposals.json", "/search.json"):
        text = get(path, headers={"host": "evil.example"}).text
        assert "https://archive.example.org/in/" in text
        assert "evil.example" not in text


def test_the_command_reads_the_public_address_from_the_settings(archive_path, tmp_path):
    (tmp_path / "public").mkdir()
    shutil.copy(archive_path, tmp_path / "public" / "archive.db")
    settings = tmp_path / "proposals.toml"
    settings.write_text('public.url = "https://archive.example.org/about"', "utf-8")
    with serving("serve", "--data", tmp_path, "--port", 0) as address:
        assert b"<loc>https://archive.example.org/sitemap-0.xml</loc>" in get_bytes(address + "sitemap.xml")
    settings.write_text('public.url = "archive.example.org"', "utf-8")
    assert (
        "public.url: 'archive.example.org' does not begin like https://"
        in proposals("serve", "--data", tmp_path).stderr
    )


@pytest.mark.parametrize("path", ["/search.csv", "/search.json", "/archive/texts.csv"])
def test_readers_who_take_nothing_of_their_download_hold_nobody_up(room, path):
    """Two of them, as many as may ask at once: another reader's search is answered while their answers wait."""

    async def crowd():
        begun, taken, bodies = asyncio.Semaphore(0), asyncio.Event(), []

        async def send(message):
            if message["type"] == "http.response.body":
                begun.release()
                await taken.wait()
                bodies.append(message.get("body", b""))

        slow = [asyncio.create_task(room.client.app(request(path), None, send)) for _ in range(AT_ONCE)]
        for _ in slow:
            await begun.acquire()
        try:
            answer = await asyncio.wait_for(room.client.get("/search?q=养老"), 10)
        finally:
            taken.set()
            await asyncio.gather(*slow)
        return answer.status_code, b"".join(bodies)

    status, body = run(crowd())
    assert status == 200
    assert len(body) == AT_ONCE * len(client_of(room)(path).content)


def test_each_batch_of_a_download_is_read_in_its_turn(room):
    async def others_first():
        queue, sent = Queue(), []

        async def send(message):
            sent.append(message["type"])
            if len(sent) == 2:
                for _ in range(AT_ONCE):
                    await queue.turns.acquire()

        scope = {**request("/search.csv"), QUEUE: queue, "url_route": {"kwargs": {"format": "csv"}}}
        download = asyncio.create_task(export(room, Request(scope, None), send))
        while not queue.waiting:
            await asyncio.sleep(0.01)
        before = len(sent)
        queue.turns.release()
        await download
        return before, len(sent)

    assert run(others_first()) == (2, 4)


def request(path: str) -> dict[str, Any]:
    """A reader's request for a path, as a server hands it to the application."""
    return {
        "type": "http", "method": "GET", "scheme": "http", "http_version": "1.1", "root_path": "", "query_string": b"",
        "path": path, "raw_path": path.encode(), "headers": [(b"host", b"localhost")],
    }  # fmt: skip
