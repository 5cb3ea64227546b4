"""Questions about the collection itself: which reports there are, of which years and places, and who is missing.

What each report says of itself answers them, not its text. A province or city that a report leaves out is the one
that the gazetteer gives its county, where there is one county of that name only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from xiangwen.answers.answer import Value
from xiangwen.answers.lines import Line, Named
from xiangwen.answers.naming import english_name
from xiangwen.language.concepts import vocabulary
from xiangwen.questions import Question, Scope
from xiangwen.questions.names import bare_region
from xiangwen.questions.spans import blank, vocabulary_of
from xiangwen.questions.years import find_years
from xiangwen.reports.places import gazetteer

if TYPE_CHECKING:
    from xiangwen.index import Store
    from xiangwen.questions import Atlas
    from xiangwen.reports import Report

Each = Literal["province", "city", "county", "year", "level", "township"]
"""What reports are told apart by."""

MOST_CITED = 20
"""Titles that are cited; every report has a verdict."""
_MOST_NAMED = 200
"""Reports that the text names."""
_BEHIND = 6
"""Characters behind 「几」 or "how many" that say what is counted; in English so many words."""
_BARE_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CAPITALISED = re.compile(r"(?<!^)\b[A-Z][a-z]{3,}\b")
_LEVEL_WORDS = re.compile("民族乡|街道|苏木|(?<![乡街])镇(?!街)|(?<![民族])乡(?!镇)")
_COUNTED: dict[Each, re.Pattern[str]] = {"year": re.compile(r"年(?!报|度报)"), "city": re.compile("个?市")}
"""What is counted where it stands right behind 「几」."""
_FRONT = 8
"""Passages among which the title stands."""
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
    rest = _rest(question)
    if question.scope.problem in (None, "unknown_year") and (elsewhere := _elsewhere(question, atlas)):
        if elsewhere.instead or not _names_a_place(question):
            unknown = replace(question.scope, reports=(), groups=(), notes=(), problem="unknown_report")
            return Meant(replace(unknown, missing=elsewhere.name))
    else:
        elsewhere = None
    if _says("missing", rest) and not (question.scope.groups and not _years_named(question)):
        return _missing(question, atlas, chosen)
    several_levels = len(_levels_told_apart(rest)) > 1
    if several_levels and question.scope.problem is None:  # 「哪些是镇、哪些是街道」 asks for both
        plain = blank(question.standalone, (m.span() for m in _LEVEL_WORDS.finditer(question.standalone)))
        question = replace(question, scope=replace(atlas.find(plain).within(chosen), rest=question.scope.rest))
    scope = _bounded(question, atlas, chosen) or question.scope
    if scope.problem:
        return Meant(
            replace(scope, reports=() if scope.problem == "unknown_year" and not scope.groups else scope.reports)
        )
    reports = scope.reports if several_levels else _of_level(scope, atlas.reports, rest)
    if not reports:
        level = "、".join(_levels(rest))
        return Meant(replace(scope, problem="unknown_report", missing=level))
    each = "level" if several_levels else _each(rest)
    reports = _selected(reports, atlas.reports, rest, each)
    not_here = (elsewhere.name,) if elsewhere else ()
    return Meant(scope, reports, _figure(reports, atlas.reports, rest), each, not_here=not_here)


# --- which reports ----------------------------------------------------------------------------------------------------


def _rest(question: Question) -> str:
    """The question without names and years, in lower case."""
    return question.scope.rest.lower()


class _Elsewhere(NamedTuple):
    """Regions that the collection has no report of."""

    name: str
    instead: bool
    """Named within a region that it has (「重庆江津」), so that this does not answer."""


def _elsewhere(question: Question, atlas: Atlas) -> _Elsewhere | None:
    """Provinces, cities and counties left in a question once the names of the collection were taken out."""
    rest = question.scope.rest
    if question.language == "en":
        words = [m[0] for m in _CAPITALISED.finditer(rest) if m[0] not in _words()["english"]["no_name"]]
        return _Elsewhere(" ".join(words), False) if words else None
    known = {bare_region(region) or region for region in atlas.known_regions}
    found = list(_foreign().finditer(rest))
    of_known = [m.end() for m in found if (bare_region(m[0]) or m[0]) in known]
    of_known += [place for place in range(1, len(rest)) if rest[place - 1] == " "]
    if inside := next(filter(None, (_foreign_counties().match(rest, place) for place in of_known)), None):
        return _Elsewhere(inside[0], True)
    told = [note.asked for note in question.scope.notes if note.reading == "text" and _foreign().fullmatch(note.asked)]
    names = dict.fromkeys([*told, *(m[0] for m in found if (bare_region(m[0]) or m[0]) not in known)])
    if told:
        return _Elsewhere("、".join(names), True)
    return _Elsewhere("、".join(names), False) if names else None


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
    rest = _rest(question)
    bound = next((name for name in _words()["bound"] if _says_word("bound", name, rest)), None)
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
        homes.setdefault(_full_name(atlas.reports[number]), []).append(number)
    lacking = {
        name: tuple(year for year in wanted if year not in atlas.years(own))
        for name, own in homes.items()
        if atlas.years(own)
    }
    missing = tuple((name, gone) for name, gone in lacking.items() if gone)
    reports = tuple(sorted(n for name, _ in missing for n in homes[name]))
    figure = _number(len(missing), "个") if _says_word("count", "any", _rest(question)) else None
    return Meant(scope, reports, figure, "township", missing, asks_missing=True)


def _of_level(scope: Scope, reports: Sequence[Report], rest: str) -> tuple[int, ...]:
    levels = _levels(rest)
    if scope.groups or len(levels) != 1:
        return scope.reports
    return tuple(n for n in scope.reports if reports[n].metadata.level in levels)


def _levels(rest: str) -> list[str]:
    """Kinds of issuers named: 「街道」, but not in 「乡镇（街道）」, which stands for all of them."""
    rest = _without_generic(rest)
    return [level for level in _words()["level"] if _says_word("level", level, rest)]


def _levels_told_apart(rest: str) -> set[str]:
    """Kinds of issuers named side by side: 「镇多还是街道多」."""
    return set(_LEVEL_WORDS.findall(_without_generic(rest)))


def _without_generic(rest: str) -> str:
    return re.sub("|".join(vocabulary_of("generic")["kinds"]), "~", rest)


def _selected(numbers: tuple[int, ...], reports: Sequence[Report], rest: str, each: Each | None) -> tuple[int, ...]:
    """Those of these reports that the question picks: the earliest, of places with several years, of the year with
    most."""
    years = {n: year for n in numbers if (year := reports[n].metadata.year)}
    if _says("several", rest):
        return _of_several_years(years, reports, rest)
    if each and (_says("most", rest) or _says("least", rest)):
        groups = _grouped(numbers, reports, each)
        groups.pop("", None)
        sizes = [len(own) for own in groups.values()] or [0]
        size = (max if _says("most", rest) else min)(sizes)
        return tuple(sorted(n for own in groups.values() if len(own) == size for n in own))
    ends = [end(years.values()) for key, end in (("earliest", min), ("latest", max)) if years and _says(key, rest)]
    return tuple(n for n in numbers if years.get(n) in ends) if ends else numbers


def _of_several_years(years: dict[int, int], reports: Sequence[Report], rest: str) -> tuple[int, ...]:
    found = re.search(r"([两二三四五]|\d)个?[年份]", rest)
    least = (_CHINESE_NUMBERS.get(found[1]) or int(found[1])) if found else 2
    of_place: dict[str, list[int]] = {}
    for number in years:
        of_place.setdefault(_full_name(reports[number]), []).append(number)
    in_a_row = _says_word("several", "consecutive", rest)
    kept = []
    for own in of_place.values():
        covered = {years[n] for n in own}
        longest = max(sum(year + k in covered for k in range(least)) for year in covered) if in_a_row else len(covered)
        if longest >= max(2, least):
            kept += own
    return tuple(sorted(kept))


# --- what they are told apart by --------------------------------------------------------------------------------------


def _each(rest: str) -> Each | None:
    dimensions: tuple[Each, ...] = ("province", "city", "county", "year")
    return next((each for each in dimensions if _says_word("each", each, rest)), None)


def _figure(numbers: tuple[int, ...], reports: Sequence[Report], rest: str) -> Value | None:
    """How many there are of what is counted; None where no number is asked for."""
    counting = [m for pattern in _patterns("count", "any") for m in pattern.finditer(rest)]
    if not counting:
        return None
    end = counting[0].end()
    behind = rest[end : end + (40 if rest[end - 1].isascii() else _BEHIND)]
    places = [
        (min(starts), each)
        for each in ("province", "city", "county", "year", "township")
        if (starts := [m.start() for p in _patterns("each", each) if (m := p.search(behind))])
    ]
    places += [(0, each) for each, noun in _COUNTED.items() if noun.match(behind)]
    reported = [m.start() for p in _patterns("count", "report") if (m := p.search(behind))]
    first = min(places, default=None)
    if first is None or (reported and min(reported) < first[0]):
        return _number(len(numbers), "份")
    each = first[1]
    units = {"province": "个省份", "city": "个市", "county": "个县区", "year": "年", "township": "个乡镇"}
    counted = {key for key in _grouped(numbers, reports, each) if key}  # type: ignore[arg-type]
    return _number(len(counted), units[each])


def _number(count: int, unit: str) -> Value:
    return Value(float(count), unit, f"{count}{unit}")


def _grouped(numbers: Iterable[int], reports: Sequence[Report], each: Each) -> dict[str, list[int]]:
    """The reports of each year, county, …; "" for those that do not say."""
    key: Callable[[Report], str] = {
        "province": lambda report: home(report)[0],
        "city": lambda report: home(report)[1],
        "county": lambda report: "".join(filter(None, (home(report)[0], report.metadata.county))),
        "year": lambda report: f"{report.metadata.year}年" if report.metadata.year else "",
        "level": lambda report: report.metadata.level or "",
        "township": _full_name,
    }[each]
    groups: dict[str, list[int]] = {}
    for number in numbers:
        groups.setdefault(key(reports[number]), []).append(number)
    return dict(sorted(groups.items(), key=lambda item: (not item[0], item[0])))


@cache
def _homes() -> dict[str, set[tuple[str, str]]]:
    homes: dict[str, set[tuple[str, str]]] = {}
    for place in gazetteer():
        homes.setdefault(place.county or place.city, set()).add((place.province, place.city))
    return homes


def home(report: Report) -> tuple[str, str]:
    """Province and city of a report, as it says them or as the gazetteer gives its county; "" where neither does."""
    meta = report.metadata
    fitting = {
        place
        for place in _homes().get(meta.county or "", set())
        if meta.province in (None, place[0]) and meta.city in (None, place[1])
    }
    province, city = next(iter(fitting)) if len(fitting) == 1 else ("", "")
    return meta.province or province, meta.city or city


def title_passage(index: Store, report: int) -> int:
    """The passage that holds a report's title; its first one where no passage does."""
    title = "".join((index.reports[report].metadata.title or "").split())
    first = int(index.starts[report])
    own = range(first, min(first + _FRONT, int(index.starts[report + 1])))

    def holds(passage: int) -> bool:
        words = "".join(index.quote(index.passages[passage]).split())
        return bool(title) and (title in words or words in title)

    return next((passage for passage in own if holds(passage)), first)


