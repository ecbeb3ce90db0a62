"""What stands round the content: menus, breadcrumbs, toolbars, neighbours, lists of other pages, the foot."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import msgspec

from parsers import filenames
from parsers.blocks import TITLE, Block, Blocks
from parsers.data_files import checked, text_of
from parsers.fields import contacts, dates
from parsers.labels import lookup
from parsers.text import plain

_CRUMB = re.compile(
    r"^(?:您|你)?的?(?:现在|当前|目前)?(?:的|所在|所处)?(?:的)?位置|^[>»→/›|·\s]{0,3}[\u4e00-\u9fff]{0,4}首页\s*(?:>|»|→|/|-|›|\\|·|::|\|)"
)
_PATH = re.compile(r"[\u4e00-\u9fff][^/>»→›。,;:!?《》]{1,24}(?:(?:[>»→›]{1,2}|/)[^/>»→›。,;:!?《》]{2,30}){1,6}")
"""A breadcrumb that says neither 首页 nor 位置: words of a menu between arrows, or three between strokes."""
_PROSE = re.compile("[。；！？：:]")
_OPERATOR = re.compile(
    r"\s?(?:主\s?办|主\s?管|网站主办|运维|维护|网站管理|承\s?办)(?:单位|方)?\s?:[^。]{2,40}?"
    r"(?:承办|协办|主管|维护|电话|地址|邮编|技术|运维|邮箱)(?:单位)?\s?:|[^。:]{2,30}\s(?:地址|电话|邮编)\s?:|地\s?址\s?:[^。]{2,40}(?:邮编|电话)"
)
_OPERATED = re.compile(
    r"^(?![此该本由])[^。:]{3,30}(?:主办|承办|技术支持|版权所有)(?:[\s,|]*(?:政府)?(?:网站)?标识码\s?:?\s?\d{8,12})?\s*$"
)
_HOST = re.compile(r"\s?(?:主\s?办|主\s?管)(?:单位)?\s?:\s?[^。:、]{3,30}")
_BETWEEN = re.compile(r"[\s|｜]+")
_FOOT_NAME = re.compile(r"(?:foot|Foot)(?:er)?(?![a-z])|^footer|(?<![a-zA-Z])(?:ft|copy(?:right)?|bottom)(?![a-zA-Z])")
"""Classes and elements of a page's foot."""
_CONTENT_NAME = re.compile(r"^(?:article|main)\b|article|content|detail|text|news|zoom|editor", re.IGNORECASE)
"""Those of the content, which may have a foot of its own."""
_FOOT_BLOCKS = 20
_OF_OPERATOR = frozenset(("host_departments", "co_departments", "contact_phone"))
"""What a page's foot says of who runs the site: 主办单位, 承办单位, 电话."""
_DEEPEST = 8
_FOOT_LINES = 4
_ARROWS = re.compile("[>»→›]")
_SEPARATOR = re.compile(r"\s*(?:>{1,2}|»|→|/|›|\\|-{1,2}|::|·|\|)\s*")
_CLERK = re.compile(r"\s?\(?(?:具体)?(?:承\s?办|经\s?办|联\s?系|联\s?络)\s?人")
_PHONE = re.compile(r"\s?\(?(?:联系|办公)?(?:电话|方式)")
_PAGER = r"(?:[共第]\s?\d{1,5}\s?页|共\s?\d{1,6}\s?条)"
_SENTENCE = re.compile(r"[。;:!?,、()]|\d|[年月][^\s]{1,3}日$")
_DATED = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\)?〕?$")
_DATE_ALONE = re.compile(r"[(〔]?\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[)〕]?")
MOST = 4000
"""Blocks of content that are read."""
_CRUMB_LINES = 20
"""Among how many of the first lines a breadcrumb without 首页 is looked for."""
_MENU_ITEM = 12
_MENU_LENGTH = 5
_DATE_LINE = 24
_LINK_RUN = 3
_LONG = 60
_WIDE = 0xFEE0
"""From a character of ASCII to its full-width form."""


