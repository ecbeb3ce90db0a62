"""What an answer to the request for robots.txt means (RFC 9309, 2.3.1): one rule for the crawl and for probing."""

from __future__ import annotations

CHALLENGE = 521
"""The status of the firewall Jiasule's challenge (blocks.toml), whatever is asked for; the pages say so themselves."""


def rules_in(status: int, body: bytes) -> bytes | None:
    """The rules that an answer gives, empty where the site has none; ``None``: the server failed, nothing is allowed.

    ``status`` is that of the last answer, after redirects; one that is still a redirect led nowhere.
    """
    if status == 200:
        return body
    return b"" if status < 300 or 400 <= status < 500 or status == CHALLENGE else None
