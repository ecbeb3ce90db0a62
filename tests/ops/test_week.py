"""A week on ten sites, lived once (it takes 20 seconds of one core) and looked at from all sides."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.cli import proposals
from tests.ops.same import differences
from tests.ops.week import ENTRIES, EXPECTED, FAMILIES, KILLED, MENDED, NIGHTS, PER_NIGHT, Week

pytestmark = pytest.mark.long

Named = dict[str, tuple[str, str]]
Texts = dict[tuple[str, str], str]


REPAIRED = ("changing", "blocking", "quiet")


def repair(week: Week, role: str, folder: Path) -> Result:
    """What `proposals report --repair` says of a site."""
    arguments = ["report", "--data", str(week.data), "--repair", f"sim-{role}", str(folder)]
    return CliRunner().invoke(proposals, arguments)


class Lived:
    """What was seen in the mornings of a week, by night."""

    def __init__(self, folder: Path) -> None:
        self.named: dict[int, Named] = {}
        self.statuses: dict[int, dict[str, str]] = {}
        self.texts: dict[int, Texts] = {}
        with Week(folder) as week:
            for number in range(1, NIGHTS + 1):
                week.evening(number)
                self.statuses[number] = week.night(number)
                self.named[number] = week.named()
                self.texts[number] = week.texts()
                if number == MENDED - 1:
                    self.repaired = {role: repair(week, role, folder / role) for role in REPAIRED}
            self.repairs = week.repairs()
            self.restored = week.restore(folder / "restored")
            self.archives = [data / "public" / "archive.db" for data in (week.data, folder / "restored")]


def test_the_six_that_break_are_named_on_their_night_the_four_never_and_nothing_is_lost(tmp_path: Path) -> None:
    lived = Lived(tmp_path)
    for role in EXPECTED:
        named_on_its_night_and_in_its_state(lived, role)
    named_until_mended(lived)
    fine_sites_are_never_named(lived)
    statuses_say_whether_a_person_is_needed(lived)
    no_nights_failure_loses_data(lived)
    what_could_not_be_read_is_made_up_for(lived)
    what_a_repair_needs_is_collected_and_counted(lived, tmp_path)
    captures_and_ledger_alone_give_the_same_archive(lived)


def named_on_its_night_and_in_its_state(lived: Lived, role: str) -> None:
    night, state, words = EXPECTED[role]
    assert [number for number in range(1, night) if role in lived.named[number]] == []
    found, needs = lived.named[night][role]
    assert (found, words in needs) == (state, True), needs


def named_until_mended(lived: Lived) -> None:
    lasting = set(EXPECTED) - {"relaunching"}  # whose pages are all there again, at their new addresses
    assert set(lived.named[MENDED - 1]) == lasting
    assert lived.named[MENDED] == {}


def fine_sites_are_never_named(lived: Lived) -> None:
    fine = set(FAMILIES) - set(EXPECTED)
    assert len(fine) == 4
    assert [(number, fine & set(named)) for number, named in lived.named.items() if fine & set(named)] == []


def statuses_say_whether_a_person_is_needed(lived: Lived) -> None:
    for number, statuses in lived.statuses.items():
        status = "2" if lived.named[number] else "0"
        expected = {"crawl": status, "publish": "0", "report": status}
        assert statuses == (expected if number != KILLED else {"report": status}), number


def no_nights_failure_loses_data(lived: Lived) -> None:
    for number in range(2, NIGHTS + 1):
        before, after = lived.texts[number - 1], lived.texts[number]
        assert {key for key, text in before.items() if not after.get(key)} == set(), number
        changed = {role for role, n in before if after[role, n] != before[role, n]}
        assert changed <= {"editing"}, number


def what_could_not_be_read_is_made_up_for(lived: Lived) -> None:
    counted = {role: sum(site == role for site, _ in lived.texts[NIGHTS]) for role in FAMILIES}
    whole = ENTRIES + PER_NIGHT * NIGHTS
    assert counted == dict.fromkeys(FAMILIES, whole) | {"quiet": ENTRIES + PER_NIGHT}


def what_a_repair_needs_is_collected_and_counted(lived: Lived, folder: Path) -> None:
    page, site = folder / "changing", folder / "blocking"
    assert {path.name for path in page.iterdir()} == {"failing.html", "good.html", "layout.diff", "case", "README.md"}
    assert "/js/app.js" in (page / "failing.html").read_text("utf-8")
    assert "现答复如下" in (page / "good.html").read_text("utf-8")
    assert "-label 发布日期" in (page / "layout.diff").read_text("utf-8")
    assert {path.name for path in (page / "case").iterdir()} == {"page.html", "meta.toml", "expected.json"}
    assert "correct" in (page / "README.md").read_text("utf-8").lower()
    assert {path.name for path in site.iterdir()} == {"failing.html", "good.html", "layout.diff", "README.md"}
    assert "$_ts" in (site / "failing.html").read_text("utf-8")
    assert "nothing that was captured fails" in str(lived.repaired["quiet"].exception)
    (year,) = lived.repairs["changing"]
    assert lived.repairs == {role: {year: 1} if role in ("changing", "blocking") else {} for role in FAMILIES}


def captures_and_ledger_alone_give_the_same_archive(lived: Lived) -> None:
    assert lived.restored == {"rebuild": "0", "publish": "0"}
    with closing(sqlite3.connect(lived.archives[0])) as archive:
        states = dict(archive.execute("SELECT state, count(*) FROM proposals GROUP BY 1"))
        versions = archive.execute(
            "SELECT count(*) FROM versions v JOIN proposals p ON p.rowid = v.proposal"
            " WHERE p.site = 'sim-editing' AND v.field = 'reply_text'"
        ).fetchone()[0]
        twice = archive.execute("SELECT count(*) - count(DISTINCT digest) FROM captures").fetchone()[0]
    assert states["withdrawn"] == 1
    assert (versions, twice > 0) == (2, True), "an edit and its undoing, whose bytes are kept once"
    assert differences(*lived.archives) == {}
