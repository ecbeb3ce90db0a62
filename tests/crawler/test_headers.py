"""What the crawler reads in headers."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.headers import LONGEST_WAIT, seconds_of

AFTER: list[tuple[bytes | None, float | None]] = [
    (None, None),
    (b"", None),
    (b"soon", None),
    (b"-5", None),
    (b"1.5", None),
    ("²".encode("latin-1"), None),
    (b"0", 0.0),
    (b" 120 ", 120.0),
    (b"999999999", LONGEST_WAIT),
    (b"9" * 5000, LONGEST_WAIT),
    (b"Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
    (b"Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
    (b"Fri, 32 Dec 1999 23:59:59 GMT", None),
]


@pytest.mark.parametrize(("header", "seconds"), AFTER)
def test_retry_after(header: bytes | None, seconds: float | None) -> None:
    assert seconds_of(header) == seconds


def test_retry_after_as_a_date() -> None:
    found = seconds_of(formatdate(time.time() + 600, usegmt=True).encode())
    assert found is not None
    assert 500 < found <= 600


@given(st.binary(max_size=40))
def test_any_bytes_give_a_wait_that_ends(header: bytes) -> None:
    assert 0 <= (seconds_of(header) or 0) <= LONGEST_WAIT
