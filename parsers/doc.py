"""The text of a DOC (Word 97 to 2003, and WPS, which writes the same format): paragraphs as lines, tables as pipe text.

Numbers of fields and properties are those of Microsoft's open specification [MS-DOC]: 2.5 (the header, ``Fib``), 2.8.35
(the piece table, ``Clx``), 2.9.175 (paragraph properties, ``PapxFkp``), 2.6 (the properties, ``Sprm``). Every number in
the file is a stranger's: what points outside of it ends the reading, and no more is built than ``CHARACTERS``.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterable, Iterator
from itertools import pairwise
from operator import attrgetter

import msgspec
import olefile

from parsers.errors import ParserError
from parsers.text_blocks import pipe_row

BYTES = 16 * 2**20
"""The largest file that is read; one that is nothing but a directory takes two seconds at this size."""
CHARACTERS = 2_000_000
_FAILURES = (OSError, struct.error, IndexError, ValueError, TypeError, OverflowError, MemoryError, RecursionError)
"""What olefile and the reading of numbers raise where a file is broken."""
_WORD = 0xA5EC
_WORD_97 = 0xC1
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_FLAGS, _MAIN_LENGTH, _CHARACTER_RUNS, _PARAGRAPH_RUNS, _PIECES = 0x0A, 0x4C, 0xFA, 0x102, 0x1A2
_COMPRESSED = 0x4000_0000
_PAGE = 512
_MOST_PAGES, _MOST_PROPERTIES = 10_000, 4_000_000
"""Pages and bytes of properties that are looked at; the most in 141 documents tried were 413 and 135,000."""
_DELETED, _HIDDEN, _IN_TABLE, _ROW_END = 0x0800, 0x083C, 0x2416, 0x2417
_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
"""Bytes of a property's value by the top three bits of its number; 6 says its length itself."""
_TABLE_DEFINITION = 0xD608
_CELL, _PARAGRAPH, _ROW, _LINE = "\x07", "\r", "\x1d", "\x1c"
"""The marks of the text: the first two are Word's; a row's last one becomes ``_ROW``, a cell's paragraphs ``_LINE``."""
_ENDS = re.compile(f"([{_PARAGRAPH}{_ROW}])")
_FIELD = re.compile("([\x13\x14\x15])")
_SHOWN = {0x0B: "\n", 0x0C: "\n", 0x0E: "\n", 0x1E: "-", 0x09: "\t", ord(_LINE): "\n"}
_CONTROLS = {code: _SHOWN.get(code, "") for code in range(0x20) if chr(code) not in (_CELL, _PARAGRAPH, _ROW, "\n")}


class UnreadableDoc(ParserError):
    """A broken or encrypted document; the message says which."""


class UnsupportedDoc(UnreadableDoc):
    """No Word document, or one older than Word 97."""


_Run = tuple[int, int, bytes]
"""First byte, the byte behind the last, and the properties of what lies between."""


class _Piece(msgspec.Struct, frozen=True):
    """A run of characters: where it stands in the text and where in the file."""

    start: int
    end: int
    offset: int
    width: int
    """Bytes of a character: 1 (Windows-1252) or 2 (UTF-16)."""

    @property
    def stop(self) -> int:
        """The byte of the file behind it."""
        return self.offset + self.width * (self.end - self.start)


def read(body: bytes) -> str:
    """The text of the document's body; raises :class:`UnreadableDoc`."""
    if len(body) > BYTES:
        raise UnreadableDoc(f"it has more than {BYTES >> 20} MB")
    try:
        with olefile.OleFileIO(io.BytesIO(body)) as file:
            return _text(file)
    except _FAILURES as error:
        raise UnreadableDoc(f"its Word document is broken: {error or type(error).__name__}") from error


def _text(file: olefile.OleFileIO) -> str:
    if not file.exists("WordDocument"):
        raise UnsupportedDoc("of the old Office formats only Word's is read")
    main = file.openstream("WordDocument").read()
    word, version = struct.unpack_from("<HH", main)
    (flags,) = struct.unpack_from("<H", main, _FLAGS)
    if word != _WORD or version < _WORD_97:
        raise UnsupportedDoc("it is older than Word 97")
    if flags & _ENCRYPTED:
        raise UnreadableDoc("it opens only with a password")
    table = file.openstream("1Table" if flags & _SECOND_TABLE else "0Table").read()
    pieces = list(_pieces(_named(main, table, _PIECES), *struct.unpack_from("<I", main, _MAIN_LENGTH)))
    return "\n".join(_lines(_without_codes(_marked(main, table, pieces))))


def _named(main: bytes, table: bytes, place: int) -> bytes:
    """The part of the table stream whose offset and length stand at this place of the header."""
    offset, length = struct.unpack_from("<II", main, place)
    return table[offset : offset + length]


