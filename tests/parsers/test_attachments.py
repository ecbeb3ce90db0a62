"""PDFs, DOCX and DOC files made here, sound and hostile, and what is read from them."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from parsers import doc, docx, parse
from parsers.attachments import AttachmentText, read_attachment
from parsers.record import Page
from tests.parsers import old_word

LETTER = [
    "对县十二届人大二次会议第156号建议的答复",
    "丁一鸣代表：",
    "    您提出的《关于整修古桥的建议》收悉，经研究，现将",
    "办理情况答复如下：全县共有古桥三座，去年以来逐一作",
    "了检测。",
    "— 1 —",
    "    一、已完成加固一座。",
    "桃溪县水务局",
    "2024年5月6日",
]
PRINTED = st.characters(min_codepoint=0x20, max_codepoint=0xFFFF, exclude_categories=["Cs", "Cc", "Zl", "Zp"])
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(pages: list[list[str]], unicode: bool = True, encrypt: bytes = b"") -> bytes:
    """A PDF whose pages print lines through a Type 0 font; without ``unicode`` its characters cannot be told."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def "
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange "
        b"1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"
    )
    font = b"/Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /DescendantFonts [4 0 R]"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + b" ".join(b"%d 0 R" % (6 + 2 * place) for place in range(len(pages))) + b"]"
        b" /Count %d >>" % len(pages),
        b"<< " + font + (b" /ToUnicode 5 0 R" if unicode else b"") + b" >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity)"
        b" /Supplement 0 >> /DW 1000 >>",
        stream(cmap),
    ]
    for place, lines in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F 3 0 R >> >>"
            b" /Contents %d 0 R >>" % (7 + 2 * place)
        )
        shown = [
            b"1 0 0 1 50 %d Tm <%s> Tj" % (750 - 20 * row, codes_of(line, unicode)) for row, line in enumerate(lines)
        ]
        objects.append(stream(b"BT /F 12 Tf\n" + b"\n".join(shown) + b"\nET"))
    return assembled(objects, encrypt)


def codes_of(line: str, unicode: bool) -> bytes:
    """The line in hexadecimal; without Unicode as the numbers that a font gave its characters."""
    return "".join(
        f"{ord(character) if unicode else ord(character) % 0x5000 + 0x3400:04x}" for character in line
    ).encode()


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def assembled(objects: list[bytes], encrypt: bytes = b"") -> bytes:
    """A PDF file of numbered objects with its cross-reference table."""
    body, offsets = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, encrypt, len(body))
    return body + head + table + trailer


def word(body: str, before: str = "", member: str = docx.DOCUMENT) -> bytes:
    """A DOCX with this XML in its body."""
    xml = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    )
    return zipped({member: xml.encode()})


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def codes(result: AttachmentText) -> list[str]:
    return [problem.code for problem in result.problems]


def test_the_lines_of_a_pdf_become_paragraphs() -> None:
    result = read_attachment(pdf([LETTER]), "application/pdf", "答复.pdf")
    assert result.problems == ()
    assert (result.text or "").splitlines() == [
        "对县十二届人大二次会议第156号建议的答复",
        "丁一鸣代表：",
        LETTER[2] + LETTER[3] + LETTER[4],
        "    一、已完成加固一座。",
        "桃溪县水务局",
        "2024年5月6日",
    ]


@pytest.mark.parametrize("pages", [[[]], [["1"], ["2"], ["3"]]], ids=["empty", "page-numbers"])
def test_a_pdf_without_a_text_layer_is_reported_as_scanned(pages: list[list[str]]) -> None:
    assert codes(read_attachment(pdf(pages), None, "a.pdf")) == ["attachment-scanned"]


def test_a_text_layer_without_unicode_is_reported_as_scanned() -> None:
    result = read_attachment(pdf([LETTER], unicode=False), None, "a.pdf")
    assert result.text is None
    assert codes(result) == ["attachment-scanned"]


@pytest.mark.parametrize("cut", [20, 200, 900, -60])
def test_a_torn_pdf_is_read_or_reported(cut: int) -> None:
    result = read_attachment(pdf([LETTER])[:cut], None, "a.pdf")
    assert (result.text is None) == bool(result.problems)


BOMB = stream(zlib.compress(zlib.compress(b"BT " * 40_000_000, 9), 9), b" /Filter [/FlateDecode /FlateDecode]")
ENDLESS = stream(zlib.compress(b"BT /F 12 Tf 1 0 0 1 50 50 Tm <4e00> Tj ET\n" * 200_000), b" /Filter /FlateDecode")


def test_a_pdf_bomb_ends_its_own_process() -> None:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        BOMB,
    ]
    assert read_attachment(assembled(objects), None, "a.pdf").text is None


