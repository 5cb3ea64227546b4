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
from folders import SEEDS
from hypothesis import given, settings
from hypothesis import strategies as st
from one_file import read_file
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz import fuzz

from xiangwen.reports import Report, UnreadableFile
from xiangwen.reports.formats import extract, kind, pdf
from xiangwen.reports.formats.layout import PageLayout, TextBox, running_text
from xiangwen.reports.formats.legacy_word import extract_legacy_word
from xiangwen.reports.formats.scan import full_width
from xiangwen.reports.formats.word_numbering import format_number
from xiangwen.reports.metadata import Metadata

SEED = sorted(SEEDS.glob("*.txt"))[0]


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


def table(*rows: str) -> bytes:
    """A .docx of one table; a cell is (words, properties)."""
    cells = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    return word_body(f"<w:tbl>{cells}</w:tbl>")


def cell(words: str, properties: str = "", inner: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{words}</w:t></w:r></w:p>{inner}</w:tc>"


def word_body(body: str) -> bytes:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return report_formats.zipped({"word/document.xml": f"<w:document {w}><w:body>{body}</w:body></w:document>"})


def test_merged_cells_are_read_in_every_row_and_column_that_they_cover() -> None:
    data = table(
        cell("全镇统计", "<w:gridSpan w:val='3'/>"),
        cell("事项", "<w:vMerge w:val='restart'/>") + cell("案件", "<w:gridSpan w:val='2'/>"),
        cell("", "<w:vMerge/>") + cell("受理（件）") + cell("办结（件）"),
        cell("复议", "<w:vMerge w:val='restart'/>") + cell("12") + cell("10"),
        cell("", "<w:vMerge/>") + cell("13") + cell("11"),
    )
    assert extract(data, ".docx").text.splitlines() == [
        "全镇统计",
        "事项\t案件\t案件",
        "事项\t受理（件）\t办结（件）",
        "复议\t12\t10",
        "复议\t13\t11",
    ]


def test_a_table_in_a_cell_stands_below_its_row() -> None:
    inner = f"<w:tbl><w:tr>{cell('调解')}{cell('163件')}</w:tr></w:tbl><w:p/>"
    lines = extract(
        table(cell("事项") + cell("明细"), cell("纠纷") + cell("见下", "", inner)), ".docx"
    ).text.splitlines()
    assert lines == ["事项\t明细", "纠纷\t见下", "调解\t163件"]


@pytest.mark.parametrize(("shown", "label"), [("附：", "附："), ("第一部分", "第一部分"), ("", "")])
def test_a_list_without_numbers_keeps_the_words_in_front(shown: str, label: str) -> None:
    data = numbered(level(0, "none", shown), [("工作情况", 0)])
    assert extract(data, ".docx").text == f"{label}工作情况\n"


def test_raised_digits_are_note_marks() -> None:
    raised = "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>3</w:t></w:r>"
    data = word_body(f"<w:p><w:r><w:t>许可205</w:t></w:r>{raised}<w:r><w:t>件。</w:t></w:r></w:p>")
    assert extract(data, ".docx").text == "许可205³件。\n"


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


@pytest.mark.slow
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


def ruled(columns: list[float], lines: list[float]) -> str:
    """Drawing of a table's lines on an A4 page."""
    upright = [f"{x} {842 - lines[0]} m {x} {842 - lines[-1]} l S" for x in columns]
    return "\n".join([*upright, *(f"{columns[0]} {842 - y} m {columns[-1]} {842 - y} l S" for y in lines), ""])


def test_a_ruled_table_over_two_pages_is_read_row_by_row_however_narrow_its_columns() -> None:
    def page(*rows: tuple[str, str, str]) -> list[report_formats.Drawn]:
        return [
            (x, 118 + 30 * n, 16, w) for n, row in enumerate(rows) for x, w in zip((82, 152, 232), row, strict=True)
        ]

    pages = [
        [
            (80, 80, 16, "全镇各村调解情况如下表。"),
            *page(("村名", "受理（件）", "办结（件）"), ("东村", "1234", "1230")),
        ],
        page(("西村", "15", "14"), ("调委会", "16", "16")),
    ]
    text = extract(report_formats.drawn_pdf(pages, ruled([80, 150, 230, 310], [100, 130, 160])), ".pdf").text
    assert text.splitlines() == [
        "全镇各村调解情况如下表。",
        "村名\t受理（件）\t办结（件）",
        "东村\t1234\t1230",
        "西村\t15\t14",
        "调委会\t16\t16",
    ]


def test_a_cell_of_several_lines_is_one_and_a_frame_around_a_page_is_no_table() -> None:
    cell = [
        (82, 116, 14, "矛盾纠纷"),
        (82, 136, 14, "多元调解"),
        (172, 126, 14, "163件"),
        (82, 166, 14, "行政复议案件"),
    ]
    text = extract(
        report_formats.drawn_pdf([[*cell, (172, 166, 14, "3件")]], ruled([80, 170, 250], [100, 145, 175])), ".pdf"
    ).text
    assert text.splitlines() == ["矛盾纠纷多元调解\t163件", "行政复议案件\t3件"]
    framed = report_formats.drawn_pdf([cell], ruled([20, 500], [20, 600]))
    assert extract(framed, ".pdf").text == extract(report_formats.drawn_pdf([cell]), ".pdf").text


def test_a_raised_digit_in_a_pdf_is_a_note_mark() -> None:
    line = [(80, 150, 16, "全年办理行政许可205"), (256, 143, 8, "3"), (264, 150, 16, "件，均已按期办结。")]
    assert extract(report_formats.drawn_pdf([line]), ".pdf").text == "全年办理行政许可205³件，均已按期办结。\n"


def test_a_text_layer_without_a_map_of_its_characters_is_looked_at_as_a_picture(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [(80, 100 + 24 * n, 16, text[n * 20 : n * 20 + 20].replace("\n", "")) for n in range(20)]
    garbled = [
        (x, y, size, "".join(chr(0x4E00 + ord(c) * 7919 % 0x5000) for c in words)) for x, y, size, words in lines
    ]
    latin = [(x, y, size, "".join(chr(0x21 + ord(c) * 31 % 0x5E) for c in words)) for x, y, size, words in lines]
    monkeypatch.setattr(pdf, "recognise", lambda picture: PageLayout(1, 1, (TextBox("认出的字", 0, 0, 1, 1),)))
    assert "认出的字" not in extract(report_formats.drawn_pdf([lines]), ".pdf").text
    for page in (garbled, latin):
        assert extract(report_formats.drawn_pdf([page]), ".pdf").text == "认出的字\n"


def test_english_pages_are_no_garbage() -> None:
    assert not pdf.is_garbage("The township mediated 163 disputes in 2024; the rate of success was 98%." * 3)


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_scan_on_its_side_or_upside_down_is_turned(degrees: int, text: str) -> None:
    words = squeezed(text)[:224]
    picture = Image.new("L", (900, 640), 255)
    font = ImageFont.truetype("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 28, index=2)
    for number in range(8):
        ImageDraw.Draw(picture).text((50, 60 + 60 * number), words[28 * number :][:28], font=font, fill=0)
    data = io.BytesIO()
    picture.rotate(degrees, expand=True).save(data, "PNG")
    read = squeezed(extract(data.getvalue(), ".png").text)
    assert fuzz.ratio(read, words) > 95


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
        PageLayout(600, 1000, tuple(pieces(row, 150 + 30 * n) for n, row in enumerate(lines[at : at + 22])))
        for at in range(0, len(lines), 22)
    ]
    read = running_text(pages)
    assert squeezed(read.text) == squeezed("".join(paragraphs))
    assert len(read.pages) == len(pages)
    for start, page in zip(read.pages, pages, strict=True):
        assert squeezed(read.text[start:]).startswith(squeezed(page.pieces[0].text))


def pieces(row: str, top: float) -> TextBox:
    indent = len(row) - len(row.lstrip("　"))
    return TextBox(row.lstrip("　"), 50 + 18 * indent, top, 50 + 18 * len(row), top + 18)


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


def test_merged_cells_of_a_web_page_are_read_in_every_row_and_column_that_they_cover() -> None:
    head = "<tr><th rowspan=2>事项</th><th colspan=2>案件</th></tr><tr><th>受理（件）</th><th>办结（件）</th></tr>"
    rows = "<tr><td rowspan=2>复议</td><td>12</td><td>10</td></tr><tr><td>13</td><td>11</td></tr>"
    body = f"<p>今年以来，全乡复议如下表所示。</p><table><tr><th colspan=3>统计表</th></tr>{head}{rows}</table>"
    assert extract(f"<html><body><div>{body}</div></body></html>".encode(), ".html").text.splitlines()[1:] == [
        "统计表",
        "事项\t案件\t案件",
        "事项\t受理（件）\t办结（件）",
        "复议\t12\t10",
        "复议\t13\t11",
    ]


def test_a_table_that_claims_a_million_columns_is_read_within_bounds() -> None:
    wide = "<td colspan=1000000 rowspan=1000000>调解</td>"
    page = f"<p>今年以来，全乡调解如下。</p><table><tr>{wide}<td>3件</td></tr></table>"
    assert len(extract(f"<html><body>{page}</body></html>".encode(), ".html").text) < 1000


def test_line_ends_in_the_source_of_a_page_part_no_chinese_words() -> None:
    body = "<p>全年未发生一起行政\n    复议案件，Baitu\n Township 调解163件。</p><pre>第一行。\n第二行。</pre>"
    lines = extract(f"<html><body><div>{body}</div></body></html>".encode(), ".html").text.splitlines()
    assert lines == ["全年未发生一起行政复议案件，Baitu Township 调解163件。", "第一行。", "第二行。"]


def test_hidden_text_of_a_web_page_is_left_out_and_raised_digits_are_marks() -> None:
    style = "<style>.gone, #menu { display : none } @media print { .noprint { display: none } }</style>"
    hidden = "<p hidden>藏甲，</p><p style='display:none'>藏乙，</p><p class='a gone'>藏丙，</p><p id=menu>藏丁，</p>"
    body = "<p>全年办理行政许可205<sup>3</sup>件，均已办结。</p><p class=noprint>以上情况，特此报告。</p>"
    page = f"<html><head>{style}</head><body><div>{hidden}{body}</div></body></html>".encode()
    assert extract(page, ".html").text == "全年办理行政许可205³件，均已办结。\n以上情况，特此报告。\n"


def test_a_page_saved_as_mht_is_read(text: str) -> None:
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
    part = b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    data = head + part + report_formats.web_page(text, "utf-8") + b"\r\n--b--\r\n"
    assert report_formats.paragraphs(extract(data, ".mht").text) == report_formats.paragraphs(text)


# --- encodings --------------------------------------------------------------------------------------------------------

JAPANESE = "これは法治行政に関する年次報告書です。町は条例を制定し、住民の相談に応じました。"
KOREAN = "이 보고서는 법치행정에 관한 연례 보고서입니다. 조례를 제정하고 상담을 실시하였다."


@pytest.mark.parametrize(
    ("written", "encoding", "named"),
    [(JAPANESE, "shift_jis", "Shift-JIS"), (JAPANESE, "euc_jp", "EUC-JP"), (KOREAN, "euc_kr", "EUC-KR")],
)
def test_japanese_and_korean_text_is_named_and_left_out(written: str, encoding: str, named: str) -> None:
    with pytest.raises(UnreadableFile, match=named):
        extract(written.encode(encoding), ".txt")


@pytest.mark.parametrize(
    ("written", "encoding"),
    [
        ("全年调解163件。", "gb18030"),
        ("㵲阳镇2024年法治政府建设工作报告", "gb18030"),
        ("萬靈鎮2024年法治政府建設工作報告，全年調解糾紛163件。", "big5"),
        ("第一行\x85第二行", "utf-8"),
        (JAPANESE, "utf-8"),
    ],
)
def test_text_is_read_in_the_encodings_of_offices(written: str, encoding: str) -> None:
    assert extract(written.encode(encoding), ".txt").text == written


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
