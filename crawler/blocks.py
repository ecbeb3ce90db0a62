"""Challenges, soft 404s and failures told apart from success. They are reported, never bypassed.

The rules for answers are data in blocks.toml; failures of the connection are named by their exception.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec
from lxml import etree, html
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from crawler.vocabulary import has
from parsers.attachments import is_file
from parsers.decode import decode

TRANSIENT = frozenset({"timeout", "dns", "tls", "refused", "connection", "server-error", "rate-limited"})
"""Codes after which the same request may well succeed a little later."""
CHALLENGES = frozenset({"ruishu", "jiasule", "captcha", "waf", "geo-block", "forbidden", "rate-limited"})
"""Codes that say that the site does not want this visitor; several in a row end the site's run."""
MOST_READ = 200_000
"""Bytes of a body that are looked at."""
SITE_CODE = re.compile(r"<meta[^>]{0,200}SiteIDCode[^>]{0,200}>", re.I)
DIGITS = re.compile(r"content\s?=\s?[\"']?\s?(\d{10})", re.I)


class Refused(IgnoreRequest):
    """A request that safety or robots.txt forbids; ``code`` is the outcome."""

    def __init__(self, code: str, reason: str):
        super().__init__(reason)
        self.code = code


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule of blocks.toml; all of its conditions must hold."""

    code: str
    statuses: frozenset[int] = frozenset()
    any: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()
    thin: int | None = None


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What blocks.toml holds."""

    rules: tuple[Rule, ...]
    states: dict[str, str]


@cache
def rules() -> Rules:
    """The bundled rules."""
    return msgspec.toml.decode(Path(__file__).with_name("blocks.toml").read_bytes(), type=Rules)


class Answer:
    """A response as the rules see it; the text is decoded once and only where a rule asks for it."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes):
        self.status, self.headers, self.body = status, headers, body
        self._text: str | None = None
        self._visible: int | None = None

    @property
    def text(self) -> str:
        """The decoded body in small letters."""
        if self._text is None:
            self._text = decode(self.body[:MOST_READ], self.headers).text.lower()
        return self._text

    @property
    def visible(self) -> int:
        """How many characters of text the page shows, links and menus included."""
        if self._visible is None:
            self._visible = visible_length(self.text)
        return self._visible

    def meets(self, rule: Rule) -> bool:
        """Whether all conditions of a rule hold; the cheap ones are tried first."""
        if rule.statuses and self.status not in rule.statuses:
            return False
        cookies = self.headers.get("set-cookie", "")
        if rule.cookies and not has(cookies, rule.cookies):
            return False
        if rule.any and not has(self.text, tuple(word.lower() for word in rule.any)):
            return False
        return rule.thin is None or self.visible <= rule.thin


def name_of(status: int, headers: dict[str, str], body: bytes) -> str | None:
    """The code of an answer that is no success; ``None`` where no rule objects, which is not yet a success."""
    answer = Answer(status, headers, body)
    if status == 200 and (len(body) > MOST_READ or is_file(body)):
        return None
    for rule in rules().rules:
        if answer.meets(rule):
            return rule.code
    if status in (200, 203, 206, 304):
        return "empty-body" if status == 200 and not body.strip() else None
    return f"http-{status}"


def name_of_failure(error: BaseException) -> str:
    """The code of a request that got no answer."""
    if isinstance(error, Refused):
        return error.code
    if isinstance(error, DownloadTimeoutError):
        return "timeout"
    if isinstance(error, CannotResolveHostError):
        return "dns"
    if isinstance(error, DownloadConnectionRefusedError):
        return "refused"
    if isinstance(error, DownloadCancelledError):
        return "too-large"
    if isinstance(error, ResponseDataLossError):
        return "connection"
    text = f"{type(error).__name__} {error} {error.__cause__}".lower()
    if isinstance(error, IgnoreRequest):
        return ignored(text)
    return "tls" if any(word in text for word in ("ssl", "tls", "certificate")) else "connection"


def ignored(text: str) -> str:
    """The code of a request that one of Scrapy's own middlewares dropped, by what it says."""
    for words, code in (("robots.txt", "robots"), ("redirections", "redirect-loop"), ("download_maxsize", "too-large")):
        if words in text:
            return code
    return "refused-request"


def site_state(code: str | None) -> str | None:
    """What an outcome of a list means for its site; ``None`` where it means nothing."""
    return rules().states.get(code) if code else None


def foreign_code(text: str, division: str | None) -> bool:
    """Whether a page carries the site code of another place (platforms.md, section 4)."""
    meta = SITE_CODE.search(text)
    digits = DIGITS.search(meta[0]) if meta else None
    return bool(division and digits and digits[1][:4] != division[:4])


def visible_length(text: str) -> int:
    """How many characters a page shows, white space not counted; scripts and styles not counted."""
    if not text.strip():
        return 0
    try:
        tree = html.document_fromstring(text.replace("\0", ""), parser=html.HTMLParser(huge_tree=True))
    except (etree.ParserError, ValueError):
        return 0
    etree.strip_elements(tree, "script", "style", "noscript", etree.Comment, with_tail=False)
    return len("".join(str(etree.tostring(tree, method="text", encoding="unicode")).split()))