@pytest.mark.parametrize(("hostile", "why"), [(BOMB, "Limit reached"), (ENDLESS, "more than 2 seconds")])
def test_what_a_pdf_said_before_a_hostile_page_is_kept(hostile: bytes, why: str) -> None:
    file = pdf([LETTER, ["HOSTILE"]])
    (content,) = re.findall(
        rb"<< /Length \d+ >>\nstream\nBT /F 12 Tf\n1 0 0 1 50 750 Tm <0048.*?endstream", file, re.DOTALL
    )
    result = read_attachment(file.replace(content, hostile), None, "a.pdf")
    assert (result.text or "").splitlines()[-1] == LETTER[-1]
    assert codes(result) == ["attachment-cut"]
    assert re.search(f"2 pages, 1 read; .*({why})", result.problems[0].detail)


def test_paragraphs_and_tables_of_a_docx_are_read_in_order() -> None:
    cell = "<w:tc>{}</w:tc>".format
    table = (
        "<w:tbl><w:tr>"
        + cell(paragraph("编号"))
        + cell(paragraph("第156号") + paragraph("（A类）"))
        + "</w:tr></w:tbl>"
    )
    result = read_attachment(word(paragraph("答复") + table + paragraph("丁一鸣代表：")), None, "a.docx")
    assert result == AttachmentText("答复\n| 编号 | 第156号\n(A类) |\n丁一鸣代表：".replace("(A类)", "（A类）"))


def test_what_word_does_not_show_is_not_read() -> None:
    hidden = (
        "<w:p><w:r><w:t>县</w:t><w:tab/><w:instrText>PAGE</w:instrText></w:r>"
        "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        '<mc:AlternateContent xmlns:mc="m"><mc:Choice><w:r><w:t>局</w:t></w:r></mc:Choice>'
        "<mc:Fallback><w:r><w:t>局</w:t></w:r></mc:Fallback></mc:AlternateContent><!-- x --></w:p>"
    )
    assert read_attachment(word(hidden), None, "a.docx").text == "县 局"


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(word(paragraph("&a;"), '<!DOCTYPE d [<!ENTITY a "x">]>'), id="entity"),
        pytest.param(word("", '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), id="external-entity"),
        pytest.param(word("<w:p>" * 5000 + "</w:p>" * 5000), id="deep"),
        pytest.param(word("<w:p>"), id="broken-xml"),
        pytest.param(word(paragraph("")), id="no-text"),
        pytest.param(zipped({docx.DOCUMENT: b" " * (docx.XML_BYTES + 1)}), id="bomb"),
        pytest.param(word(paragraph("x"))[:-30], id="torn-zip"),
    ],
)
def test_a_hostile_or_broken_docx_is_reported(file: bytes) -> None:
    result = read_attachment(file, None, "a.docx")
    assert result.text is None
    assert codes(result) in (["attachment-unreadable"], ["attachment-unsupported"])


def test_paragraphs_and_tables_of_a_doc_are_read_in_order() -> None:
    rows = ["编号", "", "第156号"], ["答复", "丁一鸣代表：\r收悉。", "|"], [""]
    file = old_word.document("答复", *rows, "此件公开", "县水务局\x0b2024年5月6日")
    shown = "答复\n| 编号 |  | 第156号 |\n| 答复 | 丁一鸣代表：\n收悉。 |  |\n|  |\n此件公开\n县水务局\n2024年5月6日\n"
    assert read_attachment(file, "application/msword", "a.doc") == AttachmentText(shown)


@pytest.mark.parametrize("how", [old_word.DELETED, old_word.HIDDEN])
def test_what_word_does_not_show_of_a_doc_is_not_read(how: bytes) -> None:
    link = "\x13 HYPERLINK http://a \x13 PAGE \x14 1 \x15\x14县水务局\x15"
    file = old_word.document("旧名", f"桃溪{link}\x01", hidden=("旧名", how))
    assert read_attachment(file, None, "a.doc").text == "\n桃溪县水务局\n"


def test_a_doc_in_western_characters_is_read() -> None:
    file = old_word.document("No. 156 “bridge”", ["a", "b"], narrow=True)
    assert read_attachment(file, None, "a.doc").text == "No. 156 “bridge”\n| a | b |\n"


@pytest.mark.parametrize(
    ("file", "code", "reason"),
    [
        (old_word.document("x", flags=0x0300), "attachment-unreadable", "password"),
        (old_word.document("x", version=0x65), "attachment-unsupported", "older than Word 97"),
        (old_word.document("x", flags=0), "attachment-unreadable", "not found"),
        (old_word.document("\x01"), "attachment-unreadable", "no text"),
        (old_word.compound({"Workbook": b""}), "attachment-unsupported", "only Word's"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "attachment-unreadable", "broken"),
    ],
    ids=["encrypted", "word-95", "no-table", "no-text", "workbook", "broken"],
)
def test_a_doc_that_cannot_be_read_says_why(file: bytes, code: str, reason: str) -> None:
    result = read_attachment(file, None, "a.doc")
    assert (result.text, codes(result)) == (None, [code])
    assert reason in result.problems[0].detail


