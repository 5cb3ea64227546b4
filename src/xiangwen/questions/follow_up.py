"""A question in the light of the one before it: what it leaves out is taken over from there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xiangwen.questions.quantity_asked import NOTHING_SAID
from xiangwen.questions.question_words import says
from xiangwen.questions.scope import years_text
from xiangwen.questions.terms import unique_terms
from xiangwen.questions.years import with_years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xiangwen.questions.atlas import Atlas
    from xiangwen.questions.kind_asked import QuestionKind
    from xiangwen.questions.question import Question
    from xiangwen.questions.scope import Scope

_INHERITED_WEIGHT = 0.5
"""A word taken over from the question before counts half as much as one that is asked now."""


def lean_on(question: Question, earlier: Question, atlas: Atlas) -> Question:
    """The question with the place, the topic, or both of the one before, where it leaves them out."""
    if question.scope.years and not question.scope.mentions and earlier.scope.mentions:
        question = _of_place_before(question, earlier, atlas)
    text = question.topic.lower()
    own = any(len(term.asked) > 1 for term in question.terms)
    scope = _scope(question, earlier, text)
    if own and not question.scope.mentions and says("follow_up.new_topic", text):
        return _of_another_matter(question, earlier, scope)
    takes_topic = says("follow_up.topic", text) or says("follow_up.topic", question.text.strip().lower())
    if own and not takes_topic:
        kind = "fact" if question.kind in ("which", "rank") and scope.groups else question.kind
        return replace(question, scope=scope, kind=kind)
    return _with_topic(question, earlier, scope, own)


def _of_place_before(question: Question, earlier: Question, atlas: Atlas) -> Question:
    """「那2023年呢？」 asks of the place before in another year."""
    of_many = question.kind in ("which", "rank", "each", "common", "collection") and len(question.terms) > 0
    if question.scope.problem not in (None, "unknown_year") or question.scope.all_townships or of_many:
        return question
    named = "、".join(earlier.standalone[start:end] for start, end in earlier.scope.mentions)
    standalone = f"{named}{', ' if question.language == 'en' else ''}{question.standalone}"
    return replace(question, scope=atlas.find(standalone, plans_next_year=question.plan), standalone=standalone)


def _scope(question: Question, earlier: Question, text: str) -> Scope:
    """The reports asked about: those of the question before, where this one names none."""
    scope = question.scope
    general = (question.kind in ("which", "rank") or scope.all_townships) and not says("follow_up.place", text)
    if scope.problem is None and not scope.groups and not scope.narrowed and not general:
        return replace(earlier.scope, rest=scope.rest)
    return scope


def _of_another_matter(question: Question, earlier: Question, scope: Scope) -> Question:
    """「执法检查呢？」 asks the same of another matter."""
    if not earlier.scope.groups or earlier.kind == "compare":
        return _of_many(question, earlier)
    kind = earlier.kind if earlier.kind in ("number", "fact", "list", "summary") else question.kind
    named = "".join(earlier.standalone[start:end] for start, end in earlier.scope.mentions)
    asked = f"{named}{question.topic.removesuffix('呢')}{'有多少' if kind == 'number' else ''}？"
    return replace(question, scope=scope, kind=kind, standalone=asked)


def _of_many(question: Question, earlier: Question) -> Question:
    """The same of another matter, over many reports or several places."""
    if earlier.kind not in ("rank", "which", "each", "common", "compare"):
        return question
    scope = replace(earlier.scope, rest=question.scope.rest, mentions=())
    topic = question.topic.removesuffix("呢")
    number_asked = question.number_asked or earlier.number_asked
    return replace(
        question,
        scope=scope,
        kind=earlier.kind,
        rank=earlier.rank,
        standalone=topic,
        topic=topic,
        number_asked=number_asked,
    )


def _with_topic(question: Question, earlier: Question, scope: Scope, own: bool) -> Question:
    """The question with the topic before, beside its ``own`` words where it has some."""
    inherited = tuple(replace(t, weight=t.weight * (_INHERITED_WEIGHT if own else 1.0)) for t in earlier.terms)
    kind = _kind(question, earlier, scope, own)
    return replace(
        question,
        scope=scope,
        kind=kind,
        standalone=_with_new_place(question, earlier) + (f" {question.topic}" if own or kind == "number" else ""),
        number_asked=question.number_asked or earlier.number_asked,
        rank=earlier.rank if kind == "rank" and question.rank is None else question.rank,
        terms=unique_terms((*question.terms, *inherited)),
        topic=f"{question.topic} {earlier.topic}".strip() if own else earlier.topic,
        gloss=f"{question.gloss} {earlier.gloss}".strip() if own else earlier.gloss,
        units=question.units or earlier.units,
        plan=question.plan or earlier.plan,
        shortcoming=question.shortcoming or earlier.shortcoming,
        quantity=question.quantity if question.quantity != NOTHING_SAID else earlier.quantity,
        mention=earlier.mention and kind == "which",
        collection=question.collection or earlier.collection,
        section=question.section or earlier.section,
    )


def _kind(question: Question, earlier: Question, scope: Scope, own: bool) -> QuestionKind:
    kind = earlier.kind if not own or question.kind == "fact" else question.kind
    if kind == "fact" and scope.groups and question.number_asked:
        return "number"
    if kind in ("which", "rank") and scope.groups:
        return "number" if earlier.rank else "fact"
    if kind == "compare" and len(scope.groups) < 2:
        return "number" if earlier.units else "fact"
    return kind


def _with_new_place(question: Question, earlier: Question) -> str:
    """The question before, asked of the place and the year named now."""
    if len(question.scope.mentions) == len(earlier.scope.mentions) == 1:
        (start, end), (old_start, old_end) = question.scope.mentions[0], earlier.scope.mentions[0]
        before = earlier.standalone
        asked = before[:old_start] + question.standalone[start:end] + before[old_end:]
        return _in_year(asked, question.scope.years)
    return earlier.topic if question.scope.mentions else _in_year(earlier.standalone, question.scope.years)


def _in_year(text: str, years: Sequence[int]) -> str:
    """A question with the years named now instead of its own; as it is where none are."""
    return with_years(text, years_text(years), "") if years else text
