"""Writes DOC files for tests: a compound file with the streams of Word 97, as [MS-CFB] and [MS-DOC] lay them out."""

from __future__ import annotations

import struct

SECTOR = 512
TEXT_AT = 0x800
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
IN_TABLE, ROW_END = struct.pack("<HB", 0x2416, 1), struct.pack("<HB", 0x2417, 1)
DELETED, HIDDEN = struct.pack("<HB", 0x0800, 1), struct.pack("<HB", 0x083C, 1)
WIDTHS = struct.pack("<HHB", 0xD608, 5, 2) + b"\0\0\0"
"""A property before the one that is looked for whose length stands in two bytes."""
Run = tuple[int, int, bytes]


def document(
    *blocks: str | list[str],
    hidden: tuple[str, bytes] = ("", b""),
    narrow: bool = False,
    version: int = 0xC1,
    flags: int = 0x0200,
) -> bytes:
    """A DOC of paragraphs and of table rows (lists of cells); ``hidden``: a string in it and the property it bears.

    ``narrow``: the text as Windows-1252, one byte a character.
    """
    text, paragraphs = "", []
    for block in blocks:
        start = len(text)
        if isinstance(block, str):
            text += block + "\r"
        else:
            text += "".join(f"{cell}\x07" for cell in block)
            paragraphs += [(start, len(text), IN_TABLE), (len(text), len(text) + 1, IN_TABLE + WIDTHS + ROW_END)]
            text += "\x07"
    characters = [(text.index(hidden[0]), text.index(hidden[0]) + len(hidden[0]), hidden[1])] if hidden[0] else []
    return compound(streams(text, paragraphs, characters, narrow, version, flags))


def streams(
    text: str, paragraphs: list[Run], characters: list[Run], narrow: bool, version: int, flags: int
) -> dict[str, bytes]:
    """``WordDocument`` and the table stream; the text in two pieces, the second of which stands first in the file."""
    width = 1 if narrow else 2
    stored = text.encode("cp1252" if narrow else "utf-16-le")
    half = len(text) // 2
    second = stored[half * width :]
    places = [(0, half, TEXT_AT + len(second)), (half, len(text), TEXT_AT)]
    main = bytearray(second + stored[: half * width])
    main += b"\0" * (-len(main) % SECTOR)
    pages = []
    for runs, is_paragraphs in ((paragraphs, True), (characters, False)):
        in_file = sorted(
            (at + (max(first, start) - start) * width, at + (min(last, end) - start) * width, properties)
            for first, last, properties in runs
            for start, end, at in places
            if max(first, start) < min(last, end)
        )
        first_page = (TEXT_AT + len(main)) // SECTOR
        grouped = [in_file[place : place + 8] for place in range(0, len(in_file), 8)]
        main += b"".join(page(group, is_paragraphs) for group in grouped)
        bounds = [group[0][0] for group in grouped] + [END] if grouped else []
        pages.append(
            struct.pack(f"<{len(bounds) + len(grouped)}I", *bounds, *(first_page + n for n in range(len(grouped))))
        )
    pieces = struct.pack("<3I", 0, half, len(text))
    for _, _, at in places:
        pieces += struct.pack("<HIH", 0, at * 2 | 0x40000000 if narrow else at, 0)
    clx = b"\x01\x02\x00ab\x02" + struct.pack("<I", len(pieces)) + pieces
    header = bytearray(TEXT_AT)
    struct.pack_into("<HH", header, 0, 0xA5EC, version)
    struct.pack_into("<H", header, 0x0A, flags)
    struct.pack_into("<I", header, 0x4C, len(text))
    table = b""
    for place, part in ((0x1A2, clx), (0x102, pages[0]), (0xFA, pages[1])):
        struct.pack_into("<II", header, place, len(table), len(part))
        table += part
    return {"WordDocument": bytes(header) + bytes(main), "1Table": table}


def page(runs: list[Run], paragraphs: bool) -> bytes:
    """A page of runs with their properties, which stand at its end; between two runs is one without any."""
    bounds: list[int] = []
    offsets: list[int] = []
    made = bytearray(SECTOR)
    free = SECTOR - 2
    for start, end, properties in runs:
        if bounds and bounds[-1] != start:
            offsets.append(0)
        if not bounds or bounds[-1] != start:
            bounds.append(start)
        entry = properties
        if paragraphs:
            entry = b"\0\0" + properties + b"\0" * (len(properties) % 2)
            entry = bytes((0, len(entry) // 2)) + entry
        else:
            entry = bytes((len(properties),)) + properties
        free = (free - len(entry)) // 2 * 2
        made[free : free + len(entry)] = entry
        offsets.append(free // 2)
        bounds.append(end)
    made[-1] = len(offsets)
    struct.pack_into(f"<{len(bounds)}I", made, 0, *bounds)
    for number, offset in enumerate(offsets):
        made[4 * len(bounds) + (13 if paragraphs else 1) * number] = offset
    return bytes(made)


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file; streams are filled up to the size from which on they have sectors of their own."""
    chains: list[int] = []
    body = b""
    entries = [("Root Entry", 5, END, 0)]
    for name, content in streams.items():
        content = content.ljust(4096, b"\0")
        sectors = -(-len(content) // SECTOR)
        start = len(chains)
        chains += [*range(start + 1, start + sectors), END]
        body += content.ljust(sectors * SECTOR, b"\0")
        entries.append((name, 2, start, len(content)))
    directory = len(chains)
    chains.append(END)
    body += b"".join(entry(number, *one) for number, one in enumerate(entries)).ljust(SECTOR, b"\0")
    tables = 1
    while len(chains) + tables > tables * 128:
        tables += 1
    first = len(chains)
    chains += [FAT] * tables
    allocation = struct.pack(f"<{len(chains)}I", *chains).ljust(tables * SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, directory, 0, 4096, END, 0, END, 0)
    head += struct.pack("<109I", *range(first, first + tables), *[FREE] * (109 - tables))
    return head + body + allocation


def entry(number: int, name: str, kind: int, start: int, size: int) -> bytes:
    """A directory entry; the streams hang on the root as a list, each the right neighbour of the one before."""
    root = kind == 5
    coded = name.encode("utf-16-le").ljust(64, b"\0")
    right = FREE if root or name == "1Table" else number + 1
    links = struct.pack("<III", FREE, right, 1 if root else FREE)
    return coded + struct.pack("<HBB", 2 * len(name) + 2, kind, 1) + links + bytes(36) + struct.pack("<IQ", start, size)
