"""The assistant: a question in, an `Answer` out. Retrieval proposes, the judge reads, a model weighs both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from xiangwen.answers import (
    beyond,
    collection_told,
    common,
    compare,
    each,
    fact,
    listing,
    outlines,
    rank,
    sentences,
    which,
)
from xiangwen.answers.answer import Answer
from xiangwen.answers.making import Maker
from xiangwen.answers.together import together
from xiangwen.questions import Question, understand
from xiangwen.questions.messages import questions_of
from xiangwen.questions.request import AskRequest, WrongRequest, read_request
from xiangwen.retrieval import ScoredPassages, VerdictModel

if TYPE_CHECKING:
    from xiangwen.index import Store
    from xiangwen.questions.kind_asked import QuestionKind

_OF_SEVERAL: dict[QuestionKind, Callable[[Maker, Question], Answer]] = {
    "compare": compare.answer,
    "common": common.answer,
    "each": each.answer,
    "which": which.answer,
    "rank": rank.answer,
}
"""Who answers the kinds that score what they need themselves: what the ledger answers needs no sentence read."""
_OF_SCORED: dict[QuestionKind, Callable[[Maker, Question, ScoredPassages], Answer]] = {
    "list": listing.answer,
    "summary": listing.summary,
}
"""Who answers the others of the scored passages in scope; what is none of these is a fact or a number."""


class Assistant:
    """Answers questions over one index."""

    def __init__(self, index: Store, *, judge: bool = True, model: VerdictModel | None = None) -> None:
        """Make ready for questions.

        Args:
            index: the reports.
            judge: let the judge read the best passages; without it the features alone decide.
            model: another verdict model than the one that ships.
        """
        self.index = index
        self._maker = Maker(index, judge, model or VerdictModel.load())
        self.atlas = self._maker.atlas
        self.naming = self._maker.naming
        self.retriever = self._maker.retriever
        self.scorer = self._maker.scorer

    def ask(self, question: str, history: Sequence[str] = (), reports: Iterable[str] | None = None) -> Answer:
        """Answer one question.

        Args:
            question: as typed, Chinese or English.
            history: the earlier questions of the conversation, oldest first.
            reports: ids of the reports that may answer, however the question is put; None for all. A question that
                names a township outside them is told so.

        Raises:
            WrongRequest: if what is given is beyond the limits of `xiangwen.questions.request`.
        """
        ids = None if reports is None else tuple(reports)
        asked = {"question": question, "history": tuple(history), "reports": ids}
        return self.answer(read_request(AskRequest, asked))

    def check_reports(self, request: AskRequest) -> None:
        """Refuse ids that no report has; the page does not, since its list may be older than the index.

        Raises:
            WrongRequest: if there is one.
        """
        here = {report.id for report in self.index.reports}
        if gone := next((one for one in request.reports or () if one not in here), None):
            raise WrongRequest(f"没有编号为 {gone[:80]} 的报告。 No report has that id: see the list of reports.")

    def answer(self, request: AskRequest) -> Answer:
        """Answer a request: each of its questions, if it asks several, in the light of those before."""
        started = time.perf_counter()
        said = [question for message in request.history for question in self._questions_of(message)]
        answers = []
        for question in [request.question] if request.problem else self._questions_of(request.question):
            answers.append(self._answer(request.model_copy(update={"question": question, "history": tuple(said)})))
            said.append(question)
        answer = answers[0] if len(answers) == 1 else together(request.question, answers)
        return replace(answer, milliseconds=(time.perf_counter() - started) * 1000)

    def _questions_of(self, message: str) -> tuple[str, ...]:
        return questions_of(message, lambda text: understand(text, self.atlas, vector_of=self._maker.vector_of))

    def _answer(self, request: AskRequest) -> Answer:
        text = request.question
        if request.problem:
            empty = request.problem == "empty"
            read = understand("?" if empty else text[:100], self.atlas)
            said = sentences.nothing_asked(read.language) if empty else sentences.too_long(read.language)
            return self._maker.declined(replace(read, text=text), said, "off_topic", scope=())
        ids = None if request.reports is None else frozenset(request.reports)
        chosen = frozenset(n for n, r in enumerate(self.index.reports) if ids is None or r.id in ids)
        question = understand(
            text, self.atlas, request.history, vector_of=self._maker.vector_of, one_report=len(chosen) == 1
        )
        if question.off_topic:
            said = sentences.off_topic(question.language, len(self.index.reports))
            return self._maker.declined(question, said, "off_topic", scope=())
        return self._by_kind(replace(question, scope=question.scope.within(chosen)), chosen)

    def _by_kind(self, question: Question, chosen: frozenset[int]) -> Answer:
        """The answer of the kind that is asked for, from the reports chosen."""
        maker = self._maker
        if question.beyond == "more":
            return beyond.more(maker, question, lambda before: self._by_kind(before, chosen))
        if question.beyond == "why":
            return beyond.why(maker, question)
        if question.kind == "collection":
            return collection_told.answer(maker, question, chosen)
        if question.scope.problem:
            return fact.of_another_year(maker, question) or maker.unknown_scope(question, chosen)
        if question.section:
            return outlines.answer(maker, question, question.section)
        if question.kind in _OF_SEVERAL:
            return _OF_SEVERAL[question.kind](maker, question)
        scored = self.scorer.score(question)
        if len(scored.passages) == 0:
            return maker.nothing(question, scored)
        return _OF_SCORED.get(question.kind, fact.answer)(maker, question, scored)