def _pieces(clx: bytes, length: int) -> Iterator[_Piece]:
    """The pieces of the first ``length`` characters: what follows them is footnotes, headers and remarks."""
    place = 0
    while clx[place] == 1:
        place += 3 + struct.unpack_from("<H", clx, place + 1)[0]
    (size,) = struct.unpack_from("<I", clx, place + 1)
    count = (min(size, len(clx) - place - 5) - 4) // 12
    bounds = struct.unpack_from(f"<{count + 1}I", clx, place + 5)
    for number, (start, end) in enumerate(pairwise(bounds)):
        end = min(end, length, CHARACTERS)
        if start >= end:
            return
        (packed,) = struct.unpack_from("<I", clx, place + 5 + 4 * (count + 1) + 8 * number + 2)
        narrow = packed & _COMPRESSED
        yield _Piece(start, end, (packed & ~_COMPRESSED) // (2 if narrow else 1), 1 if narrow else 2)


def _marked(main: bytes, table: bytes, pieces: list[_Piece]) -> str:
    """The text with marks of rows and of paragraphs in cells, without what Word does not show."""
    units = bytearray()
    for piece in pieces:
        stored = main[piece.offset : piece.offset + piece.width * (piece.end - piece.start)]
        wide = stored if piece.width == 2 else stored.decode("cp1252", "replace").encode("utf-16-le")
        units += wide.ljust(2 * (piece.end - piece.start), b"\0")
    ordered = _apart(pieces)
    for first, last, properties in _placed(ordered, _runs(main, _named(main, table, _PARAGRAPH_RUNS), True)):
        if _is_on(properties, _ROW_END):
            units[last - 2 : last] = _ROW.encode("utf-16-le")
        elif _is_on(properties, _IN_TABLE):
            cell = units[first:last].decode("utf-16-le", "surrogatepass")
            units[first:last] = cell.replace(_PARAGRAPH, _LINE).encode("utf-16-le", "surrogatepass")
    for first, last, properties in _placed(ordered, _runs(main, _named(main, table, _CHARACTER_RUNS), False)):
        if _is_on(properties, _HIDDEN) or _is_on(properties, _DELETED):
            units[first:last] = bytes(last - first)
    return units.decode("utf-16-le", "replace")


def _apart(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces in the order of the file; one that lies in another, which no Word writes, is left out."""
    found: list[_Piece] = []
    for piece in sorted(pieces, key=attrgetter("offset")):
        if not found or piece.offset >= found[-1].stop:
            found.append(piece)
    return found


def _placed(pieces: list[_Piece], runs: Iterable[_Run]) -> Iterator[_Run]:
    """Runs of the file as runs of the text in UTF-16, both in bytes; in one pass over pieces and runs."""
    current = 0
    for start, end, properties in runs:
        while current < len(pieces) and pieces[current].stop <= start:
            current += 1
        at = current
        while at < len(pieces) and pieces[at].offset < end:
            piece = pieces[at]
            at += 1
            first = max(start - piece.offset, 0) // piece.width
            last = (min(end, piece.stop) - piece.offset) // piece.width
            yield 2 * (piece.start + first), 2 * (piece.start + last), properties


def _runs(main: bytes, pages: bytes, paragraphs: bool) -> Iterator[_Run]:
    """Runs of equal properties, of paragraphs or of characters, as they stand in the file one behind the other."""
    count = max(len(pages) - 4, 0) // 8
    numbers = struct.unpack_from(f"<{count}I", pages, 4 * (count + 1)) if count else ()
    behind = looked_at = 0
    for number in numbers[:_MOST_PAGES]:
        page = main[_PAGE * (number & 0x3FFFFF) :][:_PAGE]
        runs = page[-1] if len(page) == _PAGE else 0
        bounds = struct.unpack_from(f"<{runs + 1}I", page)
        for run, (start, end) in enumerate(pairwise(bounds)):
            offset = 2 * page[4 * (runs + 1) + (13 if paragraphs else 1) * run]
            if not offset or not behind <= start < end:
                continue
            behind = end
            properties = _paragraph_properties(page, offset) if paragraphs else _properties(page, offset)
            looked_at += len(properties)
            if looked_at > _MOST_PROPERTIES:
                return
            yield start, end, properties


def _paragraph_properties(page: bytes, offset: int) -> bytes:
    """Behind a length in pairs of bytes, which may stand in a second byte, and the number of a style."""
    if page[offset]:
        return page[offset + 3 : offset + 2 * page[offset]]
    return page[offset + 4 : offset + 2 + 2 * page[offset + 1]]


def _properties(page: bytes, offset: int) -> bytes:
    return page[offset + 1 : offset + 1 + page[offset]]


def _is_on(properties: bytes, wanted: int) -> bool:
    """Whether a list of properties switches this one on."""
    place, on = 0, False
    while place + 2 < len(properties):
        (number,) = struct.unpack_from("<H", properties, place)
        place += 2
        if number == wanted:
            on = properties[place] == 1
        size = _SIZES.get(number >> 13)
        if size is None:
            size = 1 + properties[place]
            if number == _TABLE_DEFINITION and place + 2 <= len(properties):
                size = 1 + struct.unpack_from("<H", properties, place)[0]
        place += size
    return on


def _without_codes(text: str) -> str:
    """The text without the codes of its fields (page numbers, links): what stands between marks 13 and 14."""
    shown, codes = [], [False]
    hidden = 0
    for piece in _FIELD.split(text.replace("\0", "")):
        if piece == "\x13":
            codes.append(True)
            hidden += 1
        elif piece in ("\x14", "\x15"):
            hidden -= codes[-1]
            codes[-1] = False
            if piece == "\x15" and len(codes) > 1:
                codes.pop()
        elif not hidden:
            shown.append(piece)
    return "".join(shown)


def _lines(text: str) -> Iterator[str]:
    """Lines of paragraphs, and rows of tables as pipe text."""
    pieces = _ENDS.split(text.translate(_CONTROLS))
    for content, end in zip(pieces[::2], [*pieces[1::2], _PARAGRAPH], strict=True):
        if end == _ROW:
            cells = content.split(_CELL)
            yield pipe_row(cells[:-1] if len(cells) > 1 and not cells[-1].strip() else cells)
        else:
            yield from content.replace(_CELL, "\n").split("\n")
