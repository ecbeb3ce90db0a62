"""The data files of words: a misspelt or missing key is an error that names the file."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import pytest

from parsers import furniture, labels, page_words
from parsers.errors import DataFileError


@pytest.mark.parametrize(
    ("name", "load", "key"),
    [
        ("furniture.toml", furniture.load, "bylines"),
        ("page_types.toml", page_words.load, "other_titles"),
        ("labels.toml", labels.load, "prefixes"),
    ],
)
def test_misspelt_key(name: str, load: Callable[[str], object], key: str) -> None:
    text = files("parsers").joinpath(name).read_text(encoding="utf-8")
    assert load(text)
    with pytest.raises(DataFileError, match=name):
        load(text.replace(f"{key} = ", f"{key}s = ", 1))


@pytest.mark.parametrize("text", ["政协", "市政协常委", "本市市民政局", "市政府网站"])
def test_words_that_look_like_a_citizens(text: str) -> None:
    assert page_words.patterns().other_title.search(text) is None
