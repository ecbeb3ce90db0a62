"""What the search index holds: the tokens of every text, and every piece of it is found."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.search import HAN, escape_fts, fold, seg, simplified

WORDS = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
BEHIND_A_WORD = re.compile(rf"[^\W_{HAN}]\s{{0,2}}$")
MIXED = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("，。（）第９８号 aAé国國𠮷각ｶﾞ①㍿_-\n")),
    max_size=30,
)
PLAIN = st.text(st.sampled_from("园区产业老年2a5，。 "), max_size=24)


def plainly(text: str) -> str:
    """The definition of docs/search.md, step by step."""
    tokens: list[str] = []
    folded = unicodedata.normalize("NFKC", text).lower().translate(simplified())
    for word in WORDS.finditer(folded):
        if not re.match(f"[{HAN}]", word[0]):
            tokens.append(word[0])
            continue
        if len(word[0]) > 1 and BEHIND_A_WORD.search(folded[: word.start()]):
            tokens.append(word[0][0])
        tokens += [*(word[0][n : n + 2] for n in range(len(word[0]) - 1)), word[0][-1]]
    return " ".join(tokens)


@settings(deadline=None)
@given(MIXED)
@example("e\u0301")
@example("\u1100\u1161\u11a8")
@example("\u0b47\u0b3e")
@example("ＡＢＣ，１２３")
@example("İ")
@example("第98号提案")
def test_shortcuts_give_the_tokens_of_the_definition(text: str):
    assert seg(text) == plainly(text)


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("CREATE VIRTUAL TABLE found USING fts5 (text, content='', tokenize='ascii')")
    yield database
    database.close()


def matches(index: sqlite3.Connection, text: str, query: str) -> bool:
    """Whether a query finds a text."""
    index.execute("INSERT INTO found (found) VALUES ('delete-all')")
    index.execute("INSERT INTO found (rowid, text) VALUES (1, ?)", (seg(text),))
    return index.execute("SELECT 1 FROM found WHERE found MATCH ?", (escape_fts(f'"{query}"'),)).fetchone() is not None


def divides(text: str, at: int) -> bool:
    """Whether a cut at ``at`` divides a word of letters and digits."""
    around = text[at - 1 : at + 1] if 0 < at < len(text) else ""
    return len(around) == 2 and around.isascii() and around.isalnum()


@settings(deadline=None, max_examples=400)
@given(PLAIN, st.data())
def test_every_piece_of_a_text_is_found(index: sqlite3.Connection, text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    piece = text[start:end]
    if WORDS.search(piece) and not divides(text, start) and not divides(text, end):
        assert matches(index, text, piece)


@settings(deadline=None, max_examples=400)
@given(PLAIN, st.text(st.sampled_from("园区产业老年"), min_size=1, max_size=4))
def test_han_characters_are_found_exactly_where_they_stand(index: sqlite3.Connection, text: str, query: str):
    assert matches(index, text, query) == (fold(query) in fold(text))


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("2025 年度工作", "2025年", True),
        ("2025年度工作", "2025年", True),
        ("12025年度", "2025年", False),
        ("第98号提案", "第98号", True),
        ("第 98 号提案", "第98号", True),
        ("第198号提案", "98号", False),
        ("A类产业园", "a类", True),
        ("产业园。区政府", "园区", False),
        ("三、关于推进", "三、关", True),
        ("高新产业园，5G基站", "5G基", True),
        ("高新产业园", "园", True),
        ("园", "园", True),
    ],
)
def test_pieces_that_readers_type(index: sqlite3.Connection, text: str, query: str, found: bool):
    assert matches(index, text, query) == found
