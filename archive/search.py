"""What a reader types, as the search index understands it: folding, segmentation, and rewriting to FTS5's language.

The index holds overlapping pairs of Han characters and the last one alone; letters and digits stand as whole words, and
behind one the first Han character stands alone too, so that 第98号 can be found (docs/search.md).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from operator import add

import msgspec
import opencc

from archive.masking import half_width

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
OTHER = rf"[^\W_{HAN}]"
BEHIND = rf"(?:(?<={OTHER})|(?<={OTHER}\s)|(?<={OTHER}\s\s))"
RUN = re.compile(rf"({BEHIND}[{HAN}]+)|([{HAN}]+)|({OTHER}+)")
"""Han characters behind a word of letters or digits, white space between them or not; other Han characters; a word."""
BREAKS = "\u3001\u3002\u2026\u300a\u300b\u3008\u3009\u3010\u3011,;:!?/"
"""Signs that part words as a blank does: the stops, the marks round titles. Brackets of document numbers, dashes and
the point in a foreign name join what stands beside them."""
COUNTING = rf"(?<![^\s\"()|{BREAKS}])[一二三四五六七八九十]{{1,3}}\u3001(?=\S)|\([一二三四五六七八九十]{{1,3}}\)"
"""What counts paragraphs in a pasted text: 三、 and (三), of which a search for every record with 三 would come."""
TOKEN = re.compile(
    rf'"([^"]*)"?|{COUNTING}|([()|])|'
    rf'((?:\(\d{{4}}\)|(?<=\d),(?=\d{{3}}(?!\d))|[^\s"()|{BREAKS}])+)'
)
"""What is quoted; an operator's sign; a word, in which the year of a document number and 1,000 stay whole."""
QUOTES = dict.fromkeys(map(ord, "\u201c\u201d\u300c\u300d\u300e\u300f"), '"')
OTHER_PLANES = re.compile("[\U00010000-\U0010ffff]")
LONGEST = 256
MOST_TERMS = 16
DEEPEST = 12
NOTHING = '""'
"""An FTS5 expression that matches nothing and is no error."""


@cache
def simplified() -> dict[int, int]:
    """Traditional characters to simplified ones, one to one, so that places in a text stay where they are."""
    characters = [chr(code) for start, end in ((0x3400, 0x4DC0), (0x4E00, 0xA000)) for code in range(start, end)]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, converted, strict=True)
    return {ord(old): ord(new) for old, new in pairs if old != new and len(new) == 1}


def fold(text: str) -> str:
    """The text as it is compared, character by character: narrow, lower case, simplified; as long as it was."""
    narrowed = half_width(text)
    lowered = narrowed.lower()
    if len(lowered) != len(narrowed):
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in narrowed)
    return lowered.translate(simplified())


@cache
def unusual() -> re.Pattern[str]:
    """Characters of the basic plane in which NFKC changes something that the index sees.

    Full-width punctuation, which most texts have, is none: the index drops it in either form. Most texts need not be
    normalised then, which takes four times as long as looking for these.
    """
    found = set(range(0x1100, 0x1200))  # conjoining jamo
    for code in [*range(0x80, 0xD800), *range(0xE000, 0x10000)]:
        normal = unicodedata.normalize("NFKC", chr(code))
        if normal != chr(code) and RUN.search(normal + chr(code)):
            found.add(code)
        parts = unicodedata.decomposition(chr(code)).split()
        if unicodedata.combining(chr(code)):
            found.add(code)
        elif len(parts) == 2 and not parts[0].startswith("<"):
            found.add(int(parts[1], 16))
    return re.compile(f"[{''.join(re.escape(chr(code)) for code in sorted(found))}]")


@cache
def traditional() -> re.Pattern[str]:
    """The characters that have a simplified form."""
    return re.compile(f"[{''.join(map(chr, sorted(simplified())))}]")


def prepared(text: str) -> str:
    """The text as its tokens are cut from it: compatible characters made one, lower case, simplified."""
    if unusual().search(text) or OTHER_PLANES.search(text):
        text = unicodedata.normalize("NFKC", text)
    text = text.lower()
    return text.translate(simplified()) if traditional().search(text) else text


def runs(text: str) -> list[tuple[str, bool]]:
    """The runs of Han characters (True) and of other letters and digits in a text."""
    return [(behind or han or other, not other) for behind, han, other in RUN.findall(prepared(text))]


