"""Every format gives the report's own words: numbers that Word generates, whole paragraphs, tables, pages, fields."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import pytest
import report_formats
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from xiangwen.reports import Report, UnreadableFile, read_file
from xiangwen.reports.formats import extract, kind
from xiangwen.reports.formats.layout import Page, Piece, running_text
from xiangwen.reports.formats.legacy_word import extract_legacy_word
from xiangwen.reports.formats.scan import full_width
from xiangwen.reports.formats.word_numbering import format_number
from xiangwen.reports.metadata import Metadata

SEED = sorted((Path(__file__).parents[1] / "seeds").glob("*.txt"))[0]


@pytest.fixture(scope="module")
def text() -> str:
    return SEED.read_text(encoding="utf-8-sig")


@pytest.fixture(scope="module")
def printed(text: str) -> bytes:
    return report_formats.pdf(text)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


# --- Word -----------------------------------------------------------------------------------------------------------


def numbered(levels: str, paragraphs: list[tuple[str, int]], nums: str = "") -> bytes:
    """A .docx whose paragraphs, (words, level), have numbers that Word generates."""
    document = docx.Document()
    root = document.part.numbering_part.element
    for element in list(root):
        root.remove(element)
    root.append(parse_xml(f"<w:abstractNum {nsdecls('w')} w:abstractNumId='1'>{levels}</w:abstractNum>"))
    root.append(parse_xml(f"<w:num {nsdecls('w')} w:numId='1'><w:abstractNumId w:val='1'/></w:num>"))
    if nums:
        root.append(parse_xml(nums))
    for words, level in paragraphs:
        number = 1 if level < 10 else 2
        properties = document.add_paragraph(words)._p.get_or_add_pPr()
        place = f"<w:ilvl w:val='{level % 10}'/><w:numId w:val='{number}'/>"
        properties.append(parse_xml(f"<w:numPr {nsdecls('w')}>{place}</w:numPr>"))
    return report_formats.saved(document)


def level(number: int, style: str, text: str) -> str:
    return (
        f"<w:lvl {nsdecls('w')} w:ilvl='{number}'><w:start w:val='1'/><w:numFmt w:val='{style}'/>"
        f"<w:lvlText w:val='{text}'/></w:lvl>"
    )


LEVELS = level(0, "chineseCounting", "%1、") + level(1, "chineseCounting", "（%2）") + level(2, "decimal", "%3.")


def test_numbers_that_word_generates_stand_in_the_text() -> None:
    outline = [
        ("工作情况", 0),
        ("组织领导", 1),
        ("学法", 2),
        ("普法", 2),
        ("行政执法", 1),
        ("培训", 2),
        ("问题", 0),
        ("不足", 1),
    ]
    assert extract(numbered(LEVELS, outline), ".docx").text.splitlines() == [
        "一、工作情况",
        "（一）组织领导",
        "1. 学法",
        "2. 普法",
        "（二）行政执法",
        "1. 培训",
        "二、问题",
        "（一）不足",
    ]


def test_a_list_that_starts_anew_counts_from_its_own_start() -> None:
    anew = (
        f"<w:num {nsdecls('w')} w:numId='2'><w:abstractNumId w:val='1'/>"
        "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/></w:lvlOverride></w:num>"
    )
    data = numbered(LEVELS, [("甲", 0), ("乙", 0), ("丙", 10), ("丁", 10)], anew)
    assert extract(data, ".docx").text.splitlines() == ["一、甲", "二、乙", "一、丙", "二、丁"]


@pytest.mark.parametrize(
    ("number", "style", "shown"),
    [
        (10, "chineseCounting", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (105, "japaneseCounting", "一百零五"),
        (3, "chineseLegalSimplified", "叁"),
        (2, "ideographTraditional", "乙"),
        (12, "decimalEnclosedCircle", "⑫"),
        (7, "decimalFullWidth", "７"),
        (28, "lowerLetter", "bb"),
        (9, "upperRoman", "IX"),
        (5, "unheard-of", "5"),
    ],
)
def test_numbers_in_the_formats_of_chinese_offices(number: int, style: str, shown: str) -> None:
    assert format_number(number, style) == shown


def test_tables_text_boxes_and_footnotes_are_read_and_headers_and_deletions_are_not() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.add_paragraph("第一段。")
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(
        (c for row in table.rows for c in row.cells), ("事项", "数量", "调解", "163件"), strict=True
    ):
        cell.text = words
    changed = document.add_paragraph("保留")._p
    changed.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>删去</w:delText></w:r></w:del>"))
    changed.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>新增。</w:t></w:r></w:ins>"))
    changed.append(parse_xml(f"<w:r {nsdecls('w')}><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"))
    box = "<w:txbxContent><w:p><w:r><w:t>框中的话。</w:t></w:r></w:p></w:txbxContent>"
    changed.append(parse_xml(f"<w:r {nsdecls('w')}><w:pict>{box}</w:pict></w:r>"))
    lines = extract(report_formats.saved(document), ".docx").text.splitlines()
    assert lines == ["第一段。", "事项\t数量", "调解\t163件", "保留新增。", "框中的话。"]


def test_footnotes_stand_at_the_end() -> None:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = '<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>继续。</w:t></w:r></w:p>'
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>脚注。</w:t></w:r></w:p></w:footnote>'
    data = report_formats.zipped(
        {
            "word/document.xml": f"<w:document {w}><w:body>{body}</w:body></w:document>",
            "word/footnotes.xml": f"<w:footnotes {w}>{note}</w:footnotes>",
        }
    )
    assert extract(data, ".docx").text == "正文继续。\n脚注。\n"


def test_doc_is_read_by_libreoffice_or_antiword_and_without_them_the_user_is_told(
    text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = report_formats.legacy_word(report_formats.word(text), tmp_path)
    assert report_formats.paragraphs(extract(data, ".doc").text) == report_formats.paragraphs(text)
    (tmp_path / "antiword").symlink_to("/usr/bin/antiword")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert report_formats.paragraphs(extract_legacy_word(data).text) == report_formats.paragraphs(text)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(UnreadableFile, match="LibreOffice"):
        extract_legacy_word(data)


# --- PDF and scans ----------------------------------------------------------------------------------------------------


def test_a_pdf_gives_whole_paragraphs_without_page_numbers_and_headers(text: str, printed: bytes) -> None:
    read = extract(printed, ".pdf")
    assert report_formats.paragraphs(read.text) == report_formats.paragraphs(text)
    assert len(read.pages) > 1 and read.pages[0] == 0 and list(read.pages) == sorted(read.pages)


def test_a_picture_of_a_page_is_read(tmp_path: Path) -> None:
    lines = {
        "善感乡2024年法治政府建设工作报告": 160,
        "全年共调解各类矛盾纠纷163件，成功率达到了": 128,
        "98%，没有上访。": 60,
    }
    picture = Image.new("L", (900, 360), 255)
    font = ImageFont.truetype("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 34, index=2)
    for number, (line, left) in enumerate(lines.items()):
        ImageDraw.Draw(picture).text((left, 60 + 60 * number), line, font=font, fill=0)
    data = io.BytesIO()
    picture.rotate(0.8, fillcolor=255).save(data, "PNG")
    (tmp_path / "photo.png").write_bytes(data.getvalue())
    (report,) = read_file(tmp_path / "photo.png", tmp_path)
    title, first, second = lines
    assert report.text.splitlines() == [title, first + second]
    assert report.page_at(0) == 1


@pytest.mark.parametrize(
    ("recognised", "printed"),
    [
        ("《纲要(2021-2025年)》,共3.5万元", "《纲要（2021-2025年）》，共3.5万元"),
        ("印发(2021)15号;其中A(b)", "印发（2021）15号；其中A(b)"),
        ("一村(社区）法律顾问", "一村（社区）法律顾问"),
        ("12:30至1,000人次", "12:30至1,000人次"),
    ],
)
def test_recognised_punctuation_becomes_that_of_chinese_print(recognised: str, printed: str) -> None:
    assert full_width(recognised) == printed


def test_the_page_of_a_citation_is_the_one_it_starts_on() -> None:
    report = Report("id", "a.pdf", "", "甲乙丙丁", Metadata(), pages=(0, 2, 3))
    assert [report.page_at(offset) for offset in range(4)] == [1, 1, 2, 3]
    assert Report("id", "a.txt", "", "甲", Metadata()).page_at(0) is None


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.text(alphabet="法治政府建设工作报告，。一二三（）", min_size=1, max_size=120), min_size=1, max_size=12)
)
def test_laid_out_text_loses_no_character_and_pages_start_where_they_should(paragraphs: list[str]) -> None:
    # 28 characters a line, 22 lines a page, as GB/T 9704 has it; the first line is indented by two.
    lines = [line for p in paragraphs for line in re.findall(r".{1,28}", "　　" + p)]
    pages = [
        Page(600, 1000, tuple(pieces(row, 150 + 30 * n) for n, row in enumerate(lines[at : at + 22])))
        for at in range(0, len(lines), 22)
    ]
    read = running_text(pages)
    assert squeezed(read.text) == squeezed("".join(paragraphs))
    assert len(read.pages) == len(pages)
    for start, page in zip(read.pages, pages, strict=True):
        assert squeezed(read.text[start:]).startswith(squeezed(page.pieces[0].text))


def pieces(row: str, top: float) -> Piece:
    indent = len(row) - len(row.lstrip("　"))
    return Piece(row.lstrip("　"), 50 + 18 * indent, top, 50 + 18 * len(row), top + 18)


# --- web pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "utf-8"])
def test_a_web_page_gives_its_article_and_the_fields_of_its_header(charset: str, text: str) -> None:
    read = extract(report_formats.web_page(text, charset), ".html")
    assert report_formats.paragraphs(read.text) == report_formats.paragraphs(text)
    fields = dict(read.fields)
    assert fields["索引号"] == "00812/2025-00031" and fields["发布机构"] == "某某乡人民政府"
    assert fields["成文日期"] == "2025-01-15" and fields["文号"] == "某政发〔2025〕3号"


def test_a_table_in_a_web_page_is_read_row_by_row() -> None:
    rows = "<tr><td>事项</td><td>数量</td></tr><tr><td>调解</td><td>163件</td></tr>"
    body = f"<p>今年以来，全乡调解矛盾纠纷如下表所示。</p><table>{rows}</table><p>以上情况，特此报告。</p>"
    page = f"<html><body><div>{body}</div></body></html>".encode()
    assert extract(page, ".html").text.splitlines()[1:3] == ["事项\t数量", "调解\t163件"]


def test_a_page_saved_as_mht_is_read(text: str) -> None:
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
    part = b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    data = head + part + report_formats.web_page(text, "utf-8") + b"\r\n--b--\r\n"
    assert report_formats.paragraphs(extract(data, ".mht").text) == report_formats.paragraphs(text)


# --- archives and suffixes ------------------------------------------------------------------------------------------


def test_members_of_an_archive_keep_their_chinese_names(tmp_path: Path) -> None:
    report = "万灵镇2024年法治政府建设情况报告\n一、举措\n全年调解163件。\n"
    # Windows writes the names in GBK and does not say so.
    gbk = report_formats.zipped({"x" * len("万灵镇.txt".encode("gbk")): report}).replace(
        b"x" * len("万灵镇.txt".encode("gbk")), "万灵镇.txt".encode("gbk")
    )
    (tmp_path / "甲.zip").write_bytes(
        report_formats.zipped({"乡/善感乡.docx": report_formats.word(report + "甲"), "inner.zip": gbk})
    )
    found = read_file(tmp_path / "甲.zip", tmp_path)
    assert sorted(r.file for r in found) == ["甲.zip/inner.zip/万灵镇.txt", "甲.zip/乡/善感乡.docx"]


@pytest.mark.parametrize(
    ("head", "suffix", "found"),
    [
        (b"%PDF-1.7", ".txt", ".pdf"),
        (b"PK\x03\x04", ".doc", ".docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".docx", ".doc"),
        (b"\x89PNG\r\n\x1a\n", ".jpg", ".png"),
        (b"<!DOCTYPE html>", ".doc", ".html"),
        ("一、工作情况。".encode() * 9, ".doc", ".txt"),
        (b"MZ", ".exe", None),
    ],
)
def test_the_first_bytes_say_what_a_file_is(head: bytes, suffix: str, found: str | None) -> None:
    assert kind(head, suffix) == found