@given(st.binary(min_size=1, max_size=300), st.integers(0, 9000))
@settings(max_examples=150)
def test_a_damaged_doc_never_raises(junk: bytes, place: int) -> None:
    file = old_word.document("桃溪县", ["编号", "第156号"], hidden=("桃", old_word.HIDDEN))
    assume(b"%PDF-" not in junk)
    result = read_attachment(file[:place] + junk + file[place + len(junk) :], None, "a.doc")
    assert (result.text is None) == bool(result.problems)


@given(st.lists(st.text(PRINTED, max_size=50), min_size=1, max_size=40))
def test_every_paragraph_and_cell_of_a_doc_is_read(texts: list[str]) -> None:
    shown = doc.read(old_word.document("heading", *texts, texts, "end"))
    lines = shown.split("\n")
    assert lines[1 : 1 + len(texts)] == texts
    assert [cell.strip() for cell in lines[1 + len(texts)].split("|")[1:-1]] == [
        " ".join(text.replace("|", "").splitlines()).strip() for text in texts
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "attachment-unreadable"),
        (b"<html>404</html>", "attachment-unsupported"),
        (zipped({"xl/workbook.xml": b"<x/>"}), "attachment-unsupported"),
        (b"PK\x03\x04" + b"\0" * 30, "attachment-unsupported"),
    ],
)
def test_other_files_are_named_as_what_they_are(body: bytes, code: str) -> None:
    result = read_attachment(body, "application/msword", "答复.doc")
    assert (result.text, codes(result)) == (None, [code])
    assert result.problems[0].detail.startswith("答复.doc: ")


@given(st.binary(max_size=300), st.integers(0, 400), st.booleans())
@settings(max_examples=60)
def test_a_damaged_docx_never_raises(junk: bytes, place: int, replace: bool) -> None:
    file = word(paragraph("桃溪县"))
    assume(b"%PDF-" not in junk)
    damaged = file[:place] + junk + file[place + (len(junk) if replace else 0) :]
    result = read_attachment(damaged, None, "a.docx")
    assert (result.text is None) == bool(result.problems)


@pytest.mark.parametrize("kind", ["pdf", "docx", "doc"])
def test_a_file_gives_the_fields_of_a_letter(kind: str) -> None:
    lines = [line for line in LETTER if "1 —" not in line]
    made = {"pdf": pdf([LETTER]), "docx": word("".join(map(paragraph, lines))), "doc": old_word.document(*lines)}
    body = made[kind]
    (record,) = parse(Page("capture-1", body, f"http://www.example.gov.cn/files/a.{kind}"))
    assert (record.source, record.type, record.kind) == ("capture-1", "reply", "suggestion")
    assert (record.number, record.proposers, record.sign_date) == ("156", ("丁一鸣",), "2024-05-06")
    assert record.subject == "关于整修古桥的建议"
    assert record.host_departments == ("桃溪县水务局",)
    assert (record.reply_text or "").startswith("丁一鸣代表：")
    assert record.problems == ()


def test_a_file_that_cannot_be_read_gives_a_record_that_says_so() -> None:
    (record,) = parse(Page("capture-2", pdf([[]]), "http://www.example.gov.cn/files/%E7%AD%94.pdf"))
    assert (record.type, record.reply_text) == ("unrecognised", None)
    assert [problem.code for problem in record.problems] == ["attachment-scanned"]
    assert record.problems[0].detail.startswith("答.pdf: ")


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        (b"PK\x03\x04" + bytes(30), "attachment-unsupported", "application/x"),
        (b"{\\rtf1 x}", "attachment-unsupported", "RTF"),
        (b"\xff\xd8\xff\xe0JFIF", "attachment-unsupported", "picture"),
        (b"Rar!\x1a\x07", "attachment-unsupported", "archive"),
        (b"%PDF-1.4 cut off", "attachment-unreadable", "a.bin"),
    ],
)
def test_a_file_of_another_kind_is_named(body: bytes, code: str, reason: str) -> None:
    (record,) = parse(Page("c", body, "http://www.example.gov.cn/a.bin", {"content-type": "application/x"}))
    assert (record.type, [problem.code for problem in record.problems]) == ("unrecognised", [code])
    assert reason in record.problems[0].detail


def test_an_error_page_under_the_name_of_a_file_is_a_page() -> None:
    body = "<html><body><p>%PDF-1.4 您访问的页面不存在</p></body></html>".encode()
    (record,) = parse(Page("c", body, "http://www.example.gov.cn/a.pdf", {"content-type": "application/pdf"}))
    assert (record.type, [problem.code for problem in record.problems]) == ("unrecognised", ["no-content"])