class Words(msgspec.Struct, forbid_unknown_fields=True):
    """``furniture.toml``."""

    toolbar: list[str]
    starts: list[str]
    contains: list[str]
    related: list[str]
    neighbours: list[str]
    bylines: list[str]
    inquiries: list[str]
    menu: list[str]
    foot: list[str]
    foot_starts: list[str]


class Content(msgspec.Struct):
    """What is left of a page without its furniture."""

    blocks: list[Block]
    places: list[int]
    """By block: its position among all blocks of the page."""
    path: str | None
    """The breadcrumb, as printed."""
    listed: int
    """How many links with a title stood in lists of other pages."""


class _Patterns(msgspec.Struct, frozen=True):
    toolbar: re.Pattern[str]
    starts: re.Pattern[str]
    contains: re.Pattern[str]
    related: frozenset[str]
    neighbours: frozenset[str]
    bylines: re.Pattern[str]
    """A line that says who wrote or checked a text: 编辑:王明, (区政协提案委 供稿)."""
    inquiries: re.Pattern[str]
    """A line that ends a text with whom to ask: 解读人:王明, 咨询电话:1234567."""
    menu: frozenset[str]
    foot: re.Pattern[str]
    foot_starts: re.Pattern[str]


def load(text: str) -> _Patterns:
    """The words as patterns. Raises :class:`DataFileError` for a wrong key."""
    words = checked(text, Words, "furniture.toml")
    return _Patterns(
        re.compile(
            rf"[\W_]*(?:{_any(words.toolbar)}|{_PAGER})(?:[\W_]*(?:{_any(words.toolbar)}|{_PAGER}|\d{{1,3}}(?!\d)))*[\W_]*"
        ),
        re.compile(_any([*words.starts, *words.neighbours])),
        re.compile(_any(words.contains)),
        frozenset(words.related),
        frozenset(words.neighbours),
        re.compile(
            rf"\s*(?:[(（](?![^。]{{0,12}}(?:记者|通讯员)))?(?:{_any(words.bylines)})[^。]{{0,40}}$|[(（]?[^。:：(（]{{2,20}}\s(?:供稿|供图|提供|撰稿)[)）]?\s?$"
        ),
        re.compile(rf"\s*(?:{_any(words.inquiries)})\s?[:：]"),
        frozenset(words.menu),
        re.compile(_any(words.foot)),
        re.compile(_any(words.foot_starts)),
    )


def _any(words: list[str]) -> str:
    """A pattern for text that is not folded. It begins with the class of all first characters, which a search looks
    for five times as fast as for a choice of words.
    """
    heads = "".join(sorted({variant for word in words for variant in _variants(plain(word)[0])}))
    longest_first = sorted(words, key=len, reverse=True)
    behind = "|".join(f"(?<={_either_width(word[0])}){_either_width(word[1:])}" for word in longest_first)
    return f"[{re.escape(heads)}](?:{behind})"


def _either_width(word: str) -> str:
    return "".join(f"[{re.escape(_variants(character))}]" for character in plain(word))


def _variants(character: str) -> str:
    """A character with its full-width form."""
    if character == ":":
        return ":：∶︰﹕"
    return character + chr(ord(character) + _WIDE) if "!" <= character <= "~" else character


@cache
def patterns() -> _Patterns:
    """The project's words."""
    return load(text_of("furniture.toml"))


def content(page: Blocks, html: bool) -> Content:
    """The blocks that are no furniture; in plain text menus are known by their looks, for their links are lost."""
    blocks = page.items
    drop = [False] * len(blocks)
    path = _crumbs(blocks, drop)
    _above_path(blocks, drop)
    named = [len(block.text) < 4 * _LONG and patterns().foot.search(block.text) is not None for block in blocks]
    _foot(blocks, drop, named)
    listed = _links(blocks, drop) if html else _dated_titles(blocks, drop)
    for index, block in enumerate(blocks):
        if not drop[index] and (named[index] if len(block.text) > _LONG else is_furniture(block.text)):
            drop[index] = True
    _related(blocks, drop, html)
    _foot_boxes(page, drop)
    _operator(blocks, drop)
    if not html:
        _menus(blocks, drop)
    places = [index for index, dropped in enumerate(drop) if not dropped][:MOST]
    return Content([blocks[index] for index in places], places, path, listed)


