"""What kind of page it is; no citizen's letter, news, notice, approval or summary is ever a reply."""

from __future__ import annotations

import re

from parsers.blocks import TITLE
from parsers.facts import Facts
from parsers.fields import number, people
from parsers.layouts import attached
from parsers.layouts.letter import Letter, without_salutation
from parsers.page_words import patterns
from parsers.record import RecordType
from parsers.text import plain, squeeze

_SHELL_LENGTH = 200
_EMPTY = 20
_REPLY_TITLE = re.compile(
    r"(?:(?:建议|提案|议案|意见)[^,。:!?]{0,30}(?:答\s?复|复函|回复|函复|复文|会办意见|协办意见|办理情况|办理意见)|"
    r"(?:答\s?复|复函|回复)[^,。:!?]{0,40}(?:建议|提案|议案))[^,。:!?]{0,12}$"
)
_REPORT = re.compile(r"(?:报告|总结|汇报)$")
_NUMBERED = re.compile(r"第?[^第号]{1,20}号|次会议|代表|委员(?!会)|人大|政协|提案|届")
_SUMMARY = re.compile(
    r"(?:办理|答复|承办)[^,。]{0,12}(?:情况|工作|结果)[^,。]{0,10}(?:报告|总结|汇报|通报|一览|汇总|统计|表|变化)|(?:总体|办理|答复)(?:办理)?情况$|"
    r"(?:建议|提案|议案)[^,。]{0,24}(?:目录|清单|一览表|汇总表|统计表|情况表|总体情况|办理情况|办结情况)$|(?:复文|答复)汇总$|跟踪[^,。]{0,12}(?:情况|表)|(?:建议|提案|议案)[^,。]{0,4}工作[^,。]{0,4}情况|工作(?:报告|总结)$"
)
_COUNTED = re.compile(
    r"(?:共)?(?:承办|收到|办理|交办)[^,。]{0,60}\d{1,5}\s?件|\d{1,5}\s?件[^。]{0,40}(?:办结率|满意率|见面率|占)"
)
_HANDLED = re.compile(r"办理|答复|办复|承办|办结|工作|情况|报告|总结|综述|进展|统计|汇总|一览")
"""What the title of a summary speaks of; news of a single suggestion counts others in passing: 建议落地 断头路通了."""
_NEWS = re.compile(
    r"\s?(?:\d{1,2}月\d{1,2}日[,上下]|近日|日前|连日来|近期,|[^。]{0,12}讯[(\s]|[“\"][^”\"]{4,60}[,。!?][”\"])"
)
"""How news begins: a day, 近日, 本报讯, somebody's words."""
_ORIGINAL_TITLE = re.compile(r"(?:的|号|关于.{2,80})\s?(?:建\s?议|提\s?案|议\s?案)$")
_PROPOSAL_TITLE = re.compile(r"关于[^,。:]{4,80}的提案")
"""A title that nothing but a proposal has, wherever the page stands; anybody makes a 建议."""
_GREETED = 12
"""Among how many lines a citizen's salutation is looked for."""
_LIST_ROWS = 3
_LISTED = 3
_EXCERPT = 200
_LEAD = 6
"""Among how many lines a text's first one stands."""
_READ = 2000
_OF_FORM = frozenset(("number", "proposers", "meeting", "host_departments", "subject", "category"))
_ANSWER = re.compile(r"收悉|收到|收阅|(?:答复|回复|函复|函告|复函|报告|反馈|说明|意见)(?:如下|[:：∶︰﹕])")
_ANSWERED = re.compile(r"(?:答复|回复|函复|函告|复函|报告|反馈|说明|意见|情况)如下")
_FORWARDS = re.compile(
    r"(?:予以|决定|准予|审查)立案|将由[^。｡]{0,24}(?:答复|回复)|由其(?:直接|负责)|(?:书面|直接|再次)答复(?:代表|委员|提案)|"
    r"送上|送审|征求您|不再立案|并案办理"
)
"""What says that a suggestion was taken in or handed on, and answers nothing yet."""
_LINK = 100
"""Shorter than a letter, and longer than a link with a name in front: 张三委员：关于…的提案."""
_ABOUT = re.compile(r"建议|提案|议案|意见|反映|提出")
_OWN_BODY = re.compile(
    r"人大|政协|人民代表大会|政治协商|提案|议案|届[^,。]{0,12}次|第\s?\w{1,14}\s?号|建议提案|代表建议"
)


