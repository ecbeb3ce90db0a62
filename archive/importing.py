"""Pages from disk into the store, each captured first so that a rebuild finds it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import chain, islice
from pathlib import Path

from archive.captures import SUFFIXES, ImportWriter, read
from archive.database import explained
from archive.errors import CaptureError
from archive.records import Counts
from archive.store import BATCH, Store
from parsers import parse
from parsers.errors import UnreadableInput
from parsers.files import read_pages
from parsers.record import Page, ParsedPage


def pages_of(path: Path) -> Iterator[Page]:
    """The pages of any file that can be imported. Raises UnreadableInput or CaptureError."""
    if not path.name.lower().endswith(SUFFIXES):
        yield from read_pages(path)
        return
    if not path.is_file():
        raise CaptureError(f"{path}: no such file")
    for found in read(path):
        if found.capture.status < 400:
            yield found.page


def store_pages(store: Store, data: Path, pages: Iterable[Page]) -> Counts:
    """Store the pages of a file; those that are stored already with the same bytes are parsed, not captured, again.

    Raises StoreError, and CaptureError where a page cannot be captured.
    """
    with explained(data, CaptureError, ""), closing(ImportWriter(data)) as writer:
        taken, total = parsed(store, writer, pages), Counts()
        while batch := list(islice(taken, BATCH)):
            writer.sync()
            total += store.add_pages(batch)
        return total


def readable(path: Path, say: Callable[[str], None]) -> Iterator[Page]:
    """The pages of a file up to where it is damaged, of which ``say`` is told.

    Here and not around the store, whose batch an error would cut: its pages are captured by then.
    """
    try:
        yield from pages_of(path)
    except (UnreadableInput, CaptureError) as error:
        say(str(error))


def begun(paths: Iterable[Path], say: Callable[[str], None]) -> Iterator[Iterator[Page]]:
    """The pages of each file that has any."""
    for path in paths:
        pages = readable(path, say)
        for first in islice(pages, 1):
            yield chain([first], pages)


def parsed(store: Store, writer: ImportWriter, pages: Iterable[Page]) -> Iterator[ParsedPage]:
    """Pages captured and parsed."""
    for page in pages:
        records = parse(page)
        capture = store.capture_of(page.url, page.body) or writer.write(page)
        yield ParsedPage(None, capture, records)
