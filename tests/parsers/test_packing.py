"""Bodies unpacked: every coding that travels, whole, torn or wrongly named, and never more than may be."""

from __future__ import annotations

import contextlib
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import parse
from parsers.packing import READERS, StillPacked, TooLarge, unpacked
from parsers.record import Page
from tests.sims.faults import PACKINGS, gzipped

PAGE = "<html><body><h1>关于建设步道的答复</h1>".encode() + b"".join(b"<p>%d</p>" % n for n in range(9000))
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(40)
MOST = 1 << 20
UNPACKED: dict[str, tuple[str, bytes, bytes]] = {
    **{name: (name, pack(PAGE), PAGE) for name, pack in PACKINGS.items() if name in READERS},
    "capitals": (" GZIP ", gzip.compress(PAGE), PAGE),
    "x-gzip": ("x-gzip", gzip.compress(PAGE), PAGE),
    "bare deflate": ("deflate", zlib.compress(PAGE)[2:-4], PAGE),
    "two codings": ("deflate, gzip", gzip.compress(zlib.compress(PAGE)), PAGE),
    "identity": ("identity", PDF, PDF),
    "garbage behind": ("gzip", gzip.compress(PAGE) + b"garbage", PAGE),
    "wrong checksum": ("gzip", gzip.compress(PAGE)[:-8] + bytes(8), PAGE),
    "plain": ("gzip", PAGE, PAGE),
    "plain as br": ("br", PAGE, PAGE),
    "a charset": ("utf-8", PAGE, PAGE),
    "a file": ("none", PDF, PDF),
    **{f"empty {name}": (name, b"", b"") for name in READERS},
}
PACKED: dict[str, tuple[str, bytes]] = {
    "unknown": ("xz", PACKINGS["xz"](PAGE)),
    "broken": ("gzip", b"\x1f\x8b\x08" + bytes(range(40))),
    "another": ("br", gzip.compress(PAGE)),
    "many": ("gzip, gzip, gzip, gzip", gzip.compress(PAGE)),
}


@pytest.mark.parametrize("case", UNPACKED)
def test_unpacked(case: str) -> None:
    codings, body, page = UNPACKED[case]
    assert unpacked(body, codings, MOST) == page


@pytest.mark.parametrize("case", PACKED)
def test_what_cannot_be_unpacked_is_no_text(case: str) -> None:
    codings, body = PACKED[case]
    with pytest.raises(StillPacked):
        unpacked(body, codings, MOST)
    (record,) = parse(Page("x", body, "http://www.liuquan.example/1.html", {"content-encoding": codings}))
    assert record.type == "unrecognised"
    assert [problem.code for problem in record.problems] == ["packed"]


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_is_torn_is_read_as_far_as_it_goes(coding: str) -> None:
    body = PACKINGS[coding](PAGE)
    found = unpacked(body[: len(body) // 2], coding, MOST)
    assert len(found) > 1000
    assert PAGE.startswith(found)


@pytest.mark.parametrize("coding", READERS)
def test_a_bomb_ends(coding: str) -> None:
    bomb = PACKINGS[coding.removeprefix("x-")](bytes(MOST + 1))
    assert len(bomb) < 5000
    with pytest.raises(TooLarge, match="more than 1 MB"):
        unpacked(bomb, coding, MOST)


@given(st.binary(max_size=200), st.sampled_from([*READERS, "xz", ""]), st.integers(0, 40))
def test_any_bytes_are_unpacked_or_say_that_they_are_not(body: bytes, coding: str, kept: int) -> None:
    for bytes_ in (body, gzipped(PAGE)[:kept] + body):
        with contextlib.suppress(StillPacked):
            assert len(unpacked(bytes_, coding, MOST)) <= MOST
