"""What a repair needs, collected from ledger, store and captures: the page that fails, the last good one, how their
layouts differ, and a drafted test case.
"""

from __future__ import annotations

import difflib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from archive import captures
from archive.database import explained, read_only
from archive.errors import ArchiveError, CaptureError, StoreError
from archive.store import DAMAGED, NAME, Store
from parsers import parse
from parsers.layout import structure
from parsers.record import Capture, Page, Record

LEFT_OUT = ("source", "part", "layout", "evidence", "parser")
"""Fields of a record that a test case does not hold."""
GOOD_STATES = ("fine", "parsed with problems")
TRIED = 5
"""So many pages are looked at to find a good one."""
CAPTURE = "c.url, c.time, c.status, c.digest, f.name, o.offset, o.length"
FROM = "captures c JOIN captures o ON o.id = coalesce(c.original, c.id) JOIN files f ON f.id = o.file"
PAGES = f"""
    SELECT {CAPTURE}, p.outcome FROM {FROM} JOIN pages p ON p.capture = c.id
    WHERE p.site = ?1 AND p.outcome IS NOT NULL AND p.kind = 'detail' AND p.state IN ('failed', 'parsed')
      AND (p.state = 'parsed' OR p.digest IS NOT c.digest) ORDER BY c.id DESC LIMIT 1"""  # noqa: S608 - own names
LISTS = f"""
    SELECT {CAPTURE}, l.outcome FROM {FROM} JOIN lists l ON l.url = c.url AND l.site = c.site
    WHERE l.site = ?1 AND l.outcome IS NOT NULL ORDER BY c.id DESC LIMIT 1"""  # noqa: S608 - own names
ANY = f"""
    SELECT {CAPTURE}, 'failed' FROM {FROM} WHERE c.site = ?1 AND c.url NOT LIKE '%/robots.txt'
      AND c.run = (SELECT max(run) FROM site_runs WHERE site = ?1) ORDER BY c.id DESC LIMIT 1"""  # noqa: S608 - own names
SAME_ADDRESS = f"""
    SELECT {CAPTURE} FROM {FROM} JOIN site_runs r ON r.run = c.run AND r.site = c.site
    WHERE c.site = ?1 AND c.url = ?2 AND c.digest <> ?3 AND c.status = 200 AND r.state IN {GOOD_STATES}
    ORDER BY c.id DESC LIMIT 1"""  # noqa: S608 - own names
NO_REPLY = """
    SELECT c.url, c.time, c.status, c.digest, c.file, c.offset, c.length, 'reads as ' || r.type FROM records r
    JOIN pages p ON p.id = r.page JOIN captures c ON c.page = p.id AND c.time = r.read_at
    WHERE r.site = ?1 AND r.type NOT IN ('reply', 'original') AND c.file IS NOT NULL ORDER BY r.read_at DESC LIMIT 1"""
REPLIES = """
    SELECT c.url, c.time, c.status, c.digest, c.file, c.offset, c.length FROM records r
    JOIN pages p ON p.id = r.page JOIN captures c ON c.page = p.id AND c.time = r.read_at
    WHERE r.site = ?1 AND r.type = 'reply' AND c.file IS NOT NULL ORDER BY r.read_at DESC LIMIT ?2"""


class Failing(msgspec.Struct, frozen=True):
    """The capture that a repair starts from."""

    capture: Capture
    outcome: str
    """What is wrong with it: a code of crawler/blocks.toml, or as what it reads."""
    is_list: bool


def collect(data: Path, site: str, folder: Path) -> Failing:
    """Write what a repair of the site needs into a new folder, and count the repair. Raises ArchiveError."""
    if not (data / NAME).exists() or not (data / "ledger.db").exists():
        raise StoreError(f"{data}: no store and ledger; repairs begin where `proposals crawl` has run")
    if folder.exists() and any(folder.iterdir()):
        raise ArchiveError(f"{folder}: is not empty; name a new folder")
    with Store.open(data) as store, explained(data / "ledger.db", StoreError, "restore it from the backup"):
        with closing(read_only(data / "ledger.db")) as ledger:
            state = last_state(store.connection, site)
            failing = failing_page(ledger, store.connection, site, state)
            good = good_page(data, candidates(ledger, store.connection, site, failing), failing.is_list)
        with explained(folder, StoreError, DAMAGED):
            folder.mkdir(parents=True, exist_ok=True)
            write(folder, site, state, failing, captures.read_at(data / captures.FOLDER, failing.capture), good)
        with store.transaction() as connection:
            day = datetime.now(UTC).date().isoformat()
            connection.execute("INSERT OR IGNORE INTO repairs VALUES (?, ?, ?)", (site, day, state))
    return failing


def last_state(store: sqlite3.Connection, site: str) -> str:
    """The state in which the site's last run ended. Raises StoreError for a site that was never run."""
    row = store.execute("SELECT state FROM crawls WHERE site = ? ORDER BY started DESC LIMIT 1", (site,)).fetchone()
    if row is None:
        raise StoreError(f"{site}: no run of a site with this id; `proposals report` names those that were run")
    return str(row["state"])


