"""What needs a person: sites that broke or fell behind their own history, labels and layouts that are new, gaps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from archive.database import explained, read_only
from archive.errors import PublishError, StoreError
from archive.judging import HISTORY, REPEATED, Ran, lasting, needs
from archive.measures import Measures, of_row
from archive.rows import taken_down
from archive.settings import Acknowledged, Settings
from archive.store import DAMAGED, NAME, Store

DEFAULT = Settings()
LISTED = 50
RUNS = """
    SELECT c.state, c.started, c.finished, c.detail, m.* FROM crawls c
    LEFT JOIN measures m ON m.site = c.site AND m.started = c.started
    WHERE c.site = ? ORDER BY c.started DESC LIMIT ?"""
SITES = """
    SELECT s.id, s.name,
      (SELECT count(*) FROM records r WHERE r.site = s.id AND r.type IN ('reply', 'original')) AS records,
      (SELECT max(c.started) FROM crawls c WHERE c.site = s.id AND c.state = 'fine') AS fine
    FROM sites s WHERE s.id IN (SELECT site FROM crawls) ORDER BY s.id"""
MISSING = """
    SELECT n.site, n.kind, n.term, n.session, count(*) AS known, sum(n.state = 'missing') AS missing,
      (SELECT group_concat(number, '、') FROM (SELECT number FROM numbers o WHERE o.site IS n.site AND o.kind IS n.kind
        AND o.term IS n.term AND o.session IS n.session AND o.state = 'missing' ORDER BY o.id LIMIT 10)) AS first
    FROM numbers n GROUP BY 1, 2, 3, 4 HAVING missing > 0 ORDER BY missing DESC, 1, 2, 3, 4 LIMIT ?"""


class SiteHealth(msgspec.Struct, frozen=True):
    """One site: how its last run ended, and what is worse than its own history."""

    site: str
    name: str
    state: str
    since: str
    """When the first of the runs that ended in this state without a break was begun."""
    last_run: str
    last_fine: str | None
    records: int
    repairs: dict[str, int]
    """How many repairs were begun, by year (`proposals report --repair`)."""
    needs: tuple[str, ...]
    """What a person should look at; empty where nothing is wrong."""
    measures: Measures | None
    """What the last run saw in numbers."""
    acknowledged: Acknowledged | None = None
    """Why nobody is called for all of it."""

    @property
    def calls(self) -> bool:
        """Whether a person is needed now."""
        return bool(self.needs) and self.acknowledged is None


class Count(msgspec.Struct, frozen=True):
    """How often something occurs, with one page where it does."""

    name: str
    count: int
    example: str
    first: str
    """When the first page with it was seen first."""
    new: bool = False
    """Whether that was in the last days, so that a person is asked to look."""


class Gap(msgspec.Struct, frozen=True):
    """The numbers of one session that are known to exist and are not there."""

    site: str | None
    kind: str | None
    term: int | None
    session: int | None
    known: int
    missing: int
    first: str
    """The first ten of them."""


class Health(msgspec.Struct, frozen=True):
    """The report."""

    made: str
    sites: tuple[SiteHealth, ...]
    unknown_labels: tuple[Count, ...]
    layouts: tuple[Count, ...]
    """Layouts in which nothing was readable, by site and fingerprint."""
    missing: tuple[Gap, ...]
    """Gaps in the published numbers; for information, as many numbers are never published."""
    problems: tuple[Count, ...]
    """All codes of problems; for information."""
    takedowns: tuple[str, ...] = ()
    """Names in the setting ``removed.ids`` that no record and no page has; no publish succeeds until they are right."""

    @property
    def needs_person(self) -> bool:
        """Whether the command ends with exit status 2."""
        fresh = any(count.new for count in (*self.unknown_labels, *self.layouts))
        return fresh or bool(self.takedowns) or any(site.calls for site in self.sites)


def examine(data: Path, now: datetime | None = None, settings: Settings = DEFAULT) -> Health:
    """The health of a data folder, also written to data/health.json. Raises StoreError where there is no store.

    ``now`` is the time to judge by, with its zone; the clock's where it is not given. Of the settings it takes who is
    acknowledged and what is taken down.
    """
    if not (data / NAME).exists():
        raise StoreError(f"{data / NAME}: no store yet; run `proposals crawl` or `proposals import PATH` first")
    now = now or datetime.now(UTC)
    with Store.open(data) as store, explained(data / NAME, StoreError, DAMAGED):
        health = Health(
            now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            tuple(sites(store.connection, now, settings.acknowledged)),
            counts(store.connection, "q.detail", "q.code = 'unknown-label'", now),
            unreadable(store.connection, now),
            missing(data / "public" / "archive.db"),
            counts(store.connection, "q.code", "1"),
            tuple(nameless(store.connection, settings.removed.ids)),
        )
    beside = data / ".health.json.new"
    with explained(beside, StoreError, DAMAGED):
        beside.write_bytes(as_json(health).encode() + b"\n")
        beside.replace(data / "health.json")
    return health


def sites(connection: sqlite3.Connection, now: datetime, acknowledged: Sequence[Acknowledged]) -> Iterable[SiteHealth]:
    """Every site that was ever run."""
    for row in connection.execute(SITES).fetchall():
        runs = [ran(run) for run in connection.execute(RUNS, (row["id"], 4 * HISTORY))]
        last = runs[0]
        since = last.started
        for run in runs:
            if run.state != last.state:
                break
            since = run.started
        days = published(connection, row["id"])
        wrong = needs(runs, days, now.date())
        entries = [entry for entry in acknowledged if covers(entry, row["id"], last.state, now.date())]
        known = entries and wrong and wrong == lasting(runs, days, now.date())
        yield SiteHealth(
            site=row["id"], name=row["name"], state=last.state, since=since, last_run=last.started,
            last_fine=row["fine"], records=row["records"], repairs=repairs(connection, row["id"]), needs=tuple(wrong),
            measures=last.measures, acknowledged=entries[0] if known else None,
        )  # fmt: skip


def covers(entry: Acknowledged, site: str, state: str, today: date) -> bool:
    """Whether an entry of the settings holds for the site in this state and on this day."""
    return (entry.site, entry.state) == (site, state) and today <= entry.until


def repairs(connection: sqlite3.Connection, site: str) -> dict[str, int]:
    """The site's repairs by year."""
    sql = "SELECT substr(day, 1, 4), count(*) FROM repairs WHERE site = ? GROUP BY 1 ORDER BY 1"
    return {row[0]: row[1] for row in connection.execute(sql, (site,))}