def _related(blocks: list[Block], drop: list[bool], html: bool) -> None:
    """Drop the titles under the heading of a list of other pages, whether they are links or not."""
    for index, block in enumerate(blocks):
        if not drop[index] or len(block.text) > _MENU_ITEM:
            continue
        heading = "".join(block.text.split()).rstrip(":：")
        neighbour = heading in patterns().neighbours
        if not neighbour and heading not in patterns().related:
            continue
        for below in range(index + 1, min(index + 2, len(blocks)) if neighbour else len(blocks)):
            if not (_is_listed(blocks[below]) or (not html and _is_title(blocks[below].text, neighbour))):
                break
            drop[below] = True


def _is_title(text: str, short: bool) -> bool:
    """Whether a line of plain text may be the title of another page; ``short``: or a word that there is none."""
    return (
        (short or len(text) > _MENU_LENGTH)
        and len(text) <= _LONG
        and not (_PROSE.search(text) or lookup(text) or dates.is_date(text))
    )


def _is_listed(block: Block) -> bool:
    """Whether a line is an item of a list and may be the title of another page; a file's name is none."""
    text = block.text
    if block.tag != "li" or len(text) > 2 * _LONG:
        return False
    if filenames.NAME.search(text):
        return False
    return block.is_link or (not _PROSE.search(text) and not lookup(text))


def _foot_boxes(page: Blocks, drop: list[bool]) -> None:
    """Drop the page's last lines that stand in a container named as its foot; one that holds a date is a letter's."""
    found: list[int] = []
    if not page.boxes:
        return
    for index in range(len(page.items) - 1, max(-1, len(page.items) - _FOOT_BLOCKS), -1):
        block = page.items[index]
        if not _in_foot(page, block.box):
            break
        if len(block.text) > 2 * _LONG or dates.is_date(block.text):
            return
        if not _is_field(block.text, _OF_OPERATOR):
            found.append(index)
    for index in found:
        drop[index] = True


def _in_foot(page: Blocks, box: int) -> bool:
    for _ in range(_DEEPEST):
        around = page.boxes[box]
        foot = _is_foot(around.name)
        if foot is not None:
            return foot
        box = around.parent
    return False


@lru_cache(maxsize=512)
def _is_foot(name: str) -> bool | None:
    """Whether a container is named as a page's foot; ``False`` for the content, ``None`` for any other."""
    if _CONTENT_NAME.search(name):
        return False
    return True if _FOOT_NAME.search(name) else None


def _operator(blocks: list[Block], drop: list[bool]) -> None:
    """Drop who runs the site from the page's last lines, where no sure sign of a foot stands: 主办:X局 电话:…."""
    last = [index for index in range(max(0, len(blocks) - _FOOT_BLOCKS), len(blocks)) if not drop[index]]
    for index in reversed(last[1 - _FOOT_LINES :]):
        block = blocks[index]
        text = plain(block.text)
        if block.table or not (_OPERATOR.match(text) or _OPERATED.search(text) or _is_host(blocks, drop, index)):
            return
        if index and _is_clerk(blocks[index - 1].text):
            return
        drop[index] = True


def _is_host(blocks: list[Block], drop: list[bool], index: int) -> bool:
    """Whether a line that names a host and nothing else ends the page, with furniture or another container above."""
    if not _HOST.fullmatch(plain(blocks[index].text)) or not all(drop[index + 1 :]) or index == 0:
        return False
    above = blocks[index - 1]
    return drop[index - 1] or (above.box != blocks[index].box and not _is_field(above.text))


def is_furniture(text: str) -> bool:
    """Whether a line is a toolbar, a neighbour link, a note of the site's or a part of the foot."""
    if len(text) > _LONG:
        return len(text) < 4 * _LONG and patterns().foot.search(text) is not None
    return bool(text) and _is_short_furniture(text)


