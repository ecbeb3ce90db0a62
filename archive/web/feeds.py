"""Atom feeds (RFC 4287) of every list: all records, a place, a department, a person, any search."""

from __future__ import annotations

import sqlite3
from typing import Any
from xml.etree import ElementTree

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.web.context import absolute, href, read, translator
from archive.web.holdings import HOLDINGS, Holdings
from archive.web.listing import Question, asked, cards, texts
from archive.web.text import snippet

ATOM = "http://www.w3.org/2005/Atom"
ENTRIES = 30
NEVER = "1970-01-01T00:00:00Z"
"""The date of a feed without entries: an Atom feed must carry one."""
ElementTree.register_namespace("", ATOM)


def xml_text(value: object) -> str:
    """The characters of a value that XML 1.0 allows."""
    return "".join(
        c for c in str(value) if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"
    )


def add(parent: ElementTree.Element, tag: str, text: object = None, **attributes: str) -> ElementTree.Element:
    """A child element in the Atom name space."""
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{tag}", {k: xml_text(v) for k, v in attributes.items()})
    if text is not None:
        element.text = xml_text(text)
    return element


def moment(record: dict[str, Any]) -> str:
    """When the archive took the record in, as RFC 3339 asks: with a time and a zone."""
    seen = str(record["first_seen"])
    shaped = len(seen) >= 20 and seen[4] == seen[7] == "-" and seen[10] == "T" and seen[:4].isdecimal()
    return seen if shaped else NEVER


def entry(feed: ElementTree.Element, record: dict[str, Any], address: str) -> None:
    """One record as an entry of the feed."""
    item = add(feed, "entry")
    add(item, "title", record["title"])
    add(item, "id", address)
    add(item, "link", href=address, rel="alternate", type="text/html")
    add(item, "updated", moment(record))
    if record["date"] and len(record["date"]) == 10 and record["date"][:4].isdecimal():
        add(item, "published", record["date"] + "T00:00:00+08:00")
    author = add(item, "author")
    add(author, "name", record["host"] or record["proposer"] or record["site_name"] or "—")
    add(item, "summary", "".join(text for text, _ in record["snippet"]), type="text")


def load(connection: sqlite3.Connection, holdings: Holdings, question: Question) -> list[dict[str, Any]]:
    """The newest records that answer the question, with the beginning of their text."""
    ids = holdings.newest(holdings.hits(connection, question), ENTRIES)
    found, long = cards(connection, ids), texts(connection, ids)
    for record in found:
        row = long.get(record["rowid"])
        record["snippet"] = snippet((row["reply_text"] or row["proposal_text"]) if row else None, [], 300)
    return found


def name_of(connection: sqlite3.Connection, question: Question) -> str:
    """What the feed is about, in words: the search words and the names of its filters."""
    from archive.web.pages.search import names_of

    names = names_of(connection, question)
    return " ".join([question.words, *(names.get(key, value) for key, value in question.filters.items())]).strip()


def question_of(request: Request) -> Question:
    """From the query string, or from the address of a place, department or person; always the newest first."""
    question = asked(request)
    filters = {**question.filters, **request.url_vars}
    return Question(words=question.words, filters=filters, sort="date")


async def feed(datasette: Datasette, request: Request) -> Response:
    """The Atom feed of a list."""
    question = question_of(request)
    t = translator(request)
    holdings = HOLDINGS[datasette]
    name, records = await read(datasette, lambda c: (name_of(c, question), load(c, holdings, question)))
    root = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "zh-CN"})
    own = absolute(
        datasette, request, href(datasette, request.path, question.values(sort="") if "?" in request.full_path else {})
    )
    add(root, "title", f"{name} · {t('site.title')}" if name else t("site.title"))
    add(root, "id", own)
    add(root, "link", href=own, rel="self", type="application/atom+xml")
    add(
        root,
        "link",
        href=absolute(datasette, request, href(datasette, "/search", question.values(sort=""))),
        rel="alternate",
        type="text/html",
    )
    add(root, "updated", max((moment(record) for record in records), default=NEVER))
    for record in records:
        entry(root, record, absolute(datasette, request, f"/r/{record['id']}"))
    body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True).decode()
    return Response(body, content_type="application/atom+xml; charset=utf-8")
