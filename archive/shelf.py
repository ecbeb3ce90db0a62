"""The releases that lie in a folder, for whoever reads them; ``archive.release`` writes them.

Kept apart from what writes them: a web site that lists files needs no writer of Parquet in its memory.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import msgspec

VERSION = re.compile(r"(\d{4})\.(\d{1,2})\.(\d+)")
SUMS = "SHA256SUMS"
PACKAGE = "datapackage.json"
LATEST = "latest"
"""The name that leads to the newest release."""


class File(msgspec.Struct, frozen=True):
    """A file of a release: its path inside the folder, its size in bytes, what it is, its media type, its SHA-256."""

    path: str
    size: int
    title: str
    """Empty, as the media type, of a file that tells about the others."""
    media: str
    digest: str | None
    """As hex digits; ``None`` of the file with the sums, which holds those of all others."""


class Release(msgspec.Struct, frozen=True):
    """A whole release: version, build time of its archive (ISO 8601), files."""

    version: str
    created: str
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


class Resource(msgspec.Struct, frozen=True):
    """What is read of a resource of datapackage.json."""

    path: str
    title: str
    mediatype: str


class Package(msgspec.Struct, frozen=True):
    """What is read of datapackage.json."""

    version: str
    created: str
    resources: tuple[Resource, ...]


def released(out: Path) -> list[Path]:
    """The folders of the releases in a folder, oldest first."""
    found = [(VERSION.fullmatch(path.name), path) for path in out.iterdir() if path.is_dir() and not path.is_symlink()]
    return [path for match, path in sorted((tuple(map(int, m.groups())), path) for m, path in found if m)]


def whole(out: Path) -> dict[str, Release]:
    """The releases of a folder by version, the newest first; none where there is no such folder.

    One whose papers cannot be read or that lacks a file is not whole, and left out: ``proposals verify`` says why.
    """
    found = {}
    for folder in reversed(released(out)) if out.is_dir() else ():
        try:
            found[folder.name] = read(folder, (folder / SUMS).stat().st_mtime_ns)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            continue
    return found


@lru_cache(256)
def read(folder: Path, written: int) -> Release:
    """One release, read once: it never changes. ``written`` is when, for a folder that was put in another's place.

    Raises OSError, MsgspecError or UnicodeDecodeError where it is not whole.
    """
    package = msgspec.json.decode((folder / PACKAGE).read_bytes(), type=Package)
    told = {resource.path: (resource.title, resource.mediatype) for resource in package.resources}
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    sums = sorted((path.count("/"), path, digest) for digest, _, path in (line.partition("  ") for line in lines))
    files = [(path, digest) for _, path, digest in sums]
    return Release(
        package.version,
        package.created,
        tuple(
            File(path, (folder / path).stat().st_size, *told.get(path, ("", "")), digest)
            for path, digest in [*files, (SUMS, None)]
        ),
    )
