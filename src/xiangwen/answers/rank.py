"""The answer to a rank, a bound, a sum or a mean: the number of every report, and who gives none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiangwen.answers import sentences
from xiangwen.answers.citation import Citations
from xiangwen.answers.from_ledger import FEWEST, FromLedger, from_ledger
from xiangwen.answers.numbers import NotCompared, ReportValue, rank_values

if TYPE_CHECKING:
    from xiangwen.answers.answer import Answer
    from xiangwen.answers.lines import Line, VerdictWord
    from xiangwen.answers.making import Maker
    from xiangwen.questions import Question
    from xiangwen.retrieval import ScoredPassages


_MISSES_NOT_ALL = 10
"""Of so many reports the ledger, which misses one number in six, would have one if there were any to compare."""


class Figures(NamedTuple):
    """One number of every report that gives one."""

    values: list[ReportValue]
    others: list[NotCompared]
    """What other reports give instead; told of sentences alone."""
    column: FromLedger | None
    """The column of the ledger that the numbers are of; None where sentences gave them."""


def answer(maker: Maker, question: Question) -> Answer:
    """The number of every report, best first, and those that give none."""
    return of_column(maker, question, from_ledger(maker.retriever, question))


def of_column(maker: Maker, question: Question, column: FromLedger | None) -> Answer:
    """The same where the column of the ledger is known that the question asks for, or that there is none."""
    assert question.rank is not None
    values, others, column = figures_of(maker, question, column)
    if not values:
        nothing = maker.nothing(question, maker.scorer.score(question))
        return replace(nothing, verdicts=maker.all_silent(question.scope.reports))
    least = question.rank.order in ("least", "under")
    values.sort(key=lambda v: v.number, reverse=not least)
    cited = Citations(maker.index)
    verdicts, rows = [], []
    for value in values:
        numbers = tuple(cited.cite(p) for p in value.passages)
        meets = _meets(question, value)
        word: VerdictWord = "yes" if meets else "no"
        verdicts.append(maker.verdict(value.report, word, value.confidence, value.value, numbers))
        rows.append((maker.index.reports[value.report], value, numbers, meets))
    given = {v.report for v in values}
    silent = [report for report in question.scope.reports if report not in given]
    other = {o.report: o.candidate.quantity for o in others}
    without = [(maker.index.reports[r], other.get(r)) for r in silent]
    said = sentences.rank(question, rows, without, maker.retriever.size(question.scope.reports), maker.naming)
    if column:
        said.insert(0, basis_of(question, column))
    figure = sentences.rank_figure(question, rows)
    return maker.made(question, cited, said, verdicts=(*verdicts, *maker.all_silent(silent)), figure=figure)


def basis_of(question: Question, column: FromLedger) -> Line:
    """On how many of the reports that are asked of the column rests."""
    given, asked = len(column.values), len(question.scope.reports)
    return sentences.ledger_basis(question.language, column.indicator, given, asked, whole=column.whole)


def figures_of(maker: Maker, question: Question, column: FromLedger | None) -> Figures:
    """One number of every report, from the column of the ledger where there is one and sentences do not tell more."""
    fewest = _fewest_of_sentences(question, column) if column else 0
    if fewest is not None:
        by_name = bool(column and column.values)
        values, others = _of_sentences(maker, question, maker.scorer.score(question), by_name=by_name)
        if column is None or len(values) >= fewest:
            return Figures(values, others, None)
    assert column is not None
    return Figures(column.values, [], column)


def _fewest_of_sentences(question: Question, column: FromLedger) -> int | None:
    """How many values sentences must give to be taken for a column; None where they are not read.

    They tell more finely what is summed up (调解76件，成功74件), and rates, which have names of their own (化解率,
    成功率); and where a column has few values, more reports may give one than the ledger has read.
    """
    if column.corrected:
        return None
    if column.indicator.type == "rate":
        return -(-len(column.values) // 2)
    bounded = question.rank is not None and question.rank.range is not None
    if not column.values and not bounded and len(question.scope.reports) >= _MISSES_NOT_ALL:
        return None
    return len(column.values) if _is_added_up(question) or len(column.values) < FEWEST else None


def _is_added_up(question: Question) -> bool:
    return question.rank is not None and question.rank.order in ("sum", "average")


def _of_sentences(
    maker: Maker, question: Question, scored: ScoredPassages, *, by_name: bool
) -> tuple[list[ReportValue], list[NotCompared]]:
    """The number of every report as its sentences give it, only by the names of what is counted where ``by_name``."""
    supports = np.maximum(scored.prior, scored.supports)
    # A number too many spoils a sum; among others it is one line that a reader can check.
    strict = by_name or _is_added_up(question)
    values, others = rank_values(maker.retriever, question, scored.passages, supports, in_any_words=not strict)
    if strict and not values and not by_name:  # then a sum too is better made of figures in any words than of none
        values, others = rank_values(maker.retriever, question, scored.passages, supports)
    return values, others


def _meets(question: Question, value: ReportValue) -> bool:
    """Whether a report's number is within the bounds asked for; where none are, it is."""
    bounds = question.rank.range if question.rank else None
    if bounds is None:
        return True
    if len(value.quantities) != 1:
        return bounds.holds(value.number)
    one = value.quantities[0]
    return bounds.holds(one if one.in_base_unit == (one.value, one.unit) else value.number)
