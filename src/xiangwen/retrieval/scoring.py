"""Every passage in scope with the probability that it answers: retrieval proposes, the judge reads, a model weighs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from xiangwen.encoding.probabilities import logit, sigmoid
from xiangwen.index.top_k import top_k
from xiangwen.retrieval.evidence import Evidence, Retriever
from xiangwen.retrieval.feature_names import FEATURES, NEARNESS
from xiangwen.retrieval.figures import MarkedFigure, fits_unit, read_figures
from xiangwen.retrieval.label_propagation import carried_over, description, places_in_line, spread_out
from xiangwen.retrieval.list_threshold import best_threshold
from xiangwen.retrieval.pair import LABELS, context
from xiangwen.retrieval.unfetched_support import unfetched_support
from xiangwen.retrieval.verdict_model import VerdictModel, best_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.questions import Question
    from xiangwen.retrieval.cross_encoder import Judge

# What measures these: docs/thresholds.md.
NAMED_CANDIDATES = 10
"""Passages that the judge reads for a question about one named township."""
_READ_FIRST = 5
"""So many of them first; the others only where none of these is likely to answer a question for a fact or a number."""
_LIKELY = 0.5
"""The probability from which on one of them is."""
_OF_EACH_NAMED = 3
"""Passages of each at least, where several are named."""
READING_BUDGET = 10
"""Passages that it reads for a question over many reports, shared out evenly: what it reads in 100 ms on two cores."""
_FIGURES_READ_OF, _FIGURES_READ = 4, 4
"""Of the most promising sentences of a question for a number so many have so many of their figures marked in turn."""
REPORT_CANDIDATES = 2
"""Passages that it reads of every report at least."""
MOST_READ = 60
"""Passages that it reads in all at most, the most promising ones: some 600 ms on two cores."""
_LIKES_FROM = 4
"""Where what the judge should read is more than so many times `MOST_READ`, it reads some, and their likes by these."""
READ_OF_MANY = 60
"""Passages that it reads where it could not read one of every fourth report: such as differ, by which the others are
judged (`xiangwen.retrieval.label_propagation`)."""
_READ_OF_MOST = 30
"""The same of more reports than `_MANY`."""
_MANY = 5_000
"""Reports above which all else takes most of a second."""
_CHOSEN_AMONG = 2_000
"""Sentences that those to be read are chosen among; more do not differ more."""
_ROUNDING = 0.05
"""Log odds by which a rounded similarity may put them off: .013 on average in 57,000 sentences of generated reports."""
CLOSE = 0.5
"""A verdict whose log odds are within so much of the threshold may be another one once the whole report is seen."""
MOST_DOUBTFUL = 60
"""Reports that are looked at whole for that, at most."""
_LOOKED_THROUGH = 2_000
"""The passages of highest prior, among which those that are to be read are looked for first."""


@dataclass(frozen=True)
class ScoredPassages:
    """The evidence for one question with the model's probabilities; all arrays have one entry a passage in scope."""

    evidence: Evidence
    prior: NDArray[np.float32]
    """From the features alone."""
    supports: NDArray[np.float32]
    """The passage establishes the answer: from features and judge where the judge read it, else at most the prior."""
    denies: NDArray[np.float32]
    """The passage establishes the contrary."""
    read: NDArray[np.bool_]
    """Whether the judge read it, or sentences like it."""
    partly: NDArray[np.float32]
    """Of what the judge takes for support, the share that it takes for partial."""

    @property
    def passages(self) -> NDArray[np.int64]:
        """Numbers of the passages."""
        return self.evidence.passages

    def column(self, name: str) -> NDArray[np.float32]:
        """One feature of all passages."""
        return self.evidence.column(name)


