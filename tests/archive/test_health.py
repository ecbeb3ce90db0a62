"""The report says what needs a person, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from fictional import SITE, page, record

from archive.cli import proposals
from archive.store import Store
from parsers.record import Problem


def run(data: Path, *arguments: str):
    return CliRunner().invoke(proposals, ["report", "--data", str(data), *arguments])


@pytest.mark.parametrize("state", ["blocked", "unreachable", "empty list", "listed but nothing parsed"])
def test_a_broken_site_needs_a_person(tmp_path: Path, state: str):
    with Store.open(tmp_path) as store:
        store.put_sites([SITE])
        store.put_crawl("qinghe", "2025-06-01T00:00:00Z", state, detail="看这里")
    for form in ("table", "json", "markdown"):
        result = run(tmp_path, "--format", form)
        assert result.exit_code == 2
        assert "看这里" in result.output
    assert json.loads((tmp_path / "health.json").read_text("utf-8"))["sites"][0]["state"] == state


def test_a_fine_site_needs_nobody_and_a_thin_run_does(tmp_path: Path):
    with Store.open(tmp_path) as store:
        store.put_sites([SITE])
        for day in range(1, 6):
            store.put_crawl("qinghe", f"2025-06-0{day}T00:00:00Z", "fine", requests=100)
        assert run(tmp_path).exit_code == 0
        store.put_crawl("qinghe", "2025-06-06T00:00:00Z", "fine", requests=3)
    assert "3 requests where 100 are usual" in run(tmp_path, "--markdown").output


def test_unknown_labels_and_unreadable_layouts_are_counted(tmp_path: Path):
    with Store.open(tmp_path) as store:
        store.add_pages([page(record(problems=(Problem("unknown-label", "编码"),)))])
        store.add_pages([page(record(type="unrecognised", number=None), url="https://www.qinghe.example/x")])
    result = run(tmp_path, "--json")
    assert result.exit_code == 2
    found = json.loads(result.output)
    assert found["unknown_labels"][0]["name"] == "编码"
    assert found["layouts"][0]["count"] == 1
