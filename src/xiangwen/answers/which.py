"""The answer to a which-question: a verdict for every report in scope, those that meet it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from xiangwen.answers import rank, sentences
from xiangwen.answers.citation import Citations
from xiangwen.answers.from_ledger import from_ledger
from xiangwen.answers.issuers import issuers_called
from xiangwen.answers.lines import Line
from xiangwen.answers.verdicts import Judged, together
from xiangwen.language.characters import simplify
from xiangwen.questions import understand
from xiangwen.questions.conjunction import conditions
from xiangwen.questions.kind_asked import Rank
from xiangwen.questions.quantity_asked import read_range

if TYPE_CHECKING:
    from xiangwen.answers.answer import Answer
    from xiangwen.answers.lines import VerdictWord
    from xiangwen.answers.making import Maker
    from xiangwen.questions import Question
    from xiangwen.retrieval import ScoredPassages

_ORDER: dict[VerdictWord, int] = {"yes": 0, "partial": 1, "no": 2, "silent": 3}


def answer(maker: Maker, question: Question) -> Answer:
    """A verdict for every report in scope; by the numbers of the ledger where they are asked to keep a bound."""
    if parts := conditions(simplify(question.standalone)):
        return _of_conditions(maker, question, parts)
    bounded = _over_a_bound(question)
    if bounded and (column := from_ledger(maker.retriever, bounded)):
        return rank.of_column(maker, bounded, column)
    scored = maker.scorer.score(question)
    if len(scored.passages) == 0:
        return maker.nothing(question, scored)
    return _listed(maker, question, maker.verdicts.of(question, scored), scored)


def _over_a_bound(question: Question) -> Question | None:
    """The question as one for all whose number keeps a bound, 「专门议过四次以上的有哪些」; None where it sets none."""
    bounds = None if question.negated or question.absence else read_range(question.topic)
    if bounds is None:
        return None
    return replace(question, kind="rank", rank=Rank("under" if bounds.low is None else "over", range=bounds))


def _of_conditions(maker: Maker, question: Question, parts: Sequence[str]) -> Answer:
    """A verdict for every report where a question sets two conditions at once, each judged by itself."""
    rows = []
    for text in parts:
        own = understand(text, maker.atlas, vector_of=maker.vector_of)
        own = replace(own, kind="which", rank=None, mention=False, scope=question.scope, language=question.language)
        rows.append(maker.verdicts.of(own, maker.scorer.score(own)))
    return _listed(maker, question, [together(own) for own in zip(*rows, strict=True)])


def _listed(maker: Maker, question: Question, judged: list[Judged], scored: ScoredPassages | None = None) -> Answer:
    """The verdicts put into words; of what was ``scored`` come the nearest passages where nothing answers."""
    cited = Citations(maker.index)
    unmentioned = question.mention and question.negated
    judged.sort(key=lambda row: (_ORDER[row.word], -row.confidence))
    verdicts = []
    lines = []
    for report, word, confidence, evidence in judged:
        numbers = tuple(cited.cite(passage) for passage in evidence)
        verdicts.append(maker.verdict(report, word, confidence, None, numbers))
        if numbers:
            named = maker.index.reports[report]
            lines.append(
                Line("own", maker.naming.called(named, question.language), citations=numbers)
                if unmentioned  # a verdict of no would say that it is not mentioned
                else sentences.verdict_line(question.language, named, word, numbers, maker.naming)
            )
    if unmentioned and (without := [maker.index.reports[row.report] for row in judged if row.word == "yes"]):
        lines.append(sentences.not_mentioning(question.language, without, maker.naming))
    said = [v.verdict for v in verdicts]
    passages = maker.retriever.size(question.scope.reports)
    if "yes" not in said and "partial" not in said and "no" not in said:
        nothing = maker.nothing(question, scored or maker.scorer.score(question))
        return replace(nothing, verdicts=tuple(replace(v, citations=()) for v in verdicts))
    issuers = issuers_called(v.township for v in verdicts)
    head = sentences.which_head(question.language, said, passages, issuers, unmentioned=unmentioned)
    return maker.made(question, cited, [head, *lines], verdicts=tuple(verdicts))
