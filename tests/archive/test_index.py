"""What the search index holds: the tokens of every text, however they are computed."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.search import HAN, seg, simplified

WORDS = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
MIXED = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("，。（）第９８号 aAé国國𠮷각ｶﾞ①㍿_-")),
    max_size=30,
)


def plainly(text: str) -> str:
    """The definition of docs/search.md, step by step."""
    tokens: list[str] = []
    for word in WORDS.findall(unicodedata.normalize("NFKC", text).lower().translate(simplified())):
        if re.match(f"[{HAN}]", word) and len(word) > 1:
            tokens += [word[0], *(word[n : n + 2] for n in range(len(word) - 1)), word[-1]]
        else:
            tokens.append(word)
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