def _full_name(report: Report) -> str:
    meta = report.metadata
    return f"{meta.county or ''}{report.name}"


# --- what is said -----------------------------------------------------------------------------------------------------


def told(question: Question, meant: Meant, reports: Sequence[Report], cite: Callable[[int], int]) -> list[Line]:
    """The answer line by line, each report with the marker of its title.

    Args:
        question: as understood.
        meant: the reports that answer it.
        reports: all of the collection.
        cite: the marker of a report's title.
    """
    zh = question.language == "zh"
    if meant.asks_missing:
        return _missing_told(meant, reports, cite, zh)
    if not meant.reports:
        return [Line("head", "没有符合的报告。" if zh else "No report fits.")]
    lines = [Line("head", _head(question, meant, reports))]
    each = meant.each or ("county" if len({reports[n].metadata.county for n in meant.reports}) > 1 else "year")
    named = 0
    for name, own in _grouped(meant.reports, reports, each).items():
        shown = own[: max(0, _MOST_NAMED - named)]
        labels = []
        for number in shown:
            marker = cite(number) if named < MOST_CITED else None
            labels.append(Named(_label(reports[number], each, zh), marker))
            named += 1
        group = name or ("未写明" if zh else "not stated")
        group = group.replace("年", "") if each == "year" and not zh else group
        lines.append(Line("group", group, named=tuple(labels), count=len(own)))
        if named >= _MOST_NAMED:
            break
    if meant.not_here:
        names = "、".join(meant.not_here)
        lines.append(Line("words", f"没有{names}的报告。" if zh else f"There is no report of {names}."))
    if each in ("province", "city") and any(_implied(reports[n], each) for n in meant.reports):
        implied = "Note: where a report does not name its province or city, its county tells it."
        lines.append(Line("note", "说明：报告没有写明省市的，按县区名称推知。" if zh else implied))
    return lines


