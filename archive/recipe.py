"""Whether an archive was made the way this program makes one: if not, all of it is made anew."""

from __future__ import annotations

import hashlib
import unicodedata
from importlib.metadata import version
from pathlib import Path

import msgspec

from archive.settings import Settings

HERE = Path(__file__).parent
KINDS = ("*.py", "*.toml", "*.sql")


def recipe(settings: Settings) -> str:
    """A hash of everything but the store that the rows of an archive depend on.

    The code of this package and its data are taken whole: a change of them costs one full publish, and none is missed.
    """
    found = hashlib.sha256()
    for path in sorted(path for kind in KINDS for path in HERE.glob(kind)):
        found.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    found.update(msgspec.json.encode([settings.masking, settings.removed]))
    found.update(f"{unicodedata.unidata_version} {version('opencc')}".encode())
    return found.hexdigest()[:32]
