"""The source of a page without what no reader sees: comments, scripts, styles, lists of options."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CODE = re.compile(r"<[!sS](?:--|[cC][rR][iI][pP][tT]\b|[tT][yY][lL][eE]\b|[eE][lL][eE][cC][tT]\b)")
_CLOSING = {
    "<!--": re.compile("-->"),
    "<script": re.compile(r"</script\s*>", re.IGNORECASE),
    "<style": re.compile(r"</style\s*>", re.IGNORECASE),
    "<select": re.compile(r"</select\s*>", re.IGNORECASE),
}


def without_code(text: str) -> str:
    """The source without comments, scripts, styles and option lists: half of many pages, and no text of theirs.

    An element that is never closed stays, so that no text can be lost behind it.
    """
    return "".join(_kept(text))


def _kept(text: str) -> Iterator[str]:
    place, unclosed = 0, set[str]()
    for match in _CODE.finditer(text):
        opening = match[0].lower()
        if match.start() < place or opening in unclosed:
            continue
        end = _CLOSING[opening].search(text, match.end())
        if end is None:
            unclosed.add(opening)
            continue
        yield text[place : match.start()]
        place = end.end()
    yield text[place:]
