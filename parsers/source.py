"""The source of a page before its tree: without what no reader sees, and with its menus as one element each.

Comments, scripts, styles and lists of options go. A list that holds nothing but links becomes an empty ``ul`` that says
how many of them were titles: menus and news are most of a page's elements, furniture as a whole, and found here for a
tenth of what their tree costs. In the text marks stand for the tags between runs and paragraphs, for the same reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from parsers import filenames
from parsers.blocks import BESIDE, COUNTED, TITLE
from parsers.html_blocks import BREAK, PARAGRAPH, RUN

_CODE = re.compile(rb"<[!sS][-cCtTeE](?:-|[rR][iI][pP][tT]\b|[yY][lL][eE]\b|[lL][eE][cC][tT]\b)")
"""Where one of those may begin: two classes tell most tags off in three quarters of the time that whole names take."""
_CLOSING = {
    b"<!--": re.compile(b"-->"),
    b"<script": re.compile(rb"</script\s*>", re.IGNORECASE),
    b"<style": re.compile(rb"</style\s*>", re.IGNORECASE),
    b"<select": re.compile(rb"</select\s*>", re.IGNORECASE),
}
# Groups are atomic instead of possessive: before Python 3.11.5 a possessive group with choices in it matches wrongly.
# A class of one character is the quickest to run through; a ">" in a value leaves a list as it is.
_INNER = r"[^<>]*+(?>(?=</a)|(?:</?(?:span|em|i|b|font|img)\b[^>]*+>[^<>]*+)*)"
"""A look at what most often follows spares the loop: with it a menu takes a third less."""
_NEXT_TO = rf"(?>(?=<[a/])|(?>(?:<(?:span|em|i|b)\b[^>]*+>)?)\s*+[^<>]{{0,{BESIDE}}}+(?>(?:</(?:span|em|i|b)>)?)\s*+)"
_ITEM = rf"<li\b[^>]*+>{_NEXT_TO}<a\b[^>]*+>{_INNER}</a>\s*+{_NEXT_TO}</li>\s*+"
_MENU = re.compile(rf"<ul\b[^>]*+>\s*+(?>(?:{_ITEM}){{3,}})</ul>", re.IGNORECASE)
"""A list of links, each with a date or a bullet beside it at most. No part gives back what it took: one pass."""
_TITLE = re.compile(rf">([^<>]{{{TITLE},}}+)(?>(?:</(?:span|em|i|b|font)>\s*+)*)</[aA]")

_EMPTY = "<o:p></o:p>"


def _marks(end: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Which tags a mark stands for; ``end`` is the pattern of a tag from its name to its end."""
    return (
        (re.compile(rf"</span><span{end}"), RUN),
        (re.compile(rf"</span></p>\s*+<p\b{end}<span{end}"), RUN + PARAGRAPH),
        (re.compile(rf"</p>\s*+<p\b{end}"), PARAGRAPH),
        (re.compile(rf"<br{end}"), BREAK),
    )


_MARKS = _marks("[^>]*+>")
_MARKS_BESIDE_QUOTES = _marks(r"""[^>"']*+(?>(?:"[^"<>]*+"[^>"']*+|'[^'<>]*+'[^>"']*+)*)>""")
"""The same for pages with a ``>`` in a value; a tag with such a value stays one. Takes half as long again."""
_QUOTED_END = re.compile(r"""=\s*+(?>"[^">]*+>|'[^'>]*+>)""")
"""A value that may hold the ``>``."""


def with_short_menus(source: str) -> str:
    """The source with lists of links as ``<ul data-titles="3"></ul>``; lists of files stay."""
    return _MENU.sub(_shortened, source)


def _shortened(menu: re.Match[str]) -> str:
    markup = menu[0]
    if filenames.among(markup):
        return markup
    titles = (link for link in _TITLE.finditer(markup) if len(link[1].strip()) >= TITLE)
    return f'<ul data-titles="{sum(1 for _ in islice(titles, COUNTED))}"></ul>'


def with_marks(source: str) -> tuple[str, int]:
    """The source with a mark instead of each ``br``, and where one paragraph or ``span`` follows another; how many.

    Text that was pasted from Word is in hundreds of spans. The marks say the same, and cost no elements.
    """
    marked, marks = _marked(source, _MARKS)
    # Every tag that went had as many of the one as of the other, so that what is left tells as well and is shorter.
    if marked.count("<") != marked.count(">") and _QUOTED_END.search(source):
        return _marked(source, _MARKS_BESIDE_QUOTES)
    return marked, marks


def _marked(source: str, tags: tuple[tuple[re.Pattern[str], str], ...]) -> tuple[str, int]:
    (run, mark), *others = tags
    source, marks = run.subn(mark, source)
    source = source.replace(_EMPTY, "")
    for pattern, mark in others:
        source, count = pattern.subn(mark, source)
        marks += count * len(mark)
    return source, marks


def without_code(body: bytes) -> bytes:
    """The bytes without comments, scripts, styles and option lists: half of many pages, and no text of theirs.

    They go before decoding, for in no encoding of such pages a ``<`` is a part of another character. An element that is
    never closed stays, so that no text can be lost behind it.
    """
    return b"".join(_kept(body))


def _kept(body: bytes) -> Iterator[bytes]:
    place, unclosed = 0, set[bytes]()
    for match in _CODE.finditer(body):
        opening = match[0].lower()
        if match.start() < place or opening in unclosed or opening not in _CLOSING:
            continue
        end = _CLOSING[opening].search(body, match.end())
        if end is None:
            unclosed.add(opening)
            continue
        yield body[place : match.start()]
        place = end.end()
    yield body[place:]
