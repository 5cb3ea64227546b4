"""A comparison as one question for each place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xiangwen.questions.question_words import patterns, says
from xiangwen.questions.terms import Term, chinese_terms, english_terms
from xiangwen.questions.understanding import units_asked

if TYPE_CHECKING:
    from xiangwen.language.languages import Language
    from xiangwen.questions.kind_asked import QuestionKind
    from xiangwen.questions.question import Question


def sides(question: Question) -> list[Question]:
    """A comparison as one question for each place: what stands behind its name, or what all of them share.

    「六塘乡的经济处罚金额，和白土乡的罚金比，哪个更多」 asks 六塘乡 for 经济处罚 and 白土乡 for 罚金;
    「白土乡和善感乡，哪边发的宣传资料更多」 asks both for 宣传资料.
    """
    rest = question.scope.rest
    # In English the matter stands around the names, not behind each: all sides share it.
    # So they do where a place is compared with itself in another year.
    each_named = len(question.scope.mentions) == len(question.scope.groups)
    starts = [end for _, end in question.scope.mentions] if question.language == "zh" and each_named else []
    stops = [start for start, _ in question.scope.mentions[1:]] + [len(rest)]
    shared = rest[: question.scope.mentions[0][0]] + rest[starts[-1] :] if starts else rest
    result = []
    for number, group in enumerate(question.scope.groups):
        own = _without_comparison(rest[starts[number] : stops[number]]) if number < len(starts) else ""
        is_own = bool(_topic_terms(own, question.language))
        text = own if is_own else _without_comparison(shared)
        units = (units_asked(own.lower(), question.language) if is_own else ()) or question.units
        terms = _topic_terms(text, question.language) or question.terms
        gloss = " ".join(t.words[0] for t in terms) if question.language == "en" else text
        scope = replace(question.scope, reports=group, groups=(group,))
        compared = question.rank or question.number_asked or question.units or says("side_by_side.numbers", rest)
        kind: QuestionKind = "number" if compared else "fact"
        result.append(
            replace(
                question,
                kind=kind,
                rank=None,
                scope=scope,
                topic=text,
                gloss=gloss,
                terms=terms,
                units=units,
                standalone=text,
            )
        )
    return result


def _topic_terms(text: str, language: Language) -> tuple[Term, ...]:
    return english_terms(text) if language == "en" else chinese_terms(text)


def _without_comparison(text: str) -> str:
    for pattern in (*patterns("adding_up"), *patterns("comparing")):
        text = pattern.sub(" ", text)
    return " ".join(text.split()).strip(" ，,。.?？和与跟同、")
