"""The ledger as CSV and as an Excel workbook: reports × indicators, all cells with their sentences, coverage."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xiangwen.answers.issuers import issuers_called
from xiangwen.exports.contract import LedgerCellJson, cell_json
from xiangwen.exports.ledger_rows import (
    LedgerCell,
    LedgerRequest,
    chosen_indicators,
    chosen_reports,
    ledger_cells,
    place_in_column,
)
from xiangwen.exports.workbook import plain_style, style, top_style, workbook, write, write_row
from xiangwen.reports.overrides import safe_cell

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


def ledger_to_csv(index: Store, choice: LedgerRequest) -> str:
    """One line a cell, with a heading and a BOM, so that Excel reads it as UTF-8; no cell is a formula."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, (*FIELDS, "correction"), lineterminator="\r\n")
    writer.writeheader()
    for line in ledger_cells(index, choice):
        row = {**cell_json(line), "correction": line.correction.about if line.correction else ""}
        writer.writerow({key: safe_cell(value) if isinstance(value, str) else value for key, value in row.items()})
    return "\ufeff" + buffer.getvalue()


def value_word(line: LedgerCell) -> str | float:
    """What stands in the table for a cell: the number, or a word."""
    value = line.cell.value
    if value is None or isinstance(value, bool | str):
        return VALUE_WORDS[value]
    return value


class _Styles:
    """Formats of a workbook: a state by its colour, words around a number."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, str, str], Format] = {}

    def of(self, state: str, before: str = "", behind: str = "") -> Format:
        """The format of a state with these words around its number; each is made once, as Excel allows no more."""
        key = (state, before, behind)
        if key not in self._made:
            words = "".join(
                f'"{words}"' if words != "General" else words for words in (before, "General", behind) if words
            )
            self._made[key] = style(self._book, bg_color=_COLOURS[state], num_format=words)
        return self._made[key]


def ledger_to_xlsx(index: Store, choice: LedgerRequest) -> bytes:
    """A workbook of the ledger: reports by indicators, all cells with their sentences, how many reports give each."""
    buffer = io.BytesIO()
    found = list(ledger_cells(index, choice))
    reports = [index.reports[number] for number in chosen_reports(index, choice)]
    indicators = chosen_indicators(index, choice)
    with workbook(buffer, "台账") as book:
        top, plain = top_style(book, text_wrap=True), plain_style(book)
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
    write_row(sheet, 0, (issuers.column_zh, "县区", "年度", "文件", *(indicator.zh for indicator in indicators)), top)
    for row, report in enumerate(reports, start=1):
        meta = report.metadata
        write_row(sheet, row, (report.name, meta.county or "", str(meta.year or ""), report.file), plain)
        for column, indicator in enumerate(indicators, start=4):
            own = of.get((report.id, indicator.id))
            if own:
                _write_value(sheet, row, column, min(own, key=place_in_column), styles)
    sheet.set_column(0, 3, 12)
    sheet.set_column(4, 3 + len(indicators), 15)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(reports), 1), 3 + len(indicators))


def _write_value(sheet: Worksheet, row: int, column: int, line: LedgerCell, styles: _Styles) -> None:
    """The number stays a number, to be summed; its unit, bound and state are words around it."""
    cell, value = line.cell, value_word(line)
    note = "" if cell.state == "done" else f"（{STATE_WORDS[cell.state]}）"
    note, shown = (note + "（已更正）", "corrected") if line.correction else (note, cell.state)
    if isinstance(value, str):
        write(sheet, row, column, value + note, styles.of(shown))
        return
    before, behind = ("约", "") if cell.bound == "about" else ("", _BOUNDS[cell.bound])
    write(sheet, row, column, value, styles.of(shown, before, cell.unit + behind + note))


def _cells(sheet: Worksheet, found: Sequence[LedgerCell], formats: tuple[Format, Format, _Styles]) -> None:
    top, plain, styles = formats
    issuers = issuers_called(line.report.metadata.township for line in found)
    write_row(sheet, 0, (name.format(issuers=issuers.column_zh) for name in _HEADINGS), top)
    for row, line in enumerate(found, start=1):
        values: dict[str, Any] = {**cell_json(line)}
        values["indicator"] = line.indicator.zh
        values["value"] = value_word(line)
        values["state"] = STATE_WORDS[line.cell.state]
        values["bound"] = _BOUNDS[line.cell.bound]
        values["part"] = "是" if line.cell.part else ""
        values["correction"] = line.correction.about if line.correction else ""
        for column, key in enumerate((*FIELDS, "correction")):
            write(sheet, row, column, values[key], styles.of(line.cell.state) if key == "state" else plain)
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
    write_row(sheet, 0, ("指标", "单位", "给出", "未给出", *STATE_WORDS.values()), top)
    for row, indicator in enumerate(indicators, start=1):
        given = len(giving[indicator.id])
        counts = (given, reports - given, *(by_state[indicator.id][state] for state in states))
        write_row(sheet, row, (indicator.zh, "、".join(indicator.units), *counts), plain)
    sheet.set_column(0, 0, 26)
    sheet.freeze_panes(1, 1)
