"""Every word of ``words.toml`` does what its list says: a gate in front of a pattern must let all of them through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from parsers import parse
from parsers.fields import citations, contacts, departments, disclosure, doc_number, kind, people, signer, status
from parsers.record import Page, Record
from parsers.titles import inner
from parsers.words import words

LONG_NAME = "柳泉市青禾区人民政府办公室政务网站"


def title(head: str) -> str | None:
    """The title of a page that prints none but the one in its head."""
    return parse(Page("x", f"<title>{head}</title><p>道路全长三公里。</p>".encode()))[0].title


def under_title(line: str) -> Record:
    """A notice with one line between title and text."""
    page = f"<h1>关于修建环城道路的通知</h1><p>{line}</p><p>道路全长三公里，明年开工。</p><p>请按期完成有关工作。</p>"
    return parse(Page("x", page.encode()))[0]


PROBES: dict[str, Callable[[str], Any]] = {
    "organs.endings": lambda word: departments.signature(f"柳泉市河湖{word}"),
    "organs.no_organs": lambda word: departments.signature(f"柳泉市{word}河湖局") is None,
    "organs.leads": lambda word: departments.find_co(f"我局{word}柳泉市河湖局会办，").value == ("柳泉市河湖局",),
    "organs.manners": lambda word: departments.find_co(f"我局会同柳泉市河湖局{word}，"),
    "organs.joint_work": lambda word: departments.find_co(f"我局会同柳泉市河湖局{word}道路"),
    "people.parties": lambda word: people.byline(f"{word}柳泉市委"),
    "people.parties_short": lambda word: people.salutation(f"{word}柳泉："),
    "people.groups": lambda word: people.salutation(f"柳泉市青禾区{word}："),
    "people.groups_labelled": lambda word: people.read(f"柳泉市青禾区第一中心城区{word}"),
    "people.groups_greeted": lambda word: people.salutation(f"泉{word}："),
    "people.groups_putting": lambda word: people.find(f"柳泉民盟总支{word}提出的建议"),
    "people.branches": lambda word: people.byline(f"民盟柳泉{word}"),
    "people.federations": lambda word: people.byline(f"市{word}"),
    "people.sectors": lambda word: kind.of_role(None, f"柳泉市{word}").value == "proposal",
    "people.citizens": lambda word: people.is_citizen(f"丁{word}："),
    "people.organs_greeted": lambda word: people.is_organ(f"柳泉市河湖{word}："),
    "people.no_names": lambda word: people.read(word) is None,
    "people.posts": lambda word: people.read(f"副{word}") is None,
    "people.surnames_of_two": lambda word: people.read(f"丁一鸣 {word} 牟平").value.names == ("丁一鸣", f"{word}牟平"),
    "people.surnames": lambda word: people.alone(f"{word}一鸣"),
    "people.sounds": lambda word: people.read(f"阿阿阿阿{word}").value.names == (f"阿阿阿阿{word}",),
    "contacts.roles": lambda word: contacts.find(f"{word}：丁一鸣 5550123").value[0].name == "丁一鸣",
    "contacts.phones": lambda word: contacts.find(f"{word} 5550123").value[0].phone == "5550123",
    "contacts.units": lambda word: contacts.find(f"联系{word}：河湖科 丁一鸣 5550123").value[0].name == "丁一鸣",
    "contacts.posts": lambda word: contacts.find(f"联系人：丁一鸣副{word}").value[0].name == "丁一鸣",
    "contacts.section_posts": lambda word: contacts.find(f"联系人：河湖科副{word}丁一鸣").value[0].name == "丁一鸣",
    "contacts.others": lambda word: contacts.find(f"{word}电话：5550123") is None,
    "contacts.no_names": lambda word: contacts.find(f"电话：{word}，5550123") is None,
    "signers.posts": lambda word: signer.read(f"副{word}丁一鸣").value == "丁一鸣",
    "status.holds": lambda word: status.read(f"已{word}"),
    "disclosure.ways": lambda word: disclosure.read(f"{word}公开").value == f"{word.replace(' ', '')}公开",
    "doc_numbers.leads": lambda word: doc_number.find(f"{word}柳政发〔2024〕5号").value == "柳政发〔2024〕5号",
    "citations.media": lambda word: citations.find(f"见《柳泉{word}》。") is None,
    "citations.arts": lambda word: citations.find(f"创作的{word}《回家的大路》。") is None,
    "citations.arts_short": lambda word: citations.find(f"创作的{word}《回家的大路》。") is None,
    "citations.arts_behind": lambda word: citations.find(f"创作《回家的大路》等系列{word}。") is None,
    "titles.documents": lambda word: inner([f"关于修路的{word}"]),
    "titles.sites": lambda word: title(f"修建环城道路 - 柳泉{word}") == "修建环城道路",
    "titles.sites_before": lambda word: title(f"柳泉{word} 修建环城道路") == "修建环城道路",
    "titles.columns": lambda word: title(f"修建环城道路 - {word}与{word}") == "修建环城道路",
    "titles.templates": lambda word: title(f"修建环城道路 - {word}") == "修建环城道路",
    "publication.beside_date": lambda word: under_title(f"2024-05-06 {LONG_NAME}{word}").publish_date,
    "publication.authors": lambda word: under_title(f"{word}：丁一鸣 2024-05-06 {LONG_NAME}").publish_date,
    "publication.counters": lambda word: "次数" not in (under_title(f"{word}次数 12").text or "次数"),
}


@pytest.mark.parametrize(
    ("probe", "word"),
    [
        pytest.param(probe, word, id=f"{name}-{word}")
        for name, probe in PROBES.items()
        for word in getattr(getattr(words(), name.partition(".")[0]), name.partition(".")[2])
    ],
)
def test_word_does_what_its_list_says(probe: Callable[[str], Any], word: str) -> None:
    assert probe(word)


@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES)
def test_another_word_does_not(probe: Callable[[str], Any]) -> None:
    with pytest.raises((AssertionError, AttributeError)):
        assert probe("蓝天")


def test_every_list_has_a_probe() -> None:
    lists = {
        f"{table}.{name}"
        for table, names in msgspec.structs.asdict(words()).items()
        for name in names.__struct_fields__
    }
    assert lists == set(PROBES)
