"""The difference from the release before: CHANGES.md for readers, changes.csv.gz for programs, tombstones.csv for good.

Both releases hold their records sorted by id, so they are read side by side, one record of each in memory.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from archive.release.errors import ReleaseError
from archive.release.files import Written, durable, gzipped, opened
from archive.release.quality import table
from archive.release.source import Source

UNTOLD = frozenset({"first_seen", "last_seen", "captures", "parser", "versions", "same_matter", "evidence"})
"""What may differ without the record's having changed."""
LISTED = 100
"""Records listed per kind of change; all of them are in changes.csv.gz."""
TOMBSTONES = "tombstones.csv"
Grave = tuple[str, str, str, str]
"""A row of tombstones.csv: id, state, last seen, URL."""


class Change(msgspec.Struct, frozen=True):
    """One record's fate: ``new``, ``changed``, ``withdrawn``, ``restored``, ``renumbered`` or ``removed``."""

    id: str
    change: str
    fields: tuple[str, ...]
    record: dict[str, Any]
    """The record as it is now, or as it last was."""


def write(source: Source, folder: Path, version: str, previous: Path | None) -> list[Written]:
    """The three files. Without a release before everything counts as new, and only the counts are told."""
    counts: Counter[str] = Counter()
    sites: Counter[tuple[str, str]] = Counter()
    fields: Counter[str] = Counter()
    shown: dict[str, list[Change]] = {}
    removed: list[Grave] = []
    for change in written(folder, differences(source, folder, previous)):
        counts[change.change] += 1
        sites[change.record.get("site") or "", change.change] += 1
        fields.update(change.fields)
        shown.setdefault(change.change, []).append(change) if counts[change.change] <= LISTED else None
        if change.change == "removed":
            removed.append((change.id, "removed", change.record["last_seen"], change.record["url"]))
    graves = write_tombstones(source, folder, previous, removed)
    text = "\n".join(page(version, previous, counts, sites, fields, shown))
    with durable(folder / "CHANGES.md") as file:
        file.write(text.encode())
    return [
        Written("CHANGES.md", "markdown", "与上次发布的差别 difference from the release before"),
        Written("changes.csv.gz", "csv", "逐条差别 all changes", counts.total()),
        Written(TOMBSTONES, "csv", "撤下的编号 withdrawn ids", graves),
    ]


def differences(source: Source, folder: Path, previous: Path | None) -> Iterator[Change]:
    """All changes by id."""
    redirects = dict(source.connection.execute("SELECT old_id, new_id FROM redirects"))
    before = objects(previous / "proposals.jsonl.gz") if previous else iter(())
    now = objects(folder / "proposals.jsonl.gz")
    old, new = next(before, None), next(now, None)
    while old or new:
        if old is None or (new is not None and new["id"] < old["id"]):
            assert new is not None
            yield Change(new["id"], "new", (), new)
            new = next(now, None)
        elif new is None or old["id"] < new["id"]:
            yield Change(old["id"], "renumbered" if old["id"] in redirects else "removed", (), old)
            old = next(before, None)
        else:
            if change := compared(old, new):
                yield change
            old, new = next(before, None), next(now, None)


def objects(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a JSON Lines file.

    Raises :class:`ReleaseError` where a line is none: the release before is damaged.
    """
    decoder = msgspec.json.Decoder(dict[str, Any])
    try:
        with opened(path) as file:
            for line in file:
                yield decoder.decode(line)
    except (OSError, EOFError, msgspec.MsgspecError) as error:
        raise ReleaseError(f"{path}: {error}; verify that release, or name another with --previous") from error


def compared(old: dict[str, Any], new: dict[str, Any]) -> Change | None:
    """What became of a record that both releases hold; ``None`` where nothing that counts differs.

    A key that only one of them has is a change of the format and not of the record.
    """
    both = sorted((old.keys() & new.keys()) - UNTOLD - {"state"})
    fields = tuple(name for name in both if old[name] != new[name])
    if old["state"] != new["state"]:
        return Change(new["id"], "withdrawn" if new["state"] == "withdrawn" else "restored", fields, new)
    return Change(new["id"], "changed", fields, new) if fields else None


def written(folder: Path, changes: Iterator[Change]) -> Iterator[Change]:
    """The changes as they go by, each written to changes.csv.gz."""
    with gzipped(folder / "changes.csv.gz") as packed, io.TextIOWrapper(packed, "utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(("id", "change", "fields", "title", "url"))
        for change in changes:
            record = change.record
            writer.writerow((change.id, change.change, " ".join(change.fields), record["title"], record["url"]))
            yield change


def write_tombstones(source: Source, folder: Path, previous: Path | None, removed: list[Grave]) -> int:
    """Every id that was ever released and has no present record: withdrawn ones, and those of earlier releases."""
    sql = "SELECT id, 'withdrawn', last_seen, url FROM proposals WHERE state = 'withdrawn'"
    graves = {row[0]: row for row in source.connection.execute(sql)}
    graves |= {row[0]: row for row in removed}
    for row in earlier_tombstones(previous):
        if not source.connection.execute("SELECT 1 FROM proposals WHERE id = ?", (row[0],)).fetchone():
            graves.setdefault(row[0], row)
    text = io.StringIO(newline="")
    writer = csv.writer(text)

    writer.writerow(("id", "state", "last_seen", "url"))
    writer.writerows(graves[id_] for id_ in sorted(graves))
    with durable(folder / TOMBSTONES) as file:
        file.write(text.getvalue().encode())
    return len(graves)


def earlier_tombstones(previous: Path | None) -> list[Grave]:
    """The tombstones of the release before."""
    if previous is None:
        return []
    with (previous / TOMBSTONES).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        return [(row[0], row[1], row[2], row[3]) for row in rows]


def page(
    version: str,
    previous: Path | None,
    counts: Counter[str],
    sites: Counter[tuple[str, str]],
    fields: Counter[str],
    shown: dict[str, list[Change]],
) -> Iterator[str]:
    """CHANGES.md, piece by piece."""
    yield f"# {version}\n"
    if previous is None:
        yield f"首次发布 First release: {counts['new']} 条记录 records.\n"
        return
    yield f"与 {previous.name} 相比 Compared with {previous.name}.\n"
    yield table(["变化 change", "记录 records"], sorted(counts.items()))
    yield "## 按站点 By site\n"
    yield table(["站点 site", "变化 change", "记录 records"], [(*key, count) for key, count in sorted(sites.items())])
    yield "## 按字段 By field\n"
    yield table(["字段 field", "记录 records"], sorted(fields.items()))
    for name, changes in sorted(shown.items()):
        more = f", 前 {LISTED} 条 the first {LISTED} of {counts[name]}" if counts[name] > LISTED else ""
        yield f"## {name}{more}\n"
        rows = [(change.id, " ".join(change.fields), change.record["title"]) for change in changes]
        yield table(["id", "字段 fields", "标题 title"], rows)
