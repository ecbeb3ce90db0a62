"""Files that a page links as part of its content."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from parsers import filenames
from parsers.facts import Facts
from parsers.record import Attachment


def files(facts: Facts) -> tuple[Attachment, ...]:
    """The attachments in printed order, each once."""
    found: dict[str, Attachment] = {}
    for link in facts.document.blocks.links:
        if not filenames.ADDRESS.search(link.url) and not filenames.NAME.search(link.text):
            continue
        path = urlsplit_path(link.url)
        named = bool(filenames.NAME.search(path)) or bool(filenames.NAME.search(link.text))
        if filenames.PICTURE.search(path) and not link.text:
            continue
        if named or (link.text and filenames.DOWNLOAD.search(path) and "." in link.text):
            name = link.text or None
            if link.url not in found or (name and found[link.url].name is None):
                found[link.url] = Attachment(link.url, name)
    return tuple(found.values())


def urlsplit_path(url: str) -> str:
    """The path of a link; a viewer's ``file=`` parameter where it has one; empty where the link is no URL."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    inner = re.search(r"(?:file|url|src)=([^&#]+)", parts.query)
    return inner[1] if inner and filenames.NAME.search(inner[1]) else parts.path