def ran(row: sqlite3.Row) -> Ran:
    """A row of RUNS."""
    return Ran(row[0], row[1], row[2], row[3], of_row(row))


def published(connection: sqlite3.Connection, site: str) -> list[str]:
    """The days on which a site published, oldest first."""
    rows = connection.execute(
        "SELECT DISTINCT date FROM records WHERE site = ? AND type IN ('reply', 'original') AND date IS NOT NULL "
        "ORDER BY date",
        (site,),
    )
    return [row["date"] for row in rows]


def counts(connection: sqlite3.Connection, column: str, where: str, now: datetime | None = None) -> tuple[Count, ...]:
    """Problems grouped by a column, the most frequent first; new by the clock of ``now``, where it is given."""
    rows = connection.execute(
        f"SELECT {column}, count(*), min(p.url), min(p.first_seen) FROM problems q JOIN pages p ON p.id = q.page "  # noqa: S608 - own names
        f"WHERE {where} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (LISTED,),
    )
    return tuple(Count(row[0], row[1], row[2], row[3], recent(row[3], now)) for row in rows)


def unreadable(connection: sqlite3.Connection, now: datetime) -> tuple[Count, ...]:
    """Layouts of pages in which nothing was readable."""
    rows = connection.execute(
        "SELECT coalesce(r.site, '-') || ' ' || r.layout, count(*), min(p.url), min(p.first_seen) FROM records r "
        "JOIN pages p ON p.id = r.page WHERE r.type = 'unrecognised' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (LISTED,),
    )
    return tuple(Count(row[0], row[1], row[2], row[3], recent(row[3], now)) for row in rows)


