"""Bad input on the command line: one line that names the thing and the way out, exit status 1, nothing half-written."""

from __future__ import annotations

import os
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.command import bound_by_permissions, proposals

PAGE = """<html><head><title>关于增设公交站点建议的答复</title></head><body><h1>关于增设公交站点建议的答复</h1>
<p>王小满代表：</p><p>您提出的关于增设公交站点的建议（第7号）收悉，现答复如下：</p><p>站点将于九月启用。</p>
<p>感谢您对我县工作的关心。</p></body></html>"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "noise.dat").write_bytes(bytes(os.urandom(50_000)))
    (tmp_path / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    with (tmp_path / "huge.html").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "typo.toml").write_text('name = "柳"\nhosts = ["www.liu.example"]\nfamly = "trs"\n', "utf-8")
    return tmp_path


@pytest.mark.parametrize("verb", ["parse", "import"])
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("none.html", "no such file"),
        ("empty.txt", "the file is empty"),
        ("noise.dat", "a binary file"),
        ("image.png", "a binary file"),
        ("huge.html", "larger than the 64 MB"),
        ("sites", "a folder; name the files in it"),
    ],
)
def test_a_path_that_is_no_page(here: Path, verb: str, name: str, says: str) -> None:
    more = ("--data", here / "data") if verb == "import" else ()
    done = proposals(verb, here / name, here / "page.html", *more)
    assert done.status == 1
    assert one_line(done.stderr).startswith(f"proposals: {here / name}: ")
    assert says in done.stderr
    assert "增设公交站点" in done.stdout if verb == "parse" else "1 new records" in done.stdout


def test_an_import_of_nothing_makes_nothing(here: Path) -> None:
    done = proposals("import", here / "none.html", "--data", here / "data")
    assert (done.status, done.stdout) == (1, "")
    assert one_line(done.stderr).endswith("no such file")
    assert not (here / "data").exists()


def test_what_is_no_record_is_not_counted_as_one(here: Path) -> None:
    (here / "other.html").write_text("<title>无</title><p>这里什么也没有。</p>", "utf-8")
    done = proposals("import", here / "page.html", here / "other.html", "--data", here / "data")
    assert done.stdout.startswith("2 pages, 1 new records, 0 changed, 1 new pages without a record, ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("crawl", "ankangg"), "unknown site 'ankangg': did you mean ankang"),
        (("crawl", "ankang"), "ankang: set PROPOSALS_CONTACT"),
        (("crawl", "ankang", "--contact", "hello"), "contact 'hello': write a mail address, or the http(s) address"),
        (("publish",), "no store yet; run `proposals crawl` or `proposals import PATH` first"),
        (("serve",), "no archive yet; run `proposals publish` first"),
        (("report",), "no store yet"),
        (("rebuild",), "no captures"),
    ],
)
def test_nothing_is_there_yet(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    done = proposals(*arguments, "--data", tmp_path / "data")
    assert done.status == 1
    assert says in one_line(done.stderr)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("arguments", [("sites",), ("crawl", "typo")])
def test_a_site_file_with_a_typo(here: Path, arguments: tuple[str, ...]) -> None:
    done = proposals(*arguments, PROPOSALS_SITES=str(here / "sites"), PROPOSALS_DATA=str(here / "data"))
    assert done.status == 1
    path = here / "sites" / "typo.toml"
    assert one_line(done.stderr) == f"proposals: {path}: unknown key 'famly': did you mean 'family'?"


def test_a_port_in_use(here: Path) -> None:
    assert proposals("import", here / "page.html", "--data", here / "data").status == 0
    assert proposals("publish", "--data", here / "data").status == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = proposals("serve", "--data", here / "data", "--port", port)
    assert done.status == 1
    assert one_line(done.stderr) == f"proposals: 127.0.0.1:{port}: address already in use; choose another with --port"


@pytest.mark.parametrize("verb", ["import", "publish", "report", "crawl"])
def test_a_store_of_a_newer_version(here: Path, verb: str) -> None:
    data = here / "data"
    assert proposals("import", here / "page.html", "--data", data).status == 0
    with closing(sqlite3.connect(data / "store.db")) as store:
        store.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('store', '2999-01-01-far', '')"
        )
        store.commit()
    before = (data / "store.db").read_bytes()
    more = {"import": (here / "page.html",), "crawl": ("ankang", "--contact", "a@b.example")}.get(verb, ())
    done = proposals(verb, *more, "--data", data)
    assert done.status == 1
    assert "written by a newer version of this program" in one_line(done.stderr)
    assert (data / "store.db").read_bytes() == before


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for arguments in (("crawl", "ankang", "--contact", "a@b.example"), ("demo",)):
        done = proposals(*arguments, "--data", tmp_path / "file" / "data")
        assert done.status == 1
        assert str(tmp_path / "file") in one_line(done.stderr)


OUT_OF_RANGE = {
    "[serve]\nport = 70000": "Expected `int` <= 65535 - at `$.serve.port`",
    "[publish]\nsmallest = -3": "Expected `float` >= 0.0 - at `$.publish.smallest`",
    "[publish]\nlargest = nan": "Expected `float` >= 1.0 - at `$.publish.largest`",
    '[serve]\nhost = "no.such.host.invalid"': "no.such.host.invalid: no address of this machine",
}


def test_settings_out_of_their_range(here: Path) -> None:
    data = here / "data"
    assert proposals("import", here / "page.html", "--data", data).status == 0
    assert proposals("publish", "--data", data).status == 0
    for settings, says in OUT_OF_RANGE.items():
        (data / "proposals.toml").write_text(settings, "utf-8")
        done = proposals("serve", "--data", data)
        assert done.status == 1
        assert says in one_line(done.stderr)


def test_a_folder_that_may_not_be_written(here: Path) -> None:
    data = here / "data"
    assert proposals("import", here / "page.html", "--data", data).status == 0
    assert proposals("publish", "--data", data).status == 0
    for path in (data, data / "public"):
        path.chmod(0o500)
    for verb, *more in (("release", data / "x"), ("import", here / "page.html"), ("publish",), ("report",)):
        done = bound_by_permissions(verb, *more, "--data", data)
        assert done.status == 1
        assert one_line(done.stderr).startswith(f"proposals: {data}")
    data.chmod(0o700)


def one_line(text: str) -> str:
    assert text.count("\n") == 1, text
    return text.rstrip("\n")
