"""What a record is called: kind and number, meeting. Cards print these names, and readers type them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

KINDS = {"suggestion": "建议", "motion": "议案", "proposal": "提案"}
DIGITS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """A number from 1 to 99 in Chinese characters, as terms and sessions are counted: 十四, 二十; others in digits."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    ten = ("" if tens == 1 else DIGITS[tens]) + "十" if tens else ""
    return ten + (DIGITS[ones] if ones else "")


def meeting(term: int, session: int | None) -> str:
    """The short name of a meeting: 六届四次会议; of a term whose session is not known, 第六届."""
    return f"第{numeral(term)}届" if session is None else f"{numeral(term)}届{numeral(session)}次会议"


def names(kind: str | None, numbers: Iterable[str], term: int | None, session: int | None) -> Iterator[str]:
    """Every name of a record, so that each way of writing one is a piece of one of them.

    Numbers stand as printed and without leading zeros; a meeting as 第六届四次会议 and 第六届第四次会议.
    """
    of_kind = KINDS.get(kind or "", "")
    for number in numbers:
        for written in dict.fromkeys((number, number.lstrip("0") or number)):
            yield f"{of_kind}第{written}号"
            if of_kind:
                yield f"第{written}号{of_kind}"
    if term is not None and session is not None:
        yield f"第{meeting(term, session)}"
        yield f"第{numeral(term)}届第{numeral(session)}次会议"
    elif term is not None:
        yield meeting(term, None)
