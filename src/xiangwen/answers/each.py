"""What each report says for itself: the figure or the sentence of every report in scope, the silent ones listed too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xiangwen.answers import rank
from xiangwen.answers.citation import Citations
from xiangwen.answers.from_ledger import from_ledger
from xiangwen.answers.lines import Line, VerdictWord
from xiangwen.answers.making import SILENT
from xiangwen.answers.naming import place_and_year

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.answers.answer import Answer, Value
    from xiangwen.answers.making import Maker
    from xiangwen.answers.naming import Naming
    from xiangwen.answers.numbers import ReportValue
    from xiangwen.questions import Question
    from xiangwen.reports import Report


def answer(maker: Maker, question: Question) -> Answer:
    """The figure or sentence of every report in scope, one line each; figures of the ledger where it has the column."""
    figures = question.number_asked or bool(question.units)
    question = replace(question, kind="rank" if figures else "which", mention=False, negated=False)
    column = None
    if figures:
        values, _, column = rank.figures_of(maker, question, from_ledger(maker.retriever, question))
        found = from_values(values)
    else:
        scored = maker.scorer.score(question)
        least = maker.thresholds["answer"]
        found = from_passages(maker.index.report_of, scored.passages, scored.supports, least)
    reports = question.scope.reports
    if not found:
        nothing = maker.nothing(question, maker.scorer.score(question))
        return replace(nothing, verdicts=maker.all_silent(reports))
    cited = Citations(maker.index)
    lines, verdicts = [], []
    for report in in_order(found, reports):
        row = found.get(report)
        marks = tuple(cited.cite(p) for p in row.passages) if row else ()
        word: VerdictWord = "yes" if row else "silent"
        value = row.value if row else None
        verdicts.append(maker.verdict(report, word, row.confidence if row else SILENT, value, marks))
        lines.append(line(question.language, maker.index.reports[report], value, marks, maker.naming))
    first = [head(question.language, len(found), len(reports))]
    if column:
        first.insert(0, rank.basis_of(question, column))
    return maker.made(question, cited, [*first, *lines], verdicts=tuple(verdicts))


class ReportFigure(NamedTuple):
    """What one report says."""

    passages: tuple[int, ...]
    confidence: float
    value: Value | None = None
    number: float = 0.0
    """The value in the unit in which reports are compared."""


def from_values(values: Iterable[ReportValue]) -> dict[int, ReportFigure]:
    """The figure of each report that gives one."""
    return {v.report: ReportFigure(v.passages, v.confidence, v.value, v.number) for v in values}


def from_passages(
    report_of: NDArray[np.int32], passages: NDArray[np.int64], supports: NDArray[np.floating[Any]], least: float
) -> dict[int, ReportFigure]:
    """The best sentence of each report that has one worth at least so much."""
    found: dict[int, ReportFigure] = {}
    for row in np.argsort(-supports, kind="stable").tolist():
        if supports[row] < least:
            break
        found.setdefault(int(report_of[passages[row]]), ReportFigure((int(passages[row]),), float(supports[row])))
    return found


def in_order(found: dict[int, ReportFigure], reports: Sequence[int]) -> list[int]:
    """The reports that say something first, the largest figure before the others; then the silent ones."""
    return sorted(reports, key=lambda report: (report not in found, -found[report].number if report in found else 0))


def head(language: str, found: int, reports: int) -> Line:
    """「15 份报告中 12 份有：」."""
    if language == "en":
        return Line("head", f"{found} of {reports} report{'s' if reports != 1 else ''} say:")
    return Line("head", f"{reports} 份报告中 {found} 份写到：")


def line(language: str, report: Report, value: Value | None, markers: tuple[int, ...], naming: Naming) -> Line:
    """One report: its place, its figure, its sentence with the marker; or that it says nothing."""
    zh = language == "zh"
    year = f" {report.metadata.year}" if report.metadata.year else ""
    name = place_and_year(report) if zh else naming.called(report, "en") + year
    if not markers:
        return Line("silent", name)
    return Line("own", name, value.text if value else "", citations=markers)
