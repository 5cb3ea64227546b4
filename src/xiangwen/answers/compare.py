"""The answer to a comparison: matching evidence of each place named, side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.answers import sentences
from xiangwen.answers.citation import Citations
from xiangwen.answers.numbers import best_figures, gives_number, value_of
from xiangwen.index.top_k import top_k
from xiangwen.questions import sides

if TYPE_CHECKING:
    from xiangwen.answers.answer import Answer
    from xiangwen.answers.lines import VerdictWord
    from xiangwen.answers.making import Maker
    from xiangwen.questions import Question
    from xiangwen.retrieval import ScoredPassages

_BEST = 6
"""Sentences of each place that may be put beside those of the others."""
_SHOWN = 2
"""Of these so many are put there, of a number one."""
_NOT_SHOWN = 0.5
"""How sure it is that a report of another year of the place says nothing: it was not shown."""


def answer(maker: Maker, question: Question) -> Answer:
    """Matching evidence of each place named, side by side."""
    cited = Citations(maker.index)
    shown, verdicts = [], []
    asked = sides(question)
    for side in asked:
        group = side.scope.reports
        own = maker.scorer.score(side)
        passages, p = _evidence(maker, side, own)
        # Of a place with several years the report of the best passage speaks for it.
        report = int(maker.index.report_of[passages[0]]) if passages else group[0]
        passages = [passage for passage in passages if maker.index.report_of[passage] == report]
        numbers = tuple(cited.cite(passage) for passage in passages)
        figures = [best_figures(maker.retriever, side, passage, maker.choose) for passage in passages]
        values = next((f for f in figures if f), ())
        value = value_of(values[:1]) if values else None
        word: VerdictWord = "yes" if numbers else "silent"
        verdicts.append(maker.verdict(report, word, p if numbers else 1 - p, value, numbers))
        verdicts += [maker.verdict(r, "silent", _NOT_SHOWN) for r in group if r != report]
        shown.append((maker.index.reports[report], values, numbers))
    if not cited.made:
        nothing = maker.nothing(question, maker.scorer.score(question))
        return replace(nothing, verdicts=tuple(replace(v, citations=()) for v in verdicts))
    of_numbers = all(side.kind == "number" for side in asked)
    of_one_matter = len({side.topic for side in asked}) == 1
    said, figure = sentences.compare(
        question.language,
        shown,
        cited.made,
        maker.naming,
        numbers=of_numbers,
        rank=question.rank,
        of_one_matter=of_one_matter,
    )
    return maker.made(question, cited, said, verdicts=tuple(verdicts), figure=figure)


def _evidence(maker: Maker, side: Question, own: ScoredPassages) -> tuple[list[int], float]:
    """The passages of one place that are shown, and how likely its best one answers."""
    # A place that is named is worth its nearest sentence even where the judge, which never read a comparison,
    # doubts it.
    strength = np.maximum(own.supports, own.prior * maker.thresholds["unread"])
    order = top_k(strength, _BEST)
    enough = [int(i) for i in order if strength[i] >= maker.thresholds["compare"]]
    good = enough[:_SHOWN]
    if side.kind == "number":
        numbered = [
            i for i in enough if gives_number(maker.retriever, side, int(own.passages[i]), float(own.supports[i]))
        ]
        numbered.sort(key=lambda i: _only_parts(maker, side, int(own.passages[i])))
        good = numbered[:1] or good[:1]
    return [int(own.passages[i]) for i in good], float(own.supports[order[0]]) if len(order) else 0.0


def _only_parts(maker: Maker, question: Question, passage: int) -> bool:
    """Whether its figure is a part of another: the whole is what is compared."""
    figures = best_figures(maker.retriever, question, passage)
    return bool(figures) and figures[0].role == "part"
