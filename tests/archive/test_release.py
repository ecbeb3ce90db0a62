"""A release holds everything, describes it, verifies itself, and is there whole or not at all."""

from __future__ import annotations

import csv
import fcntl
import gzip
import io
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pyarrow
import pytest
import yaml
from click.testing import CliRunner
from frictionless import Package, system
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from archive import dictionary, settings
from archive.cli import proposals
from archive.errors import Busy
from archive.publish import publish
from archive.release import Publisher, checks, quality, release, released, sheets
from archive.release.index import surt
from archive.spreadsheets import FORMULA
from tests.archive import kills, samples

ROOT = Path(__file__).parents[2]
VERSION = "2026.11.0"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samples.sample(tmp_path_factory.mktemp("archive") / "archive.db")


@pytest.fixture(scope="module")
def folder(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    publisher = Publisher(contact="archive@example.org", url="https://archive.example/", doi="10.5281/zenodo.0")
    return release(archive, tmp_path_factory.mktemp("releases"), publisher)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def objects(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines.read().split("\n") if line]


def csv_rows(path: Path) -> list[list[str]]:
    csv.field_size_limit(2**31 - 1)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def test_is_named_by_month_and_number_and_holds_no_stray_file(folder: Path) -> None:
    assert folder.name == VERSION
    assert {path.name for path in folder.parent.iterdir()} == {VERSION, "latest", ".lock"}
    assert (folder.parent / "latest").resolve() == folder.resolve()


def test_two_releases_of_one_archive_are_equal(archive: Path, folder: Path, tmp_path: Path) -> None:
    publisher = Publisher(contact="archive@example.org", url="https://archive.example/", doi="10.5281/zenodo.0")
    time.sleep(1.1)  # gzip and zip would show a second of difference
    assert contents(release(archive, tmp_path, publisher)) == contents(folder)


def test_sums_hold_every_file(folder: Path) -> None:
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    assert {line.partition("  ")[2] for line in lines} == set(contents(folder)) - {"SHA256SUMS"}
    assert list(checks.verify_folder(folder)) == []


def test_sqlite_has_all_rows_and_no_search_index(archive: Path, folder: Path, tmp_path: Path) -> None:
    plain, search = tmp_path / "plain.sqlite", tmp_path / "search.sqlite"
    plain.write_bytes(gzip.decompress((folder / f"archive-{VERSION}.sqlite.gz").read_bytes()))
    with pyarrow.CompressedInputStream(str(folder / f"archive-{VERSION}-search.sqlite.zst"), "zstd") as packed:
        search.write_bytes(packed.read())
    with pyarrow.CompressedInputStream(str(folder / f"archive-{VERSION}.sqlite.zst"), "zstd") as packed:
        assert packed.read() == plain.read_bytes()
    assert search.read_bytes() == archive.read_bytes()
    database, original = sqlite3.connect(plain), sqlite3.connect(archive)
    tables = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    assert not [name for name in tables if "fts" in name]
    for table in {*tables, "full_proposals"} - {"sqlite_stat1"}:
        query = f"SELECT * FROM {table} ORDER BY 1, 2"
        assert database.execute(query).fetchall() == original.execute(query).fetchall()
    plan = database.execute("EXPLAIN QUERY PLAN SELECT 1 FROM captures WHERE proposal = 1").fetchone()
    assert "INDEX" in plan[3]


def test_csv_holds_what_sqlite_holds(archive: Path, folder: Path) -> None:
    header, *rows = csv_rows(folder / "csv/texts.csv.gz")
    assert header == ["proposal", "proposal_text", "reply_text", "names"]
    expected = sqlite3.connect(archive).execute("SELECT * FROM texts ORDER BY proposal").fetchall()
    assert rows == [["" if value is None else str(value) for value in row] for row in expected]


def test_excel_edition_opens_safely(folder: Path) -> None:
    with zipfile.ZipFile(folder / "excel.zip") as file:
        sheet = file.read("proposals.csv")
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert sheet.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"), newline="")))
    assert rows[0]["number"] == '="0487"'
    assert rows[0]["date"] == "2025-06-01"
    assert [row["title"][:3] for row in rows[3:]] == ["'=c", "ab\n", "'+1", "𠮷𠮷𠮷", '"qu']
    assert max(len(value.encode("utf-16-le")) // 2 for row in rows for value in row.values()) < sheets.EXCEL_CELL


@pytest.mark.parametrize(
    ("value", "shown"),
    [(123_456_789_012_345, 123_456_789_012_345), (8_807_199_254_740_993, '="8807199254740993"'), (7, 7), (0.5, 0.5)],
)
def test_excel_keeps_every_digit_of_an_identifier(value: Any, shown: Any) -> None:
    assert sheets.excel_cell(value) == shown


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_excel_cells_are_never_formulas(value: str) -> None:
    shown = sheets.excel_cell(value)
    assert not FORMULA.match(shown) or sheets.LOOKS_NUMERIC.fullmatch(value)
    assert shown == f'="{value}"' if shown.startswith("=") else True


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4), st.integers(8_000, 40_000))
def test_cut_cells_fit_and_say_so(piece: str, times: int) -> None:
    shown = sheets.cut(piece * times)
    assert len(shown.encode("utf-16-le")) // 2 < sheets.EXCEL_CELL
    assert shown == piece * times or shown.endswith(sheets.CUT)


