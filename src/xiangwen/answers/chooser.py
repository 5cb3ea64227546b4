"""Which figure of a sentence is meant: the judge reads the sentence with each figure marked in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xiangwen.answers.candidates import FigureCandidate, by_fit
from xiangwen.retrieval.figures import MarkedFigure, read_figures
from xiangwen.retrieval.pair import LABELS, context

if TYPE_CHECKING:
    from xiangwen.questions import Question
    from xiangwen.retrieval.cross_encoder import Judge
    from xiangwen.retrieval.evidence import Retriever

# What measures these: docs/thresholds.md.
_READ = 0.8
"""What the judge's reading counts beside the features of a figure."""
_PLAIN = 0.8
"""From this share of the question's words on a clause speaks for itself."""
_TIED = 0.85
"""Share of the best one's score from which on a figure of such a clause is read beside it."""
_MOST_READ = 8
"""Figures of a sentence that are read, those that fit best; a longer row of figures is rare."""


class JudgeChooser:
    """A `Chooser` that lets the judge read the figures that fit in unit, period and direction."""

    def __init__(self, retriever: Retriever, judge: Judge) -> None:
        self._retriever = retriever
        self._judge = judge

    def __call__(self, question: Question, quote: str, candidates: Sequence[FigureCandidate]) -> Sequence[float]:
        """A score for each candidate, from 0 to 1."""
        scores = by_fit(question, quote, candidates)
        fitting = sorted((i for i, c in enumerate(candidates) if c.answers), key=lambda i: -scores[i])[:_MOST_READ]
        if fitting and candidates[fitting[0]].fit.subject >= _PLAIN:
            # Where the clause has the question's own words, what a figure is of is read better than by the judge.
            fitting = [i for i in fitting if scores[i] >= _TIED * scores[fitting[0]]]
        if len(fitting) < 2:
            return scores
        index = self._retriever.index
        row = index.passages[candidates[0].passage]
        above = context(index.reports[row.report], row)
        figures = [MarkedFigure(above, quote, candidates[i].quantity) for i in fitting]
        readings = read_figures(self._judge, question, figures)
        for i, reading in zip(fitting, readings[:, LABELS.index("yes")].tolist(), strict=True):
            scores[i] = _READ * reading * candidates[i].fit.measure * candidates[i].fit.role + (1 - _READ) * scores[i]
        for i in set(range(len(scores))) - set(fitting):
            scores[i] *= 1 - _READ
        return scores
