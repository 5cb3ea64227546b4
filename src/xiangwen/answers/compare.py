"""The answer to a comparison: matching evidence of each place named, side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.answers import wording
from xiangwen.answers.citation import Citations
from xiangwen.answers.numbers import best_figures, gives_number, value_of
from xiangwen.index.top_k import largest
from xiangwen.questions import sides

if TYPE_CHECKING:
    from xiangwen.answers.answer import Answer
    from xiangwen.answers.lines import VerdictWord
    from xiangwen.answers.making import Maker
    from xiangwen.questions import Question
    from xiangwen.retrieval import Scored

_BEST = 6
"""Sentences of each place that may be put beside those of the others."""
_NOT_ASKED = 0.5
"""How sure it is that another report of a place says nothing: it was not looked at."""


def answer(maker: Maker, question: Question) -> Answer:
    """Matching evidence of each place named, side by side."""
    cited = Citations(maker.index)
    shown, verdicts = [], []
    for side in sides(question):
        group = side.scope.reports
        own = maker.scorer.score(side)
        passages, p = _evidence(maker, side, own)
        numbers = tuple(cited.cite(passage) for passage in passages)
        figures = [best_figures(maker.retriever, side, passage, maker.choose) for passage in passages]
        values = next((f for f in figures if f), ())
        report = group[0]
        value = value_of(values[:1]) if values else None
        word: VerdictWord = "yes" if numbers else "silent"
        verdicts.append(maker.verdict(report, word, p if numbers else 1 - p, value, numbers))
        verdicts += [maker.verdict(r, "silent", _NOT_ASKED) for r in group[1:]]
        shown.append((maker.index.reports[report], values, numbers))
    if not cited.made:
        nothing = maker.nothing(question, maker.scorer.score(question))
        return replace(nothing, verdicts=tuple(replace(v, citations=()) for v in verdicts))
    said, figure = wording.compare(question, shown, cited.made, maker.naming)
    return maker.made(question, cited, said, verdicts=tuple(verdicts), figure=figure)


def _evidence(maker: Maker, side: Question, own: Scored) -> tuple[list[int], float]:
    """The passages of one place that are shown, and how likely its best one answers."""
    # A place that is named is worth its nearest sentence even where the judge, which never read a comparison,
    # doubts it.
    strength = np.maximum(own.supports, own.prior * maker.thresholds["unread"])
    order = largest(strength, _BEST)
    enough = [int(i) for i in order if strength[i] >= maker.thresholds["compare"]]
    good = enough[:2]
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
