"""Provinces, cities and counties named in a question that the collection has no report of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from xiangwen.questions.collection_words import collection_words
from xiangwen.questions.exclusion import Named, excluded
from xiangwen.questions.names import bare_region
from xiangwen.questions.question_words import QUESTION_WORDS
from xiangwen.questions.spans import Span
from xiangwen.reports.places import gazetteer

if TYPE_CHECKING:
    from xiangwen.questions import Atlas, Question

_CAPITALISED = re.compile(r"(?<!^)\b[A-Z][a-z]{3,}\b")


class Elsewhere(NamedTuple):
    """Regions that the collection has no report of."""

    name: str
    instead: bool
    """Named within a region that it has (「重庆江津」), so that this does not answer."""


def elsewhere_named(question: Question, atlas: Atlas) -> Elsewhere | None:
    """Provinces, cities and counties left in a question once the names of the collection were taken out."""
    rest = question.scope.rest
    if question.language == "en":
        no_name = {*collection_words()["english"]["no_name"], *map(str.capitalize, QUESTION_WORDS.words("drop.en"))}
        words = [m[0] for m in _asked_for(question, _CAPITALISED.finditer(rest)) if m[0] not in no_name]
        return Elsewhere(" ".join(words), False) if words else None
    known = {bare_region(region) or region for region in atlas.known_regions}
    found = _asked_for(question, _foreign().finditer(rest))
    of_known = [m.end() for m in found if (bare_region(m[0]) or m[0]) in known]
    of_known += [place for place in range(1, len(rest)) if rest[place - 1] == " "]
    if inside := next(filter(None, (_foreign_counties().match(rest, place) for place in of_known)), None):
        return Elsewhere(inside[0], True)
    told = [note.asked for note in question.scope.notes if note.reading == "text" and _foreign().fullmatch(note.asked)]
    names = dict.fromkeys([*told, *(m[0] for m in found if (bare_region(m[0]) or m[0]) not in known)])
    if told:
        return Elsewhere("、".join(names), True)
    return Elsewhere("、".join(names), False) if names else None


def _asked_for(question: Question, named: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    """Those of the names that the question does not leave out: it asks of no report of theirs."""
    found = list(named)
    left_out, _ = excluded(question.standalone, [Named(Span(*match.span())) for match in found])
    return [match for match in found if match.span() not in left_out]


@cache
def _foreign() -> re.Pattern[str]:
    """Provinces and cities in full and in short, counties in full."""
    names = {name for place in gazetteer() for region in place[:2] for name in (region, bare_region(region))}
    names |= {place.province[:2] for place in gazetteer() if place.province.endswith("自治区")}
    names |= {place.county for place in gazetteer() if len(place.county) > 2}
    return _any_of(names)


@cache
def _foreign_counties() -> re.Pattern[str]:
    """Counties in short, which are heard only behind a region."""
    return _any_of({bare_region(place.county) for place in gazetteer()})


def _any_of(names: set[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted((n for n in names if len(n) > 1), key=len, reverse=True))))
