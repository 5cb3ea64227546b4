"""A pre-score as an Excel workbook: reports by items, and every item with its quotes."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xiangwen.answers.issuers import issuers_called
from xiangwen.exports import layout
from xiangwen.exports.assessment import Assessment, Outcome, PreScore
from xiangwen.exports.ledger import STATE_WORDS, value_word

_COLOURS: dict[Outcome, str] = {"met": "#DDF3D8", "not_met": "#FBE3D6", "to_check": "#FFF4CC", "to_prove": "#FFFFFF"}
_FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
_NOTE = "预评分只依据报告原文：未写的列为待证明，不得分也不扣分；最低、最高是全部证明之后可能的范围。"


def assessment_to_xlsx(assessment: Assessment, scored: Sequence[PreScore]) -> bytes:
    """Two sheets."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": layout.clean(assessment.title), "author": "乡问 Xiangwen"})
        top = book.add_format({**_FONT, "bold": True, "bg_color": "#E4EFEA", "border": 1, "text_wrap": True})
        plain = book.add_format({**_FONT, "text_wrap": True})
        colours = {name: book.add_format({**_FONT, "bg_color": colour}) for name, colour in _COLOURS.items()}
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
    for column, name in enumerate((*heads, *(f"{item.name}（{item.points:g}）" for item in assessment.items))):
        sheet.write_string(0, column, layout.clean(name), top)
    for row, one in enumerate(scored, start=1):
        meta, (lowest, highest) = one.report.metadata, one.range
        for column, text in enumerate((one.report.name, meta.county, str(meta.year or ""), one.report.file)):
            sheet.write_string(row, column, layout.clean(text), plain)
        for column, number in enumerate((one.shown, lowest, highest, one.open), start=4):
            sheet.write_number(row, column, number, plain)
        for column, result in enumerate(one.results, start=len(heads)):
            score = result.score
            if score is None:
                sheet.write_string(row, column, result.word, colours[result.outcome])
            else:
                sheet.write_number(row, column, score, colours[result.outcome])
    sheet.write_string(len(scored) + 2, 0, _NOTE)
    sheet.set_column(0, len(heads) + len(assessment.items), 13)
    sheet.freeze_panes(1, 1)


def _evidence(
    sheet: Worksheet, scored: Sequence[PreScore], formats: tuple[Format, Format], colours: dict[Outcome, Format]
) -> None:
    top, plain = formats
    for column, name in enumerate(
        (_issuers(scored), "年度", "考核项", "分值", "结果", "读到的值", "状态", "原文", "起", "止", "文件")
    ):
        sheet.write_string(0, column, name, top)
    row = 0
    for one in scored:
        for result in one.results:
            for line in result.lines or (None,):
                row += 1
                texts = [one.report.name, str(one.report.metadata.year or ""), result.item.name]
                for column, text in enumerate(texts):
                    sheet.write_string(row, column, layout.clean(text), plain)
                sheet.write_number(row, 3, result.item.points, plain)
                sheet.write_string(row, 4, result.word, colours[result.outcome])
                sheet.write_string(row, 10, layout.clean(one.report.file), plain)
                if line is not None:
                    sheet.write_string(row, 5, f"{value_word(line)}{line.cell.unit}", plain)
                    sheet.write_string(row, 6, STATE_WORDS[line.cell.state], plain)
                    sheet.write_string(row, 7, layout.clean(line.quote), plain)
                    sheet.write_number(row, 8, line.cell.start, plain)
                    sheet.write_number(row, 9, line.cell.end, plain)
    sheet.set_column(0, 6, 13)
    sheet.set_column(7, 7, 70)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(row, 1), 10)


def _issuers(scored: Sequence[PreScore]) -> str:
    """The heading above the issuers of these reports."""
    return issuers_called(one.report.metadata.township for one in scored).column_zh
