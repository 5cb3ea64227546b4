"""The ledger as CSV and as an Excel workbook: reports × indicators, all cells with their sentences, coverage."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xiangwen.answers.issuers import issuers_called
from xiangwen.exports import layout
from xiangwen.exports.contract import LedgerCellJson, cell_json
from xiangwen.exports.ledger_rows import LedgerCell, LedgerRequest, chosen_indicators, chosen_reports, ledger_cells

if TYPE_CHECKING:
    from xiangwen.index import Store
    from xiangwen.ledger.indicators import Indicator
    from xiangwen.reports import Report

FIELDS = tuple(name for name in LedgerCellJson.__annotations__ if name != "correction")
STATE_WORDS = {"done": "已完成", "planned": "计划", "lacking": "不足", "none": "无（报告写明）"}
VALUE_WORDS = {True: "有", None: "有（未写数）", "all": "全覆盖", "part": "部分", "none": "无"}
_COLOURS = {"corrected": "#DDF3D8", "done": "#FFFFFF", "planned": "#DCE9F7", "lacking": "#FBE3D6", "none": "#E8E8E8"}
_HEADINGS = (
    "报告", "文件", "{issuers}", "县区", "年度", "指标", "值", "单位", "界", "状态", "部分", "原文", "起", "止", "把握",
    "更正",
)  # fmt: skip
_BOUNDS = {"exact": "", "at_least": "以上", "about": "约"}
_FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
_LONGEST_CELL = 32_767


def ledger_to_csv(index: Store, choice: LedgerRequest) -> str:
    """One line a cell, with a heading and a BOM, so that Excel reads it as UTF-8; no cell is a formula."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, (*FIELDS, "correction"), lineterminator="\r\n")
    writer.writeheader()
    for line in ledger_cells(index, choice):
        row = {**cell_json(line), "correction": line.correction.about if line.correction else ""}
        writer.writerow({key: _harmless(value) for key, value in row.items()})
    return "\ufeff" + buffer.getvalue()


def _harmless(value: object) -> object:
    """A text that a spreadsheet would compute gets an apostrophe."""
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def value_word(line: LedgerCell) -> str | float:
    """What stands in the table: the number, or a word."""
    value = line.cell.value
    if value is None or isinstance(value, bool | str):
        return VALUE_WORDS[value]
    return value


def headline(of_one: Sequence[LedgerCell]) -> LedgerCell:
    """The cell that a column shows of a report: done before none, planned and lacking; a total before its parts."""
    order = list(STATE_WORDS)
    order.remove("none")
    order.insert(1, "none")
    return min(of_one, key=lambda line: (order.index(line.cell.state), line.cell.part, -line.cell.confidence))


class _Styles:
    """Formats of a workbook: a state by its colour, words around a number."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, str, str], Format] = {}

    def of(self, state: str, before: str = "", behind: str = "") -> Format:
        """Made once for each wording."""
        key = (state, before, behind)
        if key not in self._made:
            words = "".join(
                f'"{words}"' if words != "General" else words for words in (before, "General", behind) if words
            )
            self._made[key] = self._book.add_format({**_FONT, "bg_color": _COLOURS[state], "num_format": words})
        return self._made[key]


def ledger_to_xlsx(index: Store, choice: LedgerRequest) -> bytes:
    """Three sheets."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    found = list(ledger_cells(index, choice))
    reports = [index.reports[number] for number in chosen_reports(index, choice)]
    indicators = chosen_indicators(index, choice)
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": "台账", "author": "乡问 Xiangwen"})
        top = book.add_format({**_FONT, "bold": True, "bg_color": "#E4EFEA", "border": 1, "text_wrap": True})
        plain = book.add_format({**_FONT, "text_wrap": True})
        styles = _Styles(book)
        _table(book.add_worksheet("台账"), reports, indicators, found, (top, plain, styles))
        _cells(book.add_worksheet("原文"), found, (top, plain, styles))
        _coverage(book.add_worksheet("覆盖"), len(reports), indicators, found, (top, plain))
    return buffer.getvalue()


