"""What a follow-up asks beyond the answer before it: what else there is (「还有吗？」), or why (「为什么？」)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from xiangwen.answers import sentences
from xiangwen.answers.citation import Citations
from xiangwen.answers.lines import Line
from xiangwen.index.top_k import top_k
from xiangwen.language.characters import simplify

if TYPE_CHECKING:
    from xiangwen.answers.answer import Answer
    from xiangwen.answers.making import Maker
    from xiangwen.questions import Question

_COMPLETE = ("which", "rank", "each", "compare", "collection", "common")
"""Kinds whose answers leave out nothing that meets the question."""
_SHOWN = 3
"""Further sentences at most."""
_REASON = re.compile(r"因(?!地制宜|此|而|人|素|子)|由于|原因|导致|受.{1,12}影响|之所以|造成|致使|所致")


def more(maker: Maker, question: Question, answered: Callable[[Question], Answer]) -> Answer:
    """What else there is: further sentences of the reports, or that the answer before was all.

    Args:
        maker: makes answers.
        question: the one before, asked for more.
        answered: answers a question.
    """
    before = answered(replace(question, beyond=None))
    if not before.answered:
        return before
    if question.kind in _COMPLETE:
        said = sentences.nothing_more(question.language, listed=True)
        return replace(before, lines=(Line("words", said), *before.lines))
    cited = Citations(maker.index)
    for passage in _likely(maker, question):
        own = maker.index.passages[passage]
        report = maker.index.reports[own.report].id
        if not any(c.report == report and c.start <= own.start < c.end for c in before.citations):
            cited.cite(passage)
        if len(cited.made) == _SHOWN:
            break
    if not cited.made:
        said = sentences.nothing_more(question.language, listed=False)
        return maker.declined(question, said, "no_evidence")
    return maker.made(question, cited, sentences.items(question, cited.made, maker.naming))


def why(maker: Maker, question: Question) -> Answer:
    """Sentences that give a reason; where none does, that the reports do not say it: nothing is guessed."""
    declined = maker.declined(question, sentences.no_reason(question.language), "no_evidence")
    if not question.scope.groups:
        return declined
    asked = replace(
        question, kind="fact", topic=f"{question.topic} 原因", standalone=f"{question.standalone} 原因是什么？"
    )
    cited = Citations(maker.index)
    nearest = Citations(maker.index)
    for passage in _likely(maker, asked):
        nearest.cite(passage)
        if _REASON.search(simplify(maker.index.reading(maker.index.passages[passage]))):
            cited.cite(passage)
        if len(cited.made) == _SHOWN:
            break
    if not cited.made:
        return replace(declined, nearest=tuple(nearest.made[:_SHOWN]))
    lines = [sentences.evidence(question.language, citation, (), maker.naming) for citation in cited.made]
    return maker.made(replace(question, kind="fact"), cited, lines)


def _likely(maker: Maker, question: Question) -> Iterator[int]:
    """The sentences that may answer, likeliest first; a heading says only what follows."""
    scored = maker.scorer.score(question)
    for row in top_k(scored.supports, len(scored.supports)):
        if scored.supports[row] < maker.thresholds["answer"]:
            return
        passage = int(scored.passages[row])
        if not maker.index.passages[passage].is_heading:
            yield passage
