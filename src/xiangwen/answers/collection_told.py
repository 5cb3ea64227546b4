"""What is said of the collection itself: its reports by year or place, each with the marker of its title."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from xiangwen.answers import sentences
from xiangwen.answers.citation import Citations
from xiangwen.answers.collection import MeantReports, reports_meant
from xiangwen.answers.collection_groups import grouped, places
from xiangwen.answers.issuers import Issuers, issuers_called
from xiangwen.answers.lines import Line, Named
from xiangwen.answers.naming import english_name
from xiangwen.questions.collection_words import says

if TYPE_CHECKING:
    from xiangwen.answers.answer import Answer
    from xiangwen.answers.making import Maker
    from xiangwen.index import Store
    from xiangwen.language.languages import Language
    from xiangwen.questions import Question
    from xiangwen.questions.collection_asked import Each
    from xiangwen.questions.homes import Homes
    from xiangwen.reports import Report
    from xiangwen.reports.places import Place

MOST_CITED = 20
"""Titles that are cited; every report has a verdict."""
_MOST_NAMED = 200
"""Reports that the text names."""
_FRONT = 8
"""Passages among which the title stands."""


def answer(maker: Maker, question: Question, chosen: frozenset[int]) -> Answer:
    """The reports that a question about the collection itself means.

    Args:
        maker: what it is made with.
        question: as understood; its scope may have a problem.
        chosen: numbers of the reports that may answer.
    """
    if question.collection and question.collection.not_kept:
        return maker.declined(question, sentences.not_kept(question.language), "no_evidence", scope=())
    meant = reports_meant(question, maker.atlas, chosen)
    question = replace(question, scope=meant.scope)
    if meant.scope.problem:
        return maker.unknown_scope(question, chosen)
    cited = Citations(maker.index)

    def cite(report: int) -> int:
        return cited.cite(title_passage(maker.index, report))

    said = collection_lines(question, meant, maker.atlas.homes, cite)
    numbers = {c.report: c.n for c in cited.made}
    marks = ((number, numbers.get(maker.index.reports[number].id)) for number in meant.reports)
    verdicts = tuple(maker.verdict(number, "yes", 1.0, None, (n,) if n else ()) for number, n in marks)
    return maker.made(question, cited, said, verdicts=verdicts, figure=meant.figure)


def collection_lines(question: Question, meant: MeantReports, homes: Homes, cite: Callable[[int], int]) -> list[Line]:
    """The answer line by line, each report with the marker of its title.

    Args:
        question: as understood.
        meant: the reports that answer it.
        homes: those of all reports of the collection.
        cite: the marker of a report's title.
    """
    zh, reports = question.language == "zh", homes.reports
    if meant.asks_missing:
        issuers = issuers_called(reports[n].metadata.township for n in meant.scope.reports)
        return _missing_lines(meant, homes, cite, issuers, question.language)
    if meant.without is not None:
        return _without_lines(meant, meant.without, homes, zh)
    if not meant.reports:
        return [Line("head", "没有符合的报告。" if zh else "No report fits.")]
    lines = [Line("head", _head(question, meant, homes))]
    each = meant.each or ("county" if len({reports[n].metadata.county for n in meant.reports}) > 1 else "year")
    named = 0
    for name, own in grouped(meant.reports, homes, each).items():
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
    told = any(note.reading == "inferred" for note in meant.scope.notes)
    if not told and any(_inferred(n, each, homes) for n in meant.reports):
        inferred = "Note: where a report does not name its province, city or county, its other names tell it."
        lines.append(Line("note", "说明：报告没有写明的省、市、县，按县区和乡镇的名称推知。" if zh else inferred))
    return lines


def _head(question: Question, meant: MeantReports, homes: Homes) -> str:
    zh, reports = question.language == "zh", homes.reports
    count = len(meant.reports)
    named = issuers_called(reports[n].metadata.township for n in meant.reports)
    issuers = named.counted(question.language, len(places(meant.reports, homes)))
    told = meant.figure if meant.figure and meant.figure.unit not in ("份", f"个{named.zh}") else None
    covered = sorted({year for n in meant.reports if (year := reports[n].metadata.year)})
    whether = says("whether", question.scope.rest.lower()) or says("whether", question.standalone.lower())
    if zh:
        span = f"{covered[0]}年" if len(set(covered)) == 1 else f"{covered[0]}年至{covered[-1]}年" if covered else ""
        lead = "有。" if whether else ""
        figure = f"{told.text}：" if told else ""
        return f"{lead}{figure}共 {count} 份报告，{issuers}{f'（{span}）' if span else ''}："
    span = "–".join(map(str, dict.fromkeys((covered[0], covered[-1])))) if covered else ""
    lead = "Yes. " if whether else ""
    figure = f"{told.number:.0f}: " if told else ""
    plural = "s" if count != 1 else ""
    return f"{lead}{figure}{count} report{plural} of {issuers}{f' ({span})' if span else ''}:"


def _missing_lines(
    meant: MeantReports, homes: Homes, cite: Callable[[int], int], issuers: Issuers, language: Language
) -> list[Line]:
    zh, reports = language == "zh", homes.reports
    if not meant.missing:
        none = f"None is missing for the {issuers.noun('en')} at hand."
        return [Line("head", f"没有缺的：现有各{issuers.zh}的报告年份都齐。" if zh else none)]
    own = places(meant.reports, homes)
    count = len(meant.missing)
    who = issuers.counted(language, count)
    lack = f"{who} {'lack' if count != 1 else 'lacks'} a report (of those at hand):"
    lines = [Line("head", f"{who}有缺（只对照库里已有的{issuers.zh}）：" if zh else lack)]
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


def _without_lines(meant: MeantReports, rows: Sequence[Place], homes: Homes, zh: bool) -> list[Line]:
    """Regions that no report is of, by the city or the province that they lie in."""
    each = meant.each or "county"
    what, plural = _REGION_WORDS[each]
    if not rows:
        return [Line("head", f"没有缺的：每个{what}都有报告。" if zh else f"All {plural} have a report.")]
    if len(rows) > _MOST_NAMED:
        many = f"There are {len(rows)} {plural} without a report: please name a province or a city."
        return [Line("head", f"没有报告的{what}有 {len(rows)} 个，请指明省、市再问。" if zh else many)]
    lines = [Line("head", f"{len(rows)} 个{what}没有报告：" if zh else f"{len(rows)} {plural} without a report:")]
    inside: dict[str, list[str]] = {}
    for row in rows:
        around = {"province": "", "city": row.province}.get(each, row.province + row.city)
        inside.setdefault(around, []).append(getattr(row, each))
    for around, regions in inside.items():
        lead = f"{around}{'：' if zh else ': '}" if around else ""
        lines.append(Line("words", lead + ("、" if zh else ", ").join(regions)))
    unsaid = sum(not getattr(homes.of(n), each) for n in meant.scope.reports)
    if unsaid:
        may = f"Note: {unsaid} reports do not say where they lie, which may be one of these."
        lines.append(Line("note", f"说明：有 {unsaid} 份报告没有写明所属{what}，可能属于其中。" if zh else may))
    return lines


_REGION_WORDS: dict[Each, tuple[str, str]] = {
    "province": ("省份", "provinces"),
    "city": ("市", "cities"),
    "county": ("县区", "counties"),
}


def _label(report: Report, each: Each, zh: bool) -> str:
    meta = report.metadata
    county = (meta.county or "") if each not in ("county",) else ""
    year = f"{meta.year}{'年' if zh else ''}" if meta.year and each != "year" else ""
    if zh:
        return f"{county}{report.name}{year}"
    township = english_name(report.name) if meta.township else report.name
    return " ".join(filter(None, (township, year)))


def _inferred(number: int, each: Each, homes: Homes) -> bool:
    """Whether what a report is listed by is not written in it."""
    home, meta = homes.of(number), homes.reports[number].metadata
    listed_by = {"province": home.province, "city": home.city, "county": home.county}.get(each)
    return bool(listed_by) and listed_by not in (meta.province, meta.city, meta.county)


def title_passage(index: Store, report: int) -> int:
    """The passage that holds a report's title; its first one where no passage does."""
    title = "".join((index.reports[report].metadata.title or "").split())
    first = int(index.starts[report])
    own = range(first, min(first + _FRONT, int(index.starts[report + 1])))

    def holds(passage: int) -> bool:
        words = "".join(index.quote(index.passages[passage]).split())
        return bool(title) and (title in words or words in title)

    return next((passage for passage in own if holds(passage)), first)
