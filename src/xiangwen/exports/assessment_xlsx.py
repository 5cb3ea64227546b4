"""A pre-score as an Excel workbook: reports by items, and every item with its quotes."""

from __future__ import annotations

import io
from collections.abc import Sequence

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xiangwen.answers.issuers import issuers_called
from xiangwen.exports.assessment import Assessment, Outcome, PreScore
from xiangwen.exports.ledger import STATE_WORDS, value_word
from xiangwen.exports.workbook import plain_style, style, top_style, workbook, write, write_row

_COLOURS: dict[Outcome, str] = {"met": "#DDF3D8", "not_met": "#FBE3D6", "to_check": "#FFF4CC", "to_prove": "#FFFFFF"}
_NOTE = "预评分只依据报告原文：未写的列为待证明，不得分也不扣分；最低、最高是全部证明之后可能的范围。"


def assessment_to_xlsx(assessment: Assessment, scored: Sequence[PreScore]) -> bytes:
    """A workbook of the pre-scores: points by report and item, and what each item rests on."""
    buffer = io.BytesIO()
    with workbook(buffer, assessment.title) as book:
        top, plain = top_style(book, text_wrap=True), plain_style(book)
        colours = {name: style(book, bg_color=colour) for name, colour in _COLOURS.items()}
        _scores(book.add_worksheet("预评分"), assessment, scored, (top, plain), colours)
        _evidence(book.add_worksheet("依据"), scored, (top, plain), colours)
    return buffer.getvalue()


def _scores(
    sheet: Worksheet,
    assessment: Assessment,
    scored: Sequence[PreScore],
    formats: tuple[Format, Format],
    colours: dict[Outcome, Format],
) -> None:
    top, plain = formats
    heads = (_issuers(scored), "县区", "年度", "文件", "已判定得分", "最低", "最高", "待证明、待核实项")
    write_row(sheet, 0, (*heads, *(f"{item.name}（{item.points:g}）" for item in assessment.items)), top)
    for row, one in enumerate(scored, start=1):
        meta, (lowest, highest) = one.report.metadata, one.range
        texts = (one.report.name, meta.county or "", str(meta.year or ""), one.report.file)
        write_row(sheet, row, (*texts, one.shown, lowest, highest, one.open), plain)
        for column, result in enumerate(one.results, start=len(heads)):
            shown = result.word if result.score is None else result.score
            write(sheet, row, column, shown, colours[result.outcome])
    write(sheet, len(scored) + 2, 0, _NOTE)
    sheet.set_column(0, len(heads) + len(assessment.items), 13)
    sheet.freeze_panes(1, 1)


def _evidence(
    sheet: Worksheet, scored: Sequence[PreScore], formats: tuple[Format, Format], colours: dict[Outcome, Format]
) -> None:
    top, plain = formats
    heads = (_issuers(scored), "年度", "考核项", "分值", "结果", "读到的值", "状态", "原文", "起", "止", "文件")
    write_row(sheet, 0, heads, top)
    row = 0
    for one in scored:
        for result in one.results:
            for line in result.lines or (None,):
                row += 1
                year = str(one.report.metadata.year or "")
                write_row(sheet, row, (one.report.name, year, result.item.name, result.item.points), plain)
                write(sheet, row, 4, result.word, colours[result.outcome])
                write(sheet, row, 10, one.report.file, plain)
                if line is not None:
                    value, state = f"{value_word(line)}{line.cell.unit}", STATE_WORDS[line.cell.state]
                    write_row(sheet, row, (value, state, line.quote, line.cell.start, line.cell.end), plain, 5)
    sheet.set_column(0, 6, 13)
    sheet.set_column(7, 7, 70)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(row, 1), 10)


def _issuers(scored: Sequence[PreScore]) -> str:
    """The heading above the issuers of these reports."""
    return issuers_called(one.report.metadata.township for one in scored).column_zh
