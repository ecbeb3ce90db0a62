"""Files that a page links as part of its content."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from parsers.facts import Facts
from parsers.record import Attachment

_FILE = re.compile(r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|rtf|zip|rar|7z|pptx?|jpe?g|png|tiff?)$", re.IGNORECASE)
_HINT = re.compile(
    r"\.(?:pdf|doc|wps|ofd|xls|et\b|rtf|zip|rar|7z|ppt|jpe?g|png|tiff?)|downfile|download|filedown|attach",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"\.(?:jpe?g|png|tiff?)$", re.IGNORECASE)
_DOWNLOAD = re.compile(r"downfile|download|filedown|attach", re.IGNORECASE)


def files(facts: Facts) -> tuple[Attachment, ...]:
    """The attachments in printed order, each once."""
    found: dict[str, Attachment] = {}
    for link in facts.document.blocks.links:
        if not _HINT.search(link.url) and not _FILE.search(link.text):
            continue
        path = urlsplit_path(link.url)
        named = bool(_FILE.search(path)) or bool(_FILE.search(link.text))
        if _PICTURE.search(path) and not link.text:
            continue
        if named or (link.text and _DOWNLOAD.search(path) and "." in link.text):
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
    return inner[1] if inner and _FILE.search(inner[1]) else parts.path
