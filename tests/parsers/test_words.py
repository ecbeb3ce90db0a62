"""The data files of words: a misspelt or missing key is an error that names the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files

import pytest

from parsers import furniture, labels, page_words, words
from parsers.errors import DataFileError


@pytest.mark.parametrize(
    ("name", "load", "key"),
    [
        ("furniture.toml", furniture.load, "bylines"),
        ("page_types.toml", page_words.load, "other_titles"),
        ("labels.toml", labels.load, "prefixes"),
        ("words.toml", words.load, "endings"),
        ("words.toml", words.load, "surnames"),
    ],
)
def test_misspelt_key(name: str, load: Callable[[str], object], key: str) -> None:
    text = files("parsers").joinpath(name).read_text(encoding="utf-8")
    assert load(text)
    with pytest.raises(DataFileError, match=name):
        load(text.replace(f"{key} = ", f"{key}s = ", 1))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("counters = []", "publication.counters"),
        ('counters = [""]', "publication.counters"),
        ('counters = "阅读"', "publication.counters"),
        ('counters = ["阅读", "点击", "阅读"]', "counters holds '阅读' twice"),
        ('counters = ["阅读(次)", "Ｔ+"]', "counters holds 'Ｔ[+]', which .* 'T[+]'"),
        ('counters = ["阅读"]\nvisitors = ["来访"]', "visitors"),
        ('arts_short = "剧[戏"', "citations.arts_short"),
        ('arts_short = "剧戏剧"', "arts_short holds '剧' twice"),
    ],
)
def test_wrong_list(line: str, complaint: str) -> None:
    text = files("parsers").joinpath("words.toml").read_text(encoding="utf-8")
    changed, times = re.subn(rf"^{line.split()[0]} = .*$", line, text, flags=re.MULTILINE)
    assert times == 1
    with pytest.raises(DataFileError, match=rf"parsers/words\.toml: .*{complaint}"):
        words.load(changed)


def test_choice_ends_where_it_can_and_takes_blanks_for_white_space() -> None:
    assert words.choice(["委员会", "委", "T+"], "第.") == r"(?:委|T\+|委员会|第.)"
    pattern = re.compile(words.choice(["联 系 人"]))
    assert all(map(pattern.fullmatch, ("联系人", "联  系 人")))
    assert not pattern.fullmatch("联-系人")


@pytest.mark.parametrize("text", ["政协", "市政协常委", "本市市民政局", "市政府网站"])
def test_words_that_look_like_a_citizens(text: str) -> None:
    assert page_words.patterns().other_title.search(text) is None
