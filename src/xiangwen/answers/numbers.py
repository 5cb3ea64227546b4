"""Questions for numbers: the figure that is asked for in a sentence, and one value for every report.

A figure answers only where its period, direction and role are those asked for. Nothing is added across periods, or from
parts to a total.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xiangwen.answers.answer import Value
from xiangwen.answers.candidates import Chooser, FigureCandidate, by_fit, figure_candidates
from xiangwen.index.signals import unit_classes
from xiangwen.language.units import COUNTING
from xiangwen.quantities.quantity import Quantity
from xiangwen.questions import Question
from xiangwen.retrieval.evidence import Retriever

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ReportValue:
    """What one report gives, and the passages it stands in."""

    report: int
    number: float
    """In ``unit``, the base unit of its class, in which reports are compared."""
    unit: str
    value: Value
    quantities: tuple[Quantity, ...]
    passages: tuple[int, ...]
    confidence: float


@dataclass(frozen=True)
class NotCompared:
    """What one report gives that is not what was asked for: of another period, a change, a part."""

    report: int
    candidate: FigureCandidate


# What measures these: docs/thresholds.md.
SUBJECT_MATCH = 0.33
"""Share of the topic's words around a figure from which on it answers: 「出动1464人次」 is no number of officers."""
LIKELY = 0.2
"""From this probability on a passage is trusted without words in common with the question."""
_AS_GOOD = 0.97
"""Figures whose scores differ by less answer side by side (「罚金7920元，…罚金2050元」)."""
_NEAR = 0.8
"""A figure whose score or share of words is so near to the best is as much on the matter as it."""
_ALL = 0.99
"""From this share on all words of the topic stand around a figure; the shares are sums of rounded numbers."""
_ON_TOPIC = 0.5
"""Share of the topic's words from which a figure of another period or direction is told in place of the right one."""
_LEAST_LIKELY = 0.03
"""Passages that are less likely are not read for figures: a rank over very many reports would read them all."""
_OWN = 0.5
"""What a figure's fit counts without its sentence; the rest goes with how likely the sentence answers."""
_LEAST_FIT = 0.2
"""A figure that fits worse is no value of its report in a rank."""
_ANSWERING = 0.3
"""From this probability on a sentence gives what is ranked, in whatever words."""
_BESIDE_BEST = 0.5
"""A report whose best figure fits so much worse than the best of all reports gives none of what is compared."""
_BESIDE_BEST_BOUNDED = 0.35
"""The same where a bound is set: whoever meets it is asked for, in whatever words a report tells it."""
_SUREST = 0.99
"""No figure is called more certain than this."""
_TOLD_BY_NAME = ("percent", "score")
"""Classes of units whose figures are told apart by their names alone, and never added up."""
_OF_MANY_THINGS = ("places", "copies")
"""Classes of units each of whose measure words counts things of its own: 篇 are no 个."""
_ZERO = re.compile(r"[零〇0]|\bzero\b")
_NONE_OF = ("cases", "people", "times", "households", "enterprises")
"""Classes of units of which 0 says that there was none."""


