"""Questions for numbers: the figure that is asked for in a sentence, and one value for every report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xiangwen.answers.answer import Value
from xiangwen.index.signals import unit_classes
from xiangwen.language.concepts import plain_words
from xiangwen.quantities.figures import Figure
from xiangwen.questions import Question, Term
from xiangwen.retrieval.evidence import Retriever

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GENERIC = frozenset(
    [
        "数量",
        "总数",
        "总额",
        "金额",
        "多少",
        "余份",
        "件数",
        "次数",
        "人数",
        "份数",
        "场次",
        "数",
        "件",
        "次",
        "份",
        "个",
        "名",
        "人",
        "起",
        "宗",
        "总",
        "如何",
        "合",
        "加",
        "起来",
    ]
)
"""Words of a question that every figure would meet."""


@dataclass(frozen=True)
class ReportValue:
    """What one report gives: the sum of its matching figures, and the passages they stand in."""

    report: int
    number: float
    value: Value
    figures: tuple[Figure, ...]
    passages: tuple[int, ...]
    confidence: float


SUBJECT_MATCH = 0.33
"""A figure answers only if at least a third of the topic's words stand around it: 「出动人员1464人次」 is no answer to
how many enforcement officers there are."""


def _fits(figure: Figure, question: Question) -> bool:
    """Whether the figure is of a class asked for; 「500余人次」 counts people as well as times."""
    units = question.units
    return not units or figure.unit_class in units or (figure.unit == "人次" and "times" in units)


def _may_fit(retriever: Retriever, question: Question, passages: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which passages may have a figure that is asked for, by what is known of them without reading them."""
    classes = {*question.units, *(("people",) if "times" in question.units else ())}
    fits = retriever.index.may_give(tuple(classes) or unit_classes(), passages)
    return fits if question.plan else fits & ~retriever.index.planned(passages)


LIKELY = 0.3
"""From this probability on a passage is trusted without common words; chosen on golden_dev."""


def gives_number(retriever: Retriever, question: Question, passage: int, support: float = 0.0) -> bool:
    """Whether a passage has a figure of the class asked for (any where no class was named) on the topic asked for.

    A passage that is likely the answer by its meaning (``support``) need not share words with the question.
    """
    if support >= LIKELY and any(_fits(f, question) for f in retriever.figures[passage]):
        return True
    quote = plain_words(retriever.index.reading(retriever.index.passages[passage]))
    return any(
        _fits(f, question) and _subject_match(question, f, quote) >= SUBJECT_MATCH for f in retriever.figures[passage]
    )


def best_figures(retriever: Retriever, question: Question, passage: int) -> tuple[Figure, ...]:
    """The figures of a passage that the question asks for, in the order of the sentence."""
    figures = [f for f in retriever.figures[passage] if _fits(f, question)]
    if len(figures) <= 1:
        return tuple(figures)
    quote = plain_words(retriever.index.reading(retriever.index.passages[passage]))
    scores = [_subject_match(question, f, quote) for f in figures]
    top = max(scores)
    return tuple(f for f, s in zip(figures, scores, strict=True) if s >= 0.7 * top) if top > 0 else tuple(figures)


def rank_values(
    retriever: Retriever, question: Question, passages: NDArray[np.int64], supports: NDArray[np.floating[Any]]
) -> list[ReportValue]:
    """One value for every report that gives a matching figure.

    A figure matches by the words around it first (「查处205件」 is no answer to 调解), by its sentence second. Figures
    of one report, kind and unit are added up, parts of another figure (「其中…」) left out.
    """
    found: dict[int, list[tuple[float, int, Figure]]] = {}
    likely = np.flatnonzero(supports >= 0.03)
    for row in likely[_may_fit(retriever, question, passages[likely])]:
        passage = int(passages[row])
        quote = plain_words(retriever.index.reading(retriever.index.passages[passage]))
        for figure in retriever.figures[passage]:
            if not _fits(figure, question):
                continue
            score = _subject_match(question, figure, quote) * (0.5 + 0.5 * float(supports[row]))
            if score > 0.2:
                report = int(retriever.index.report_of[passage])
                found.setdefault(report, []).append((score, int(passage), figure))
    if not found:
        return []
    # One kind of unit for all: cases are not compared with people. The kind that most reports give wins.
    votes: dict[str, float] = {}
    for rows in found.values():
        top = max(score for score, _, _ in rows)
        for name in {f.unit_class for score, _, f in rows if score >= 0.8 * top}:
            votes[name] = votes.get(name, 0.0) + top
    unit_class = max(votes, key=lambda name: votes[name])
    best_of_all = max(score for rows in found.values() for score, _, f in rows if f.unit_class == unit_class)
    values = []
    for report, rows in found.items():
        rows = [row for row in rows if row[2].unit_class == unit_class]
        if not rows:
            continue
        top = max(row[0] for row in rows)
        if top < 0.5 * best_of_all:
            continue
        wholes = [row for row in rows if not row[2].part_of_another]
        near = [row for row in wholes if row[0] >= 0.8 * top] or [row for row in rows if row[0] >= 0.8 * top]
        values.append(_sum(report, near, top))
    return values


def _sum(report: int, rows: list[tuple[float, int, Figure]], confidence: float) -> ReportValue:
    """One value of a report's matching figures: those of one unit and one subject are added up.

    「罚金7920元，…罚金2050元」 are two fines; 「受理矛盾纠纷276件，调解成功267件」 are not two lots of disputes.
    """
    best = max(rows, key=lambda row: row[0])
    if best[2].unit_class in ("percent", "score"):
        rows = [best]
    else:
        rows = [row for row in rows if (row[2].unit, _head(row[2])) == (best[2].unit, _head(best[2]))]
    seen: dict[tuple[float, str], tuple[float, int, Figure]] = {}
    for row in rows:
        seen.setdefault((row[2].value, row[2].subject), row)  # the same figure told twice counts once
    rows = list(seen.values())
    total = sum(row[2].value for row in rows)
    return ReportValue(
        report=report,
        number=total,
        value=Value(total, best[2].unit, "+".join(row[2].text for row in rows)),
        figures=tuple(row[2] for row in rows),
        passages=tuple(dict.fromkeys(row[1] for row in rows)),
        confidence=min(0.99, confidence),
    )


def _head(figure: Figure) -> str:
    """The noun that a figure counts: the last two characters before it."""
    return figure.subject.split(" ")[0][-2:]


def _subject_match(question: Question, figure: Figure, quote: str) -> float:
    """Share of the topic's words that the figure's own clause holds; what only its sentence holds counts half."""
    terms = [t for t in question.terms if t.asked not in _GENERIC]
    if not terms:
        return 0.5
    subject = plain_words(figure.subject)
    total = sum(t.weight for t in terms)
    return sum(t.weight * _held(t, subject, quote) for t in terms) / total


def _held(term: Term, subject: str, quote: str) -> float:
    if any(word in subject for word in term.words):
        return 1.0
    if any(word in quote for word in term.words):
        return 0.5
    pairs = {w[i : i + 2] for w in term.words[:3] for i in range(len(w) - 1) if re.search(r"[\u3400-\u9fff]", w)}
    return 0.3 if any(pair in subject for pair in pairs) else 0.0
