"""Site files: the bundled ones load, and what is wrong with one is said with its file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.errors import CrawlError
from crawler.site import BUNDLED, load_site, load_sites

GOOD = """
name = "虚构县人民政府"
division = "610900"
hosts = ["www.xugou.example"]
family = "node_content"
[[columns]]
url = "https://www.xugou.example/Node-7.html"
kind = "suggestion"
[politeness]
delay = 1.5
night = ["22:00", "06:00"]
"""


def write(folder: Path, text: str, name: str = "xugou") -> Path:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def test_all_bundled_files_load() -> None:
    sites = load_sites([BUNDLED])
    assert len(sites) == len(list(BUNDLED.glob("*.toml")))
    assert not any(site.verified or site.allow_private for site in sites)


def test_a_good_file(tmp_path: Path) -> None:
    site = load_site("xugou", [write(tmp_path, GOOD)])
    assert site.id == "xugou"
    assert site.columns[0].kind == "suggestion"
    assert site.politeness.delay == 1.5
    assert site.owns("http://www.xugou.example/Content-1.html")
    assert not site.owns("https://xugou.example/")
    assert not site.owns("file:///etc/passwd")
    assert not site.owns("http://www.xugou.example:port/")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("division", "divison", "unknown key 'divison': did you mean 'division'?"),
        ("kind =", "kinds =", "unknown key 'kinds' in columns[0]: did you mean 'kind'?"),
        ("delay", "dellay", "unknown key 'dellay' in politeness: did you mean 'delay'?"),
        ('"suggestion"', '"advice"', "columns[0].kind"),
        ("node_content", "nodecontent", "did you mean|known are node_content"),
        ("610900", "6109", "key 'division'"),
        ("www.xugou.example/Node", "www.other.example/Node", "columns[0].url"),
        ('url = "https://www.xugou.example/Node-7.html"', "", "to-be-discovered"),
        ("delay = 1.5", "delay = -1", "politeness.delay"),
        ('"22:00"', '"26:00"', "politeness.night"),
        ("[politeness]", "[options]\nitems = 'li'\n[politeness]", "known keys: item"),
        ("name =", "name", "xugou.toml"),
    ],
)
def test_mistakes_name_file_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(CrawlError) as raised:
        load_site("xugou", [write(tmp_path, GOOD.replace(old, new, 1))])
    message = str(raised.value)
    assert "xugou.toml" in message
    assert "\n" not in message
    assert any(part in message for part in said.split("|")), message


def test_unknown_site_lists_near_ones(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    with pytest.raises(CrawlError, match="did you mean xugou"):
        load_site("xugu", [tmp_path])
    with pytest.raises(CrawlError, match="proposals sites"):
        load_site("zzz", [tmp_path])


def test_extra_folders_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROPOSALS_SITES", str(write(tmp_path, GOOD)))
    assert {"xugou", "ankang"} <= {site.id for site in load_sites()}
    monkeypatch.setenv("PROPOSALS_SITES", str(tmp_path / "gone"))
    with pytest.raises(CrawlError, match="PROPOSALS_SITES"):
        load_sites()


def test_a_name_that_is_no_id(tmp_path: Path) -> None:
    with pytest.raises(CrawlError, match="site's id"):
        load_sites([write(tmp_path, GOOD, "Xu Gou")])
