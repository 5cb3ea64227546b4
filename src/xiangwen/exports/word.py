"""An answer as a Word document that can go into a report or a file as it is."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell

from xiangwen.answers.answer import Answer
from xiangwen.answers.citation import Citation
from xiangwen.answers.sentences import searched
from xiangwen.exports import layout
from xiangwen.exports.layout import heading

_BODY_FONT, _HEADING_FONT, _LATIN_FONT = "宋体", "黑体", "Times New Roman"
"""As official Chinese documents have them; other systems take their own of the kind."""
_SHADES = {"yes": "E2F0E6", "partial": "FBF1D6", "no": "F8E0DE", "silent": "EEEEEE"}
_GREY = RGBColor(0x59, 0x59, 0x59)


def to_docx(answer: Answer) -> bytes:
    """Question, conclusion, the table of townships and every citation with its source."""
    document = Document()
    _set_page(document)
    document.core_properties.title = layout.clean(answer.question)[:250]
    document.core_properties.author = "乡问 Xiangwen"
    document.core_properties.comments = ""
    document.add_heading(layout.clean(answer.question), level=1)
    for told in layout.told(answer):
        document.add_heading(layout.clean(told.question) if answer.parts else heading("conclusion", answer), level=2)
        for line in layout.conclusion(told):
            document.add_paragraph(line)
        if below := searched(told):
            _grey(document, below)
        if told.verdicts:
            document.add_heading(heading("townships", told), level=3 if answer.parts else 2)
            _table(document, told)
    for title, citations in (("citations", answer.citations), ("nearest", answer.nearest)):
        if citations:
            document.add_heading(heading(title, answer), level=2)
        for citation in citations:
            _citation(document, citation, answer)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_page(document: DocumentObject) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.top_margin = page.bottom_margin = Cm(2.4)
    for name, font, size in (
        ("Normal", _BODY_FONT, 11),
        ("Heading 1", _HEADING_FONT, 18),
        ("Heading 2", _HEADING_FONT, 14),
        ("Heading 3", _HEADING_FONT, 12),
    ):
        style: Any = document.styles[name]
        style.font.name, style.font.size = _LATIN_FONT, Pt(size)
        if name != "Normal":
            style.font.color.rgb = RGBColor(0, 0, 0)
        # python-docx sets the Latin font alone; without this Word takes the theme's for Chinese characters.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), font)


def _table(document: DocumentObject, answer: Answer) -> None:
    valued = any(verdict.value for verdict in answer.verdicts)
    widths = {
        "township": 2.4,
        "year": 1.3,
        "verdict": 1.6,
        "value": 2.0,
        "sentence": 7.2,
        "confidence": 1.5,
        "evidence": 1.4,
    }
    if not valued:
        widths["sentence"] += widths.pop("value")
    table = document.add_table(rows=1, cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    for cell, key in zip(table.rows[0].cells, widths, strict=True):
        _write(cell, heading(key, answer), bold=True)
    repeat = OxmlElement("w:tblHeader")  # on every page that the table reaches
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for verdict in answer.verdicts:
        citations = answer.cited(verdict)
        text = {
            "township": layout.township(verdict),
            "year": str(verdict.year or ""),
            "verdict": layout.verdict_word(verdict, answer),
            "value": layout.clean(verdict.value.with_total) if verdict.value else "",
            "sentence": "\n".join(layout.clean(citation.quote) for citation in citations),
            "confidence": f"{verdict.confidence:.0%}",
            "evidence": " ".join(f"[{citation.n}]" for citation in citations),
        }
        # `add_row().cells` of a row just added is quick; `table.cell` would walk the whole table every time.
        for cell, key in zip(table.add_row().cells, widths, strict=True):
            _write(cell, text[key])
            if key == "verdict":
                _shade(cell, _SHADES[verdict.verdict])
    for column, width in zip(table.columns, widths.values(), strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths.values(), strict=True):
            cell.width = Cm(width)


def _write(cell: _Cell, text: str, *, bold: bool = False) -> None:
    run = cell.paragraphs[0].add_run(text)
    run.font.size, run.bold = Pt(9.5), bold


def _shade(cell: _Cell, colour: str) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(shade)


def _citation(document: DocumentObject, citation: Citation, answer: Answer) -> None:
    stance = layout.stance_word(citation, answer)
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(f"[{citation.n}] ").bold = True
    paragraph.add_run(f"（{stance}）" if stance else "")
    paragraph.add_run(f"「{layout.clean(citation.quote)}」")
    _grey(document, f"—— {layout.source(citation, answer)}", indent=Cm(0.8))


def _grey(document: DocumentObject, text: str, indent: Cm | None = None) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.left_indent = indent
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(9.5), _GREY
