"""Site files: the bundled ones load, and what is wrong with one is said with its file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.errors import CrawlError
from crawler.families import family
from crawler.families._generic import form
from crawler.site import BUNDLED, Site, load_site, load_sites

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
        ("[politeness]", "[[columns]]\nurl = 'https://www.xugou.example/Node-7.html'\n[politeness]", "columns[1].url"),
        ("delay = 1.5", "delay = -1", "politeness.delay"),
        ("delay = 1.5", "delay = nan", "politeness.delay"),
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


SITES = {site.id: site for site in load_sites([BUNDLED])}
CODES = {
    "1": {"河北": 3},
    "2": {"辽宁": 1, "吉林": 2, "黑龙江": 3},
    "3": {"上海": 1, "江苏": 2, "浙江": 3, "安徽": 4, "福建": 5, "江西": 6, "山东": 7},
    "4": {"河南": 1, "湖北": 2, "湖南": 3, "广东": 4, "广西": 5},
    "5": {"重庆": 0, "四川": 1, "贵州": 2, "云南": 3},
    "6": {"陕西": 1, "甘肃": 2, "宁夏": 4, "新疆": 5},
}
PROVINCES = {name: f"{region}{digit}" for region, names in CODES.items() for name, digit in names.items()}


def test_every_known_place_has_a_file() -> None:
    rows = [row for site in SITES.values() for row in site.rows]
    assert set(rows) == set(range(1, 92))
    assert len(SITES) >= 91


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_bundled_file_is_coherent(site: Site) -> None:
    assert site.division is not None
    assert PROVINCES[site.province or ""] == site.division[:2]
    assert site.evidence
    assert all(site.owns(url) for url in site.examples)
    assert all(host.endswith(".gov.cn") for host in site.hosts)
    assert bool(site.known_columns()) <= bool(site.hosts)
    assert site.columns, "a site without a known column says so"
    if not site.hosts:
        assert site.notes


@pytest.mark.parametrize("site", [site for site in SITES.values() if site.examples], ids=lambda site: site.id)
def test_family_knows_the_example_pages(site: Site) -> None:
    details = [form(text) for text in site.options.get("details", ())]
    for url in site.examples:
        known = family(site.family).is_detail(url) or any(pattern.search(url) for pattern in details)
        assert known, url
    assert not any(family(site.family).is_detail(column.url or "") for column in site.known_columns())


@pytest.mark.parametrize("site", [site for site in SITES.values() if site.known_columns()], ids=lambda site: site.id)
def test_family_can_ask_for_each_column(site: Site) -> None:
    for column in site.known_columns():
        request = family(site.family).first(column.url or "", site.options_for(column.url or ""))
        assert site.owns(request.url)


def test_no_host_is_in_two_files() -> None:
    hosts = [host for site in SITES.values() for host in site.hosts]
    assert len(hosts) == len(set(hosts))
