"""Dates and date-times in every printed form: 2021-08-04 16:33, 2021年8月4日, 二〇二一年八月四日, 20210804 …

Digits that lost their 年月日 are read only where exactly one date is possible. A date that does not exist is no date;
``problem`` says so. Times are China's, ``+08:00``; a date-time with another offset is converted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

from parsers.found import Found
from parsers.record import Problem
from parsers.text import NUMERAL, numeral, plain

CHINA = timezone(timedelta(hours=8))
_YEARS = range(1949, 2100)
_TIME = (
    r"(?P<half>上午|下午|晚上)?\s{0,3}(?P<hour>\d{1,2})\s?(?:[:时点])\s?(?P<minute>\d{1,2})"
    r"\s?(?:[:分]\s?(?P<second>\d{1,2})?(?:\.\d{1,9})?秒?)?\s?(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
_JOIN = r"(?:\s{0,8}|\s?T\s?|\s?,?\s?(?:星期|周)[一二三四五六日天]\s?)"
_WORDS = (
    rf"(?P<year>(?:[12]\s?[09]|[一二]\s?[〇零0九9])\s?{NUMERAL}\s?{NUMERAL})\s{{0,3}}年\s{{0,3}}"
    rf"(?P<month>{NUMERAL}{{1,3}})\s{{0,3}}月\s{{0,3}}(?P<day>{NUMERAL}{{1,3}})\s{{0,3}}[日号]?"
)
_MARKS = r"(?P<year2>(?:19|20)\d\d)\s?(?P<mark>[-/.])\s?(?P<month2>\d{1,2})\s?(?P=mark)\s?(?P<day2>\d{1,2})(?!\d)"
_SOLID = r"(?P<year3>(?:19|20)\d\d)(?P<month3>[01]\d)(?P<day3>[0-3]\d)(?!\d)"
_DATE = re.compile(rf"(?<!\d)(?:{_WORDS}|{_MARKS}|{_SOLID})(?:{_JOIN}{_TIME})?")
_YEAR = re.compile("[12一二]\\s?[09〇零九]")
"""How the year of each begins; looked for ten times as fast as a date."""
_SEAL = re.compile(r"\(\s?(?:加?盖?[印公]?章|签[章字]|代章)\s?\)\s*$")
"""Where the seal stands on paper: 2017年8月14日(印章)."""
_JAVA = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d\d):(\d\d):(\d\d) [A-Z]{3,4} (\d{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINE = 60
_BARE = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d{2,4})(?!\d)")
_LOST = re.compile(
    rf"(?<!\d)((?:19|20)\d\d)[\s年-]{{0,3}}({NUMERAL}{{1,3}})(?:[\s月-]{{1,3}})({NUMERAL}{{1,3}})[\s日号]{{0,3}}$"
)


def read(value: str) -> Found[str] | None:
    """The date that a label's value holds, a lost one restored where only one reading is possible."""
    return find(value) or _java(value) or _restored(value)


def find(text: str) -> Found[str] | None:
    """The first date in running text that exists and whose year, month and day are all printed."""
    return _short(text) if len(text) <= _LINE else next(_each(text), None)


@lru_cache(maxsize=256)
def _short(text: str) -> Found[str] | None:
    """Of one line, remembered: a letter's date is looked at by every rule about its end."""
    return next(_each(text), None)


def _each(text: str) -> Iterator[Found[str]]:
    """Every existing date of a text in printed order."""
    folded = plain(text)
    for match in _DATE.finditer(folded) if _YEAR.search(folded) else ():
        value = _value(match)
        if value:
            yield Found(value, text[match.start() : match.end()].strip(), "date")


def problem(value: str) -> Problem | None:
    """Why a text that looks like a date gives none: it does not exist, or its digits can be read in two ways."""
    if read(value):
        return None
    folded = plain(value)
    if _DATE.search(folded):
        return Problem("no-such-date", value.strip()[:60])
    bare = _BARE.search(folded)
    if bare is None:
        return None
    code = "ambiguous-date" if len(_splits(bare)) > 1 else "no-such-date"
    return Problem(code, value.strip()[:60])


def is_date(line: str) -> bool:
    """Whether a line is nothing but a date, as under a letter."""
    folded = _SEAL.sub("", plain(line)).strip(" ()。")
    match = _DATE.match(folded)
    return bool(match and not folded[match.end() :].strip(" 日。") and _value(match))


def _value(match: re.Match[str]) -> str | None:
    """ISO form of a match; ``None`` for a day that does not exist, the bare day where its time is impossible."""
    kind = next(kind for kind in ("", "2", "3") if match["year" + kind])
    parts = match.group("year" + kind, "month" + kind, "day" + kind)
    day = _day(*(numeral("".join(part.split())) for part in parts))
    if day is None:
        return None
    moment = _moment(day, match.groupdict()) if match["hour"] else None
    return moment or day.isoformat()


def _day(year: int | None, month: int | None, day: int | None) -> date | None:
    if year is None or month is None or day is None or year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment(day: date, groups: dict[str, str | None]) -> str | None:
    hour, minute, second = (int(groups[name] or 0) for name in ("hour", "minute", "second"))
    if groups["half"] in ("下午", "晚上") and hour < 12:
        hour += 12
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_zone(groups["zone"]))
        return moment.astimezone(CHINA).isoformat()
    except (ValueError, OverflowError):
        return None


def _zone(zone: str | None) -> timezone:
    if zone is None:
        return CHINA
    if zone == "Z":
        return UTC
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return timezone(timedelta(minutes=minutes if zone[0] == "+" else -minutes))


def _java(value: str) -> Found[str] | None:
    """``Wed Aug 04 09:30:15 CST 2021``: what a Java server prints into a meta tag."""
    match = _JAVA.search(value)
    if match is None or match[1] not in _MONTHS:
        return None
    month, day, hour, minute, second, year = match.groups()
    try:
        moment = datetime(
            int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=CHINA
        )
    except ValueError:
        return None
    return Found(moment.isoformat(), match[0], "date-java")


def _restored(value: str) -> Found[str] | None:
    """Digits that lost 年月日, read where exactly one month and day are possible."""
    folded = plain(value).strip()
    bare = _BARE.fullmatch(folded)
    if bare:
        days = _splits(bare)
        return Found(days.pop(), bare[0], "date-restored", confidence=0.7) if len(days) == 1 else None
    lost = _LOST.match(folded)
    day = _day(*map(numeral, lost.groups())) if lost else None
    return Found(day.isoformat(), folded, "date-restored", confidence=0.8) if day else None


def _splits(bare: re.Match[str]) -> set[str]:
    """The days that digits after a year can mean."""
    year, digits = int(bare[1]), bare[2]
    days = (_day(year, int(digits[:cut]), int(digits[cut:])) for cut in (1, 2) if 0 < len(digits[cut:]) < 3)
    return {day.isoformat() for day in days if day}
