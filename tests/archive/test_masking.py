"""What is masked, wherever it stands in what is published, and what must not be taken for it."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import tomllib
import unicodedata
import zipfile
from contextlib import closing
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from fictional import SITE, page, record
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive import masking
from archive.errors import SettingsError
from archive.masking import Masker
from archive.publish import publish
from archive.release import release
from archive.settings import Masking, Settings
from archive.store import Store
from parsers.record import Citation, Evidence

CASES = tomllib.loads(Path(__file__).with_name("masks.toml").read_text("utf-8"))
SECRETS = {
    "mobile": ["13812345678", "139-8765-4321", "188 0000 1111", "139—7654—3210"],
    "landline": ["0990-8821234", "(010)62345678", "0571 87654321", "029-8765 4321", "0915-321-2345", "86-29-87651234"],
    "id-card": ["11010119900307777X", "650102198512120019"],
    "e-mail": ["zhang.san@qinghe.example", "clerk_9@mail.qinghe.example"],
    "address": ["3栋2单元501室", "12号楼1单元302"],
}
ALL = [secret for secrets in SECRETS.values() for secret in secrets]
SEEDS = [case["text"] for case in CASES["gone"]]
DETAIL = f"例行检查{' '.join(ALL)}"


def everything(path: Path) -> list[str]:
    """What a file says, packed or not, as texts: of SQLite files every byte of every page."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        return [gzip.decompress(content).decode("utf-8", "replace")]
    if path.suffix == ".zst":
        return [pyarrow.input_stream(path, compression="zstd").read().decode("utf-8", "replace")]
    if path.suffix == ".parquet":
        return [json.dumps(pyarrow.parquet.read_table(path).to_pylist(), ensure_ascii=False, default=str)]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    return [content.decode("utf-8", "replace")]


def seeded(data: Path) -> None:
    """A store with every secret in every text of a record, its history, its address, and a run."""
    seed = "；".join([*(f"请记{secret}。" for secret in ALL), *SEEDS])
    values = dict.fromkeys(
        ("title", "subject", "status", "disclosure", "doc_number", "signer", "category", "proposal_text", "reply_text"),
        seed,
    )
    evidence = {name: Evidence("label", seed, seed, 1.0) for name in ("number", "title", "reply_text")}
    leaky = record(
        **values,
        proposers=(seed,),
        host_departments=(seed,),
        co_departments=(seed,),
        numbers=("98", seed),
        citations=(Citation(seed, seed),),
        evidence=evidence,
        contacts=(),
    )
    document = record(part=1, type="document", number=None, title=seed, text=seed, doc_number=seed, evidence=evidence)
    url = "https://www.qinghe.example/show?id=7&" + "&".join(f"q{n}={secret}" for n, secret in enumerate(ALL))
    with Store.open(data) as store:
        store.put_sites([SITE])
        store.put_crawl("qinghe", "2025-06-01T00:00:00Z", "fine", detail=DETAIL)
        store.add_pages([page(leaky, document, url=url)])
        later = record(**values | {"reply_text": "改后" + seed, "status": seed + "二"}, evidence=evidence)
        store.add_pages([page(later, document, url=url, time="2025-08-01T00:00:00Z")])


def test_nothing_personal_is_in_any_byte_of_the_archive_and_of_the_release(tmp_path: Path):
    seeded(tmp_path)
    for full in (True, False):
        publish(tmp_path, Settings(), full)
    folder = release(tmp_path / "public" / "archive.db", tmp_path / "releases")
    files = [tmp_path / "public" / "archive.db", *(path for path in folder.rglob("*") if path.is_file())]
    assert len(files) > 30
    secrets = [bare(secret) for secret in [*ALL, *(case["digits"] for case in CASES["gone"])]]
    for path in files:
        for text in map(bare, everything(path)):
            assert [secret for secret in secrets if secret in text] == [], path.name


def bare(text: str) -> str:
    """A text without all that people put between digits, so that numbers are found without a pattern of the project."""
    return re.sub(r"[^\w@。；]", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("case", CASES["gone"], ids=lambda case: ascii(case["text"]))
def test_numbers_in_ordinary_print_are_masked(case: dict[str, str]):
    masker = Masker()
    masked = masker.mask(case["text"])
    assert case["digits"] in bare(case["text"])
    assert case["digits"] not in bare(masked)
    assert not re.search(r"\d{3}", masked.replace(case.get("left", ""), "")), masked
    assert case.get("left", "") in masked
    assert masker.found(masked) == []


@pytest.mark.parametrize("text", CASES["stays"]["texts"])
def test_what_only_looks_like_a_number_of_a_person_stays(text: str):
    assert Masker().mask(text) == text


def test_what_was_masked_is_counted_by_kind(tmp_path: Path):
    seeded(tmp_path)
    publish(tmp_path, Settings())
    with closing(sqlite3.connect(tmp_path / "public" / "archive.db")) as archive:
        counts = dict(archive.execute("SELECT mask, sum(count) FROM masked GROUP BY mask"))
        said = dict(archive.execute("SELECT key, value FROM about WHERE key LIKE 'masked%'"))
        assert archive.execute("SELECT count(*) FROM versions").fetchone()[0] > 1
    assert set(counts) == set(SECRETS)
    assert said == {f"masked_{name}": str(count) for name, count in counts.items()}
    assert counts["mobile"] > 60


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_each_kind_can_be_switched_off(tmp_path: Path, name: str):
    with Store.open(tmp_path) as store:
        store.add_pages([page(record(reply_text="、".join(f"请记{secret}" for secret in ALL)))])
    publish(tmp_path, Settings(masking=Masking(off=(name,))))
    with closing(sqlite3.connect(tmp_path / "public" / "archive.db")) as archive:
        [text] = archive.execute("SELECT reply_text FROM texts").fetchone()
    assert {kind for kind, secrets in SECRETS.items() if all(secret in text for secret in secrets)} == {name}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/art/2025/6/13/art_1_13812345678.html", None),
        ("https://a.example/s?id=20250613&page=2#top", None),
        ("https://a.example/s?id=7&tel=13812345678&x=1", "https://a.example/s?id=7&tel=〔手机号已隐去〕&x=1"),
        ("https://a.example/s?mail=li%40qinghe.example", "https://a.example/s?mail=〔邮箱已隐去〕"),
        ("https://a.example/s?id=1#13812345678", "https://a.example/s?id=1#〔手机号已隐去〕"),
    ],
)
def test_what_a_page_was_asked_with_is_masked_and_its_path_is_not(url: str, expected: str | None):
    from urllib.parse import unquote

    masked = Masker().address(url)
    assert unquote(masked) == (expected or url)
    assert masked.isascii()


