"""What the names and addresses of attached files look like."""

from __future__ import annotations

import re

_DOCUMENTS = r"pdf|docx?|wps|ofd|xlsx?|et|rtf|zip|rar|7z|pptx?"
_PICTURES = r"jpe?g|png|tiff?"
_DOWNLOADS = r"downfile|download|filedown|attach"
NAME = re.compile(rf"\.(?:{_DOCUMENTS}|{_PICTURES})$", re.IGNORECASE)
PICTURE = re.compile(rf"\.(?:{_PICTURES})$", re.IGNORECASE)
DOWNLOAD = re.compile(_DOWNLOADS, re.IGNORECASE)
ADDRESS = re.compile(rf"\.(?:pdf|doc|wps|ofd|xls|et\b|rtf|zip|rar|7z|ppt|{_PICTURES})|{_DOWNLOADS}", re.IGNORECASE)
"""What an address holds that may lead to a file."""
_AMONG = re.compile(rf"\.(?=[pdwoxerz7jtPDWOXERZJT])(?:{_DOCUMENTS}|{_PICTURES})\b", re.IGNORECASE)


def among(markup: str) -> bool:
    """Whether one of many links may lead to a file, looked at together."""
    if _AMONG.search(markup) is not None or "attach" in markup:
        return True
    return "down" in markup and any(word in markup for word in _DOWNLOADS.split("|"))
