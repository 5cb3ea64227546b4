"""What a follow-up asks beyond the answer before it: what else there is (「还有吗？」), or why (「为什么？」)."""

from __future__ import annotations

import re
from collections.abc import Callable
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
    scored = maker.scorer.score(question)
    cited = Citations(maker.index)
    for row in top_k(scored.supports, len(scored.supports)):
        passage = int(scored.passages[row])
        own = maker.index.passages[passage]
        report = maker.index.reports[own.report].id
        told = any(c.report == report and c.start <= own.start < c.end for c in before.citations)
        if scored.supports[row] < maker.thresholds["answer"] or len(cited.made) == _SHOWN:
            break
        if not told and not _is_heading(maker, passage):
            cited.cite(passage)
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
    scored = maker.scorer.score(asked)
    cited = Citations(maker.index)
    nearest = Citations(maker.index)
    for row in top_k(scored.supports, len(scored.supports)):
        passage = int(scored.passages[row])
        if scored.supports[row] < maker.thresholds["answer"] or len(cited.made) == _SHOWN:
            break
        if _is_heading(maker, passage):
            continue
        nearest.cite(passage)
        if _REASON.search(simplify(maker.index.reading(maker.index.passages[passage]))):
            cited.cite(passage)
    if not cited.made:
        return replace(declined, nearest=tuple(nearest.made[:_SHOWN]))
    lines = [sentences.evidence(question.language, citation, (), maker.naming) for citation in cited.made]
    return maker.made(replace(question, kind="fact"), cited, lines)


def _is_heading(maker: Maker, passage: int) -> bool:
    """Whether a passage is a heading, which says only what follows."""
    own = maker.index.passages[passage]
    return bool(own.heading_path) and maker.index.quote(own).strip() == own.heading_path[-1].strip()
