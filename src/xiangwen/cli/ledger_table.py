"""The ledger in the terminal: a block an indicator, a line a cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from xiangwen.answers.issuers import issuers_called
from xiangwen.exports.assessment import Assessment, PreScore
from xiangwen.exports.ledger import STATE_WORDS, value_word
from xiangwen.exports.ledger_checks import KINDS, Discrepancy, shown
from xiangwen.exports.ledger_rows import LedgerCell, LedgerRequest, chosen_indicators, chosen_reports
from xiangwen.machine.console import HarmlessConsole

if TYPE_CHECKING:
    from xiangwen.index import Store

_BOUNDS = {"exact": "", "at_least": "+", "about": "≈"}


def print_ledger(index: Store, choice: LedgerRequest, found: Sequence[LedgerCell]) -> None:
    """Each indicator with the reports that give it, and on how many reports it rests."""
    console = HarmlessConsole(soft_wrap=False, markup=False, highlight=False)
    chosen = chosen_reports(index, choice)
    reports = len(chosen)
    issuers = issuers_called(index.reports[number].metadata.township for number in chosen)
    order = {indicator.id: i for i, indicator in enumerate(chosen_indicators(index, choice))}
    for _, group in groupby(sorted(found, key=lambda line: order[line.indicator.id]), lambda line: line.indicator.id):
        own = list(group)
        giving = len({line.report.id for line in own})
        table = Table(title=f"{own[0].indicator.zh}（{giving}/{reports} 份报告）", title_justify="left", box=None)
        for name in (issuers.column_zh, "年度", "值", "状态", "原文"):
            table.add_column(name, overflow="fold")
        for line in own:
            value = value_word(line)
            number = value if isinstance(value, str) else f"{value:,g}" if value % 1 else f"{int(value):,}"
            cell = line.cell
            shown = f"{number}{cell.unit}{_BOUNDS[cell.bound]}{'（部分）' if cell.part else ''}"
            state = STATE_WORDS[cell.state]
            year = str(line.report.metadata.year or "")
            table.add_row(*map(Text, (line.report.name, year, shown, state, " ".join(line.quote.split()))))
        console.print(table)
    if not reports:
        console.print("没有这样的报告，区县、年度见 xiangwen reports。 There is no such report: see xiangwen reports.")
    elif not found:
        console.print(f"所选 {reports} 份报告没有给出这些指标。 The {reports} reports give none of them.")


def print_checks(asked: Sequence[Discrepancy], reports: int) -> None:
    """Each question with the quotes of all its numbers."""
    console = HarmlessConsole(soft_wrap=False, markup=False, highlight=False)
    for question in asked:
        first = question.lines[0].report
        console.print(f"{first.name} {first.metadata.year or ''}　{KINDS[question.kind]}", style="bold")
        console.print(f"  问：{question.sentence}")
        for line in question.lines:
            where = "" if line.report is first else f"{line.report.metadata.year}年，"
            console.print(f"  {shown(line)}　「{' '.join(line.quote.split())}」（{where}{line.report.file}）")
    console.print(f"{reports} 份报告中有 {len(asked)} 处可以询问；对不上不等于有错。 Questions to ask, not faults.")


def print_assessment(assessment: Assessment, scored: Sequence[PreScore]) -> None:
    """A table a report: each item with what became of it and the words that show it."""
    console = HarmlessConsole(soft_wrap=False, markup=False, highlight=False)
    for one in scored:
        lowest, highest = one.range
        title = (
            f"{one.report.name} {one.report.metadata.year or ''}：已判定 {one.shown:g} 分，"
            f"可能 {lowest:g}–{highest:g} 分（满分 {assessment.full:g}），{one.open} 项待证明或核实"
        )
        table = Table(title=title, title_justify="left", box=None)
        for name in ("考核项", "分值", "结果", "原文"):
            table.add_column(name, overflow="fold")
        for result in one.results:
            quotes = "；".join(
                ("" if line.cell.state == "done" else f"（{STATE_WORDS[line.cell.state]}）")
                + " ".join(line.quote.split())
                for line in result.lines
            )
            told = (result.item.name, f"{result.item.points:g}", result.word, quotes or "报告未写")
            table.add_row(*map(Text, told))
        console.print(table)
    console.print("报告未写的列为待证明，不得分也不扣分。 What a report does not say is to be proven.")