def _head(question: Question, meant: Meant, reports: Sequence[Report]) -> str:
    zh = question.language == "zh"
    count = len(meant.reports)
    townships = len({_full_name(reports[n]) for n in meant.reports})
    covered = sorted({year for n in meant.reports if (year := reports[n].metadata.year)})
    whether = _says("whether", _rest(question)) or _says("whether", question.standalone.lower())
    if zh:
        span = f"{covered[0]}年" if len(set(covered)) == 1 else f"{covered[0]}年至{covered[-1]}年" if covered else ""
        lead = "有。" if whether else ""
        figure = f"{meant.figure.text}：" if meant.figure and meant.figure.unit not in ("份", "个乡镇") else ""
        return f"{lead}{figure}共 {count} 份报告，{townships} 个乡镇{f'（{span}）' if span else ''}："
    span = "–".join(map(str, dict.fromkeys((covered[0], covered[-1])))) if covered else ""
    lead = "Yes. " if whether else ""
    figure = f"{meant.figure.number:.0f}: " if meant.figure and meant.figure.unit not in ("份", "个乡镇") else ""
    plural = "s" if count != 1 else ""
    towns = f"{townships} township{'s' if townships != 1 else ''}"
    return f"{lead}{figure}{count} report{plural} of {towns}{f' ({span})' if span else ''}:"