@lru_cache(maxsize=2048)
def _is_short_furniture(text: str) -> bool:
    """Remembered, for all pages of a site print the same furniture."""
    words = patterns()
    squeezed = "".join(text.split()).lstrip("〔【［[")
    if words.toolbar.fullmatch(squeezed) or words.starts.match(squeezed) or words.contains.search(text):
        return True
    return squeezed.rstrip(":：") in words.related


def is_byline(text: str) -> bool:
    """Whether a line is nothing but who wrote, took pictures, checked or sent a text in."""
    return len(text) <= _LONG and patterns().bylines.match(text) is not None


def _crumbs(blocks: list[Block], drop: list[bool]) -> str | None:
    """Drop the breadcrumb; its text. A menu that begins with 首页 is none where one stands below it."""
    menu: str | None = None
    for index, block in enumerate(blocks):
        if len(block.text) > 200:
            continue
        if "位置" not in block.text and "首页" not in block.text:
            if menu is None and index < _CRUMB_LINES and _is_bare_path(block):
                drop[index] = True
                return block.text
            continue
        folded = plain(block.text)
        if _CRUMB.match(folded) and _is_path(folded):
            drop[index] = True
            if index + 2 < len(blocks) and _is_separator(blocks[index + 2]):
                return _scattered(blocks, drop, index + 1)
            if "位置" not in folded and "|" in folded and index < _CRUMB_LINES:
                menu = menu or block.text
                continue
            return block.text
        if (
            folded.strip() in ("首页", "位置", "当前位置")
            and index + 1 < len(blocks)
            and _is_separator(blocks[index + 1])
        ):
            return _scattered(blocks, drop, index)
    return menu


def _above_path(blocks: list[Block], drop: list[bool]) -> None:
    """Drop the page's head: what stands above the breadcrumb, but for the first line, where it may hold content."""
    end = next((index for index, dropped in enumerate(drop) if dropped), 0)
    above = range(1, end)
    if not any(len(blocks[index].text) > _LONG or _is_field(blocks[index].text) for index in above):
        for index in above:
            drop[index] = True


def _is_field(text: str, but: frozenset[str] = frozenset()) -> bool:
    """Whether a line begins with a label; ``but`` are fields that do not count."""
    label = lookup(text.partition("：")[0].partition(":")[0])
    return label is not None and bool({*label.fields} - but)


def _is_path(folded: str) -> bool:
    return "位置" in folded[:8] or len(_SEPARATOR.findall(folded)) >= 2 or _PATH.fullmatch(folded) is not None


def _is_bare_path(block: Block) -> bool:
    text = block.text
    if block.table or not (_ARROWS.search(text) or text.count("/") > 1):
        return False
    return _PATH.fullmatch(plain(text)) is not None


def _is_separator(block: Block) -> bool:
    return bool(_SEPARATOR.fullmatch(plain(block.text)))


def _scattered(blocks: list[Block], drop: list[bool], index: int) -> str:
    """A breadcrumb whose words and separators stand on lines of their own."""
    words = [blocks[index].text]
    drop[index] = True
    while index + 2 < len(blocks) and _is_separator(blocks[index + 1]):
        drop[index + 1] = True
        index += 2
        if len(blocks[index].text) > 24:
            break
        drop[index] = True
        words.append(blocks[index].text)
    return " > ".join(words)


def _foot(blocks: list[Block], drop: list[bool], named: list[bool]) -> None:
    """Drop the page's foot: from the lines above its first sure sign to the end; ``named``: which lines have one."""
    for index in range(len(blocks) - 1, max(-1, len(blocks) - 40), -1):
        if named[index]:
            drop[index] = True
            _foot_above(blocks, drop, index)


def _foot_above(blocks: list[Block], drop: list[bool], index: int) -> None:
    for above in range(index - 1, max(-1, index - 8), -1):
        text = blocks[above].text.strip()
        if _is_clerk(text):
            _keep_phone(blocks, drop, above + 1)
            return
        if len(text) > 2 * _LONG or not patterns().foot_starts.match(text):
            return
        if blocks[above].table and blocks[above].table != blocks[index].table:
            return
        drop[above] = True


def _is_clerk(text: str) -> bool:
    """Whether a line names the letter's clerk, in front of a telephone or behind it."""
    if _CLERK.match(plain(text[:_MENU_ITEM])):
        return True
    found = contacts.find(text) if len(text) <= 2 * _LONG else None
    return found is not None and found.value[0].name is not None


