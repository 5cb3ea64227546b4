"""The answer to a question about one place: its best sentence, or the number that it gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.answers import sentences
from xiangwen.answers.citation import Citations
from xiangwen.answers.from_ledger import corrected_value, value_in_ledger
from xiangwen.answers.numbers import (
    best_figures,
    fit_of,
    given_instead,
    gives_number,
    gives_number_of_year,
    plainly_gives,
    value_of,
)
from xiangwen.index.top_k import top_k
from xiangwen.language.characters import simplify
from xiangwen.questions.years import with_years
from xiangwen.retrieval.figures import fits_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.answers.answer import Answer
    from xiangwen.answers.making import Maker
    from xiangwen.answers.numbers import ReportValue
    from xiangwen.quantities.quantity import Quantity
    from xiangwen.questions import Question
    from xiangwen.retrieval import ScoredPassages
    from xiangwen.retrieval.evidence import Retriever

_NONE = re.compile(r"未|没有|无(?!论)|零")
"""What says that there was none of something."""
# What measures these: docs/thresholds.md.
_BESIDE = 0.5
"""A second sentence with a number stands beside the best one if it is worth so much of it."""
_ANY_FIT = 0.4
"""What a sentence is worth however badly its number fits."""
_SURELY_AHEAD = 0.3
"""The probability from which on a sentence counts what is asked for, so that the next one may give its year before."""
_BEST = 8
"""Sentences that may answer."""
_WEIGHED = 6
"""Of those that are sure enough so many have their numbers read."""
_SHOWN = 3
"""Sentences of an answer at most."""
_SHOWN_OF_NAMED = 2
"""The same where one report is named."""


def answer(maker: Maker, question: Question, scored: ScoredPassages) -> Answer:
    """The best sentence, and more only where the first does not answer alone.

    A name that several reports share (two townships of one name, one township in two years) is answered for each.
    """
    if said := _of_ledger(maker, question, corrected_value):
        return said
    report_of = maker.index.report_of[scored.passages]
    if question.scope.groups and len(question.scope.reports) > 1:
        parts = [np.flatnonzero(report_of == report) for report in question.scope.reports]
    else:
        parts = [np.arange(len(report_of))]
    chosen = [row for rows in parts for row in _best_rows(maker, question, scored, rows, alone=len(parts) == 1)]
    if not chosen:
        return _of_ledger(maker, question, value_in_ledger) or maker.nothing(question, scored)
    cited = Citations(maker.index)
    lines = []
    figure = None
    for row in chosen:
        passage = int(scored.passages[row])
        n = cited.cite(passage)
        values = best_figures(maker.retriever, question, passage, maker.choose) if question.kind == "number" else ()
        figure = figure or (value_of(values[:1]) if values else None)
        lines.append(sentences.evidence(question.language, cited.of(n), values, maker.naming))
    if question.kind == "number" and figure is None:
        return _other_number(maker, question, scored, chosen) or maker.made(question, cited, lines)
    return maker.made(question, cited, lines, figure=figure)


def _of_ledger(
    maker: Maker, question: Question, value: Callable[[Retriever, Question], ReportValue | None]
) -> Answer | None:
    """The number that the ledger has: as an analyst corrected it, or, read without the question's words, where no
    sentence is sure enough."""
    found = value(maker.retriever, question) if question.kind == "number" else None
    if found is None:
        return None
    cited = Citations(maker.index)
    lines = []
    for passage in found.passages:  # several lots of one thing may stand in several sentences
        here = maker.retriever.quantities[passage]
        own = [q for q in found.quantities if len(found.passages) == 1 or q in here]
        lines.append(sentences.evidence(question.language, cited.of(cited.cite(passage)), own, maker.naming))
    return maker.made(question, cited, lines, figure=found.value)


def of_another_year(maker: Maker, question: Question) -> Answer | None:
    """The number of a year that has no report, where the report of another year gives it beside its own."""
    if question.scope.problem != "unknown_year" or question.kind != "number" or not question.scope.reports:
        return None
    scope = replace(question.scope, problem=None, groups=(question.scope.reports,))
    question = replace(question, scope=scope, standalone=_as_asked_a_year_later(question))
    scored = maker.scorer.score(question)
    likely = np.flatnonzero(scored.prior >= maker.thresholds["answer"]).tolist()
    rows = [
        row
        for row in likely
        if gives_number_of_year(maker.retriever, question, int(scored.passages[row]), float(scored.supports[row]))
    ]
    cited = Citations(maker.index)
    if rows:
        passage = int(scored.passages[max(rows, key=lambda row: scored.supports[row])])
        values = best_figures(maker.retriever, question, passage, maker.choose)
    elif beside := _year_before_beside(maker, question, scored, likely):
        passage, values = beside
    else:
        return None
    citation = cited.of(cited.cite(passage))
    said = sentences.evidence(question.language, citation, values, maker.naming)
    return maker.made(question, cited, [said], figure=value_of(values[:1]))


def _year_before_beside(
    maker: Maker, question: Question, scored: ScoredPassages, likely: Sequence[int]
) -> tuple[int, tuple[Quantity]] | None:
    """The sentence that gives but the year before of what the one ahead of it counts: 「宣讲70场。2023年是52场。」"""
    index, quantities = maker.index, maker.retriever.quantities
    best = max(likely, key=lambda row: scored.supports[row], default=None)
    if best is None or scored.supports[best] < _SURELY_AHEAD:
        return None
    ahead = int(scored.passages[best])
    own = {q.unit for q in quantities[ahead] if fits_unit(q, question) and q.period.kind == "year"}
    behind = ahead + 1
    if behind >= len(index.passages) or index.report_of[behind] != index.report_of[ahead]:
        return None
    quantity = next(iter(quantities[behind]), None)
    if quantity is None or quantity.period.kind != "year_before" or quantity.unit not in own or quantity.counted:
        return None
    return behind, (quantity,)


def _as_asked_a_year_later(question: Question) -> str:
    """The question as the report on the next year would be asked it: 「上一年调解了多少」 for 「2022年调解了多少」."""
    words = "the year before" if question.language == "en" else "上一年"
    return with_years(question.standalone, words, words)


def _other_number(maker: Maker, question: Question, scored: ScoredPassages, rows: Sequence[int]) -> Answer | None:
    """What the report gives instead of the number asked for: that of another period, or the other direction."""
    found = given_instead(maker.retriever, question, (int(scored.passages[row]) for row in rows))
    if found is None:
        return None
    nearest = Citations(maker.index)
    citation = nearest.of(nearest.cite(found.passage))
    said = sentences.only_given(question, found.quantity, citation)
    return replace(maker.declined(question, said, "no_evidence"), nearest=tuple(nearest.made))


def _best_rows(
    maker: Maker, question: Question, scored: ScoredPassages, rows: NDArray[np.int64], *, alone: bool
) -> list[int]:
    """The rows that answer, best first; at most one where others answer beside it."""
    order = rows[top_k(scored.supports[rows], _BEST)]
    if len(order) == 0:
        return []
    thresholds = maker.thresholds
    best = float(scored.supports[order[0]])
    enough = [int(i) for i in order if _may_answer(maker, question, scored, int(i))]
    most = (_SHOWN_OF_NAMED if question.scope.groups else _SHOWN) if alone else 1
    chosen = [i for i in enough if scored.supports[i] >= thresholds["also"] * best][:most]
    if question.kind == "number" and chosen:
        return _with_numbers(maker, question, scored, enough, chosen)[:most]
    return chosen


def _with_numbers(
    maker: Maker, question: Question, scored: ScoredPassages, enough: Sequence[int], chosen: Sequence[int]
) -> list[int]:
    """The rows that give the number asked for, best first.

    The best sentence may have no such number, or that of another period: then the best one has that is sure ``enough``.
    Where none has, the best of those ``chosen`` stands if it is very sure, or for what they give instead.
    """
    retriever = maker.retriever

    def passage(row: int) -> int:
        return int(scored.passages[row])

    worth = {
        row: float(scored.supports[row]) * (_ANY_FIT + fit_of(retriever, question, passage(row)))
        for row in enough[:_WEIGHED]
        if gives_number(retriever, question, passage(row), float(scored.supports[row]))
    }
    if not worth:
        sure = float(scored.supports[chosen[0]]) >= maker.thresholds["sure"]
        stands = sure and _has_such_number(maker, question, passage(chosen[0]))
        return list(chosen[:1]) if stands or given_instead(retriever, question, map(passage, chosen)) else []
    first = max(worth, key=lambda row: worth[row])
    return [first, *(row for row in chosen if row != first and worth.get(row, 0.0) >= _BESIDE * worth[first])]


def _has_such_number(maker: Maker, question: Question, passage: int) -> bool:
    """Whether a passage has any number in the measure words asked for, or says that there was none: without either it
    cannot answer 「多少次」."""
    said = simplify(maker.index.reading(maker.index.passages[passage]))
    return bool(_NONE.search(said)) or any(fits_unit(q, question) for q in maker.retriever.quantities[passage])


def _may_answer(maker: Maker, question: Question, scored: ScoredPassages, row: int) -> bool:
    """Whether a row is sure enough; less will do where its figure counts just what is asked for."""
    least = maker.thresholds["answer"]
    return bool(scored.supports[row] >= least) or (
        question.kind == "number"
        and scored.prior[row] >= least
        and plainly_gives(maker.retriever, question, int(scored.passages[row]))
    )
