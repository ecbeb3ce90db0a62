"""How far handling has come, as printed: 已办结, 办理完毕, 办理中."""

from __future__ import annotations

import re

from parsers.found import Found
from parsers.text import squeeze
from parsers.words import choice, words

_STATUS = re.compile(rf"[\u4e00-\u9fff]{{0,8}}{choice(words().status.holds)}[\u4e00-\u9fff]{{0,8}}")


def read(value: str) -> Found[str] | None:
    """The status in a label's value; a sentence or a bare class is none."""
    text = re.sub(r"^[【\[（(]|[】\]）)。]$", "", squeeze(value))
    return Found(text, value.strip(), "status") if _STATUS.fullmatch(text) else None