def test_sheets_have_bounded_rows(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "EXCEL_ROWS", 3)
    with zipfile.ZipFile(release(archive, tmp_path) / "excel.zip") as file:
        names = [name for name in file.namelist() if name.startswith("proposals")]
        assert names == ["proposals-1.csv", "proposals-2.csv", "proposals-3.csv"]
        assert file.read("texts-3.csv").decode("utf-8-sig").count("proposal_text") == 1


def test_json_lines_are_whole_records_sorted_by_id(folder: Path) -> None:
    records = objects(folder / "proposals.jsonl.gz")
    assert [record["id"] for record in records] == sorted(record["id"] for record in records)
    assert [record["reply_text"] for record in records[3:]] == list(samples.HOSTILE)
    first, second = records[:2]
    assert first["meeting"] == {"body": "cppcc", "level": "市", "place": "云溪市", "term": 16, "session": 4}
    assert first["numbers"] == ["1", "12"]
    assert first["evidence"]["number"] == {"rule": "label", "label": "编号", "quote": "0487", "confidence": 0.7}
    assert first["versions"] == [{"seen": "2026-02-01T00:00:00Z", "field": "category", "old": "B", "new": "A"}]
    assert second["proposers"] == ["林一", "周二"]
    assert second["host_departments"] == ["市交通局"]
    assert second["citations"][0]["document"] == "https://www.yunxi.example/d/1.html"
    assert second["same_matter"] == [first["id"]]
    assert records[3]["meeting"] is None
    assert not {"rowid", "matter"} & set(first)
    assert [document["title"] for document in objects(folder / "documents.jsonl.gz")] == ["公交规划"]


