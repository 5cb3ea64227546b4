"""What every kind of answer is made with, and how an answer is put together of its lines, verdicts and citations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from xiangwen.answers import sentences
from xiangwen.answers.answer import Answer, AnswerKind, Reason, Value, Verdict
from xiangwen.answers.candidates import Chooser, by_fit
from xiangwen.answers.chooser import JudgeChooser
from xiangwen.answers.citation import Citations
from xiangwen.answers.lines import Line, VerdictWord
from xiangwen.answers.naming import Naming
from xiangwen.answers.verdicts import Verdicts
from xiangwen.index.top_k import top_k
from xiangwen.questions import Atlas
from xiangwen.questions.classifier import encoder_of_classifiers
from xiangwen.questions.kind_asked import VectorOf
from xiangwen.retrieval import Scorer
from xiangwen.retrieval.cross_encoder import shipped_judge
from xiangwen.retrieval.evidence import Retriever

if TYPE_CHECKING:
    from xiangwen.index import Store
    from xiangwen.questions import Question
    from xiangwen.questions.kind_asked import QuestionKind
    from xiangwen.retrieval import ScoredPassages, VerdictModel

SILENT = 0.8
"""How sure it is that a report gives no figure where none was found; set by hand, as no model weighs it."""
_NEAREST = 3
"""Passages shown, as no answer, where nothing answers."""


class Maker:
    """Makes the answers over one index: what reads and judges for all kinds, and what all of them share."""

    def __init__(self, index: Store, judge: bool, model: VerdictModel) -> None:
        """Make ready.

        Args:
            index: the reports.
            judge: let the judge read the best passages; without it the features alone decide.
            model: weighs features and readings.
        """
        self.index = index
        self.atlas = Atlas(index.reports, index.likely_reports)
        self.naming = Naming(index.reports)
        self.retriever = Retriever(index)
        reader = shipped_judge() if judge else None
        self.scorer = Scorer(self.retriever, model, reader)
        self.thresholds = self.scorer.thresholds
        self.verdicts = Verdicts(self.retriever, self.scorer)
        # Classifiers of questions weigh the vectors of one encoder; with another one those do that need none.
        known = index.model_fingerprint == encoder_of_classifiers()
        self.vector_of: VectorOf = index.vector if known else lambda _: None
        self.choose: Chooser = JudgeChooser(self.retriever, reader) if reader else by_fit

    def made(
        self,
        question: Question,
        cited: Citations,
        lines: Sequence[Line],
        *,
        reason: Reason | None = None,
        verdicts: tuple[Verdict, ...] = (),
        scope: Sequence[int] | None = None,
        figure: Value | None = None,
    ) -> Answer:
        """The answer, with how the question was read around its lines.

        Args:
            question: as understood.
            cited: what its markers stand for.
            lines: what is said.
            reason: why it does not answer.
            verdicts: on every report in scope, where they are asked for.
            scope: numbers of the reports that were looked at; by default all that the question is about.
            figure: the one number that is the answer.
        """
        reports = question.scope.reports if scope is None else scope
        first, last = (
            sentences.readings(question, self.index.reports, self.naming) if reason != "off_topic" else ([], [])
        )
        return Answer(
            question=question.text,
            language=question.language,
            kind=_kind_answered(question.kind) if reason in (None, "no_evidence") else "none",
            answered=reason is None,
            reason=reason,
            lines=(*first, *lines, *last),
            citations=tuple(cited.made),
            verdicts=verdicts,
            checked_reports=len(reports),
            checked_passages=self.retriever.size(reports),
            milliseconds=0.0,
            figure=figure,
        )

    def declined(
        self, question: Question, said: str, reason: Reason | None, scope: Sequence[int] | None = None
    ) -> Answer:
        """One sentence that says why there is no answer."""
        return self.made(question, Citations(self.index), [Line("words", said)], reason=reason, scope=scope)

    def nothing(self, question: Question, scored: ScoredPassages) -> Answer:
        """The reports do not say; the nearest passages go along, marked as no answer."""
        nearest = Citations(self.index)
        for i in top_k(scored.supports, _NEAREST):
            nearest.cite(int(scored.passages[i]))
        reports = [self.index.reports[r] for r in question.scope.reports]
        said = sentences.nothing_found(question, reports, self.retriever.size(question.scope.reports), self.naming)
        line = Line("words", said, says_searched=True)
        answer = self.made(question, Citations(self.index), [line], reason="no_evidence")
        return replace(answer, nearest=tuple(nearest.made))

    def unknown_scope(self, question: Question, chosen: frozenset[int]) -> Answer:
        """A place or year that the collection does not have, or that lies outside the reports chosen."""
        named = [self.index.reports[r] for r in question.scope.reports]
        at_hand = [r for n, r in enumerate(self.index.reports) if n in chosen]
        if question.scope.problem == "outside":
            said = sentences.outside(question, named, at_hand, self.naming)
            return self.declined(question, said, "unknown_report", scope=())
        said = sentences.unknown_scope(question, named or at_hand, self.naming)
        return self.declined(question, said, question.scope.problem, scope=())

    def verdict(
        self,
        report: int,
        word: VerdictWord,
        confidence: float,
        value: Value | None = None,
        citations: tuple[int, ...] = (),
    ) -> Verdict:
        """The verdict on a report by its number."""
        row = self.index.reports[report]
        meta = row.metadata
        return Verdict(
            report=row.id,
            file=row.file,
            township=meta.township,
            county=meta.county,
            year=meta.year,
            verdict=word,
            confidence=round(min(max(confidence, 0.0), 1.0), 3),
            value=value,
            citations=citations,
        )

    def all_silent(self, reports: Iterable[int]) -> tuple[Verdict, ...]:
        """The verdicts on reports none of which gives a figure."""
        return tuple(self.verdict(report, "silent", SILENT) for report in reports)


def _kind_answered(kind: QuestionKind) -> AnswerKind:
    """The kind of an answer: each township's own figure is a rank, told in the reports' order."""
    return "rank" if kind == "each" else kind