def decide(facts: Facts) -> RecordType:
    """The type of the page."""
    title = plain(facts.title.value) if facts.title else ""
    if _is_digest(facts):
        return "list"
    if facts.grid.data_rows >= _LIST_ROWS and not facts.letters:
        if facts.grid.data_rows <= _linked_rows(facts):
            return "list"
        return "summary" if _is_about_handling(facts, title) else "document"
    if _is_reply(facts, title):
        return "reply"
    if _is_index(facts, title):
        return "list"
    if _is_empty(facts, title):
        return "list" if facts.content.listed >= _LISTED else "unrecognised"
    if not facts.foreign() and _is_original(facts, title):
        return "original"
    return "summary" if _is_summary(facts, title) else "document"


def _linked_rows(facts: Facts) -> int:
    """How many rows of tables hold a link of a title's length: an index of other pages, not a table of results."""
    blocks = facts.content.blocks
    return len({(block.table, block.row) for block in blocks if block.table and block.is_link and len(block.text) > 8})


def _is_digest(facts: Facts) -> bool:
    """Whether it lists other pages, each with the beginning of its letter: titles as links, no letter is signed."""
    if any(one.signature or len(one.text) > _EXCERPT for one in facts.letters) or _has_files(facts):
        return False
    links = sum(block.is_link and len(block.text) >= TITLE for block in facts.content.blocks)
    cut = sum(line.text.endswith(("…", "...")) for line in facts.lines)
    return links >= _LISTED and (cut > 1 or len(facts.letters) > 1)


def _is_about_handling(facts: Facts, title: str) -> bool:
    return facts.labels("number", "proposers", "subject") or bool(
        re.search(r"建议|提案|议案", title + (facts.content.path or ""))
    )


def _is_reply(facts: Facts, title: str) -> bool:
    if facts.foreign() > 1 or (facts.foreign() and not any(one.greets == "proposer" for one in facts.letters)):
        return False
    if (
        patterns().other_title.search(_without_quotes(title))
        and not _is_form(facts)
        and not _names_answer(facts, title)
    ):
        return False
    if _is_to_others(facts, title):
        return False
    if facts.letters and not _names_citizens(facts):
        return any(map(_answers, facts.letters)) or bool(_REPLY_TITLE.search(title)) or facts.labels("reply_text")
    if _is_form(facts) and facts.labels("reply_text"):
        return True
    if not (_REPLY_TITLE.search(_before_brackets(title)) and _NUMBERED.search(title)) or _names_citizens(facts):
        return False
    if (_REPORT.search(_before_brackets(title)) or _counts(facts)) and not number.find(title):
        return False
    return (_has_files(facts) and facts.han < 300) or without_salutation(facts.lines) is not None


def _is_to_others(facts: Facts, title: str) -> bool:
    """Whether it answers deputies of another body, a court's suggestion, or an association that names no body."""
    greeted = "".join(one.salutation.quote for one in facts.letters if one.salutation) or _first_lines(facts)
    named = _without_quotes(title)
    if patterns().other_deputy.search(named + plain(greeted)) and not re.search("人大|政协", greeted):
        return True
    first = plain(" ".join(one.first[:_READ].partition("收悉")[0] for one in facts.letters[:1]))
    said = f"{title}{facts.content.path or ''}{plain(greeted)}{first}"
    if _is_form(facts) or re.search("人大|政协|人民代表大会", said):
        return False
    return patterns().other_body.search(named + _without_quotes(first)) is not None or _is_to_association(facts, said)


def _is_to_association(facts: Facts, said: str) -> bool:
    """Whether whoever is greeted is no deputy, member, party or delegation, and nothing names a body or a number."""
    if not facts.letters or _OWN_BODY.search(said):
        return False
    return all(
        one.salutation is not None
        and one.salutation.value.role is None
        and not patterns().own_group.search(one.salutation.quote)
        for one in facts.letters
    )


