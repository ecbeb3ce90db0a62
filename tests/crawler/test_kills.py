"""A few kills; ``python -m tests.crawler.kills`` does two hundred."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.kills import torment

pytestmark = pytest.mark.long


def test_a_killed_crawl_ends_as_one_that_nobody_disturbed(tmp_path: Path) -> None:
    names = ["node_content", "hanweb_jpaas", "trs_years"]
    (report,) = torment(1, names, tmp_path, seed=4, per_visit=2)
    assert report["kills"] >= 1
    assert report["differs"] == {}
    assert report["state"]["records"].startswith("35 ")