def recent(first: str, now: datetime | None) -> bool:
    """Whether something was seen first in the last days; what is older was said before and is only listed."""
    return now is not None and first >= (now - timedelta(days=REPEATED)).strftime("%Y-%m-%dT%H:%M:%SZ")


def missing(archive: Path) -> tuple[Gap, ...]:
    """The gaps in the published archive's number ledger; none where nothing is published yet."""
    if not archive.exists():
        return ()
    with explained(archive, StoreError, "publish again"), closing(read_only(archive)) as connection:
        return tuple(Gap(*row) for row in connection.execute(MISSING, (LISTED,)))


def nameless(connection: sqlite3.Connection, names: Iterable[str]) -> Iterator[str]:
    """The takedowns that name nothing."""
    for name in names:
        try:
            taken_down(connection, [name])
        except PublishError:
            yield name


def as_json(health: Health) -> str:
    """The report for programs."""
    return msgspec.json.format(msgspec.json.encode(health)).decode()


def tables(health: Health, every_site: bool = True) -> list[tuple[str, list[str], list[list[str]]]]:
    """The report as titled tables; those without rows are left out.

    Sites that call for a person stand first, acknowledged ones follow, and those that need nobody stand last or not.
    """
    shown = (site for site in health.sites if site.needs or every_site)
    ordered = sorted(shown, key=lambda site: (not site.calls, not site.needs))
    site_rows = [
        [
            *(site.site, site.state, site.since[:10], (site.last_fine or "never")[:10]),
            *(
                str(site.records),
                ", ".join(f"{year}: {count}" for year, count in site.repairs.items()),
                "; ".join((*site.needs, *acknowledgement(site))),
            ),
        ]
        for site in ordered
    ]
    head = ["site", "state", "since", "last fine", "records", "repairs", "needs"]
    found = [("Sites", head, site_rows)]
    for title, entries in (
        ("Unknown labels", health.unknown_labels),
        ("Unreadable layouts", health.layouts),
        ("Problems", health.problems),
    ):
        rows = [[entry.name, str(entry.count), entry.first[:10], entry.example] for entry in entries]
        found.append((title, ["what", "count", "first seen", "example"], rows))
    found.append(("Takedowns that name nothing", ["removed.ids"], [[name] for name in health.takedowns]))
    gaps = [[gap_name(gap), str(gap.known), str(gap.missing), gap.first] for gap in health.missing]
    found.append(("Missing numbers", ["session", "known", "missing", "the first"], gaps))
    return [table for table in found if table[2]]


def acknowledgement(site: SiteHealth) -> list[str]:
    """Until when and why nobody is called; nothing where the site is not acknowledged."""
    entry = site.acknowledged
    return [f"acknowledged until {entry.until}: {entry.reason}"] if entry else []


def gap_name(gap: Gap) -> str:
    """The session of a gap: site, kind, term and session as far as they are known."""
    return " ".join(str(part) for part in (gap.site, gap.kind, gap.term, gap.session) if part is not None)


def as_markdown(health: Health) -> str:
    """The report for a mail or an issue: sites that need nobody are only counted."""
    calling = sum(site.calls for site in health.sites)
    known = sum(site.acknowledged is not None for site in health.sites)
    rest = len(health.sites) - calling - known
    parts = [f"{calling} sites need a person, {known} are acknowledged, {rest} are in order."]
    for title, head, rows in tables(health, every_site=False):
        lines = [
            f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in [head, ["---"] * len(head), *rows]
        ]
        parts.append(f"## {title}\n\n" + "\n".join(lines))
    return "\n\n".join(parts)
