"""Addresses of one page fold to one key, others stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.urls import canonical

SAME = [
    [
        "http://www.xugou.example/zwgk/jytabl/202306/t20230606_12033778.html",
        "https://xugou.example:443/zwgk/jytabl/202306/t20230606_12033778_wap.html",
        "https://www.xugou.example/other/t20230606_12033778_ghb.shtml?version=2#top",
    ],
    ["https://www.xugou.example/Content-85630.html", "http://www.xugou.example/WapContent-85630.html"],
    [
        "https://xugou.example/info/5868/16324.htm",
        "https://xugou.example/content.jsp?urltype=news.NewsContentUrl&wbtreeid=5868&wbnewsid=16324",
    ],
    ["http://xugou.example/xx/content/post_12.html", "http://xugou.example/xx/content/mpost_12.html"],
    ["http://xugou.example/public/31/648.html", "http://xugou.example/zwgk/public/31/648.html"],
    ["http://xugou.example/ins.asp?s=125&i=36015", "http://xugou.example/ins.asp?i=36015&s=125&_t=99"],
    ["http://xugou.example/a//b", "HTTP://XUGOU.example:80/a/b;jsessionid=77"],
    [
        "http://xugou.example/col/col5/art/2025/art_0123456789abcdef0123456789abcdef.html",
        "http://xugou.example/art/2025/art_0123456789abcdef0123456789abcdef.html",
    ],
]


@pytest.mark.parametrize("addresses", SAME, ids=lambda addresses: addresses[0].rpartition("/")[2])
def test_twins_fold(addresses: list[str]) -> None:
    assert len({canonical(url) for url in addresses}) == 1


def test_different_pages_stay_apart() -> None:
    firsts = {canonical(addresses[0]) for addresses in SAME}
    assert len(firsts) == len(SAME)
    assert canonical("http://127.0.0.1:8001/x") != canonical("http://127.0.0.1:8002/x")
    assert canonical("http://a.example/x?id=1") != canonical("http://a.example/x?id=2")
    assert canonical("http://a.example/info/1/2.htm") != canonical("http://a.example/info/2/1.htm")


@given(st.text(max_size=80) | st.from_regex(r"https?://[a-z.:\[\]0-9]{1,20}/[^\s]{0,40}", fullmatch=True))
def test_any_text_has_one_stable_form(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)