def _first_lines(facts: Facts) -> str:
    return " ".join(line.text for line in facts.lines[:_GREETED] if len(line.text) < 2 * _EMPTY)


def _names_answer(facts: Facts, title: str) -> bool:
    """Whether title and letter both say that one suggestion is answered: 关于重点督办建议(第5号)的答复."""
    greets = any(one.greets == "proposer" and _ANSWER.search(plain(one.first)) for one in facts.letters)
    return greets and bool(_REPLY_TITLE.search(_before_brackets(title))) and number.find(title) is not None


def _answers(one: Letter) -> bool:
    """Whether a letter answers a suggestion; one that invites, thanks or asks greets deputies as well."""
    text = " ".join(one.lines)[:_READ]
    if not _ABOUT.search(text) or (not _ANSWERED.search(text) and _FORWARDS.search(text)):
        return False
    return _ANSWER.search(text) is not None or (len(text) >= _LINK and not patterns().asks.search(text))


def _names_citizens(facts: Facts) -> bool:
    """Whether the page lies in a column of citizens' letters and nothing names a meeting."""
    path = (facts.content.path or "") + facts.document.meta.get("columnname", "")
    if not patterns().other_column.search(path):
        return False
    return not any("届" in line.text and "会" in line.text for line in facts.lines[:30])


def _without_quotes(title: str) -> str:
    return re.sub(r"《[^《》]*》|“[^“”]*”|\"[^\"]*\"|关于[^,。]{2,80}?的(?:建议|提案|议案)", "", title)


def _before_brackets(title: str) -> str:
    """A title without the suggestion's own behind it: …的答复(关于…的建议)."""
    return re.sub(r"[(〔《“][^()〔〕《》“”]*[)〕》”]$|(?:摘要|全文|\(摘要\))$", "", title)


def _is_form(facts: Facts) -> bool:
    return len(_OF_FORM & facts.labelled) > 1


def _has_files(facts: Facts) -> bool:
    return bool(attached.files(facts))


def _is_empty(facts: Facts, title: str) -> bool:
    body = facts.han - len(title)
    if body < _EMPTY and not facts.labels("proposal_text"):
        return True
    text = " ".join(line.text for line in facts.lines[:12])
    return facts.han < _SHELL_LENGTH and bool(patterns().shell.search(text))


def _is_index(facts: Facts, title: str) -> bool:
    """Whether links to other pages are all there is but a heading and some words of a menu."""
    few = facts.han - len(title) < 3 * _EMPTY and not any("。" in line.text for line in facts.lines)
    return (
        few
        and facts.content.listed >= _LISTED
        and all(pair.blank or not (pair.label.fields or pair.label.foreign) for pair in facts.grid.pairs)
        and not _has_files(facts)
    )


def _is_original(facts: Facts, title: str) -> bool:
    if patterns().other_title.search(_without_quotes(title)) or patterns().other_column.search(
        facts.content.path or ""
    ):
        return False
    if facts.labels("proposal_text") and facts.labels("number", "proposers", "meeting"):
        return True
    if any(people.is_citizen(line.text) for line in facts.lines[:_GREETED]):
        return False
    if facts.labels("proposers", "number") and facts.han > 60:
        return not _SUMMARY.search(title)
    path = squeeze(facts.content.path or "")
    named = bool(re.search(r"建议|提案|议案", path) or _PROPOSAL_TITLE.fullmatch(title)) or facts.labels("subject")
    return bool(_ORIGINAL_TITLE.search(title)) and named and facts.han > 60 and not _is_news(facts)


def _is_news(facts: Facts) -> bool:
    return any(_NEWS.match(plain(line.text[:_EXCERPT])) for line in facts.lines[:_LEAD])


def _is_summary(facts: Facts, title: str) -> bool:
    about = re.search(r"建议|提案|议案", title)
    if about and _SUMMARY.search(title) and not patterns().other_title.search(title):
        return True
    if _is_news(facts):
        return False
    return bool(about) and _counts(facts) and bool(_HANDLED.search(title)) and not patterns().other_title.search(title)


def _counts(facts: Facts) -> bool:
    """Whether the first lines say how many suggestions there were."""
    return _COUNTED.search(plain(" ".join(line.text for line in facts.lines[:_LEAD])[:600])) is not None
