"""Questions about the collection itself: which reports there are, of which years and places, and who is missing.

What each report says of itself answers them, not its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xiangwen.answers.answer import Value
from xiangwen.answers.collection_groups import Each, full_name, grouped
from xiangwen.answers.collection_words import collection_words, patterns, rest_of, says, says_word
from xiangwen.answers.elsewhere import elsewhere_named
from xiangwen.answers.issuers import issuers_called
from xiangwen.questions import Question, Scope
from xiangwen.questions.spans import blank, vocabulary_of
from xiangwen.questions.years import find_years

if TYPE_CHECKING:
    from xiangwen.questions import Atlas
    from xiangwen.reports import Report

_BEHIND = 6
"""Characters behind 「几」 or "how many" that say what is counted; in English so many words."""
_BARE_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LEVEL_WORDS = re.compile("民族乡|街道|苏木|(?<![乡街])镇(?!街)|(?<![民族])乡(?!镇)")
_NOT_WANTED = "(?<![是要算含])不(?:含|包括|包含|要|算|叫|是|看|计|管)|除了|除去|排除|并非|而非|别(?:算|要)"
_LEFT_OUT = re.compile(
    rf"(?:{_NOT_WANTED})[^，,。；;、）)]{{1,12}}(?:、[^，,。；;）)]{{1,8}})?|[^，,。；;（(]{{1,12}}?(?:都|统统|一律|全)?(?:不要|不算|除外|别算)"
    r"|\b(?:rather than|not|excluding|except(?: for)?|other than)\b[^.?;]{1,60}",
    re.I,
)
_SAID = {
    "民族乡": re.compile(r"民族乡|\bethnic (?:township|xiang)", re.I),
    "街道": re.compile(r"街(?!镇|坊)|\bsub-?district", re.I),
    "苏木": re.compile(r"苏木|\bsumu", re.I),
    "镇": re.compile(r"(?<![乡街])镇(?!街)|\btowns?\b|\bzhen\b", re.I),
    "乡": re.compile(r"(?<!民族)乡(?!镇)|(?<!ethnic )\bxiang\b", re.I),
}
"""How kinds of issuers are called."""
_COUNTED: dict[Each, re.Pattern[str]] = {"year": re.compile(r"年(?!报|度报)"), "city": re.compile("个?市")}
"""What is counted where it stands right behind 「几」."""
_CHINESE_NUMBERS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5}


@dataclass(frozen=True)
class Meant:
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
    not_here: tuple[str, ...] = ()
    """Regions named beside those answered for, of which there is no report."""


def reports_meant(question: Question, atlas: Atlas, chosen: frozenset[int]) -> Meant:
    """The reports that a question is about.

    Args:
        question: as understood; its scope may have a problem.
        atlas: the places and years of the collection.
        chosen: numbers of the reports that may answer.
    """
    question = _with_bare_year(question, atlas)
    rest = rest_of(question)
    if question.scope.problem in (None, "unknown_year") and (elsewhere := elsewhere_named(question, atlas)):
        if elsewhere.instead or not _names_a_place(question):
            unknown = replace(question.scope, reports=(), groups=(), notes=(), problem="unknown_report")
            return Meant(replace(unknown, missing=elsewhere.name))
    else:
        elsewhere = None
    if says("missing", rest) and not (question.scope.groups and not _years_named(question)):
        return _missing(question, atlas, chosen)
    left_out = _levels_left_out(rest)
    several_levels = not left_out and len(_levels_told_apart(rest)) > 1
    if (several_levels or left_out) and question.scope.problem is None:  # 「哪些是镇、哪些是街道」 asks for both
        plain = blank(question.standalone, (m.span() for m in _LEVEL_WORDS.finditer(question.standalone)))
        question = replace(question, scope=replace(atlas.find(plain).within(chosen), rest=question.scope.rest))
    scope = _bounded(question, atlas, chosen) or question.scope
    if scope.problem:
        return Meant(
            replace(scope, reports=() if scope.problem == "unknown_year" and not scope.groups else scope.reports)
        )
    if left_out:
        reports = _without_levels(scope, atlas.reports, rest, left_out)
    else:
        reports = scope.reports if several_levels else _of_level(scope, atlas.reports, rest)
    if not reports:
        level = "、".join(_levels(rest))
        return Meant(replace(scope, problem="unknown_report", missing=level))
    each = "level" if several_levels else _each(rest)
    reports = _selected(reports, atlas.reports, rest, each)
    not_here = (elsewhere.name,) if elsewhere else ()
    return Meant(scope, reports, _figure(reports, atlas.reports, rest), each, not_here=not_here)


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
    rest = rest_of(question)
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


def _missing(question: Question, atlas: Atlas, chosen: frozenset[int]) -> Meant:
    """Townships that have reports, but none of the year asked for; where none is named, of any that others have."""
    scope = _without_years(question, atlas, chosen)
    if scope.problem:
        return Meant(scope)
    covered = sorted(atlas.years(scope.reports))
    wanted = _years_named(question) or tuple(covered)
    homes: dict[str, list[int]] = {}
    for number in scope.reports:
        homes.setdefault(full_name(atlas.reports[number]), []).append(number)
    lacking = {
        name: tuple(year for year in wanted if year not in atlas.years(own))
        for name, own in homes.items()
        if atlas.years(own)
    }
    missing = tuple((name, gone) for name, gone in lacking.items() if gone)
    reports = tuple(sorted(n for name, _ in missing for n in homes[name]))
    figure = _number(len(missing), "个") if says_word("count", "any", rest_of(question)) else None
    return Meant(scope, reports, figure, "township", missing, asks_missing=True)


def _of_level(scope: Scope, reports: Sequence[Report], rest: str) -> tuple[int, ...]:
    levels = _levels(rest)
    if scope.groups or len(levels) != 1:
        return scope.reports
    return tuple(n for n in scope.reports if reports[n].metadata.level in levels)


def _levels(rest: str) -> list[str]:
    """Kinds of issuers named: 「街道」, but not in 「乡镇（街道）」, which stands for all of them."""
    rest = _without_generic(rest)
    return [level for level in collection_words()["level"] if says_word("level", level, rest)]


def _levels_told_apart(rest: str) -> set[str]:
    """Kinds of issuers named side by side: 「镇多还是街道多」."""
    return set(_LEVEL_WORDS.findall(_without_generic(rest)))


def _levels_left_out(rest: str) -> set[str]:
    """Kinds of issuers that are not wanted: 「不含镇和街道」, 「镇和街道都不要」, "rather than from a town"."""
    return {level for part in _LEFT_OUT.finditer(rest) for level in _levels_in(part[0])}


def _levels_in(words: str) -> set[str]:
    return {level for level, pattern in _SAID.items() if pattern.search(words)}


def _without_levels(scope: Scope, reports: Sequence[Report], rest: str, left_out: set[str]) -> tuple[int, ...]:
    """Reports of the kinds of issuers that are asked for, or of all that are not left out."""
    asked = _levels_in(_LEFT_OUT.sub(" ", _without_generic(rest))) - left_out
    if "乡" in asked and "民族乡" not in left_out:
        asked.add("民族乡")
    levels = [reports[n].metadata.level for n in scope.reports]
    kept = (level in asked if asked else level not in left_out for level in levels)
    return tuple(n for n, keep in zip(scope.reports, kept, strict=True) if keep)


def _without_generic(rest: str) -> str:
    return re.sub("|".join(vocabulary_of("generic")["kinds"]), "~", rest)


def _selected(numbers: tuple[int, ...], reports: Sequence[Report], rest: str, each: Each | None) -> tuple[int, ...]:
    """Those of these reports that the question picks: the earliest, of places with several years, of the year with
    most."""
    years = {n: year for n in numbers if (year := reports[n].metadata.year)}
    if says("several", rest):
        return _of_several_years(years, reports, rest)
    if each and (says("most", rest) or says("least", rest)):
        groups = grouped(numbers, reports, each)
        groups.pop("", None)
        sizes = [len(own) for own in groups.values()] or [0]
        size = (max if says("most", rest) else min)(sizes)
        return tuple(sorted(n for own in groups.values() if len(own) == size for n in own))
    ends = [end(years.values()) for key, end in (("earliest", min), ("latest", max)) if years and says(key, rest)]
    return tuple(n for n in numbers if years.get(n) in ends) if ends else numbers


def _of_several_years(years: dict[int, int], reports: Sequence[Report], rest: str) -> tuple[int, ...]:
    found = re.search(r"([两二三四五]|\d)个?[年份]", rest)
    least = (_CHINESE_NUMBERS.get(found[1]) or int(found[1])) if found else 2
    of_place: dict[str, list[int]] = {}
    for number in years:
        of_place.setdefault(full_name(reports[number]), []).append(number)
    in_a_row = says_word("several", "consecutive", rest)
    kept = []
    for own in of_place.values():
        covered = {years[n] for n in own}
        longest = max(sum(year + k in covered for k in range(least)) for year in covered) if in_a_row else len(covered)
        if longest >= max(2, least):
            kept += own
    return tuple(sorted(kept))


def _each(rest: str) -> Each | None:
    dimensions: tuple[Each, ...] = ("province", "city", "county", "year")
    return next((each for each in dimensions if says_word("each", each, rest)), None)


def _figure(numbers: tuple[int, ...], reports: Sequence[Report], rest: str) -> Value | None:
    """How many there are of what is counted; None where no number is asked for."""
    counting = [m for pattern in patterns("count", "any") for m in pattern.finditer(rest)]
    if not counting:
        return None
    end = counting[0].end()
    behind = rest[end : end + (40 if rest[end - 1].isascii() else _BEHIND)]
    places = [
        (min(starts), each)
        for each in ("province", "city", "county", "year", "township")
        if (starts := [m.start() for p in patterns("each", each) if (m := p.search(behind))])
    ]
    places += [(0, each) for each, noun in _COUNTED.items() if noun.match(behind)]
    reported = [m.start() for p in patterns("count", "report") if (m := p.search(behind))]
    first = min(places, default=None)
    if first is None or (reported and min(reported) < first[0]):
        return _number(len(numbers), "份")
    each = first[1]
    issuers = issuers_called(reports[n].metadata.township for n in numbers)
    units = {"province": "个省份", "city": "个市", "county": "个县区", "year": "年", "township": f"个{issuers.zh}"}
    counted = {key for key in grouped(numbers, reports, each) if key}  # type: ignore[arg-type]
    return _number(len(counted), units[each])


def _number(count: int, unit: str) -> Value:
    return Value(float(count), unit, f"{count}{unit}")
