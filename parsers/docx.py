"""The text of a DOCX: paragraphs as lines, tables as pipe text, as the grid reads them.

The file is a ZIP that a stranger wrote: one member is read, up to a size, and its XML without entities or network.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from parsers.errors import ParserError
from parsers.text_blocks import pipe_row

DOCUMENT = "word/document.xml"
XML_BYTES = 20 * 2**20
_FAILURES = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError, OSError)
"""What zipfile raises for a broken archive: packed in a way it does not know (NotImplementedError), encrypted
(RuntimeError), without the member (KeyError), with offsets that cannot be (ValueError, OSError, EOFError, zlib.error).
"""
_SKIPPED = {"Fallback", "del", "moveFrom", "instrText", "delText", "pict"}
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


class UnreadableDocx(ParserError):
    """Not a DOCX, or a hostile one; the message says why."""


def read(body: bytes) -> str:
    """The text of the document's body; raises :class:`UnreadableDocx`."""
    xml = _member(body)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableDocx(f"its XML is broken: {error.msg}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableDocx("its XML declares a document type")
    document = next((child for child in root if _name(child) == "body"), root)
    return "\n".join(_blocks(document))


def is_docx(body: bytes) -> bool:
    """Whether a ZIP says that it is a Word document."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return DOCUMENT in archive.namelist()
    except _FAILURES:
        return False


def _member(body: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive, archive.open(DOCUMENT) as member:
            xml = member.read(XML_BYTES + 1)
    except _FAILURES as error:
        raise UnreadableDocx(f"its ZIP is broken: {error}") from error
    if len(xml) > XML_BYTES:
        raise UnreadableDocx(f"its text unpacks to more than {XML_BYTES >> 20} MB")
    return xml


def _blocks(parent: etree._Element) -> Iterator[str]:
    """Lines of paragraphs and of table rows, in order; wrappers (content controls, insertions) are looked into."""
    for child in parent:
        name = _name(child)
        if name == "p":
            yield from _text(child).split("\n")
        elif name == "tbl":
            yield from _rows(child)
        elif name and name not in _SKIPPED:
            yield from _blocks(child)


def _rows(table: etree._Element) -> Iterator[str]:
    for row in table:
        if _name(row) != "tr":
            continue
        yield pipe_row("\n".join(_blocks(cell)) for cell in row if _name(cell) == "tc")


def _text(paragraph: etree._Element) -> str:
    """The characters of a paragraph; deleted text, field codes and the second copy of a drawing are left out."""
    parts: list[str] = []
    waiting = [paragraph]
    while waiting:
        element = waiting.pop()
        name = _name(element)
        if name in _SKIPPED:
            continue
        if name == "t":
            parts.append(element.text or "")
        elif name in _BREAKS and element is not paragraph:
            parts.append(_BREAKS[name])
        waiting.extend(reversed(element))
    return "".join(parts)


def _name(element: etree._Element) -> str:
    """The local name: strict and transitional files differ in their namespaces only; comments have none."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
