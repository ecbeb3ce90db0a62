"""Values written out in every known wording are read back as what they were."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from parsers.fields import dates, doc_number, meeting, number, people
from parsers.record import Meeting

CHINESE = "〇一二三四五六七八九"
PLACES = st.sampled_from(["桃溪县", "云河市", "临江区", "青原自治州", "松阳镇", "草原旗", "市中区", "镇北县", None])
NPC = [
    "{p}{t}届人大{s}次会议",
    "{p}第{t}届人民代表大会第{s}次会议",
    "{p}人大{t}届{s}次会议",
    "{p}人大第{t}届{s}次会议",
    "{p}第{t}届人大{s}次会议",
    "{p}{t}届人民代表大会{s}次会议",
    "{p}人民代表大会第{t}届第{s}次会议",
    "{p}第{t}届人大第{s}次全会",
]
CPPCC = [
    "政协{p}第{t}届委员会第{s}次会议",
    "{p}政协{t}届{s}次会议",
    "{p}政协第{t}届委员会第{s}次会议",
    "政协第{t}届{p}委员会第{s}次会议",
    "政协{p}委员会{t}届{s}次会议",
    "{p}{t}届政协{s}次会议",
    "政协{p}{t}届{s}次会议",
    "中国人民政治协商会议{p}第{t}届委员会第{s}次会议",
]
FRAMES = ["{}", "关于对{}第12号建议的答复", "水务局关于{}第12号提案的答复", "您在{}上提出的", "届次：{}"]


def chinese(value: int) -> str:
    """A number up to 99 in Chinese numerals."""
    tens, ones = divmod(value, 10)
    return ("" if tens == 0 else "十" if tens == 1 else CHINESE[tens] + "十") + ("" if ones == 0 else CHINESE[ones])


@given(
    st.sampled_from([*NPC, *CPPCC]),
    st.sampled_from(FRAMES),
    PLACES,
    st.integers(1, 25),
    st.integers(1, 9),
    st.booleans(),
    st.booleans(),
)
def test_meetings(order: str, frame: str, place: str | None, term: int, session: int, digits: bool, full: bool) -> None:
    place = "青原自治州" if place is None and full else place
    write = str if digits else chinese
    phrase = order.format(p=place or "县", t=write(term), s=write(session))
    found = meeting.find(frame.format(phrase))
    assert found is not None
    level = place[-1] if place else "县"
    body = "npc" if order in NPC else "cppcc"
    assert found.value == Meeting(body, level, place, term, session)
    assert found.quote == phrase


@given(
    st.lists(st.from_regex(r"\A[A-Z]{0,2}[0-9]{1,8}\Z"), min_size=1, max_size=5, unique=True), st.sampled_from("、，和")
)
def test_numbers(numbers: list[str], joint: str) -> None:
    assert getattr(number.read("第" + joint.join(numbers) + "号"), "value", None) == tuple(numbers)
    assert getattr(number.find("会议第" + f"号{joint}第".join(numbers) + "号建议"), "value", None) == tuple(numbers)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_dates(day: date) -> None:
    year = "".join(CHINESE[int(digit)] for digit in str(day.year))
    forms = [
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y/%m/%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y%m%d}",
        f"{year}年{chinese(day.month)}月{chinese(day.day)}日",
        f"{year.replace('〇', '○')}年{chinese(day.month)}月{chinese(day.day)}日",
        f"{day.year} 年 {day.month} 月 {day.day} 日",
    ]
    assert {getattr(dates.read(form), "value", None) for form in forms} == {day.isoformat()}


@given(st.sampled_from(["桃水函", "云政办发", "松民建复字"]), st.integers(1990, 2030), st.integers(1, 9999))
def test_doc_numbers(organ: str, year: int, serial: int) -> None:
    expected = f"{organ}〔{year}〕{serial}号"
    for left, right in ("〔〕", "[]", "()", "（）", "【】", "［］", "﹝﹞", "〈〉"):
        printed = f"{organ}{left}{year}{right}{serial}号"
        assert getattr(doc_number.read(printed), "value", None) == expected
        assert getattr(doc_number.own(printed), "value", None) == expected
        assert getattr(doc_number.find(f"按照{printed}文件要求"), "value", None) == expected


NAMES = st.lists(
    st.sampled_from(["丁一鸣", "牟平", "卜算子", "欧阳平", "司徒一鸣", "丁鸣"]), min_size=1, max_size=6, unique=True
)


@given(NAMES, st.sampled_from(["代表", "委员"]), st.sampled_from("、，"), st.booleans(), st.booleans())
def test_salutations(names: list[str], role: str, joint: str, honoured: bool, spaced: bool) -> None:
    printed = [" ".join(name) if spaced and len(name) == 2 else name for name in names]
    line = ("尊敬的" if honoured else "") + joint.join(printed) + role + "："
    found = people.salutation(line)
    assert found is not None
    assert (list(found.value.names), found.value.role) == (names, role)
    assert not people.is_organ(line)
