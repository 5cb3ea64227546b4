"""An answer as an Excel workbook: a sheet with the conclusion, one with a row a township, one with the citations."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xiangwen.answers.answer import Answer
from xiangwen.answers.sentences import searched
from xiangwen.exports import layout
from xiangwen.exports.layout import heading
from xiangwen.exports.workbook import SheetValue, plain_style, style, top_style, workbook, write

_VERDICT_COLUMNS = {
    "township": 14,
    "county": 16,
    "province": 10,
    "year": 7,
    "verdict": 10,
    "confidence": 8,
    "value": 11,
    "unit": 7,
    "as written": 16,
    "sentence": 70,
    "section": 40,
    "file": 28,
    "page": 6,
    "evidence": 9,
}
"""Columns and their widths in characters."""
_CONCLUSION_WIDTH = 110
_CITATION_COLUMNS = {
    "n": 6,
    "township": 14,
    "county": 16,
    "province": 10,
    "year": 7,
    "stance": 8,
    "sentence": 80,
    "section": 40,
    "title": 36,
    "file": 28,
    "page": 6,
}


def to_xlsx(answer: Answer) -> bytes:
    """What is said line by line, one row a township where there are verdicts, and one row a citation.

    No cell is ever a formula.
    """
    buffer = BytesIO()
    with workbook(buffer, answer.question) as book:
        plain, top, percent = plain_style(book), top_style(book), style(book, num_format="0%")
        _write_conclusion(book.add_worksheet(heading("conclusion", answer)), answer, top, plain)
        for number, told in enumerate(layout.told(answer), start=1):
            if told.verdicts:
                sheet = book.add_worksheet(heading("townships", told) + (f" {number}" if answer.parts else ""))
                _fill(sheet, told, _VERDICT_COLUMNS, _verdict_rows(told), (top, plain, percent))
        sheet = book.add_worksheet(heading("citations", answer))
        _fill(sheet, answer, _CITATION_COLUMNS, _citation_rows(answer), (top, plain, percent))
    return buffer.getvalue()


def _write_conclusion(sheet: Worksheet, answer: Answer, top: Format, plain: Format) -> None:
    """The question above what is said of it, a row each line."""
    sheet.set_column(0, 0, _CONCLUSION_WIDTH)
    write(sheet, 0, 0, answer.question, top)
    row = 1
    for told in layout.told(answer):
        if answer.parts:
            write(sheet, row, 0, told.question, top)
            row += 1
        for said in filter(None, (*layout.conclusion(told), searched(told))):
            write(sheet, row, 0, said, plain)
            row += 1
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _verdict_rows(answer: Answer) -> list[list[SheetValue]]:
    rows: list[list[SheetValue]] = []
    for verdict in answer.verdicts:
        citations = answer.cited(verdict)
        value = verdict.value
        pages = [str(citation.page) for citation in citations if citation.page is not None]
        rows.append(
            [
                layout.township(verdict),
                verdict.county,
                next((citation.province for citation in citations if citation.province), None),
                verdict.year,
                layout.verdict_word(verdict, answer),
                verdict.confidence,
                value.number if value else None,
                value.unit if value else None,
                value.text if value else None,
                "\n".join(citation.quote for citation in citations),
                "\n".join(dict.fromkeys(map(layout.section, citations))),
                verdict.file,
                ", ".join(dict.fromkeys(pages)),
                " ".join(f"[{citation.n}]" for citation in citations),
            ]
        )
    return rows


def _citation_rows(answer: Answer) -> list[list[SheetValue]]:
    return [
        [
            citation.n,
            layout.township(citation),
            citation.county,
            citation.province,
            citation.year,
            layout.stance_word(citation, answer),
            citation.quote,
            layout.section(citation),
            citation.title,
            citation.file,
            citation.page,
        ]
        for citation in answer.citations
    ]


def _fill(
    sheet: Worksheet,
    answer: Answer,
    columns: dict[str, int],
    rows: Sequence[Sequence[SheetValue]],
    formats: tuple[Format, Format, Format],
) -> None:
    top, plain, percent = formats
    for column, (key, width) in enumerate(columns.items()):
        sheet.set_column(column, column, width)
        write(sheet, 0, column, heading(key, answer), top)
    for number, row in enumerate(rows, start=1):
        for column, (key, cell) in enumerate(zip(columns, row, strict=True)):
            write(sheet, number, column, cell, percent if key == "confidence" else plain)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    # A wide table on paper: landscape, as many pages long as it takes, one wide, the header on each.
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