def test_every_file_that_is_no_table_is_described_as_it_is(folder: Path) -> None:
    whole = dictionary.load()
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    schemas = {item["path"]: item["schema"]["fields"] for item in package["resources"] if "schema" in item}
    page = (folder / "DATA_DICTIONARY.md").read_text("utf-8")
    for path in whole.files:
        columns = whole.file_columns(path)
        assert [field["name"] for field in schemas[path]] == list(columns)
        assert f"`{path}`" in page
        for found in rows_of(folder / path):
            assert set(found) == set(columns)
            check_members(found, columns)
    assert all(
        item.get("schema")
        for item in package["resources"]
        if item["format"] in ("csv", "jsonl", "cdxj") and item["path"] != "excel.zip"
    )


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Each row or line of a file by its columns or keys."""
    if "jsonl" in path.name:
        return objects(path)
    if "cdxj" in path.name:
        return [json.loads(line.split(" ", 2)[2]) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))


def check_members(row: dict[str, Any], columns: dict[str, dictionary.Column]) -> None:
    """The objects in a row have the members that are described."""
    for name, column in columns.items():
        held = list(row[name].values()) if name == "evidence" else row[name]
        for item in held if isinstance(held, list) else [held]:
            assert isinstance(item, dict) == bool(column.members) or item is None, name
            assert not isinstance(item, dict) or set(item) == set(column.members), name


def test_json_lines_name_departments_and_people(folder: Path) -> None:
    record = objects(folder / "proposals.jsonl.gz")[1]
    assert record["departments"] == [
        {"role": "host", "printed": "市交通局", "id": 1, "name": "市交通局", "division": "990100"}
    ]
    assert [(person["role"], person["name"], person["id"]) for person in record["people"]] == [
        ("lead", "林一", 2),
        ("co-signer", "周二", 1),
    ]
    assert (record["year"], record["date"]) == (2025, "2025-06-01")


def test_a_key_that_a_release_brings_is_no_change_of_its_records(archive: Path, tmp_path: Path) -> None:
    first = release(archive, tmp_path)
    path = first / "proposals.jsonl.gz"
    older = [{key: value for key, value in record.items() if key != "people"} for record in objects(path)]
    path.write_bytes(gzip.compress(b"".join(json.dumps(record).encode() + b"\n" for record in older)))
    changed = tmp_path / "archive.db"
    changed.write_bytes(archive.read_bytes())
    with sqlite3.connect(changed) as database:
        database.execute("UPDATE proposals SET category = 'A' WHERE rowid = 1")
    rows = csv_rows(release(changed, tmp_path) / "changes.csv.gz")[1:]
    assert [row[:3] for row in rows] == [["yunxi-proposal-16-4-1", "changed", "category"]]


def test_parquet_is_typed(archive: Path, folder: Path) -> None:
    table = parquet.read_table(folder / "parquet/proposals.parquet")
    assert table.schema.field("date").type == pyarrow.date32()
    assert table.schema.field("term").type == pyarrow.int64()
    titles = [row[0] for row in sqlite3.connect(archive).execute("SELECT title FROM proposals ORDER BY rowid")]
    assert table.column("title").to_pylist() == titles


def test_capture_index_is_sorted_by_surt(folder: Path) -> None:
    lines = gzip.decompress((folder / "captures.cdxj.gz").read_bytes()).decode().splitlines()
    assert [line.split(" ")[:2] for line in lines] == [
        ["example,a)/x?b", "20260101000000"],
        ["example,yunxi,www)/art/2.html", "20260101000000"],
    ]
    assert json.loads(lines[0].split(" ", 2)[2])["filename"] == "yunxi.warc.gz"


@given(st.text())
def test_surt_takes_any_text(url: str) -> None:
    assert not set(surt(url)) & set(" \t\r\n")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://WWW.a.gov.cn:80/B", "cn,gov,a,www)/b"),
        ("https://a.cn:8443", "cn,a:8443)/"),
        ("https://[::1", "https://[::1"),
        ("文件 1.txt", ")文件%201.txt"),
    ],
)
def test_surt(url: str, key: str) -> None:
    assert surt(url) == key


def test_frictionless_validates_the_package(folder: Path) -> None:
    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    assert report.flatten(["name", "type", "note"]) == []
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    proposals = next(resource for resource in package["resources"] if resource["name"] == "proposals")
    assert proposals["rows"] == 8
    assert {"fields": ["site"], "reference": {"resource": "sites", "fields": ["id"]}} in proposals["schema"][
        "foreignKeys"
    ]


def test_papers_say_rights_contact_and_version(folder: Path) -> None:
    citation = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    assert (citation["version"], citation["license"], citation["type"]) == (VERSION, "CC0-1.0", "dataset")
    assert citation["identifiers"][0]["value"] == "10.5281/zenodo.0"
    readme = (folder / "README.md").read_text("utf-8")
    assert "archive@example.org" in readme
    assert "$" not in readme
    licence = dictionary.load().licence
    assert f"[{licence.title}]({licence.path})" in readme
    assert licence.texts.en in readme
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert package["licenses"] == [{"name": licence.name, "title": licence.title, "path": licence.path}]
    assert "CC0 1.0 Universal" in (folder / "LICENSE-DATA.txt").read_text("utf-8")
    assert "MIT License" in (folder / "LICENSE-CODE.txt").read_text("utf-8")
    assert "| 100.0 % |" in (folder / "DATA_DICTIONARY.md").read_text("utf-8")


def test_quality_page(folder: Path) -> None:
    page = (folder / "QUALITY.md").read_text("utf-8")
    assert "| sign\\_date | 87.5 % |" in page
    assert "| number | 1 | 1 | 100.0 % |" in page
    assert "| missing |  | 1 |" in page
    assert page.count("https://www.yunxi.example/art/") == 7
    assert "<script>" not in page
    assert "yunxi-proposal-16-4-3 " not in page


def test_table_cells_cannot_break_out() -> None:
    assert quality.cell("a|b\n<c>") == "a\\|b \\<c\\>"


def test_tombstones_and_changes(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "releases"
    changed = tmp_path / "archive.db"
    changed.write_bytes(archive.read_bytes())
    release(changed, out)
    database = sqlite3.connect(changed)
    database.execute("UPDATE proposals SET category = 'A', last_seen = '2027' WHERE rowid = 1")
    database.execute("UPDATE proposals SET state = 'withdrawn' WHERE rowid = 2")
    database.execute("UPDATE proposals SET state = 'present' WHERE rowid = 3")
    database.execute("UPDATE proposals SET id = 'yunxi-new' WHERE rowid = 4")
    database.execute("UPDATE proposals SET last_seen = '2027-01-01T00:00:00Z' WHERE rowid = 5")
    samples.insert(database, "redirects", old_id="yunxi-proposal-16-4-4", new_id="yunxi-new")
    database.execute("DELETE FROM texts WHERE proposal = 8")
    database.execute("DELETE FROM proposals WHERE rowid = 8")
    database.commit()
    database.close()
    second = release(changed, out)
    assert second.name == "2026.11.1"
    assert (out / "latest").resolve() == second.resolve()
    rows = [row[:3] for row in csv_rows(second / "changes.csv.gz")[1:]]
    assert rows == [
        ["yunxi-new", "new", ""],
        ["yunxi-proposal-16-4-1", "changed", "category"],
        ["yunxi-proposal-16-4-2", "withdrawn", ""],
        ["yunxi-proposal-16-4-3", "restored", ""],
        ["yunxi-proposal-16-4-4", "renumbered", ""],
        ["yunxi-proposal-16-4-8", "removed", ""],
    ]
    page = (second / "CHANGES.md").read_text("utf-8")
    assert "| category | 1 |" in page
    assert "## withdrawn" in page
    assert tombstones(second) == {"yunxi-proposal-16-4-2": "withdrawn", "yunxi-proposal-16-4-8": "removed"}
    with sqlite3.connect(changed) as again:
        again.execute("UPDATE proposals SET state = 'present'")
    assert tombstones(release(changed, out)) == {"yunxi-proposal-16-4-8": "removed"}


def tombstones(folder: Path) -> dict[str, str]:
    with (folder / "tombstones.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["state"] for row in csv.DictReader(file)}


def test_same_archive_is_not_released_twice(archive: Path, tmp_path: Path) -> None:
    first = release(archive, tmp_path)
    before = contents(first)
    assert release(archive, tmp_path) == first
    assert [path.name for path in released(tmp_path)] == [VERSION]
    assert contents(first) == before


def test_empty_archive(tmp_path: Path) -> None:
    database = samples.empty(tmp_path / "archive.db")
    database.commit()
    database.close()
    folder = release(tmp_path / "archive.db", tmp_path / "out")
    assert list(checks.verify_folder(folder)) == []
    assert objects(folder / "proposals.jsonl.gz") == []
    with system.use_context(trusted=True):
        assert Package(str(folder / "datapackage.json")).validate().valid


def test_damage_is_found(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / VERSION
    shutil.copytree(folder, copy)
    path = copy / "csv/proposals.csv.gz"
    path.write_bytes(path.read_bytes()[:-9])
    (copy / "README.md").unlink()
    (copy / "stray.txt").write_text("x")
    assert list(checks.verify_folder(copy)) == [
        f"{VERSION}/README.md: missing",
        f"{VERSION}/stray.txt: not in SHA256SUMS",
        f"{VERSION}/csv/proposals.csv.gz: SHA-256 differs",
    ]


def break_missing(path: Path) -> None:
    path.unlink()


def break_bytes(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def break_text(path: Path) -> None:
    path.write_text("not a database" * 100)


def break_build_time(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM about")


def break_reference(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE proposals SET site = 'nowhere' WHERE rowid = 1")


def break_date(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE proposals SET date = '2025-02-30' WHERE rowid = 1")


def break_schema(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE secrets (id INTEGER PRIMARY KEY)")


def break_log(path: Path) -> None:
    path.with_name(path.name + "-wal").write_bytes(b"x")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (break_missing, "proposals publish"),
        (break_bytes, "archive.db"),
        (break_text, "archive.db"),
        (break_build_time, "no build time"),
        (break_reference, "refers to sites"),
        (break_date, r"proposals\.date"),
        (break_schema, "describe the table secrets"),
        (break_log, "being written"),
    ],
)
def test_bad_archives_release_nothing(archive: Path, tmp_path: Path, damage: Any, message: str) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(archive.read_bytes())
    damage(path)
    with pytest.raises(Exception, match=message) as raised:
        release(path, tmp_path / "out")
    assert type(raised.value).__mro__[1].__name__ in {"ArchiveError", "ReleaseError"}
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".lock"]


SCRIPT = """
import resource, signal, sys
from pathlib import Path
from archive.release import release, ReleaseError
if sys.argv[3] != "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
print("start", flush=True)
try:
    release(Path(sys.argv[1]), Path(sys.argv[2]), say=lambda line: print(line, flush=True))
