"""The page's own title: from the meta tags, a heading, ``<title>`` or the line above the content."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.blocks import Block
from parsers.document import Document
from parsers.fields import departments, people
from parsers.found import Found
from parsers.furniture import is_furniture
from parsers.grid import Pair
from parsers.label_lines import split
from parsers.labels import lookup
from parsers.text import plain, squeeze, tidy
from parsers.words import choice, words

_WORDS = words().titles
_SITE = re.compile(r"\s*(?:[-_|—–]{1,3}|\s-\s)\s*(?=[^-_|—–]*$)")
_DOCUMENT = re.compile(rf"{choice(_WORDS.documents)}(?:[(〔][^()]*[)〕])?$")
_HEADINGS = frozenset(("h1", "h2", "h3"))
_FIRST_HEADINGS = frozenset(("h1", "h2"))
_SITE_WORDS = re.compile(rf"{choice(_WORDS.sites)}$")
_SITE_IN_FRONT = re.compile(r"^[\s>\[【〔]*([^-_|—–>\]】〕：:]{2,24}?)\s*(?:[-_|—–>\]】〕]{1,3}|\s|[：:])\s*")
"""The site's or the organ's name before a title: X法院网 - 对…的答复."""
_ORDINAL = re.compile(r"[一二三四五六七八九十]{1,3}、")
"""How the heading of one of several parts begins: 一、对第3号建议的答复."""
_SITE_BEHIND = re.compile(r"(?<=.{8}(?:答复|回复|复函|的函))\s*[-_|]{1,3}\s*[^。]{2,24}$")
"""Names of columns behind the title of an answer, whatever they are."""
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,7}[省市县区州旗盟镇乡]")
_SITE_FIRST = re.compile(rf"{choice(_WORDS.sites_before)}$")
_BETWEEN = "[0-9年及和与]"
_COLUMN = re.compile(rf"^{choice(_WORDS.columns, _BETWEEN)}+$")
_GENERIC = re.compile(
    rf"(?:[\u4e00-\u9fff]{{1,8}}[省市县区州旗盟镇乡])?{choice([*_WORDS.columns, *_WORDS.templates], _BETWEEN)}+$"
)
"""What a template says in ``<title>`` of all its pages: the page's title only where it prints no other."""
_TITLE_ANEW = re.compile(r"(?:关于|对)[^。]{6,}(?:答复|复函|回复|意见|的函)$")
"""A line that is a whole title: what stands above it is another one, the page's."""
_LETTER = re.compile(r"(?:标\s?题|主\s?题)\s?[:：]?$")
"""What the label of a citizen's letter ends with that holds its title."""
_WRAP = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")
_ABOUT = re.compile(r"\s*(?:关于|对)")
_WRAPPED = 3
"""How many lines of a title stand above its last one."""
_SHORTEST = 4
_ALONE = 7
"""Characters from which on a line is taken for a title without ``<title>`` to prove it."""
_LONGEST = 140
_FIRST_PAGE = re.compile(r"(?:网站)?首页\s?[>»→/|›＞-]")
_WAY = re.compile(r"[>»→/|›-]+")
_NO_TITLE = re.compile(r"[\d\s:.年月日-]+$")
_SEPARATORS = "-_|—–·>»/\\"
_FRONT_MARKS = "-_|—–>]】〕"
_LINES_READ = 14
_LINES_SEARCHED = 200


def outer(document: Document, blocks: list[Block], pairs: list[Pair], path: str | None) -> Found[str] | None:
    """The title; ``None`` where the page prints none of its own."""
    meta = document.meta.get("articletitle")
    if meta and not _is_column(meta, document, path):
        return Found(_join(meta), meta, "meta", "ArticleTitle")
    if not document.html:
        return _line(blocks, document, path) or _labelled(pairs)
    printed = _heading(document, blocks, path) or _of_head(document, blocks) or _only_heading(document, blocks, path)
    head = _head(document, blocks, path) if printed is None else None
    if head is not None and not _GENERIC.match(squeeze(head.value)):
        return head
    return printed or _above(document, blocks, pairs, path) or _catalogued(pairs) or head or _labelled(pairs)


def _heading(document: Document, blocks: list[Block], path: str | None) -> Found[str] | None:
    """A heading element that ``<title>`` begins with, or that reads like a document's title."""
    for place, text in _headings(blocks, _HEADINGS, _SHORTEST):
        whole = _whole(blocks, place)
        if len(whole) > _LONGEST or _ORDINAL.match(whole) or _names_site(whole) or _is_column(whole, document, path):
            continue
        if _opens(document.head_title, whole) or _DOCUMENT.search(plain(whole)):
            return Found(_join(whole), text, "heading")
    return None


def _headings(blocks: list[Block], tags: frozenset[str], shortest: int) -> Iterator[tuple[int, str]]:
    for place, block in enumerate(blocks):
        if block.tag in tags and shortest <= len(block.text) <= _LONGEST and not lookup(block.text):
            yield place, block.text