def _keep_phone(blocks: list[Block], drop: list[bool], index: int) -> None:
    """The telephone under the letter's clerk is the letter's, not the foot's."""
    if _PHONE.match(plain(blocks[index].text[:_MENU_ITEM])):
        drop[index] = False


def _links(blocks: list[Block], drop: list[bool]) -> int:
    """Drop runs of links; how many of them had a title's length."""
    titles, run = 0, list[int]()
    for index, block in enumerate([*blocks, Block("")]):
        if block.is_link:
            run.append(index)
            continue
        if index < len(blocks) and run and _between_links(blocks, index):
            continue
        if run and (len(run) >= _LINK_RUN or any(blocks[one].menu for one in run)):
            titles += _drop_run(blocks, drop, run)
        run = []
    return titles


def _between_links(blocks: list[Block], index: int) -> bool:
    """A short heading or date between two links belongs to their list."""
    following = blocks[index + 1] if index + 1 < len(blocks) else None
    if following is None or not following.is_link or len(blocks[index].text) > _DATE_LINE:
        return False
    text = plain(blocks[index].text)
    return (len(text) <= _MENU_ITEM and not _SENTENCE.search(text)) or _DATED.search(text) is not None


def _drop_run(blocks: list[Block], drop: list[bool], run: list[int]) -> int:
    for index in range(run[0], run[-1] + 1):
        drop[index] = True
    return sum(blocks[index].titles or blocks[index].linked >= TITLE for index in run)


def _dated_titles(blocks: list[Block], drop: list[bool]) -> int:
    """Drop runs of titles with a date behind each, on the same line or the next: lists whose links are lost."""
    titles, run = 0, list[int]()
    for index, block in enumerate([*blocks, Block("。")]):
        folded = plain(block.text)
        if _DATED.search(folded) and "。" not in folded and len(folded) < 2 * _LONG:
            run.append(index)
        elif not (
            index + 1 < len(blocks) and _DATE_ALONE.fullmatch(plain(blocks[index + 1].text)) and "。" not in folded
        ):
            if len(run) >= _LINK_RUN:
                first = run[0] - 1 if _DATE_ALONE.fullmatch(plain(blocks[run[0]].text)) else run[0]
                for item in range(max(first, 0), run[-1] + 1):
                    drop[item] = True
                titles += len(run)
            run = []
    return titles


def _menus(blocks: list[Block], drop: list[bool]) -> None:
    """Drop lines of columns, and runs of short lines without any sign of a sentence."""
    columns: set[str] = set()
    for index, block in enumerate(blocks[:_CRUMB_LINES]):
        names = _columns(block.text)
        drop[index] = drop[index] or bool(names) or block.text in columns
        columns.update(names)
    run = list[int]()
    for index, block in enumerate([*blocks, Block("。")]):
        if index < len(blocks) and (drop[index] or _is_menu_item(block)):
            run += [] if drop[index] else [index]
            continue
        if len(run) >= _MENU_LENGTH and not _has_labels(blocks, run):
            for item in run:
                drop[item] = True
        run = []


def _columns(text: str) -> list[str]:
    """The words of a menu that stands on one line: 首页 | 政务公开 | 走进桃溪; none of any other line."""
    words = [word for word in _BETWEEN.split(text.strip(" |｜")) if word] if len(text) <= 2 * _LONG else []
    if len(words) < _LINK_RUN or any(len(word) > _MENU_ITEM or _SENTENCE.search(plain(word)) for word in words):
        return []
    return words if 2 * sum(word in patterns().menu for word in words) >= len(words) else []


def _is_menu_item(block: Block) -> bool:
    return block.table == 0 and len(block.text) <= _MENU_ITEM and not _SENTENCE.search(plain(block.text))


def _has_labels(blocks: list[Block], run: list[int]) -> bool:
    labels = (lookup(blocks[index].text) for index in run)
    return sum(label is not None and bool(label.fields or label.foreign) for label in labels) > len(run) / 5