def _table(
    sheet: Worksheet,
    reports: Sequence[Report],
    indicators: Sequence[Indicator],
    found: Sequence[LedgerCell],
    formats: tuple[Format, Format, _Styles],
) -> None:
    top, plain, styles = formats
    of: dict[tuple[str, str], list[LedgerCell]] = defaultdict(list)
    for line in found:
        of[line.report.id, line.indicator.id].append(line)
    issuers = issuers_called(report.metadata.township for report in reports)
    for column, name in enumerate((issuers.column_zh, "县区", "年度", "文件")):
        sheet.write_string(0, column, name, top)
    for column, indicator in enumerate(indicators, start=4):
        sheet.write_string(0, column, indicator.zh, top)
    for row, report in enumerate(reports, start=1):
        meta = report.metadata
        for column, text in enumerate((report.name, meta.county, str(meta.year or ""), report.file)):
            sheet.write_string(row, column, layout.clean(text), plain)
        for column, indicator in enumerate(indicators, start=4):
            own = of.get((report.id, indicator.id))
            if own:
                _write_value(sheet, row, column, headline(own), styles)
    sheet.set_column(0, 3, 12)
    sheet.set_column(4, 3 + len(indicators), 15)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(reports), 1), 3 + len(indicators))


def _write_value(sheet: Worksheet, row: int, column: int, line: LedgerCell, styles: _Styles) -> None:
    """The number stays a number, to be summed; its unit, bound and state are words around it."""
    cell, value = line.cell, value_word(line)
    note = "" if cell.state == "done" else f"（{STATE_WORDS[cell.state]}）"
    note, style = (note + "（已更正）", "corrected") if line.correction else (note, cell.state)
    if isinstance(value, str):
        sheet.write_string(row, column, value + note, styles.of(style))
        return
    before, behind = ("约", "") if cell.bound == "about" else ("", _BOUNDS[cell.bound])
    sheet.write_number(row, column, value, styles.of(style, before, cell.unit + behind + note))


def _cells(sheet: Worksheet, found: Sequence[LedgerCell], formats: tuple[Format, Format, _Styles]) -> None:
    top, plain, styles = formats
    issuers = issuers_called(line.report.metadata.township for line in found)
    for column, name in enumerate(_HEADINGS):
        sheet.write_string(0, column, name.format(issuers=issuers.column_zh), top)
    for row, line in enumerate(found, start=1):
        values: dict[str, Any] = {**cell_json(line)}
        values["indicator"] = line.indicator.zh
        values["value"] = value_word(line)
        values["state"] = STATE_WORDS[line.cell.state]
        values["bound"] = _BOUNDS[line.cell.bound]
        values["part"] = "是" if line.cell.part else ""
        values["correction"] = line.correction.about if line.correction else ""
        for column, key in enumerate((*FIELDS, "correction")):
            value, style = values[key], styles.of(line.cell.state) if key == "state" else plain
            if isinstance(value, str):
                sheet.write_string(row, column, layout.clean(value)[:_LONGEST_CELL], style)
            elif value is not None:
                sheet.write_number(row, column, value, style)
    sheet.set_column(0, 10, 11)
    sheet.set_column(11, 11, 70)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(found), 1), len(FIELDS))


def _coverage(
    sheet: Worksheet,
    reports: int,
    indicators: Sequence[Indicator],
    found: Sequence[LedgerCell],
    formats: tuple[Format, Format],
) -> None:
    """Of each indicator: how many reports give it, in which state, and how many do not."""
    top, plain = formats
    states = list(STATE_WORDS)
    giving: dict[str, set[str]] = defaultdict(set)
    by_state: dict[str, Counter[str]] = defaultdict(Counter)
    for indicator_id, report, state in {(x.indicator.id, x.report.id, x.cell.state) for x in found}:
        giving[indicator_id].add(report)
        by_state[indicator_id][state] += 1
    for column, name in enumerate(("指标", "单位", "给出", "未给出", *STATE_WORDS.values())):
        sheet.write_string(0, column, name, top)
    for row, indicator in enumerate(indicators, start=1):
        sheet.write_string(row, 0, indicator.zh, plain)
        sheet.write_string(row, 1, "、".join(indicator.units), plain)
        counts = (len(giving[indicator.id]), reports - len(giving[indicator.id]))
        for column, count in enumerate((*counts, *(by_state[indicator.id][state] for state in states)), start=2):
            sheet.write_number(row, column, count, plain)
    sheet.set_column(0, 0, 26)
    sheet.freeze_panes(1, 1)
