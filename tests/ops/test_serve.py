"""A running site opens what is published, so that what was taken down is gone from it too."""

from __future__ import annotations

import time
import urllib.error
from pathlib import Path

from tests.command import get, proposals, rows, serving
from tests.test_bad_input import PAGE


def status(address: str) -> int:
    """The status of an answer; 0 while nobody answers."""
    try:
        get(address)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
    return 200


def published(folder: Path) -> Path:
    """A data folder with one published record."""
    data, page = folder / "data", folder / "page.html"
    page.write_text(PAGE, "utf-8")
    assert proposals("import", page, "--data", data).status == 0
    assert proposals("publish", "--data", data).stdout.startswith("1 records published")
    return data


def test_full_addresses_are_those_of_the_setting(tmp_path: Path) -> None:
    data = published(tmp_path)
    (data / "proposals.toml").write_text('public.url = "https://archive.example.org"', "utf-8")
    with serving("serve", "--data", data, "--port", 0) as address:
        [row] = rows(f"{address}archive/proposals.json?_shape=array")
        assert f"https://archive.example.org/r/{row['id']}" in get(f"{address}r/{row['id']}").decode()


def test_a_takedown_reaches_a_running_site(tmp_path: Path) -> None:
    data = published(tmp_path)
    with serving("serve", "--data", data, "--port", 0) as address:
        [row] = rows(f"{address}archive/proposals.json?_shape=array")
        id_ = row["id"]
        assert status(f"{address}r/{id_}") == 200
        (data / "proposals.toml").write_text(f'[removed]\nids = ["{id_}"]', "utf-8")
        assert proposals("publish", "--data", data).stdout.startswith("0 records published")
        end = time.monotonic() + 60
        while (said := status(f"{address}r/{id_}")) != 410 and time.monotonic() < end:
            time.sleep(0.2)
        assert said == 410