numbers = st.integers(1, 99999)
places = st.sampled_from(("青教", "镇经信函", "安政办发", "市住建提复字"))
dates = st.dates()
amounts = st.integers(10**8, 10**12 - 1)
units = st.sampled_from(("元", "万元", "亿元", "余元", "平方米", "公里", "吨", "户", "人次", "千瓦时"))
HARMLESS = st.one_of(
    st.builds(lambda p, d, n: f"{p}〔{d.year:04}〕{n}号", places, dates, numbers),
    st.builds(lambda n: f"第{n:04}号", numbers),
    st.builds(lambda d, n: f"第{d.year:04}{n:04}号", dates, numbers),
    st.builds(lambda a, n: f"第{a}{n}号", st.sampled_from(("TA2022", "DH", "B")), numbers),
    st.builds(lambda d: f"{d.year:04}年{d.month}月{d.day}日", dates),
    st.builds(lambda d, n: f"{d.isoformat()} {n % 24:02}:{n % 60:02}:{n % 59:02}", dates, numbers),
    st.builds(lambda d, e: f"{d.isoformat()}至{e.isoformat()}", dates, dates),
    st.builds(lambda a, u: f"{a}{u}", amounts, units),
    st.builds(lambda a, u: f"{a:,}{u}", amounts, units),
    st.builds(lambda a: f"{a / 100:.2f}元", amounts),
    st.builds(lambda n: f"占{n % 100}.{n % 97:02}%", numbers),
    st.builds(lambda d: f"{d.year:04}-{d.year + 5:04}年", dates),
    st.builds(lambda n: f"GB {n}-2014", numbers),
    st.builds(lambda n: f"邮编{100000 + n}", numbers),
    st.sampled_from(
        ("江小舟委员", "青禾市园林局", "签发人:林远", "单元楼改造", "拨打12345热线", "地址信息公开", "第3单元")
    ),
)


@settings(deadline=None)
@given(st.lists(HARMLESS, min_size=1, max_size=6))
@example(["13800138000元"])
def test_numbers_dates_amounts_and_names_are_left_alone(parts: list[str]):
    text = "，".join(parts) + "。"
    assert Masker().mask(text) == text


@settings(deadline=None)
@given(st.lists(st.one_of(HARMLESS, st.sampled_from(ALL)), max_size=6), st.sampled_from(("，", "、", " ", ",", "\n")))
def test_between_other_numbers_everything_personal_is_found_and_masking_twice_is_masking_once(
    parts: list[str], glue: str
):
    masker = Masker()
    masked = masker.mask(glue.join(f"注{part}" if part in ALL else part for part in parts))
    assert [secret for secret in ALL if secret in masked] == []
    assert masker.mask(masked) == masked
    assert masker.found(masked) == []


SIGNS = st.sampled_from(
    [*"00123456789０９ 　.．·-—–－()（）+＋@＠：:\n\u200b", "电话", "手 机", "身份证", "住址", "单元", "元", "户主"]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(SIGNS, max_size=40).map("".join))
@example("１３８１２３４５６７８")
@example("（０９９０）８８２１２３４")
@example("电话８８２１２３４")
@example("电话：3212345 3212346 3212347 3212348 3212349 3212350")
def test_every_text_that_a_pattern_matches_is_suspected_and_masked_whole(text: str):
    masker = Masker()
    narrow = masking.half_width(text)
    if any(pattern.search(narrow) for _, pattern in masker.patterns):
        assert masking.suspect(text)
    masked = masker.mask(text)
    assert masker.found(masked) == []
    assert [mask.name for mask, pattern in masker.patterns if pattern.search(masking.half_width(masked))] == []


@pytest.mark.parametrize(
    ("pattern", "says"), [("<<unit>>", "parts: nothing is named 'unit'"), ("(", "unterminated"), ("[", "unterminated")]
)
def test_a_wrong_pattern_is_named(pattern: str, says: str):
    with pytest.raises(SettingsError, match=rf"masks\.toml: .*{says}"):
        masking.load(f'[[masks]]\nname = "a"\npattern = "{pattern}"\ninstead = "b"'.encode())