class Scorer:
    """Scores all passages in a question's scope."""

    def __init__(self, retriever: Retriever, model: VerdictModel, judge: Judge | None) -> None:
        """Make ready.

        Args:
            retriever: over the collection.
            model: weighs features and readings.
            judge: reads the most promising passages; None to go by the features alone.
        """
        self.retriever = retriever
        self.model = model
        self.judge = judge
        self.thresholds = model.thresholds if judge else model.plain_thresholds

    def score(self, question: Question) -> ScoredPassages:
        """Features for all, the judge's reading for the most promising."""
        evidence = self.retriever.evidence(question)
        prior, denies = self._from_features(evidence)
        not_all = 0 < len(prior) < self.retriever.size(question.scope.reports)
        if question.kind == "which" and not_all and not self._reads_likes(question):
            # A report of which nothing is read leans on all its passages, and here not all were looked at.
            evidence = self.retriever.evidence(question, whole=self._doubtful(evidence, prior, denies))
            prior, denies = self._from_features(evidence)
        partly = np.zeros(len(prior), dtype=np.float32)
        if self.judge is None or len(prior) == 0:
            return ScoredPassages(evidence, prior, prior, denies, np.zeros(len(prior), bool), partly)
        rows, readings = self._readings(question, evidence, prior)
        features = judge_features(question, prior[rows], readings)
        supports = prior * np.float32(self.model.thresholds["unread"])
        supports[rows] = self._supports(question, evidence, rows, features)
        contrary = denies * np.float32(self.model.thresholds["unread"])
        contrary[rows] = self.model.judged_denies.probability(features)
        read = np.zeros(len(prior), bool)
        read[rows] = True
        partial, yes = readings[:, LABELS.index("partial")], readings[:, LABELS.index("yes")]
        partly[rows] = partial / (partial + yes)
        return ScoredPassages(evidence, prior, supports, contrary, read, partly)

    def _supports(
        self, question: Question, evidence: Evidence, rows: NDArray[np.int64], features: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """The probability that passages which were read establish the answer, from their `judge_features`."""
        if question.kind == "which":
            return self.model.judged.probability(features)
        if question.kind in ("list", "summary"):
            return self.model.judged_items.probability(features)
        return self.model.judged_answer.probability(np.concatenate([features, nearness(evidence, rows)], axis=1))

    def _reads_likes(self, question: Question) -> bool:
        """Whether the judge's readings of some sentences speak for the others, so that of each report some count."""
        many = len(question.scope.reports) * REPORT_CANDIDATES > _LIKES_FROM * MOST_READ
        return self.judge is not None and question.kind == "which" and many

    def _readings(
        self, question: Question, evidence: Evidence, prior: NDArray[np.float32]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows that were read, by the judge or by its readings of their likes, and what came of it."""
        if self._reads_likes(question):
            rows = self._best_two(evidence, prior, self._first_rows(question, evidence))
            passages = evidence.passages[rows]
            vectors = self.retriever.index.vectors_of(passages)
            line = np.argsort(self._places_in_line(passages), kind="stable")
            best = int(prior[rows].argmax())  # always read
            line = np.array([best, *line[line != best][:_CHOSEN_AMONG]])
            count = READ_OF_MANY if len(question.scope.reports) <= _MANY else _READ_OF_MOST
            read = line[spread_out(vectors[line], count)]
            described = description(vectors, evidence.at(rows))
            return rows, carried_over(described, read, self.read(question, passages[read]))
        rows = self.candidates(question, evidence, prior)
        if question.scope.groups and question.kind in ("fact", "number") and len(rows) > _READ_FIRST:
            return self._until_likely(question, evidence, prior, rows)
        return rows, self.read(question, evidence.passages[rows])

    def _until_likely(
        self, question: Question, evidence: Evidence, prior: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The most promising of the rows with their readings; all of them where none of these is likely to answer."""
        first = np.sort(rows[top_k(prior[rows], _READ_FIRST)])
        readings = self.read(question, evidence.passages[first])
        features = judge_features(question, prior[first], readings)
        if self._supports(question, evidence, first, features).max() >= _LIKELY:
            return first, readings
        others = np.setdiff1d(rows, first)
        order = np.argsort(np.concatenate([first, others]), kind="stable")
        return rows, np.concatenate([readings, self.read(question, evidence.passages[others])])[order]

    def _best_two(self, evidence: Evidence, prior: NDArray[np.float32], starts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The two best rows of every report, which begin at ``starts``; exactly these also where similarities are
        rounded, since which they are decides what is read."""
        rows = _best_of_each(prior, starts, REPORT_CANDIDATES)
        if not evidence.rounded:
            return rows
        lengths = np.diff([*starts, len(prior)])
        second = np.minimum.reduceat(prior[rows], np.searchsorted(rows, starts))
        least = sigmoid(logit(second) - _ROUNDING)
        close = np.flatnonzero(prior >= np.repeat(least.astype(np.float32), lengths))
        firsts = np.searchsorted(close, starts)
        sizes = np.diff([*firsts, len(close)])
        contested = np.repeat(sizes > REPORT_CANDIDATES, sizes)
        values = prior[close].astype(np.float64)
        values[contested] = self.model.supports.probability(self.retriever.exact_features(evidence, close[contested]))
        return close[_best_of_each(values, firsts, REPORT_CANDIDATES)]

    def _places_in_line(self, passages: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Numbers by which passages stand in an order that depends on nothing but which they are."""
        index = self.retriever.index
        report_of = index.report_of[passages]
        return places_in_line(self._names[report_of], passages - index.starts[report_of])

    @cached_property
    def _names(self) -> NDArray[np.uint64]:
        """Of every report a number that looks random."""
        digests = (hashlib.sha256(report.id.encode()).digest()[:8] for report in self.retriever.index.reports)
        return np.frombuffer(b"".join(digests), dtype=np.uint64)

    def _from_features(self, evidence: Evidence) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The probability that each passage establishes the answer, and the contrary, from its features alone."""
        models = (self.model.supports, self.model.denies)
        scores = evidence.weighted(np.stack([model.raw_weights for model in models]))
        scores += np.array([[model.raw_bias] for model in models], dtype=np.float32)
        prior, denies = sigmoid(scores)
        return prior, denies

    def _doubtful(self, evidence: Evidence, prior: NDArray[np.float32], denies: NDArray[np.float32]) -> list[int]:
        """Reports whose verdict would be a close one, the closest first."""
        report_of = self.retriever.index.report_of[evidence.passages]
        starts = np.flatnonzero(np.diff(report_of, prepend=-1))
        features, _ = self.of_reports(evidence.passages, starts, prior, denies)
        p = self._among_questions(self.model.report.probability(features))
        distance = np.abs(logit(p) - logit(np.array(best_threshold(p))))
        order = top_k(-distance, MOST_DOUBTFUL)
        return [int(report) for report in report_of[starts[order[distance[order] < CLOSE]]]]

    def of_reports(
        self,
        passages: NDArray[np.int64],
        starts: NDArray[np.int64],
        prior: NDArray[np.float32],
        denies: NDArray[np.float32],
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """`best_rows` of the reports whose rows begin at ``starts``, the passages that are not among the rows allowed
        for; the other arrays have one entry a row."""
        index = self.retriever.index
        sizes = index.sizes[index.report_of[passages[starts]]]
        return best_rows(starts, prior, denies, unfetched_support(starts, sizes, prior))

    def report_probabilities(
        self, scored: ScoredPassages, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The probability that the verdict of each report is yes, and its best row; rows ``starts`` to before ``ends``.

        What the judge read decides for a report; where it read nothing, the features do.
        """
        features, best = self.of_reports(scored.passages, starts, scored.prior, scored.denies)
        p = self._among_questions(self.model.report.probability(features))
        read = np.flatnonzero(scored.read)
        if len(read):
            home = np.searchsorted(ends, read, side="right")
            firsts = np.flatnonzero(np.diff(home, prepend=-1))
            features, best_read = best_rows(firsts, scored.supports[read], scored.denies[read])
            p[home[firsts]] = self._among_questions(self.model.judged_report.probability(features))
            best[home[firsts]] = read[best_read]
        return p, best

    def _among_questions(self, p: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probability of verdicts among real questions, where yes is commoner than among the pairs of the fit."""
        return sigmoid(logit(p) + self.thresholds["verdict_offset"])

    def candidates(self, question: Question, evidence: Evidence, prior: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
        """Rows that the judge is to read: the best of every report."""
        groups = question.scope.groups
        if groups:
            each = max(_OF_EACH_NAMED, NAMED_CANDIDATES // len(question.scope.reports))
        else:
            each = max(REPORT_CANDIDATES, READING_BUDGET // max(1, len(question.scope.reports)))
        if len(question.scope.reports) * each <= MOST_READ:
            return _best_of_each(prior, self._first_rows(question, evidence), each)
        # The best sixty stand among the best few hundred, unless few reports have most of these.
        rows = np.sort(top_k(prior, _LOOKED_THROUGH))
        starts = np.flatnonzero(np.diff(self.retriever.index.report_of[evidence.passages[rows]], prepend=-1))
        chosen = rows[_best_of_each(prior[rows], starts, each)]
        if len(chosen) < MOST_READ and len(rows) < len(prior):
            chosen = _best_of_each(prior, self._first_rows(question, evidence), each)
        if len(chosen) > MOST_READ:
            chosen = chosen[np.argsort(-prior[chosen], kind="stable")[:MOST_READ]]
        return np.sort(chosen)

    def _first_rows(self, question: Question, evidence: Evidence) -> NDArray[np.int64]:
        """Where each report begins among the rows; reports without a row are left out."""
        reports = question.scope.reports
        if len(evidence.passages) == self.retriever.size(reports):
            return self.retriever.index.ranges.first_rows(reports)
        return np.flatnonzero(np.diff(self.retriever.index.report_of[evidence.passages], prepend=-1))

    def read(self, question: Question, passages: NDArray[np.int64]) -> NDArray[np.float64]:
        """The judge's probabilities, shape (passages, labels)."""
        assert self.judge is not None
        index = self.retriever.index
        rows = [index.passages[int(p)] for p in passages]
        contexts = [context(index.reports[p.report], p) for p in rows]
        sentences = [index.reading(p) for p in rows]
        read = self.judge.probabilities(question.standalone, contexts, sentences)
        return self._with_figures(question, passages, contexts, sentences, read) if question.kind == "number" else read

    def _with_figures(
        self,
        question: Question,
        passages: NDArray[np.int64],
        contexts: Sequence[str],
        sentences: Sequence[str],
        read: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Readings for a question for a number: a sentence counts as its best figure does, each marked in turn."""
        assert self.judge is not None
        yes = LABELS.index("yes")
        owners: list[int] = []
        figures: list[MarkedFigure] = []
        for i in top_k(read[:, yes], _FIGURES_READ_OF).tolist():
            fitting = [q for q in self.retriever.quantities[int(passages[i])] if fits_unit(q, question)]
            for quantity in fitting[:_FIGURES_READ]:
                owners.append(i)
                figures.append(MarkedFigure(contexts[i], sentences[i], quantity))
        best = read.copy()
        for i, figure in zip(owners, read_figures(self.judge, question, figures), strict=True):
            if figure[yes] > best[i, yes]:
                best[i] = figure
        return best


def _best_of_each(values: NDArray[np.floating[Any]], starts: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Rows of the ``count`` largest values of every group, of equal ones the first; ascending.

    Args:
        values: none below 0, shape (rows,).
        starts: the first row of every group, ascending.
        count: a smaller group gives all it has.
    """
    lengths = np.diff([*starts, len(values)])
    left = values.copy()
    chosen = np.zeros(len(values), dtype=bool)
    for _ in range(min(count, int(lengths.max(initial=0)))):
        best = np.maximum.reduceat(left, starts)
        at_top = np.flatnonzero(left == np.repeat(best, lengths))
        first = at_top[np.searchsorted(at_top, starts)][best >= 0]
        chosen[first] = True
        left[first] = -1.0
    return np.flatnonzero(chosen)


def nearness(evidence: Evidence, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """The columns of `NEARNESS`, shape (rows, 4)."""
    features = evidence.at(rows)
    z, gloss, in_report = (features[:, FEATURES.index(name)] for name in NEARNESS[1:])
    topic = evidence.asked[0]
    return np.stack([z * topic.deviation + topic.mean, z, gloss, in_report], axis=1).astype(np.float32)


def judge_features(
    question: Question, prior: NDArray[np.floating[Any]], readings: NDArray[np.float64]
) -> NDArray[np.float32]:
    """The columns of `JUDGE_FEATURES`, shape (passages, 8)."""
    says = readings[:, LABELS.index("yes")] + readings[:, LABELS.index("partial")]
    columns = [
        logit(prior),
        logit(says),
        logit(readings[:, LABELS.index("yes")]),
        logit(readings[:, LABELS.index("no")]),
        logit(readings[:, LABELS.index("future")]),
        logit(readings[:, LABELS.index("about")]),
        np.full(len(prior), question.language == "en"),
        np.full(len(prior), question.mention),
    ]
    return np.stack(columns, axis=1).astype(np.float32)