def failing_page(ledger: sqlite3.Connection, store: sqlite3.Connection, site: str, state: str) -> Failing:
    """The capture that fails: a list's where the site gave no list, a page's otherwise. Raises StoreError."""
    lists = [(ledger, LISTS, True), (ledger, ANY, True)]
    pages = [(ledger, PAGES, False), (store, NO_REPLY, False)]
    broken = state in ("blocked", "unreachable", "empty list")
    for connection, sql, is_list in lists + pages if broken else pages + lists[:1]:
        row = connection.execute(sql, (site,)).fetchone()
        if row is not None:
            return Failing(Capture(*tuple(row)[:7]), row[7], is_list)
    raise StoreError(f"{site}: nothing that was captured fails; what `proposals report` says needs no page")


def candidates(ledger: sqlite3.Connection, store: sqlite3.Connection, site: str, failing: Failing) -> Iterator[Capture]:
    """Captures that may be good: of the same address before, then the newest replies."""
    address = (site, failing.capture.url, failing.capture.digest)
    for row in ledger.execute(SAME_ADDRESS, address):
        yield Capture(*row)
    if not failing.is_list:
        for row in store.execute(REPLIES, (site, TRIED)):
            yield Capture(*row)


def good_page(data: Path, candidates: Iterable[Capture], is_list: bool) -> Page | None:
    """The first page that reads as a reply; of a list, the first one. ``None`` where there is none."""
    for capture in candidates:
        try:
            page = captures.read_at(data / captures.FOLDER, capture)
        except CaptureError:
            continue  # `proposals verify` names it; here the next one serves as well
        if is_list or any(record.type in ("reply", "original") for record in parse(page)):
            return page
    return None


def write(folder: Path, site: str, state: str, failing: Failing, page: Page, good: Page | None) -> None:
    """The files of the folder."""
    (folder / f"failing{suffix(page)}").write_bytes(page.body)
    if good is not None:
        (folder / f"good{suffix(good)}").write_bytes(good.body)
        (folder / "layout.diff").write_text(difference(good, page), encoding="utf-8")
    if not failing.is_list:
        draft_case(folder / "case", page)
    (folder / "README.md").write_text(about(site, state, failing, good), encoding="utf-8")


def suffix(page: Page) -> str:
    """The ending of a page's file."""
    kind = page.headers.get("content-type", "").lower()
    known = {"json": ".json", "xml": ".xml", "pdf": ".pdf", "plain": ".txt"}
    return next((ending for word, ending in known.items() if word in kind and "html" not in kind), ".html")


def difference(good: Page, failing: Page) -> str:
    """The containers and labels of both pages, line by line, as a unified difference."""
    before, after = (
        [f"container {name}" for name in shape] + [f"label {name}" for name in labels]
        for shape, labels in (structure(good), structure(failing))
    )
    lines = difflib.unified_diff(before, after, good.source, failing.source, n=1000, lineterm="")
    return "\n".join(lines) + "\n"


def draft_case(folder: Path, page: Page) -> Path:
    """Write a stored case: the page, its address, and the records that the parsers read now, to be corrected by eye."""
    folder.mkdir(parents=True)
    name = f"page{Path(page.source).suffix if page.url is None else suffix(page)}"
    (folder / name).write_bytes(page.body)
    url = f"url = {json.dumps(page.url)}\n" if page.url else ""
    (folder / "meta.toml").write_text(f'page = "{name}"\n{url}', encoding="utf-8")
    kept = [expected(record) for record in parse(page)]
    (folder / "expected.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return folder


def expected(record: Record) -> dict[str, object]:
    """A record as a case expects it."""
    values: dict[str, object] = json.loads(msgspec.json.encode(record))
    return {field: value for field, value in values.items() if field not in LEFT_OUT}


def about(site: str, state: str, failing: Failing, good: Page | None) -> str:
    """What lies in the folder, and what to do next."""
    capture = failing.capture
    lines = [
        f"# Repair of {site}: {state}\n",
        f"- `failing`: {capture.url}, {capture.time}, status {capture.status}: {failing.outcome} "
        f"({capture.file}, byte {capture.offset})",
        f"- `good`: {good.source}" if good else "- no good page of this kind was ever captured",
    ]
    if good:
        lines.append("- `layout.diff`: containers and labels, from the good page to the failing one")
    if failing.is_list:
        lines.append(
            f"\nOpen the address in a browser, then `proposals sites probe {capture.url}`: it drafts the file."
        )
    else:
        lines.append("- `case`: a test case with what the parsers read from the failing page now")
        lines.append(
            "\nCorrect `case/expected.json` by eye, move `case` to `tests/pages/`, see the test fail, mend the"
        )
        lines.append(
            "parsers, see it pass, then `proposals rebuild`. The page is real: replace its names and texts before"
        )
        lines.append("you give the case to anybody.")
    return "\n".join(lines) + "\n"
