"""Questions about how reports are divided: whether each has a section of its own on a matter, by its headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiangwen.answers.citation import Citations
from xiangwen.answers.common import by_theme, passages_told_of, tells_lack, without_mark
from xiangwen.answers.lines import Line, Named
from xiangwen.answers.wordings import classifier
from xiangwen.language.as_read import on_one_line
from xiangwen.language.characters import simplify
from xiangwen.language.concepts import vocabulary
from xiangwen.language.heading_stance import stances_of_heading
from xiangwen.language.tokens import content_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.answers.answer import Answer
    from xiangwen.answers.making import Maker
    from xiangwen.answers.naming import Naming
    from xiangwen.encoding import Encoder
    from xiangwen.index import Store
    from xiangwen.questions import Question
    from xiangwen.questions.section_asked import SectionAsked
    from xiangwen.segmentation.passages import Stance

# What measures these: docs/thresholds.md.
CUSTOMARY = 0.3
"""The score from which on what is asked for, or a heading, is one of the sections that reports customarily have."""
SURE = 0.5
"""The same for a heading that is of another section more: 「履职情况和下一步打算」."""
ALIKE = 0.6
"""Cosine similarity, less what all wordings share, from which on a heading is on a matter that is not customary."""
_SURE_OF_HEADINGS = 0.9
"""The confidence of a verdict by headings."""
MOST_HEADINGS = 2000
"""Different headings that are embedded; the commonest first."""
_MOST_NAMED = 200
"""Reports without the section that are named; the answer counts all."""
_YEAR_OR_PART = re.compile(r"(?:20\d\d|上一?|下一?)年度?|^第[一二三四五六七八九十]+(?:部分|章|节)")
_MATTERS = re.compile(r"(?:情况|工作|问题|方面)$")
_OF_LEADERS = "first_responsibility"
"""The measure that tells of what leaders do themselves."""
_STANCES: dict[str, Stance] = {"plans": "plan", "shortcomings": "shortcoming"}


def answer(maker: Maker, question: Question, asked: SectionAsked) -> Answer:
    """Whether each report has a section of its own on a matter, by its headings."""
    index, scope = maker.index, question.scope.reports
    having = reports_having(index, index.encoder, asked, maker.retriever.scope(scope))
    cited = Citations(index)
    shown = [(report, cited.cite(having[report])) for report in scope if report in having]
    markers = dict(shown)
    verdicts = [
        maker.verdict(report, "yes" if (report in having) != asked.lacking else "no", _SURE_OF_HEADINGS, None, marks)
        for report in scope
        for marks in [(markers[report],) if report in markers else ()]
    ]
    verdicts.sort(key=lambda verdict: verdict.verdict == "no")
    said = outline_lines(question, asked, shown, index, maker.naming)
    return maker.made(replace(question, kind="which"), cited, said, verdicts=tuple(verdicts))


def reports_having(index: Store, encoder: Encoder, asked: SectionAsked, passages: NDArray[np.int64]) -> dict[int, int]:
    """The reports that have the section asked for, each with the passage of its heading.

    Args:
        index: the reports.
        encoder: embeds headings and what is asked for alike.
        asked: the section.
        passages: all of the reports in scope.
    """
    headings = [(p, row) for p in passages.tolist() if (row := index.passages[p]).is_heading]
    words = [_plain(on_one_line(index.quote(row))) for _, row in headings]
    stance, fits = _fitting(encoder, asked.matter, words)
    best: dict[int, tuple[float, int]] = {}
    for (passage, row), own in zip(headings, words, strict=True):
        if own in fits and (row.report not in best or fits[own] > best[row.report][0]):
            best[row.report] = (fits[own], passage)
    found = {report: passage for report, (_, passage) in best.items()}
    if stance is not None and not asked.own:
        for passage in passages_told_of(index, stance, passages):
            found.setdefault(int(index.report_of[passage]), passage)
    if not asked.own:
        for report, passage in _told_elsewhere(index, asked.matter, passages).items():
            found.setdefault(report, passage)
    return found


def _told_elsewhere(index: Store, matter: str, passages: NDArray[np.int64]) -> dict[int, int]:
    """Where reports say under another heading what a customary section is on: lacks among plans, deeds of leaders."""
    called = {
        words: row["id"] for row in vocabulary("section_words.toml")["section"] for words in row.get("called", ())
    }
    match called.get(matter):
        case "shortcomings":
            lacks, _ = by_theme(index, passages_told_of(index, "plan", passages), "theme")
            clauses = [clause for theme in lacks for clause in theme.clauses if tells_lack(clause.words)]
        case "leaders":
            deeds, _ = by_theme(index, passages_told_of(index, "done", passages), "measure")
            clauses = [clause for theme in deeds if theme.id == _OF_LEADERS for clause in theme.clauses]
        case _:
            clauses = []
    return {clause.report: clause.passage for clause in reversed(clauses)}


def _fitting(encoder: Encoder, matter: str, headings: Sequence[str]) -> tuple[Stance | None, dict[str, float]]:
    """Which headings are on a matter, and how surely; with its stance, if that is the section on plans or on
    shortcomings."""
    sections = _sections()
    model = classifier(encoder, tuple(wordings for _, wordings in sections))
    of_matter = encoder.encode_document([_plain(matter)])
    scores = model.scores(of_matter)[0]
    number = int(scores.argmax())
    customary = scores[number] >= CUSTOMARY
    if customary and (stance := _STANCES.get(sections[number][0])):
        return stance, {heading: 1.0 for heading in headings if stance in stances_of_heading(heading)}
    different = [heading for heading, _ in Counter(headings).most_common(MOST_HEADINGS)]
    if not different:
        return None, {}
    vectors = encoder.encode_document(different)
    if customary:
        of_headings = model.scores(vectors)
        near = of_headings[:, number]
        fit = (near >= CUSTOMARY) & ((of_headings.argmax(axis=1) == number) | (near >= SURE))
    else:
        near = model.apart(vectors) @ model.apart(of_matter)[0]
        fit = near >= ALIKE
    named = _naming(different, matter)
    near[named], fit[named] = 1.0, True
    return None, {different[row]: float(near[row]) for row in np.flatnonzero(fit).tolist()}


def _naming(headings: Sequence[str], matter: str) -> list[int]:
    """Numbers of the headings that hold all words of a matter."""
    said = [word for word in content_words(_MATTERS.sub("", simplify(matter))) if len(word) > 1]
    return [row for row, heading in enumerate(headings) if said and all(word in simplify(heading) for word in said)]


def outline_lines(
    question: Question, asked: SectionAsked, shown: Sequence[tuple[int, int]], index: Store, naming: Naming
) -> list[Line]:
    """Who has the section, each with its heading, and who has none.

    Args:
        question: as understood.
        asked: the section.
        shown: the reports that have it, each with the marker of its heading, in their order.
        index: the reports.
        naming: what reports are called.
    """
    called = _names(question, index, naming)
    having = {report for report, _ in shown}
    without = [report for report in question.scope.reports if report not in having]
    words = (_chinese if question.language == "zh" else _english)(asked, len(shown), len(without))
    named = tuple(Named(called[report]) for report in without[:_MOST_NAMED])
    none = [Line("group", words.without, named=named, count=len(without))] if without else []
    own = [Line("own", called[report], citations=(marker,)) for report, marker in shown]
    have = [Line("caption", words.having), *own] if own else []
    head = Line("head", words.head, says_searched=True)
    return [head, *none, *have] if asked.lacking else [head, *have, *none]


def _names(question: Question, index: Store, naming: Naming) -> dict[int, str]:
    """What each report in scope is called, with its year where another one is called alike."""
    called = {n: naming.called(index.reports[n], question.language) for n in question.scope.reports}
    years = {n: index.reports[n].metadata.year or "" for n in called}
    shared = Counter(called.values())
    with_year = "{}{}年" if question.language == "zh" else "{} {}"
    return {n: with_year.format(name, years[n]) if shared[name] > 1 else name for n, name in called.items()}


class _SectionWords(NamedTuple):
    """The words of an answer on a section."""

    head: str
    having: str
    without: str


def _chinese(asked: SectionAsked, having: int, without: int) -> _SectionWords:
    counts = [f"{having} 份有", f"{without} 份报告没有"]
    if asked.lacking:
        counts.reverse()
    head = f"{'，'.join(counts)}（共检查 {having + without} 份报告的标题）"
    if asked.own:
        return _SectionWords(head, f"有“{asked.matter}”部分：", f"没有单设“{asked.matter}”部分")
    return _SectionWords(head, f"有“{asked.matter}”：", f"没有写“{asked.matter}”")


def _english(asked: SectionAsked, having: int, without: int) -> _SectionWords:
    counts = [f"{having} with", f"{without} without"]
    if asked.lacking:
        counts.reverse()
    head = f"{', '.join(counts)} (headings of {having + without} reports checked)."
    what = f"{'a section of its own on ' if asked.own else ''}“{asked.matter}”"
    return _SectionWords(head, f"With {what}:", f"Without {what}")


def _plain(heading: str) -> str:
    """A heading without its number, and without year and part."""
    return _YEAR_OR_PART.sub("", without_mark(heading)).strip()


@cache
def _sections() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((row["id"], tuple(row["wordings"])) for row in vocabulary("section_words.toml")["section"])
