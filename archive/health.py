"""What needs a person: sites that broke, labels and templates that are new, problems; from the store alone."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec

from archive.errors import StoreError
from archive.store import NAME, Store

HISTORY = 10
"""Runs of a site that its last one is held against."""
FEWEST = 0.5
"""Requests of a run, as a share of the median of the fine runs before, below which it is reported."""
LISTED = 50


class SiteHealth(msgspec.Struct, frozen=True):
    """One site: the state of its last run, and what is unlike its own history."""

    site: str
    name: str
    state: str
    last_run: str | None
    last_fine: str | None
    records: int
    needs: str | None
    """What a person should look at; ``None`` where nothing is wrong."""


class Count(msgspec.Struct, frozen=True):
    """How often something occurs, with one page where it does."""

    name: str
    count: int
    example: str


class Health(msgspec.Struct, frozen=True):
    """The report."""

    made: str
    sites: tuple[SiteHealth, ...]
    unknown_labels: tuple[Count, ...]
    layouts: tuple[Count, ...]
    """Templates in which nothing was readable, by site and fingerprint."""
    problems: tuple[Count, ...]
    """All codes of problems; for information."""

    @property
    def needs_person(self) -> bool:
        """Whether the command ends with exit status 2."""
        return any(site.needs for site in self.sites) or bool(self.unknown_labels or self.layouts)


def examine(data: Path) -> Health:
    """The health of a data folder, also written to data/health.json. Raises StoreError where there is no store."""
    if not (data / NAME).exists():
        raise StoreError(f"{data / NAME}: no store yet; run `proposals crawl` or `proposals import PATH` first")
    with Store.open(data) as store:
        health = Health(
            datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            tuple(sites(store.connection)),
            counts(store.connection, "q.detail", "q.code = 'unknown-label'"),
            unreadable(store.connection),
            counts(store.connection, "q.code", "1"),
        )
    beside = data / ".health.json.new"
    beside.write_bytes(msgspec.json.format(msgspec.json.encode(health)) + b"\n")
    beside.replace(data / "health.json")
    return health


def sites(connection: sqlite3.Connection) -> list[SiteHealth]:
    """Every site that was ever run or has records."""
    found = []
    for row in connection.execute(
        "SELECT s.id, s.name, (SELECT count(*) FROM records r WHERE r.site = s.id AND r.type IN ('reply', 'original')) "
        "AS records FROM sites s WHERE s.id IN (SELECT site FROM crawls) ORDER BY s.id"
    ):
        runs = connection.execute(
            "SELECT state, started, finished, requests, detail FROM crawls WHERE site = ? "
            "ORDER BY started DESC LIMIT ?",
            (row["id"], HISTORY + 1),
        ).fetchall()
        fine = next((run["finished"] for run in runs if run["state"] == "fine"), None)
        last = runs[0]
        found.append(
            SiteHealth(row["id"], row["name"], last["state"], last["started"], fine, row["records"], needs(runs))
        )
    return found


def needs(runs: list[sqlite3.Row]) -> str | None:
    """What a person should look at in the last of a site's runs, the newest first."""
    last, earlier = runs[0], [run["requests"] for run in runs[1:] if run["state"] == "fine"]
    if last["state"] not in ("fine", "not run"):
        return str(last["detail"] or last["state"])
    if last["state"] == "fine" and len(earlier) >= 3 and last["requests"] < FEWEST * median(earlier):
        return f"{last['requests']} requests where {median(earlier):.0f} are usual"
    return None


def counts(connection: sqlite3.Connection, column: str, where: str) -> tuple[Count, ...]:
    """Problems grouped by a column, the most frequent first."""
    rows = connection.execute(
        f"SELECT {column}, count(*), min(p.url) FROM problems q JOIN pages p ON p.id = q.page WHERE {where} "  # noqa: S608 - own column names
        "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (LISTED,),
    )
    return tuple(Count(*row) for row in rows)


def unreadable(connection: sqlite3.Connection) -> tuple[Count, ...]:
    """Templates of pages in which nothing was readable."""
    rows = connection.execute(
        "SELECT coalesce(r.site, '-') || ' ' || r.layout, count(*), min(p.url) FROM records r "
        "JOIN pages p ON p.id = r.page WHERE r.type = 'unrecognised' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (LISTED,),
    )
    return tuple(Count(*row) for row in rows)


def as_json(health: Health) -> str:
    """The report for programs."""
    return json.dumps(msgspec.to_builtins(health), ensure_ascii=False, indent=2)


def tables(health: Health) -> list[tuple[str, list[str], list[list[str]]]]:
    """The report as titled tables; those without rows are left out."""
    site_rows = [
        [site.site, site.state, (site.last_fine or "never")[:10], str(site.records), site.needs or ""]
        for site in health.sites
    ]
    found = [("Sites", ["site", "state", "last fine", "records", "needs"], site_rows)]
    for title, entries in (
        ("Unknown labels", health.unknown_labels),
        ("Unreadable layouts", health.layouts),
        ("Problems", health.problems),
    ):
        found.append((title, ["what", "count", "example"], [[e.name, str(e.count), e.example] for e in entries]))
    return [table for table in found if table[2]]


def as_markdown(health: Health) -> str:
    """The report for a mail or an issue."""
    parts = []
    for title, head, rows in tables(health):
        lines = [
            f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in [head, ["---"] * len(head), *rows]
        ]
        parts.append(f"## {title}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) or "Nothing to report."