def _opens(head: str | None, text: str) -> bool:
    """Whether ``<title>`` is a text, or has names of column and site behind it: X局 opens no X局关于….

    Where white space alone divides them the text must be too long for a mere word.
    """
    if not head or not squeeze(head).startswith(squeeze(text)):
        return False
    rest = squeeze(head)[len(squeeze(text)) :]
    return not rest or rest[0] in _SEPARATORS or (len(text) >= _ALONE and tidy(head).startswith(tidy(text) + " "))


def _of_head(document: Document, blocks: list[Block]) -> Found[str] | None:
    """The line that ``<title>`` begins with: what stands behind it names column and site, whatever their names."""
    if document.head_title:
        for block in blocks[:_LINES_SEARCHED]:
            text = block.text
            if _ALONE < len(text) <= _LONGEST and _opens(document.head_title, text) and not _names_site(text):
                return Found(_join(text), text, "head-title", None, 0.95)
    return None


def _only_heading(document: Document, blocks: list[Block], path: str | None) -> Found[str] | None:
    """The only first or second heading, where ``<title>`` is not printed on the page."""
    others = [
        text
        for _, text in _headings(blocks, _FIRST_HEADINGS, _ALONE)
        if not _names_site(text) and not _is_column(text, document, path)
    ]
    return Found(_join(others[0]), others[0], "heading", None, 0.8) if len(others) == 1 else None


def _above(document: Document, blocks: list[Block], pairs: list[Pair], path: str | None) -> Found[str] | None:
    """A line above all labels that reads like a document's title, where neither heading nor ``<title>`` holds it."""
    end = min((pair.start for pair in pairs if not _DOCUMENT.search(plain(pair.value))), default=_LINES_READ)
    for place, block in enumerate(blocks[: min(end, _LINES_READ)]):
        text = block.text
        if "。" in text or text.endswith(("：", ":")):
            return None
        if split(text) or not _ALONE <= len(text) <= _LONGEST or not _DOCUMENT.search(plain(text)):
            continue
        if not _is_menu(text, document, path):
            lines = [one.text for one in blocks[_first_line(blocks, place) : place + 1]]
            return Found(_join(" ".join(lines)), " ".join(lines), "line-above", None, 0.8)
    return None


def _first_line(blocks: list[Block], place: int) -> int:
    """Where a title begins whose last line is known: its other lines and its organs stand above in the same box."""
    last, first = blocks[place], place
    floor = next(
        (up for up in range(place, 0, -1) if (blocks[up - 1].tag, blocks[up - 1].box) != (last.tag, last.box)), 0
    )
    for up in range(place, max(floor, place - _WRAPPED) - 1, -1):
        if _ABOUT.match(blocks[up].text):
            first = up
            break
    while first > floor and _ABOUT.match(blocks[first].text) and departments.signature(blocks[first - 1].text):
        first -= 1
    return first


def _whole(blocks: list[Block], place: int) -> str:
    """A heading with the lines that its ``br`` cut off."""
    first = blocks[place]
    end = place + 1
    while end < len(blocks) and end - place < 4 and (blocks[end].tag, blocks[end].box) == (first.tag, first.box):
        end += 1
    text = _join(" ".join(block.text for block in blocks[place:end]))
    return text if _DOCUMENT.search(plain(text)) else first.text


def _head(document: Document, blocks: list[Block], path: str | None) -> Found[str] | None:
    """``<title>`` without the names of column and site behind it."""
    text = document.head_title
    if not text:
        return None
    for _ in range(3):
        cut = _SITE.search(text)
        if cut is None or not _is_of_site(text[cut.end() :], document, path):
            break
        text = text[: cut.start()].strip()
    words = text.split()
    while len(words) > 1 and (_is_column(words[0], document, path) or _SITE_FIRST.search(words[0])):
        del words[0]
    text = _behind_site(_SITE_BEHIND.sub("", " ".join(words)), document, blocks, path)
    if not _SHORTEST <= len(text) <= _LONGEST or _is_column(text, document, path) or _names_site(text):
        return None
    return Found(_join(text), text, "head-title", None, 0.9)


def _behind_site(text: str, document: Document, blocks: list[Block], path: str | None) -> str:
    """A title without the names of site, organ or column in front of it: an organ's belongs to it unless it is
    printed without.
    """
    while (cut := _SITE_IN_FRONT.match(text)) and _is_of_site(cut[1], document, path):
        rest = text[cut.end() :]
        if not (_DOCUMENT.search(plain(rest)) and (cut[0].strip()[-1] in _FRONT_MARKS or _is_printed(rest, blocks))):
            break
        text = rest
    return text


def _is_printed(text: str, blocks: list[Block]) -> bool:
    wanted = squeeze(text)
    return any(squeeze(block.text) == wanted for block in blocks[:_LINES_SEARCHED])


