"""What every report says on a which-question: yes, partial, no or silent, each with its confidence and its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiangwen.answers.lines import VerdictWord
from xiangwen.answers.numbers import counts_none, gives_number, goes_the_other_way
from xiangwen.retrieval.list_threshold import best_threshold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.questions import Question
    from xiangwen.retrieval import ScoredPassages, Scorer
    from xiangwen.retrieval.evidence import Retriever

_SAID = 0.9
"""The least confidence in that a report speaks of a matter where one sentence holds all its words."""
_WORST_FIRST: tuple[VerdictWord, ...] = ("no", "silent", "partial", "yes")


class Judged(NamedTuple):
    """What a report says on a which-question."""

    report: int
    word: VerdictWord
    confidence: float
    evidence: tuple[int, ...]
    """The passages that show it: one for each condition of the question, none where it is silent."""


def together(rows: Sequence[Judged]) -> Judged:
    """What a report says on several conditions at once: it meets them where it meets each, and denies them where it
    denies one."""
    said = [row.word for row in rows]
    word = next(word for word in _WORST_FIRST if word in said)
    shown = rows if word in ("yes", "partial") else [row for row in rows if row.word == word]
    evidence = tuple(dict.fromkeys(passage for row in shown for passage in row.evidence))
    return Judged(rows[0].report, word, min(row.confidence for row in shown), evidence)


class Verdicts:
    """Gives the verdicts: yes from a list's own threshold on, partial and no by the fitted ones."""

    def __init__(self, retriever: Retriever, scorer: Scorer) -> None:
        self._retriever = retriever
        self._scorer = scorer
        self._thresholds = scorer.thresholds

    def of(self, question: Question, scored: ScoredPassages) -> list[Judged]:
        """The verdict on every report in scope, in its order."""
        return [self._in_direction(question, row) for row in self._each(question, scored)]

    def _in_direction(self, question: Question, row: Judged) -> Judged:
        """The verdict, turned round where its sentence tells of a fall and a rise is asked for, or vice versa, or where
        it counts none of what is asked about, or some where none is asked for."""
        if not row.evidence:
            return row
        none = counts_none(self._retriever, question, row.evidence[0])
        if none is not None and (none or question.absence) and not question.negated:
            return row._replace(word="yes" if none and question.absence else "no")
        if row.word not in ("yes", "partial"):
            return row
        other_way = goes_the_other_way(self._retriever, question, row.evidence[0])
        return row._replace(word="no") if other_way else row

    def _each(self, question: Question, scored: ScoredPassages) -> list[Judged]:
        """The verdict on every report in scope by what its passages support, of all of them at once, since there may be
        thousands of both."""
        reports = np.array(question.scope.reports, dtype=np.int64)
        report_of = self._retriever.index.report_of[scored.passages]
        starts, ends = np.searchsorted(report_of, reports), np.searchsorted(report_of, reports, side="right")
        # A report without a passage is silent.
        some = np.flatnonzero(ends > starts)
        judged = [Judged(report, "silent", 1.0, ()) for report in question.scope.reports]
        if len(some) == 0:
            return judged
        starts, ends = starts[some], ends[some]
        p, best = self._scorer.report_probabilities(scored, starts, ends)
        rows = self._mentioned if question.mention else self._established
        for number, row in zip(some.tolist(), rows(question, scored, starts, p, best), strict=True):
            word, confidence, evidence = row
            passages = () if evidence is None else (int(scored.passages[evidence]),)
            judged[number] = Judged(judged[number].report, word, confidence, passages)
        return judged

    def _established(
        self,
        question: Question,
        scored: ScoredPassages,
        starts: NDArray[np.int64],
        p: NDArray[np.float64],
        best: NDArray[np.int64],
    ) -> Iterator[tuple[VerdictWord, float, int | None]]:
        """Verdict, confidence and row of the evidence of reports whose rows begin at ``starts``."""
        # What the judge read of a report denies; where it read nothing, all of it.
        read = np.where(scored.read, scored.denies, np.float32(-1))
        contrary = np.maximum.reduceat(read, starts)
        contrary = np.where(contrary < 0, np.maximum.reduceat(scored.denies, starts), contrary)
        partly = scored.partly[best] > self._thresholds["partial"]
        ends = np.append(starts[1:], len(read))
        least = best_threshold(p)
        for number, (probability, denied) in enumerate(zip(p.tolist(), contrary.tolist(), strict=True)):
            if probability >= least:
                yield "partial" if partly[number] else "yes", probability, int(best[number])
            elif denied >= self._thresholds["denies"] and not question.absence:
                rows = slice(int(starts[number]), int(ends[number]))
                own = read[rows] if read[rows].max() >= 0 else scored.denies[rows]
                yield "no", denied, rows.start + int(own.argmax())
            else:
                yield "silent", 1 - probability, None

    def _mentioned(
        self,
        question: Question,
        scored: ScoredPassages,
        starts: NDArray[np.int64],
        p: NDArray[np.float64],
        best: NDArray[np.int64],
    ) -> Iterator[tuple[VerdictWord, float, int | None]]:
        """Verdict, confidence and row of the evidence where asked is whether a report speaks of the matter at all, in
        any section."""
        full = scored.column("coverage") >= self._thresholds["mention"]
        if question.number_asked:
            rows = np.flatnonzero(full)
            full[rows] = [self._gives_number(question, scored, int(row)) for row in rows]
        said = np.logical_or.reduceat(full, starts)
        ends = np.append(starts[1:], len(full))
        for number, probability in enumerate(p.tolist()):
            evidence = int(best[number])
            if said[number]:
                own = slice(int(starts[number]), int(ends[number]))
                evidence = own.start + int((scored.supports[own] + full[own]).argmax())
                probability = max(probability, _SAID)
                found = True
            else:
                found = probability >= self._thresholds["which"] and (
                    not question.number_asked or self._gives_number(question, scored, evidence)
                )
            if question.negated:
                yield ("no", probability, evidence) if found else ("yes", 1 - probability, None)
            else:
                yield ("yes", probability, evidence) if found else ("silent", 1 - probability, None)

    def _gives_number(self, question: Question, scored: ScoredPassages, row: int) -> bool:
        return gives_number(self._retriever, question, int(scored.passages[row]), float(scored.supports[row]))
