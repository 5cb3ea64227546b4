"""Questions about the collection itself: which reports there are, of which years and places, and who is missing.

What each report says of itself answers them, not its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xiangwen.answers.answer import Value
from xiangwen.answers.collection_groups import grouped, places
from xiangwen.answers.elsewhere import elsewhere_named
from xiangwen.answers.issuers import issuers_called
from xiangwen.questions import Question, Scope
from xiangwen.questions.collection_asked import REGIONS, CollectionAsked, Each, level_spans
from xiangwen.questions.collection_words import collection_words, patterns, says_word
from xiangwen.questions.spans import blank
from xiangwen.questions.years import find_years
from xiangwen.reports.places import Place, gazetteer

if TYPE_CHECKING:
    from xiangwen.questions import Atlas
    from xiangwen.questions.homes import Homes

_BEHIND = 6
"""Characters behind 「几」 or "how many" that say what is counted; in English so many words."""
_BARE_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_COUNTED: dict[Each, re.Pattern[str]] = {"year": re.compile(r"年(?!报|度报)"), "city": re.compile("个?市")}
"""What is counted where it stands right behind 「几」."""


@dataclass(frozen=True)
class MeantReports:
    """The reports that a question about the collection means."""

    scope: Scope
    """Where its places and years are not in the collection, its ``problem`` says so."""
    reports: tuple[int, ...] = ()
    figure: Value | None = None
    each: Each | None = None
    """What they are listed by."""
    missing: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """Places of which reports are missing, with the years."""
    asks_missing: bool = False
    without: tuple[Place, ...] | None = None
    """Provinces, cities or counties that no report is of, each as a row of the gazetteer; None where these are not
    asked for."""
    not_here: tuple[str, ...] = ()
    """Regions named beside those answered for, of which there is no report."""


def reports_meant(question: Question, atlas: Atlas, chosen: frozenset[int]) -> MeantReports:
    """The reports that a question is about.

    Args:
        question: as understood; its scope may have a problem.
        atlas: the places and years of the collection.
        chosen: numbers of the reports that may answer.
    """
    question = _with_bare_year(question, atlas)
    asked = question.collection or CollectionAsked()
    if question.scope.problem in (None, "unknown_year") and (elsewhere := elsewhere_named(question, atlas)):
        if elsewhere.instead or not _names_a_place(question):
            unknown = replace(question.scope, reports=(), groups=(), notes=(), problem="unknown_report")
            return MeantReports(replace(unknown, missing=elsewhere.name))
    else:
        elsewhere = None
    if asked.missing and asked.each in REGIONS and not question.scope.groups:
        return _regions_without(question, atlas, asked.each, chosen)
    if asked.missing and not (question.scope.groups and not _years_named(question)):
        return _missing(question, asked, atlas, chosen)
    levels = asked.levels
    if (any(levels) or asked.each == "level") and question.scope.problem is None:
        # 「哪些是镇、哪些是街道」 asks for both: no name of a kind narrows the scope before.
        plain = blank(question.standalone, level_spans(question.standalone))
        question = replace(question, scope=replace(atlas.find(plain).within(chosen), rest=question.scope.rest))
    scope = _bounded(question, atlas, chosen) or question.scope
    if scope.problem:
        return MeantReports(
            replace(scope, reports=() if scope.problem == "unknown_year" and not scope.groups else scope.reports)
        )
    reports = tuple(n for n in scope.reports if levels.fit(atlas.reports[n].metadata.level))
    if not reports and not levels.only:
        return MeantReports(scope)
    if not reports:
        return MeantReports(replace(scope, problem="unknown_report", missing="、".join(sorted(levels.only))))
    if len(scope.years) == 1:
        asked = replace(asked, several=0)  # of one year there are not several
    reports = _selected(reports, atlas.homes, asked)
    fitting = [n for n, report in enumerate(atlas.reports) if levels.fit(report.metadata.level)]
    scope = scope.with_notes_of(frozenset(fitting))
    not_here = (elsewhere.name,) if elsewhere else ()
    figure = _figure(reports, atlas.homes, question.scope.rest.lower()) if asked.count else None
    each = asked.each
    if each is None and question.scope.groups:  # 「金龙街道属于哪个省」
        each = next((region for region in REGIONS if says_word("each", region, question.scope.rest.lower())), None)
    return MeantReports(scope, reports, figure, each, not_here=not_here)


def _names_a_place(question: Question) -> bool:
    """Whether a place of the collection is named: it was taken out of the question, as its years were."""
    without_years = blank(question.standalone, (year.span for year in find_years(question.standalone)))
    return without_years.split() != blank(question.scope.rest, _year_spans(question)).split()


def _year_spans(question: Question) -> list[tuple[int, int]]:
    return [year.span for year in find_years(question.standalone)]


def _years_named(question: Question) -> tuple[int, ...]:
    return question.scope.years or tuple(y for year in find_years(question.standalone) for y in year.years)


def _with_bare_year(question: Question, atlas: Atlas) -> Question:
    """With the year of "from 2020": of the collection nothing else is asked in four such digits."""
    found = _BARE_YEAR.search(question.scope.rest)
    scope = question.scope
    if scope.problem or scope.years or found is None:
        return question
    year = int(found[0])
    inside = atlas.of_years(frozenset(scope.reports), [year], plans=False)
    rest = blank(scope.rest, [found.span()])
    if inside:
        scope = replace(scope, reports=tuple(sorted(inside)), years=(year,), narrowed=True, rest=rest)
    else:
        scope = replace(scope, reports=(), years=(year,), problem="unknown_year", missing=f"{year}年", rest=rest)
    return replace(question, scope=scope)


def _bounded(question: Question, atlas: Atlas, chosen: frozenset[int]) -> Scope | None:
    """The scope of 「2022年以后」: all years on that side of the one named; None where no bound is put."""
    rest = question.scope.rest.lower()
    bound = next((name for name in collection_words()["bound"] if says_word("bound", name, rest)), None)
    named = _years_named(question)
    if bound is None or len(named) != 1:
        return None
    scope = _without_years(question, atlas, chosen)
    year = named[0]
    meets: dict[str, Callable[[int], bool]] = {
        "until": lambda own: own <= year,
        "before": lambda own: own < year,
        "since": lambda own: own >= year,
        "after": lambda own: own > year,
    }
    inside = tuple(n for n in scope.reports if (own := atlas.reports[n].metadata.year) and meets[bound](own))
    if not inside and scope.problem is None:
        return replace(scope, reports=(), problem="unknown_year", missing=f"{year}年{_ON_THE_SIDE[bound]}")
    return replace(scope, reports=inside)


_ON_THE_SIDE = {"until": "及以前", "before": "以前", "since": "及以后", "after": "以后"}


def _without_years(question: Question, atlas: Atlas, chosen: frozenset[int]) -> Scope:
    """The scope that the question has without its years."""
    spans = [*_year_spans(question), *(m.span() for m in _BARE_YEAR.finditer(question.standalone))]
    return atlas.find(blank(question.standalone, spans)).within(chosen)


def _missing(question: Question, asked: CollectionAsked, atlas: Atlas, chosen: frozenset[int]) -> MeantReports:
    """Townships that have reports, but none of the year asked for; where none is named, of any that others have."""
    scope = _without_years(question, atlas, chosen)
    if scope.problem:
        return MeantReports(scope)
    covered = sorted(atlas.years(scope.reports))
    wanted = _years_named(question) or tuple(covered)
    own_of = places(scope.reports, atlas.homes)
    lacking = {
        name: tuple(year for year in wanted if year not in atlas.years(own))
        for name, own in own_of.items()
        if atlas.years(own)
    }
    missing = tuple((name, gone) for name, gone in lacking.items() if gone)
    reports = tuple(sorted(n for name, _ in missing for n in own_of[name]))
    figure = _number(len(missing), "个") if asked.count else None
    return MeantReports(scope, reports, figure, "township", missing, asks_missing=True)


def _regions_without(question: Question, atlas: Atlas, each: Each, chosen: frozenset[int]) -> MeantReports:
    """The provinces, cities or counties that no report is of, of all or of those that lie in the regions named."""
    scope = question.scope
    if scope.problem == "unknown_report":
        return MeantReports(scope)
    named = [mention.name for mention in atlas.regions.find(question.standalone)]
    rows = tuple(row for row in gazetteer() if not named or any(name in row for name in named))
    numbers = atlas.all & chosen
    if years := _years_named(question):
        numbers = atlas.of_years(numbers, years, plans=False)
    covered = {_region(atlas.homes.of(n), each) for n in numbers}
    without = {_region(row, each): row for row in rows if getattr(row, each)}
    return MeantReports(scope, each=each, without=tuple(row for key, row in without.items() if key not in covered))


def _region(row: Place, each: Each) -> tuple[str, str]:
    """A province, city or county as it is told from others of its name."""
    return row.province, getattr(row, each)


def _selected(numbers: tuple[int, ...], homes: Homes, asked: CollectionAsked) -> tuple[int, ...]:
    """Those of these reports that the question picks: of places with several years, of the year with most, the
    earliest."""
    years = {n: year for n in numbers if (year := homes.reports[n].metadata.year)}
    if asked.several:
        return _of_several_years(years, homes, asked)
    if asked.size:
        told_apart = grouped(numbers, homes, asked.each or "township")
        told_apart.pop("", None)
        kept = [own for own in told_apart.values() if asked.size.holds(_size(own, homes, asked))]
        return tuple(sorted(n for own in kept for n in own))
    if asked.each and asked.most:
        groups = grouped(numbers, homes, asked.each)
        groups.pop("", None)
        sizes = [len(own) for own in groups.values()] or [0]
        size = (max if asked.most == "most" else min)(sizes)
        return tuple(sorted(n for own in groups.values() if len(own) == size for n in own))
    if asked.end and years:
        end = (min if asked.end == "earliest" else max)(years.values())
        return tuple(n for n in numbers if years.get(n) == end)
    return numbers


def _size(numbers: list[int], homes: Homes, asked: CollectionAsked) -> int:
    return len(places(numbers, homes)) if asked.size_of_places else len(numbers)


def _of_several_years(years: dict[int, int], homes: Homes, asked: CollectionAsked) -> tuple[int, ...]:
    kept = []
    for own in places(years, homes).values():
        covered = {years[n] for n in own}
        longest = max(sum(year + k in covered for k in range(asked.several)) for year in covered)
        if (longest if asked.in_a_row else len(covered)) >= asked.several:
            kept += own
    return tuple(sorted(kept))


def _figure(numbers: tuple[int, ...], homes: Homes, rest: str) -> Value:
    """How many there are of what is counted."""
    counting = [m.end() for pattern in patterns("count", "any") for m in pattern.finditer(rest)]
    end = counting[0] if counting else 0
    behind = rest[end : end + (40 if end and rest[end - 1].isascii() else _BEHIND)]
    places = [
        (min(starts), each)
        for each in ("province", "city", "county", "year", "township")
        if (starts := [m.start() for p in patterns("each", each) if (m := p.search(behind))])
    ]
    places += [(0, each) for each, noun in _COUNTED.items() if noun.match(behind)]
    reported = [m.start() for p in patterns("count", "report") if (m := p.search(behind))]
    first = min(places, default=None)
    if not counting or first is None or (reported and min(reported) < first[0]):
        return _number(len(numbers), "份")
    each = first[1]
    issuers = issuers_called(homes.reports[n].metadata.township for n in numbers)
    units = {"province": "个省份", "city": "个市", "county": "个县区", "year": "年", "township": f"个{issuers.zh}"}
    if each == "county":
        numbers = tuple(n for n in numbers if homes.of(n).county)
    counted = {key for key in grouped(numbers, homes, each) if key}  # type: ignore[arg-type]
    return _number(len(counted), units[each])


def _number(count: int, unit: str) -> Value:
    return Value(float(count), unit, f"{count}{unit}")