def _missing_told(meant: Meant, reports: Sequence[Report], cite: Callable[[int], int], zh: bool) -> list[Line]:
    if not meant.missing:
        none = "None is missing for the townships at hand."
        return [Line("head", "没有缺的：现有各乡镇的报告年份都齐。" if zh else none)]
    own: dict[str, list[int]] = {}
    for number in meant.reports:
        own.setdefault(_full_name(reports[number]), []).append(number)
    count = len(meant.missing)
    lack = f"{count} township{'s lack' if count != 1 else ' lacks'} a report (of those at hand):"
    lines = [Line("head", f"{count} 个乡镇有缺（只对照库里已有的乡镇）：" if zh else lack)]
    for position, (name, years) in enumerate(meant.missing[:_MOST_NAMED]):
        numbers = own[name] if position < MOST_CITED else []
        have = tuple(
            Named(f"{reports[n].metadata.year}{'年' if zh else ''}", cite(n))
            for n in numbers
            if reports[n].metadata.year
        )
        gone = ("、" if zh else ", ").join(f"{year}年" if zh else str(year) for year in years)
        township = name if zh else english_name(reports[own[name][0]].name)
        lines.append(Line("missing", township, gone, named=have))
    return lines


def _label(report: Report, each: Each, zh: bool) -> str:
    meta = report.metadata
    county = (meta.county or "") if each not in ("county",) else ""
    year = f"{meta.year}{'年' if zh else ''}" if meta.year and each != "year" else ""
    if zh:
        return f"{county}{report.name}{year}"
    township = english_name(report.name) if meta.township else report.name
    return " ".join(filter(None, (township, year)))


def _implied(report: Report, each: Each) -> bool:
    stated = report.metadata.province if each == "province" else report.metadata.city
    return not stated and any(home(report))


# --- regions of elsewhere ---------------------------------------------------------------------------------------------


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


# --- words ------------------------------------------------------------------------------------------------------------


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return vocabulary("collection_words.toml")


@cache
def _patterns(table: str, name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, _words()[table].get(name, ())))


def _says_word(table: str, name: str, text: str) -> bool:
    return any(pattern.search(text) for pattern in _patterns(table, name))


def _says(table: str, text: str) -> bool:
    return _says_word(table, "any", text)
