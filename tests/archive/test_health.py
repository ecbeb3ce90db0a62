"""The report says what needs a person, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from fictional import SITE, page, record
from samples import sample

from archive.cli import proposals
from archive.errors import SettingsError
from archive.health import as_markdown, examine, tables
from archive.measures import Measures, Readings, put
from archive.settings import Acknowledged, Settings, load
from archive.store import Store
from crawler.conclusion import Numbers
from parsers.record import Problem


def run(data: Path, *arguments: str):
    return CliRunner().invoke(proposals, ["report", "--data", str(data), *arguments])


def days_ago(days: int) -> str:
    """A night of the last weeks, as runs write their start."""
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT02:30:00Z")


@pytest.mark.parametrize("state", ["blocked", "unreachable", "empty list", "listed but nothing parsed"])
def test_a_broken_site_needs_a_person(tmp_path: Path, state: str):
    with Store.open(tmp_path) as store:
        store.put_sites([SITE])
        store.put_crawl("qinghe", days_ago(1), state, detail="看这里")
    for form in ("table", "json", "markdown"):
        result = run(tmp_path, "--format", form)
        assert result.exit_code == 2
        assert "看这里" in result.output
    assert json.loads((tmp_path / "health.json").read_text("utf-8"))["sites"][0]["state"] == state


def test_off_a_terminal_nothing_is_cut(tmp_path: Path):
    said = "第三页没有正文；" * 40
    with Store.open(tmp_path) as store:
        store.put_sites([SITE])
        store.put_crawl("qinghe", days_ago(1), "blocked", detail=said)
    assert said in run(tmp_path).stdout


WAITED_FOR = """
[[acknowledged]]
site = "qinghe"
state = "blocked"
until = 2025-06-30
reason = "wrote to them | and wait"
"""


def known_to_be_broken(data: Path, state: str) -> tuple[Acknowledged, ...]:
    """A store whose site is in this state since the first of June, acknowledged as blocked until its end."""
    with Store.open(data) as store:
        store.put_sites([SITE])
        for day in (1, 28):
            store.put_crawl("qinghe", f"2025-06-{day:02}T02:30:00Z", state, detail="看这里")
    (data / "proposals.toml").write_text(WAITED_FOR, encoding="utf-8")
    return load(data, {}).acknowledged


@pytest.mark.parametrize(
    ("state", "day", "called"),
    [("blocked", 30, False), ("blocked", 31, True), ("unreachable", 30, True), ("empty list", 28, True)],
)
def test_an_acknowledged_site_calls_nobody_until_its_day_and_in_its_state(
    tmp_path: Path, state: str, day: int, called: bool
):
    acknowledged = known_to_be_broken(tmp_path, state)
    now = datetime(2025, 6, 1, 8, tzinfo=UTC) + timedelta(days=day - 1)
    found = examine(tmp_path, now, Settings(acknowledged=acknowledged))
    assert (found.needs_person, found.sites[0].needs) == (called, ("看这里",))
    (row,) = next(rows for title, _, rows in tables(found, every_site=False) if title == "Sites")
    assert ("acknowledged until 2025-06-30" in row[-1]) is not called
    assert (" 1 are acknowledged" in as_markdown(found)) is not called
    written = json.loads((tmp_path / "health.json").read_text("utf-8"))["sites"][0]["acknowledged"]
    assert (written or {}).get("until") == (None if called else "2025-06-30")


def test_an_entry_for_a_site_in_order_covers_its_silence_and_nothing_that_passes_by_itself(tmp_path: Path):
    usual = Measures(lists=1, lists_whole=1, listed=50, known=50)
    entry = Acknowledged(site="qinghe", state="fine", until=date(2025, 6, 30), reason="the session is over")
    with Store.open(tmp_path) as store:
        store.put_sites([SITE])
        for number, day in enumerate(("2021-01-05", "2021-12-10", "2022-06-01")):
            url = f"https://www.qinghe.example/show?id={number}"
            store.add_pages([page(record(number=str(number), sign_date=day), url=url)])
        for day in range(1, 7):
            store.put_crawl("qinghe", f"2025-06-{day:02}T02:30:00Z", "fine")
            put(store, "qinghe", f"2025-06-{day:02}T02:30:00Z", usual)
        silent = examine(tmp_path, datetime(2025, 6, 6, tzinfo=UTC), Settings(acknowledged=(entry,)))
        assert silent.sites[0].needs[0].startswith("nothing new for")
        assert not silent.needs_person
        store.put_crawl("qinghe", "2025-06-07T02:30:00Z", "fine")
        put(store, "qinghe", "2025-06-07T02:30:00Z", msgspec.structs.replace(usual, listed=5))
        assert examine(tmp_path, datetime(2025, 6, 7, tzinfo=UTC), Settings(acknowledged=(entry,))).needs_person


def test_the_command_reads_who_is_acknowledged_from_the_settings(tmp_path: Path):
    with Store.open(tmp_path) as store:
        store.put_sites([SITE])
        store.put_crawl("qinghe", days_ago(1), "blocked", detail="看这里")
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"
    settings = tmp_path / "proposals.toml"
    settings.write_text(WAITED_FOR.replace("2025-06-30", tomorrow), encoding="utf-8")
    result = run(tmp_path, "--markdown")
    assert (result.exit_code, f"acknowledged until {tomorrow}: wrote to them / and wait" in result.output) == (0, True)
    settings.write_text(WAITED_FOR, encoding="utf-8")
    assert run(tmp_path).exit_code == 2


def test_an_acknowledged_site_that_never_ran_is_named(tmp_path: Path):
    known_to_be_broken(tmp_path, "blocked")
    path = tmp_path / "proposals.toml"
    path.write_text(path.read_text("utf-8").replace('site = "', 'site = "mis'), "utf-8")
    result = CliRunner().invoke(proposals, ["report", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path}: acknowledged: no site 'mis")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('state = "blocked"', 'state = "broken"', r"acknowledged\[0\]\.state: no state 'broken'; there are blocked, "),
        ("reason =", "why =", r"unknown field `why` - at `\$\.acknowledged\[0\]`"),
        ("until = 2025-06-30", 'until = "soon"', r"date - at `\$\.acknowledged\[0\]\.until`"),
        ("until = 2025-06-30", "", r"missing required field `until`"),
    ],
)
def test_a_wrong_acknowledgement_is_an_error_that_names_its_place(tmp_path: Path, old: str, new: str, words: str):
    (tmp_path / "proposals.toml").write_text(WAITED_FOR.replace(old, new), encoding="utf-8")
    with pytest.raises(SettingsError, match=words):
        load(tmp_path, {})


def test_a_run_is_held_against_the_sites_own_history(tmp_path: Path):
    usual = Measures(lists=1, lists_whole=1, listed=50, known=50)
    with Store.open(tmp_path) as store:
        store.put_sites([SITE])
        for day in range(1, 7):
            started = days_ago(7 - day)
            store.put_crawl("qinghe", started, "fine", requests=100)
            put(store, "qinghe", started, usual if day < 6 else msgspec.structs.replace(usual, listed=5))
            if day == 5:
                assert run(tmp_path).exit_code == 0
    assert "lists hold 5 entries where 50 are usual" in run(tmp_path, "--markdown").output
    site = json.loads((tmp_path / "health.json").read_text("utf-8"))["sites"][0]
    assert (site["since"], site["measures"]["listed"]) == (days_ago(6), 5)


def test_a_run_is_counted_by_what_was_read(tmp_path: Path):
    with Store.open(tmp_path) as store:
        store.add_pages([page(record(layout="old"))])
        readings = Readings.of(store, "qinghe")
    reply = record(
        layout="new", number=None, numbers=(), host_departments=(), problems=(Problem("unknown-label", "x"),)
    )
    blank = page(record(type="unrecognised"))
    readings.add([page(reply), page(record(layout="old")), page(record(layout="new", type="document")), page(), blank])
    crawled = Numbers(
        lists=1, lists_failed=0, lists_whole=1, newest=None, known=9, vanished=0, unread=1, challenged=0, seconds=0.5
    )
    found = readings.of_run(crawled, listed=9)
    assert (found.listed, found.seconds, found.unread, found.pages, found.answers) == (9, 0.5, 2, 3, 2)
    assert (found.filled, found.new_layouts, found.unknown_labels) == (0.833, 2, 1)


def test_unknown_labels_and_unreadable_layouts_ask_for_a_person_while_they_are_new(tmp_path: Path):
    with Store.open(tmp_path) as store:
        store.add_pages([page(record(problems=(Problem("unknown-label", "编码"),)))])
        store.add_pages([page(record(type="unrecognised", number=None), url="https://www.qinghe.example/x")])
    fresh = examine(tmp_path, datetime(2025, 6, 5, tzinfo=UTC))
    assert fresh.needs_person
    assert fresh.unknown_labels[0].name == "编码"
    assert (fresh.layouts[0].count, fresh.layouts[0].example) == (1, "https://www.qinghe.example/x")
    old = examine(tmp_path, datetime(2025, 6, 20, tzinfo=UTC))
    assert not old.needs_person
    assert [count.name for count in old.unknown_labels] == ["编码"]


def test_missing_numbers_are_listed_by_session(tmp_path: Path):
    Store.open(tmp_path).close()
    (tmp_path / "public").mkdir()
    sample(tmp_path / "public" / "archive.db")
    (gap,) = examine(tmp_path).missing
    assert (gap.site, gap.kind, gap.term, gap.session) == ("yunxi", "proposal", 16, 4)
    assert (gap.known, gap.missing, gap.first) == (2, 1, "9")
    assert "Missing numbers" in run(tmp_path, "--markdown").output


def test_a_takedown_that_names_nothing_is_listed_until_it_is_right(tmp_path: Path):
    with Store.open(tmp_path) as store:
        store.put_sites([SITE])
        store.add_pages([page(record())])
        [known] = store.connection.execute("SELECT id FROM records").fetchone()
    settings = tmp_path / "proposals.toml"
    settings.write_text(f'[removed]\nids = ["{known}", "{known}9"]', "utf-8")
    result = run(tmp_path, "--markdown")
    assert result.exit_code == 2
    assert f"## Takedowns that name nothing\n\n| removed.ids |\n| --- |\n| {known}9 |" in result.output
    settings.write_text(f'[removed]\nids = ["{known}"]', "utf-8")
    assert run(tmp_path).exit_code == 0