except ReleaseError as error:
    print("error", error, flush=True)
"""


def start(archive: Path, out: Path, limit: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT, str(archive), str(out), str(limit)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_kills_leave_nothing_or_a_whole_release(archive: Path, folder: Path, tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(8):
        process = start(archive, tmp_path)
        assert process.stdout
        for _ in range(chance.randint(1, 50)):
            if not process.stdout.readline():
                break
        time.sleep(chance.random() * 0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert all(list(checks.verify_folder(found)) == [] for found in released(tmp_path))
    finished = release(archive, tmp_path)
    assert finished.name == VERSION
    assert list(checks.verify_folder(finished)) == []
    assert not list(tmp_path.glob(".unfinished*"))


@pytest.mark.parametrize("limit", [4096, 20_000, 60_000])
def test_full_disk_releases_nothing(archive: Path, tmp_path: Path, limit: int) -> None:
    output, _ = start(archive, tmp_path, limit).communicate(timeout=60)
    assert "error" in output
    assert "nothing was released" in output
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_second_release_waits_its_turn(archive: Path, tmp_path: Path) -> None:
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Busy, match="a release is running"):
            release(archive, tmp_path)


def test_publish_during_a_release_changes_nothing(archive: Path, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(archive.read_bytes())

    def swap(_: str) -> None:
        other = tmp_path / "other.db"
        other.write_bytes(b"another archive")
        other.replace(path)

    found = release(path, tmp_path / "out", say=swap)
    for name in ("proposals.jsonl.gz", f"archive-{VERSION}-search.sqlite.zst", "csv/texts.csv.gz"):
        assert (found / name).read_bytes() == (folder / name).read_bytes()


def test_the_command_goes_from_imported_pages_to_a_validated_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    kills.fill(data, range(12))
    (data / "proposals.toml").write_text(
        '[public]\npublisher = "柳泉档案"\ntakedown_contact = "a@example.org"\n', "utf-8"
    )
    publish(data, settings.load(data))
    monkeypatch.setenv("PROPOSALS_PUBLIC_URL", "https://archive.example/")
    found = CliRunner().invoke(proposals, ["release", str(out), "--data", str(data)])
    assert found.exit_code == 0, found.output
    first = Path(found.stdout.splitlines()[-1])
    papers = "".join((first / name).read_text("utf-8") for name in ("README.md", "CITATION.cff", "datapackage.json"))
    assert all(said in papers for said in ("柳泉档案", "a@example.org", "https://archive.example/"))
    with system.use_context(trusted=True):
        assert Package(str(first / "datapackage.json")).validate().flatten(["name", "type", "note"]) == []
    kills.fill(data, range(12, 14))
    publish(data, settings.load(data))
    second = release(data / "public" / "archive.db", out)
    assert len(objects(second / "proposals.jsonl.gz")) == 14
    assert [list(checks.verify_folder(folder)) for folder in (first, second)] == [[], []]
    with gzip.open(second / "changes.csv.gz", "rt", encoding="utf-8") as file:
        assert [row["change"] for row in csv.DictReader(file)] == ["new", "new"]