def pairs(run: str) -> Iterable[str]:
    """The overlapping pairs of a run's characters."""
    return map(add, run, run[1:])


def seg(text: str) -> str:
    """The text as the index holds it: 第98号提案 is ``第 98 号 号提 提案 案``."""
    tokens: list[str] = []
    for behind, han, other in RUN.findall(prepared(text)):
        if len(behind) > 1:
            tokens.append(behind[0])
        run = behind or han
        tokens += (*pairs(run), run[-1]) if run else (other,)
    return " ".join(tokens)


def phrase(term: str) -> str | None:
    """One term as an FTS5 phrase; None where nothing of it can be searched."""
    found = RUN.findall(prepared(term))
    if not found:
        return None
    tokens: list[str] = []
    for index, (behind, han, other) in enumerate(found):
        run, last = behind or han, index == len(found) - 1
        if other or len(run) == 1:
            tokens.append(other or run)
        else:
            tokens += [*behind[:1], *pairs(run), *([] if last else [run[-1]])]
    _, han, other = found[-1]
    begins = len(han) == 1 or (term.endswith("*") and other)  # what the last token may only be the beginning of
    return f'"{" ".join(tokens)}"' + ("*" if begins else "")


class Token(msgspec.Struct, frozen=True):
    """A piece of a query: an operator (``AND``, ``OR``, ``NOT``, ``(``, ``)``) or a phrase."""

    kind: str
    phrase: str = ""
    text: str = ""


def tokens(query: str) -> list[Token]:
    """The query's operators and phrases, at most MOST_TERMS different ones."""
    found: list[Token] = []
    seen: set[str] = set()
    for quoted, sign, word in TOKEN.findall(half_width(query[:LONGEST]).translate(QUOTES)):
        if sign or word in ("AND", "OR", "NOT"):
            found.append(Token("OR" if sign == "|" else sign or word))
            continue
        if word.startswith("-"):
            found.append(Token("NOT"))
        text = quoted or word.lstrip("-")
        made = phrase(text)
        if made is not None and (made in seen or len(seen) < MOST_TERMS):
            seen.add(made)
            found.append(Token("phrase", made, text))
    return found


class Parser:
    """Reads a query as far as it makes sense; what makes none is dropped."""

    def __init__(self, query: str) -> None:
        self.rest = tokens(query)[::-1]

    def peek(self) -> str:
        return self.rest[-1].kind if self.rest else ""

    def either(self, depth: int) -> str | None:
        """Alternatives, joined by OR."""
        parts: list[str] = []
        while self.rest and (self.peek() != ")" or depth == 0):
            part = self.every(depth)
            if part is not None and part not in parts:
                parts.append(part)
            if self.peek() == "OR" or (depth == 0 and self.peek() == ")"):
                self.rest.pop()
        return f"({' OR '.join(parts)})" if len(parts) > 1 else parts[0] if parts else None

    def every(self, depth: int) -> str | None:
        """Terms that all must match, without those after NOT; None where none must."""
        wanted: list[str] = []
        unwanted: list[str] = []
        negative = False
        while self.rest and self.peek() not in ("OR", ")"):
            token = self.rest.pop()
            if token.kind in ("AND", "NOT"):
                negative = token.kind == "NOT"
                continue
            item = self.group(depth) if token.kind == "(" else token.phrase
            target = unwanted if negative else wanted
            if item is not None and item not in target:
                target.append(item)
            negative = False
        if not wanted:
            return None
        joined = f"({' AND '.join(wanted)})" if len(wanted) > 1 else wanted[0]
        return f"({' NOT '.join([joined, *unwanted])})" if unwanted else joined

    def group(self, depth: int) -> str | None:
        """What stands in brackets; too deep ones are read as if they were not there."""
        if depth >= DEEPEST:
            return None
        item = self.either(depth + 1)
        if self.peek() == ")":
            self.rest.pop()
        return item


def escape_fts(query: str | None) -> str:
    """A reader's query as an FTS5 expression: never an error, ``""`` where nothing can be searched."""
    return Parser(query or "").either(0) or NOTHING


def words_of(query: str) -> list[str]:
    """The folded words of a query that a hit contains, for marking them."""
    found: list[str] = []
    negative = False
    for token in tokens(query):
        if token.kind == "phrase" and not negative:
            found.append(fold(token.text.rstrip("*")))
        negative = token.kind == "NOT"
    return [word for word in dict.fromkeys(found) if word]
