"""A page to a document: text, tree, meta tags and blocks, with what went wrong on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from typing import Any

import msgspec
from bs4 import BeautifulSoup
from lxml import etree

from parsers import html_blocks, original, text_blocks
from parsers.blocks import LONGEST as LONGEST_BLOCK
from parsers.blocks import MOST, Blocks
from parsers.decode import decode
from parsers.original import Line
from parsers.record import Mirror, Page, Problem
from parsers.repair import repair
from parsers.source import with_marks, with_short_menus, without_code
from parsers.text import without_invisible

LONGEST = 2_000_000
"""Characters of a page that are read; the rest is cut off and reported. Real pages stay under a tenth of it."""
_META = frozenset(
    ("articletitle", "pubdate", "contentsource", "siteidcode", "sitename", "columnname", "columntype", "url", "author")
)
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|table|tr|td|p|br|span|meta|ul|li|h[1-6]|a)\b", re.IGNORECASE)
_INLINE = re.compile(r"</?(?:span|font|b|i|u|em|strong|o:p|st1:\w+|big|small|sub|sup|a)\b[^<>]*>", re.IGNORECASE)
_MARKUP_SNIFFED = 20_000
_TAG = re.compile(r"<[^<>]*+>")
_BYTES = 4 * LONGEST
_SOUP_LIMIT = 80_000
"""Characters that BeautifulSoup is given: it takes about 0.2 ms for a thousand."""


class Document(msgspec.Struct):
    """What every layout reads."""

    page: Page
    blocks: Blocks
    html: bool
    meta: dict[str, str]
    """The national meta tags, names in lower case, values not empty."""
    head_title: str | None
    """The text of ``<title>``."""
    mirror: Mirror | None
    problems: list[Problem]
    changed: list[Line] = []
    """Lines that repair changed, as printed and as read."""


def read(page: Page) -> Document:
    """The document of any bytes at all."""
    decoded = decode(without_code(page.body[:_BYTES]), page.headers)
    problems = list(decoded.problems)
    text = decoded.text
    if len(text) > LONGEST or len(page.body) > _BYTES:
        problems.append(Problem("too-long", f"{len(page.body)} bytes, read up to {LONGEST} characters"))
        text = text[:LONGEST]
    if not _MARKUP.search(text[:_MARKUP_SNIFFED]):
        return from_text(page, text, problems)
    source = with_short_menus(text)
    marked, marks = with_marks(source)
    # The shorter the text that is searched for what is rare, the better: half of a page is tags that have gone by now.
    printed = without_invisible(marked)
    repaired = repair(printed)
    root, blocks = _tree(repaired.text, marks, lambda: repair(without_invisible(source)).text, problems)
    meta = dict(_meta(root)) if root is not None else {}
    _report_cut(blocks, problems)
    changed = (
        original.lines(_tree(printed, marks, lambda: without_invisible(source), [])[1].items, blocks.items)
        if repaired.changed
        else []
    )
    return Document(page, blocks, True, meta, _head_title(root), repaired.mirror, problems, changed)


def from_text(page: Page, text: str, problems: Iterable[Problem] = ()) -> Document:
    """The document of plain text: a page without markup, or what an attached file says."""
    text = without_invisible(text)
    repaired, reported = repair(text), list(problems)
    blocks = text_blocks.from_text(repaired.text)
    _report_cut(blocks, reported)
    changed = original.lines(text_blocks.from_text(text).items, blocks.items) if repaired.changed else []
    return Document(page, blocks, False, {}, None, repaired.mirror, reported, changed)


def _report_cut(blocks: Blocks, problems: list[Problem]) -> None:
    if blocks.cut:
        problems.append(Problem("too-long", f"paragraphs read up to {LONGEST_BLOCK} characters, {blocks.cut} cut off"))


def _tree(marked: str, marks: int, unmarked: Callable[[], str], problems: list[Problem]) -> tuple[Any, Blocks]:
    """Lxml's tree of a source with so many marks and its blocks; ``unmarked`` gives the source for a second reading."""
    root, whole = _lxml(marked)
    if root is not None and whole:
        blocks = html_blocks.from_tree(root)
        if blocks.marks >= marks or len(blocks.items) >= MOST:
            return root, blocks
    return _read_again(unmarked(), whole, problems)


def _read_again(source: str, whole: bool, problems: list[Problem]) -> tuple[Any, Blocks]:
    """Where a tag that never ends took text in, the tags that the marks stood for end it; where lxml gave the page up
    half-way, first without inline elements, then BeautifulSoup's blocks.
    """
    root = None
    if whole:
        root, whole = _lxml(source)
    if not whole:
        problems.append(
            Problem("markup-given-up", "lxml lost the end of the page; inline elements were taken out first")
        )
        root, whole = _lxml(_INLINE.sub("", source))
    if not whole and len(source) <= _SOUP_LIMIT:
        problems.append(Problem("markup-given-up", "lxml lost the end of the page again; BeautifulSoup read it"))
        return root, html_blocks.from_soup(BeautifulSoup(source, "html.parser"))
    if not whole:
        problems.append(Problem("markup-given-up", "lxml lost the end of the page again; read as lines without markup"))
        return root, text_blocks.from_text(unescape(_TAG.sub("\n", source)))
    return root, html_blocks.from_tree(root) if root is not None else Blocks([], [], [])


def _lxml(source: str) -> tuple[Any, bool]:
    """The tree, and whether lxml came to the end of the page."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None, not source.strip()
    fatal = any(entry.level_name == "FATAL" for entry in parser.error_log) if parser.error_log.last_error else False
    return root, not fatal


def _meta(root: Any) -> Iterator[tuple[str, str]]:
    for element in root.iter("meta"):
        name = (element.get("name") or "").strip().lower()
        value = (element.get("content") or "").strip()
        if name in _META and value:
            yield name, value


def _head_title(root: Any) -> str | None:
    if root is None:
        return None
    for element in root.iter("title"):
        text = " ".join("".join(element.itertext()).split())
        return text or None
    return None
