"""The list: search, filters, order; the same question as CSV, JSON and feed."""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import quote

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.web.context import href, page, read
from archive.web.filters import meeting_name
from archive.web.holdings import HOLDINGS, Facets
from archive.web.listing import LAST_PAGE, PAGE_SIZE, SORTS, Question, asked, cards, texts
from archive.web.text import highlight_words, marked, snippet


def names_of(connection: sqlite3.Connection, question: Question) -> dict[str, str]:
    """What the chosen filters are called, where the value itself is a code."""
    found = {}
    tables = {
        "place": ("divisions", "code"),
        "department": ("departments", "id"),
        "person": ("people", "id"),
        "site": ("sites", "id"),
    }
    for name, (table, key) in tables.items():
        if name in question.filters:
            sql = f"SELECT name FROM {table} WHERE {key} IN (SELECT value FROM json_each(?))"  # noqa: S608 - constants
            rows = connection.execute(sql, (question.parameters()[name],)).fetchall()
            found[name] = "、".join(row[0] for row in rows) or question.filters[name]
    if "meeting" in question.filters:
        found["meeting"] = "、".join(map(meeting_name, question.filters["meeting"].split(",")))
    return found


def results(connection: sqlite3.Connection, question: Question, ids: list[int]) -> list[dict[str, Any]]:
    """The cards of the question's page with marked titles and snippets."""
    found = cards(connection, ids)
    words = highlight_words(question.words)
    long = texts(connection, ids)
    for card in found:
        row = long.get(card["rowid"])
        card["marked_title"] = marked(card["title"], words)
        if card["subject"] and card["subject"] not in card["title"]:
            card["marked_subject"] = marked(card["subject"], words)
        card["snippet"] = best_snippet(row, words) if row else []
        card["has_proposal"] = bool(row and row["proposal_text"])
    return found


def best_snippet(row: sqlite3.Row, words: list[str]) -> list[tuple[str, bool]]:
    """From the reply; from the proposal where only that has the words, or where there is no reply."""
    reply = snippet(row["reply_text"], words) if row["reply_text"] else []
    if any(mark for _, mark in reply):
        return reply
    proposal = snippet(row["proposal_text"], words) if row["proposal_text"] else []
    return proposal if any(mark for _, mark in proposal) or not reply else reply


def pages(question: Question, found: Facets) -> dict[str, int | None]:
    """The page's place among all pages."""
    last = min(max(-(-found.count // PAGE_SIZE), 1), LAST_PAGE)
    return {
        "last": last,
        "previous": min(question.page - 1, last) if question.page > 1 else None,
        "next": question.page + 1 if question.page < last else None,
        "first_shown": (question.page - 1) * PAGE_SIZE + 1,
    }


def leads_to(connection: sqlite3.Connection, question: Question, shown: list[dict[str, Any]]) -> str | None:
    """The page of the one record or document that a typed id or address names."""
    if not question.filters.keys() & {"id", "url"}:
        return None
    if len(shown) == 1:
        return f"/r/{quote(shown[0]['id'])}"
    sql = "SELECT id FROM documents WHERE url IN (SELECT value FROM json_each(:url))"
    document = None if shown else connection.execute(sql, question.parameters()).fetchone()
    return f"/document/{document[0]}" if document else None


async def search(datasette: Datasette, request: Request) -> Response:
    """The list page; what a typed id or the address of an original page names is shown itself."""
    question, whole = asked(request), request.args.get("more") or ""

    def load(connection: sqlite3.Connection) -> dict[str, Any]:
        holdings = HOLDINGS[datasette]
        hits = holdings.hits(connection, question)
        found = holdings.facets(hits, whole)
        shown = results(connection, question, holdings.page(connection, question, hits))
        return {
            "question": question,
            "found": found,
            "whole": whole,
            "sorts": SORTS if question.words else SORTS[1:],
            "cards": shown,
            "names": names_of(connection, question),
            "pages": pages(question, found),
            "leads_to": leads_to(connection, question, shown),
        }

    context = await read(datasette, load)
    if context["leads_to"]:
        return Response.redirect(href(datasette, context["leads_to"]))
    return await page(datasette, request, "search.html", context)