def _names_site(text: str) -> bool:
    return bool(_SITE_WORDS.search(text.strip())) and not _DOCUMENT.search(text)


def _is_of_site(text: str, document: Document, path: str | None) -> bool:
    """Whether a text names site, column, platform or nothing but a place."""
    if _is_column(text, document, path) or _names_site(text) or _PLACE.fullmatch(text):
        return True
    return _GENERIC.match(squeeze(text)) is not None


def _is_column(text: str, document: Document, path: str | None) -> bool:
    """Whether a text is the name of the site or of a column."""
    name = squeeze(text)
    if not name or name in map(squeeze, (document.meta.get("columnname", ""), document.meta.get("sitename", ""))):
        return True
    if _COLUMN.match(name):
        return True
    return bool(path) and len(name) < 20 and name in {squeeze(part) for part in _WAY.split(path or "")}


def _is_menu(text: str, document: Document, path: str | None) -> bool:
    """Whether a line is a column's name or a way through columns."""
    return all(_is_column(part, document, path) or _GENERIC.match(squeeze(part)) for part in _WAY.split(text))


def _catalogued(pairs: list[Pair]) -> Found[str] | None:
    """The title in the catalogue of published information."""
    return next((_of(pair) for pair in pairs if pair.label.fields == ("title",) and _is_long(pair)), None)


def _labelled(pairs: list[Pair]) -> Found[str] | None:
    """The title in the catalogue, the suggestion's own at the head of a form, or that of a citizen's letter."""
    named = (pair for pair in pairs if pair.label.fields == ("subject",) and _is_long(pair))
    letters = (pair for pair in pairs if pair.label.foreign and _LETTER.search(pair.printed) and _is_long(pair))
    return _catalogued(pairs) or next(map(_of, named), None) or next(map(_of, letters), None)


def _is_long(pair: Pair) -> bool:
    return bool(pair.lines) and _SHORTEST <= len(pair.value) <= _LONGEST


def _of(pair: Pair) -> Found[str]:
    return Found(_join(people_cut(pair.value)), pair.value, "label", pair.printed, 0.8)


def people_cut(value: str) -> str:
    """A title without the proposers that a form prints behind it: 修路　张三等9名代表."""
    cut = re.search(r"[\s\u3000]+([^\s]{2,12}等?\s?\d*\s?[名位]?(?:代表|委员))$", value)
    return value[: cut.start()] if cut and people.read(cut[1]) else value


def _line(blocks: list[Block], document: Document, path: str | None) -> Found[str] | None:
    """In plain text: the first line above letter and labels that reads like a document's title, else like any title."""
    first: Found[str] | None = None
    for block in blocks[:_LINES_READ]:
        text = block.text
        folded = plain(text)
        if block.column or (block.table and lookup(text)):
            continue
        if lookup(text) or folded.endswith((":", "。", ";", "!")) or len(text) > 200:
            break
        if split(text) or not _SHORTEST <= len(text) <= _LONGEST or is_furniture(text) or "。" in text:
            continue
        title = _join(_unsuffixed(text, document, path))
        if _names_site(title) or _is_banner(text, document, path):
            continue
        found = Found(title, text, "first-line", None, 0.8)
        if _DOCUMENT.search(plain(title)):
            return found
        if first is None and len(text) >= _ALONE + 1 and not _NO_TITLE.match(folded):
            first = found
    return first


def _is_banner(text: str, document: Document, path: str | None) -> bool:
    """Whether a line is a way from the first page, or site and columns side by side: X市人民政府 政务公开."""
    if _FIRST_PAGE.match(text):
        return True
    parts = text.split()
    return len(parts) > 1 and all(_is_of_site(part, document, path) for part in parts)


def _unsuffixed(text: str, document: Document, path: str | None) -> str:
    """A first line that is the page's ``<title>``: without column and site."""
    for _ in range(2):
        cut = _SITE.search(text)
        if cut is None or not (_names_site(text[cut.end() :]) or _is_column(text[cut.end() :], document, path)):
            break
        text = text[: cut.start()]
    return text


def inner(head: list[str]) -> Found[str] | None:
    """The title above a letter, hard-wrapped over one to four lines."""
    for start, line in enumerate(head):
        if not re.search(r"关于|对|建议|提案|议案", line) or split(line) or lookup(line):
            continue
        for end in range(start + 1, min(len(head), start + 4) + 1):
            if end > start + 1 and (lookup(head[end - 1]) or _TITLE_ANEW.match(plain(head[end - 1]))):
                break
            text = _join("".join(head[start:end]))
            if _DOCUMENT.search(plain(text)) and re.search(r"关于|^对|对.*(?:建议|提案|议案)", text):
                return Found(text, " ".join(head[start:end]), "inner-title", None, 0.9)
    return None


def _join(text: str) -> str:
    """A title on one line; a hard wrap between Chinese characters is no space."""
    return _WRAP.sub("", tidy(text))