def _may_fit(retriever: Retriever, question: Question, passages: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which passages may have a figure that is asked for, by what is known of them without reading them."""
    classes = {*question.units, *(("people",) if "times" in question.units else ())}
    fits = retriever.index.may_give(tuple(classes) or unit_classes(), passages)
    return fits if question.plan else fits & ~retriever.index.planned(passages)


def gives_number(retriever: Retriever, question: Question, passage: int, support: float = 0.0) -> bool:
    """Whether a passage has a figure of the class asked for (any where no class was named) on the topic asked for.

    A passage that is likely the answer by its meaning (``support``) need not share words with the question.
    """
    found = [c for c in figure_candidates(retriever, question, passage) if c.answers]
    return bool(found) and (support >= LIKELY or any(c.fit.subject >= SUBJECT_MATCH for c in found))


def plainly_gives(retriever: Retriever, question: Question, passage: int) -> bool:
    """Whether a passage has a figure that counts just what is asked for: then no reader need be sure of it as well."""
    return any(
        c.answers and c.fit.subject >= _ALL and c.fit.named >= _NEAR
        for c in figure_candidates(retriever, question, passage)
    )


def gives_number_of_year(retriever: Retriever, question: Question, passage: int, support: float = 0.0) -> bool:
    """Whether a passage says itself that a figure is of the year asked for, which is not its report's, and is on the
    topic by the words around it or likely the answer by its meaning (``support``)."""
    return any(
        c.answers and c.quantity.period.said and (support >= _ANSWERING or c.fit.subject >= _NEAR)
        for c in figure_candidates(retriever, question, passage)
    )


def fit_of(retriever: Retriever, question: Question, passage: int) -> float:
    """How well the best figure of a passage meets the question, 0 where none does."""
    return max((c.score for c in figure_candidates(retriever, question, passage) if c.answers), default=0.0)


def best_figures(
    retriever: Retriever, question: Question, passage: int, choose: Chooser = by_fit
) -> tuple[Quantity, ...]:
    """The figure of a passage that the question asks for first, then those that are as good."""
    found = [c for c in figure_candidates(retriever, question, passage, choose) if c.answers]
    if not found:
        return ()
    best = max(found, key=lambda c: c.score)
    as_good = [c for c in found if c.score >= _AS_GOOD * best.score and _same_kind(c.quantity, best.quantity)]
    return (best.quantity, *(c.quantity for c in as_good if c is not best))


def given_instead(retriever: Retriever, question: Question, passages: Iterable[int]) -> FigureCandidate | None:
    """The figure on the topic asked for that is of another period or direction; None where there is none."""
    found = [
        c
        for passage in passages
        for c in figure_candidates(retriever, question, passage)
        if not c.answers
        and (c.fit.unit or c.quantity.is_change)
        and c.fit.subject >= _ON_TOPIC
        and c.quantity.direction != "from"
    ]
    return max(found, key=lambda c: (c.fit.subject * c.fit.role, c.fit.named), default=None)


def goes_the_other_way(retriever: Retriever, question: Question, passage: int) -> bool:
    """Whether what a passage tells of the topic falls where a rise is asked for, or rises where a fall is."""
    trend = question.quantity.trend
    if trend is None:
        return False
    found = [c for c in figure_candidates(retriever, question, passage) if c.quantity.is_change]
    top = max((c.fit.subject for c in found), default=0.0)
    near = [c for c in found if c.fit.subject >= _NEAR * top]
    return bool(near) and all(c.quantity.direction != trend for c in near)


def counts_none(retriever: Retriever, question: Question, passage: int) -> bool | None:
    """Whether a passage counts none of what is asked about (0件); None where it does not count it."""
    if _ZERO.search(question.topic):
        return None
    found = [
        c.quantity
        for c in figure_candidates(retriever, question, passage)
        if c.answers and c.fit.subject >= _NEAR and c.quantity.role == "total" and c.quantity.unit_class in _NONE_OF
    ]
    return all(q.high == 0 for q in found) if found else None


def value_of(quantities: Sequence[Quantity]) -> Value:
    """Figures of one kind as a value: one as it is written, several added up."""
    written = tuple(q.readable for q in quantities)
    parts = written if len(written) > 1 else ()
    return Value(sum(q.value for q in quantities), quantities[0].unit, "+".join(written), parts)


def rank_values(
    retriever: Retriever,
    question: Question,
    passages: NDArray[np.int64],
    supports: NDArray[np.floating[Any]],
    *,
    in_any_words: bool = True,
) -> tuple[list[ReportValue], list[NotCompared]]:
    """One value for every report that gives a matching figure, and what the other reports give instead.

    A figure matches by the words around it first (「查处205件」 is no answer to 调解), by its sentence second; in a
    sentence that likely answers, the figure that fits best counts whatever its words, where it may (``in_any_words``).
    """
    figures = _figures_by_report(retriever, question, passages, supports, in_any_words)
    kind = _kind_of_most(figures.matching)
    best = max((c.score for own in figures.matching.values() for c in own if c.quantity.kind == kind), default=0.0)
    bounded = question.rank is not None and question.rank.range is not None
    least = (_BESIDE_BEST_BOUNDED if bounded else _BESIDE_BEST) * best
    of_reports = (_of_report(n, own, figures.answering, kind, least) for n, own in figures.matching.items())
    values = [value for value in of_reports if value is not None]
    if not in_any_words:
        values = _of_one_word(values)
    given = {value.report for value in values}
    return values, [NotCompared(report, c) for report, c in sorted(figures.others.items()) if report not in given]


@dataclass
class _FiguresByReport:
    """What the sentences of the reports give of what is ranked."""

    matching: dict[int, list[FigureCandidate]] = field(default_factory=dict)
    """Figures of each report that may be its value, scored with their sentences."""
    answering: set[int] = field(default_factory=set)
    """Passages of which one figure counts whatever its words."""
    others: dict[int, FigureCandidate] = field(default_factory=dict)
    """Of each report the figure most on the topic that is of another period or direction."""

    def take(self, report: int, read: Sequence[FigureCandidate], support: float, in_any_words: bool) -> None:
        """Add the figures of one passage, which answers with the probability ``support``."""
        best = max((c.score for c in read if c.answers), default=0.0)
        for candidate in read:
            weighed = replace(candidate, score=candidate.score * (_OWN + (1 - _OWN) * support))
            if not candidate.answers:
                self._take_other(report, weighed)
                continue
            surely = in_any_words and support >= _ANSWERING and candidate.score == best and _fits_surely(candidate)
            if surely:
                self.answering.add(candidate.passage)
            if surely or weighed.score > _LEAST_FIT:
                self.matching.setdefault(report, []).append(weighed)

    def _take_other(self, report: int, candidate: FigureCandidate) -> None:
        best = self.others.get(report)
        on_topic = candidate.fit.unit and candidate.fit.subject >= _ON_TOPIC
        if on_topic and (best is None or candidate.fit.subject > best.fit.subject):
            self.others[report] = candidate


def _figures_by_report(
    retriever: Retriever,
    question: Question,
    passages: NDArray[np.int64],
    supports: NDArray[np.floating[Any]],
    in_any_words: bool,
) -> _FiguresByReport:
    figures = _FiguresByReport()
    likely = np.flatnonzero(supports >= _LEAST_LIKELY)
    for row in likely[_may_fit(retriever, question, passages[likely])].tolist():
        passage = int(passages[row])
        read = figure_candidates(retriever, question, passage)
        figures.take(int(retriever.index.report_of[passage]), read, float(supports[row]), in_any_words)
    return figures


def _fits_surely(candidate: FigureCandidate) -> bool:
    """Whether a figure can be what a sentence is about without words of the question around it."""
    return candidate.fit.period == 1 and candidate.quantity.unit_class not in _TOLD_BY_NAME


def _of_report(
    report: int, own: Sequence[FigureCandidate], answering: Collection[int], kind: tuple[str, str], least: float
) -> ReportValue | None:
    """The value of one report out of its matching figures; None where they are of another kind or fit too badly.

    Args:
        report: its number.
        own: its figures.
        answering: passages of which one figure counts whatever its words.
        kind: of the units that are compared.
        least: the score that a figure of any other passage must have.
    """
    of_kind = [c for c in own if c.quantity.kind == kind]
    chosen = of_kind or [c for c in own if c.passage in answering and _as_countable(c.quantity.kind, kind)]
    best = max((c.score for c in chosen), default=0.0)
    if not chosen or (best < least and not any(c.passage in answering for c in chosen)):
        return None
    near = [c for c in chosen if c.score >= _NEAR * best]
    wholes = [c for c in near if c.quantity.role != "part"]
    return _value(report, wholes or near, best)


def _of_one_word(values: list[ReportValue]) -> list[ReportValue]:
    """The values in the commonest measure word, where a class of units holds words for different things."""
    words = Counter(value.quantities[0].unit for value in values if value.quantities[0].unit_class in _OF_MANY_THINGS)
    most = words.most_common(1)
    if not most or most[0][1] < 2:
        return values
    other = set(words) - {most[0][0]}
    return [value for value in values if value.quantities[0].unit not in other]


def _as_countable(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two kinds of units count alike: what one report calls 70次审查 is 317项 to another."""
    return one[0] in COUNTING and other[0] in COUNTING


def _kind_of_most(found: dict[int, list[FigureCandidate]]) -> tuple[str, str]:
    """One kind of unit for all, as cases are not compared with people: that which most reports give; of such the first
    one told, the same at every start. A report whose best figure fits far worse than that of another says nothing."""
    votes: dict[tuple[str, str], float] = {}
    best = max((c.score for rows in found.values() for c in rows), default=0.0)
    for rows in found.values():
        top = max(c.score for c in rows)
        if top < _BESIDE_BEST * best:
            continue
        for kind in dict.fromkeys(c.quantity.kind for c in rows if c.score >= _NEAR * top):
            votes[kind] = votes.get(kind, 0.0) + top
    return max(votes, key=lambda kind: votes[kind], default=("", ""))


def _value(report: int, rows: Sequence[FigureCandidate], confidence: float) -> ReportValue:
    """The best figure of a report, with those that count other lots of the same added.

    「罚金7920元，…罚金2050元」 are two fines; 「受理矛盾纠纷276件，调解成功267件」 are not two lots of disputes.
    """
    best = max(rows, key=lambda c: c.score)
    chosen = [best]
    if best.quantity.role == "total" and best.quantity.unit_class not in _TOLD_BY_NAME:
        lots = {
            (c.quantity.value, c.quantity.counted): c
            for c in reversed(rows)
            if are_lots_of_one(c.quantity, best.quantity)
        }
        chosen = [c for c in rows if c in lots.values()]  # the same figure told twice counts once
    quantities = tuple(c.quantity for c in chosen)
    return ReportValue(
        report=report,
        number=sum(q.in_base_unit[0] for q in quantities),
        unit=best.quantity.in_base_unit[1],
        value=value_of(quantities),
        quantities=quantities,
        passages=tuple(dict.fromkeys(c.passage for c in chosen)),
        confidence=min(_SUREST, confidence),
    )


def _same_kind(one: Quantity, other: Quantity) -> bool:
    return (one.unit, one.role, one.period.kind, one.direction) == (
        other.unit, other.role, other.period.kind, other.direction,
    )  # fmt: skip


def are_lots_of_one(one: Quantity, other: Quantity) -> bool:
    """Whether two figures are two lots of the same noun, unit, period and role: 受理纠纷 and 调解纠纷 are not."""
    return one == other or (
        _same_kind(one, other)
        and len(one.counted) > 1
        and (one.counted == other.counted or (one.unit_class == "money" and one.counted[-2:] == other.counted[-2:]))
        and one.text != other.text
    )
