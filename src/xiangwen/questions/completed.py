"""A follow-up as the whole question that it stands for, where that can be said in words.

「差多少」 and 「两个乡镇合计？」 are asked of the places of the questions before, 「其中哪些……」 of those that met
the one before, "and the fines?" asks for a number of the place before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xiangwen.questions.conjunction import joined, joined_english
from xiangwen.questions.question_words import QUESTION_WORDS, says
from xiangwen.questions.scope import years_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xiangwen.questions.atlas import Atlas
    from xiangwen.questions.question import Question

_MATTER = re.compile(
    r"^(?:(?:and|but|so)\s+)*(?:(?:what|how) about\s+)?(?:the |its |their )?(?P<matter>[a-z][a-z -]{2,50}?)[?. ]*$"
)
_OPENING = re.compile(r"^(?:and|but|so|what about|how about)\b")
_MONEY = re.compile(r"\b(?:fines?|money|funds?|budget|amounts?|costs?|spending|revenue)\b")
_NUMBER_WORDS = re.compile(
    r"(?:一共|总共|共)?(?:有|是|为|达)?(?:多少|几)(?:[件起宗次个名人份场家元条批]|万元)?|how (?:many|much)|[?？。]"
)


def completed(question: Question, said: Sequence[Question], atlas: Atlas) -> str | None:
    """The whole question, in which nothing is left out; None where a follow-up has to be read as it stands.

    Args:
        question: the follow-up by itself.
        said: the questions before it in their own light, oldest first; at least one.
        atlas: the places and years of the collection.
    """
    if _names_its_own(question):
        return None
    return _of_both(question, said, atlas) or _of_those(question, said[-1])


def _names_its_own(question: Question) -> bool:
    return bool(question.scope.mentions or question.scope.years or question.scope.problem)


def _of_both(question: Question, said: Sequence[Question], atlas: Atlas) -> str | None:
    """The question asked of the two places, or the two years of one place, that were spoken of last."""
    text = question.standalone.lower()
    if not says("follow_up.of_both", text):
        return None
    of_one = [one.scope.groups[0] for one in reversed(said) if len(one.scope.groups) == 1]
    groups = list(dict.fromkeys(of_one))[:2][::-1]
    if not groups and len(said[-1].scope.groups) == 2:
        groups = list(said[-1].scope.groups)
    if len(groups) < 2:
        return None
    asked = _without("follow_up.both_places", text) if question.language == "zh" else _in_chinese(text)
    own = _without("follow_up.both", asked if question.language == "zh" else text)
    named = any(len(term.asked) > 1 for term in question.terms if term.asked in own)
    before = said[-1].gloss if said[-1].language == "en" else said[-1].topic
    matter = "" if named else f"{_NUMBER_WORDS.sub('', before).strip(' ,，呢的')}，"
    years = next((one.scope.years for one in reversed(said) if one.scope.years), ())
    return f"{_names(groups, years, atlas)}的{matter}{asked}"


def _without(name: str, text: str) -> str:
    for pattern in QUESTION_WORDS.patterns(name):
        text = pattern.sub(" ", text)
    return text.strip(" ?？。")


def _in_chinese(text: str) -> str:
    return "合计多少" if re.search(r"\badd up|\btogether|\btotal|\bsum\b", text) else "相差多少"


def _names(groups: Sequence[tuple[int, ...]], asked: Sequence[int], atlas: Atlas) -> str:
    """The places, with the years ``asked`` for last where each has a report of them."""
    places = [_place(atlas, group) for group in groups]
    years = [{atlas.reports[n].metadata.year for n in group} for group in groups]
    if len(set(places)) == 1:
        return f"{places[0]}{'和'.join(f'{year}年' for year in sorted(filter(None, set.union(*years))))}"
    return f"{'和'.join(places)}{years_text(asked) if all(own & {*asked} for own in years) else ''}"


def _place(atlas: Atlas, group: Sequence[int]) -> str:
    metadata = atlas.reports[group[0]].metadata
    return f"{metadata.county or ''}{metadata.township or atlas.reports[group[0]].name}"


def _of_those(question: Question, earlier: Question) -> str | None:
    """The question asked of those that meet the one before: both at once."""
    if earlier.kind != "which" or earlier.scope.groups or not any(len(t.asked) > 1 for t in question.terms):
        return None
    found = next(
        (m for p in QUESTION_WORDS.patterns("follow_up.of_those") if (m := p.match(question.standalone))), None
    )
    if found is None:
        return None
    years = years_text(earlier.scope.years)
    if question.language == "en":
        return joined_english(earlier.topic, found["also"]) if earlier.language == "en" and not years else None
    return f"{years}{joined(earlier.topic, found['also'])}"


def of_another_matter(question: Question, earlier: Question, atlas: Atlas) -> str | None:
    """The whole question of "and the fines?" after a number of one place; None of any other follow-up."""
    text = question.standalone.lower()
    if _names_its_own(question) or says("follow_up.no_matter", text):
        return None
    if question.language != "en" or earlier.kind != "number" or len(earlier.scope.groups) != 1:
        return None
    found = _MATTER.match(text)
    if found is None or not _OPENING.match(text) or not any(len(term.asked) > 1 for term in question.terms):
        return None
    matter = found["matter"]
    asks = "How much were the" if _MONEY.search(matter) else "How many"
    things = matter if _MONEY.search(matter) or matter.endswith("s") else f"{matter} cases"
    year = f" in {earlier.scope.years[0]}" if len(earlier.scope.years) == 1 else ""
    return f"{asks} {things} in {_place(atlas, earlier.scope.groups[0])}{year}?"
