"""Figures of answers against gold questions: one answer is checked at a time, then the marks are added up."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from xiangwen.evaluation.gold import WHICH, EvaluationProblem, Gold

JsonObject = Mapping[str, Any]
"""One JSON object of the answer contract (`xiangwen.answers.Answer.to_dict`)."""

FIGURES = {
    "exact": "citations whose quote is exactly text[start:end] of the file; must be 1",
    "found": "gold quotes that a citation of the same file covers by 60 % or more",
    "clean": "citations that touch a gold quote (facts and numbers)",
    "values": "gold numbers that stand in the answer's text",
    "which P": "of the reports judged yes or partial, the share that is in the gold list; mean over questions",
    "which R": "of the gold list, the share judged yes or partial; mean over questions",
    "which F1": "both together; mean over questions",
    "complete": "answers over several reports whose verdicts list every report exactly once",
    "top": "rankings whose first verdict with a value is a gold report",
    "abstain": "unanswerable and off-topic questions that were not answered",
    "kept": "answerable questions that were answered",
}
"""What each figure means; all are between 0 and 1, more is better."""

COVERED = 0.6
"""Share of a gold quote that one citation must cover to have found it."""
_ONE_IS_ENOUGH = ("fact", "number", "followup")
_WITH_VALUES = ("number", "compare", "followup", "which_number")
_SAID_YES = ("yes", "partial")
GroupKey = TypeVar("GroupKey", str, tuple[str, str])


@dataclass(frozen=True)
class Share:
    """So many hits of so many."""

    hits: float = 0.0
    of: int = 0

    @property
    def rate(self) -> float:
        """Hits over all, four decimals; 0 of nothing."""
        return round(self.hits / self.of, 4) if self.of else 0.0

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.of + other.of)

    def __str__(self) -> str:
        return f"{self.hits:g}/{self.of}"


@dataclass(frozen=True)
class CheckedAnswer:
    """One answer, checked."""

    gold: Gold
    answer: JsonObject
    marks: tuple[tuple[str, float], ...]
    """(figure, 0 to 1) for everything looked at."""
    faults: tuple[str, ...]
    """Why the answer is not wholly right; none if it is."""

    @property
    def right(self) -> bool:
        """Nothing is wrong with it."""
        return not self.faults


@dataclass(frozen=True)
class Figures:
    """The figures of one set of answers."""

    rates: Mapping[str, Share]
    """By the names of `FIGURES`; those that no question of the set measures are left out."""
    right: Mapping[tuple[str, str], Share]
    """Questions wholly right by (type, language)."""
    wrong: tuple[str, ...]
    """Ids of the questions that are not, in the order asked."""
    median_ms: float | None = field(compare=False)
    """Median time of an answer in milliseconds; None where the answers do not tell."""

    def right_by_type(self) -> dict[str, Share]:
        """Questions wholly right for every type."""
        return _added((kind, share) for (kind, _), share in self.right.items())

    def right_by_language(self) -> dict[str, Share]:
        """Questions wholly right for every language."""
        return _added((language, share) for (_, language), share in self.right.items())

    @property
    def right_all(self) -> Share:
        """Questions wholly right."""
        return sum(self.right.values(), Share())

    def to_dict(self) -> dict[str, Any]:
        """As JSON; what the baseline keeps."""
        return {
            **{name: self.rates[name].rate for name in FIGURES if name in self.rates},
            "right": {kind: str(share) for kind, share in self.right_by_type().items()},
            "right_by_lang": {language: str(share) for language, share in self.right_by_language().items()},
            "right_all": self.right_all.rate,
            "wrong": list(self.wrong),
            "median_ms": self.median_ms,
        }


def check_all(
    texts: Mapping[str, str], gold: Sequence[Gold], answers: Iterable[JsonObject]
) -> tuple[CheckedAnswer, ...]:
    """Check the answers to all questions; they are matched by id.

    Args:
        texts: the exact text of every report, by file name.
        gold: the questions.
        answers: answers in any order.

    Raises:
        EvaluationProblem: if a gold quote is not in its report.
    """
    by_id = {str(answer["id"]): answer for answer in answers}
    return tuple(check_answer(texts, g, by_id.get(g.id)) for g in gold)


def figures_of(checked: Sequence[CheckedAnswer]) -> Figures:
    """Add up the marks."""
    times = [c.answer["timing_ms"]["total"] for c in checked if c.answer.get("timing_ms")]
    return Figures(
        rates=_added((name, Share(value, 1)) for c in checked for name, value in c.marks),
        right=_added(((c.gold.type, c.gold.language), Share(c.right, 1)) for c in checked),
        wrong=tuple(c.gold.id for c in checked if not c.right),
        median_ms=round(statistics.median(times), 1) if times else None,
    )


def _added(rows: Iterable[tuple[GroupKey, Share]]) -> dict[GroupKey, Share]:
    total: dict[GroupKey, Share] = {}
    for key, share in rows:
        total[key] = total.get(key, Share()) + share
    return dict(sorted(total.items()))


class _Marks:
    """Collects the marks of one answer and what is wrong with it."""

    def __init__(self) -> None:
        self.marks: list[tuple[str, float]] = []
        self.faults: list[str] = []

    def mark(self, figure: str, value: float, fault: str = "") -> None:
        """Note a mark; a value below 1 is a fault where there are words for it."""
        self.marks.append((figure, float(value)))
        if value < 1 and fault:
            self.faults.append(fault)


def check_answer(texts: Mapping[str, str], gold: Gold, answer: JsonObject | None) -> CheckedAnswer:
    """Check one answer; None is a question that got no answer line.

    Raises:
        EvaluationProblem: if a gold quote is not in its report.
    """
    page = _Marks()
    if answer is None:
        answer = {}
        page.faults.append("no answer line")
    citations = answer.get("citations") or []
    for c in citations:
        exact = bool(c["quote"]) and texts.get(c["file"], "")[c["start"] : c["end"]] == c["quote"]
        page.mark("exact", exact, f"quote is not text[start:end]: {c['quote'][:30]}")
    if not gold.answerable:
        refused = answer.get("answered") is False and not citations
        page.mark("abstain", refused, "answered what the reports do not say")
    else:
        page.mark("kept", answer.get("answered") is True, "did not answer")
        spans = [_span(texts, gold, file, quote) for file, quote in gold.evidence]
        if gold.type in WHICH:
            _check_verdicts(page, texts, gold, answer.get("verdicts") or [])
        else:
            _check_evidence(page, gold, citations, spans)
        if gold.type in _WITH_VALUES:
            _check_values(page, gold, answer.get("text") or "")
    return CheckedAnswer(gold, answer, tuple(page.marks), tuple(page.faults))


QuoteSpan = tuple[str, int, int]
"""(file, start, end)."""


def _span(texts: Mapping[str, str], gold: Gold, file: str, quote: str) -> QuoteSpan:
    start = texts.get(file, "").find(quote)
    if start < 0 or not quote:
        raise EvaluationProblem(
            f"问题 {gold.id} 的依据不在 {file} 里，请检查 --reports。 The gold quote of {gold.id} is not in {file}."
        )
    return file, start, start + len(quote)


def _check_evidence(page: _Marks, gold: Gold, citations: Sequence[JsonObject], spans: Sequence[QuoteSpan]) -> None:
    found = [max((_covered(c, span) for c in citations), default=0.0) >= COVERED for span in spans]
    for hit in found:
        page.mark("found", hit)
    least = 1.0 if gold.type == "compare" else COVERED
    enough = any(found) if gold.type in _ONE_IS_ENOUGH else bool(found) and sum(found) / len(found) >= least
    if not enough:
        page.faults.append(f"evidence found {sum(found)} of {len(found)}")
    if gold.type in ("fact", "number"):
        for c in citations:
            page.mark("clean", any(_covered(c, span) > 0 for span in spans))


def _covered(citation: JsonObject, span: QuoteSpan) -> float:
    file, start, end = span
    if citation["file"] != file:
        return 0.0
    return float((min(citation["end"], end) - max(citation["start"], start)) / (end - start))


def _check_values(page: _Marks, gold: Gold, text: str) -> None:
    derived = any(says_number(value, text, gold.language) for value in gold.values_any)
    for value in gold.values:
        page.mark("values", derived or says_number(value, text, gold.language), f"value {value} is not in the text")


def _check_verdicts(page: _Marks, texts: Mapping[str, str], gold: Gold, verdicts: Sequence[JsonObject]) -> None:
    listed = Counter(v["file"] for v in verdicts)
    scope = set(gold.scope or texts)
    complete = scope <= set(listed) and set(listed.values()) == {1}
    page.mark("complete", complete, f"verdicts for {len(listed)} of {len(scope)} reports")
    yes = set(gold.yes)
    if gold.type == "which_number":
        if yes:
            first = next((v["file"] for v in verdicts if v.get("value")), None)
            page.mark("top", first in yes, f"first is {first}, not one of {sorted(yes)}")
        return
    said = {v["file"] for v in verdicts if v["verdict"] in _SAID_YES}
    both = len(yes & said)
    page.mark("which P", both / len(said) if said else 0.0)
    page.mark("which R", both / len(yes) if yes else 1.0)
    f1 = 2 * both / (len(yes) + len(said)) if yes or said else 1.0
    page.mark("which F1", f1, f"missed {sorted(yes - said)}, wrongly said {sorted(said - yes)}")


def says_number(value: str, text: str, language: str) -> bool:
    """Whether a text says a number: with its unit, or in an English text as the bare number."""
    value, text = _plain(value), _plain(text)
    if value in text:
        return True
    number = re.search(r"\d+(\.\d+)?", value)
    return bool(language == "en" and number and re.search(rf"(?<![\d.]){re.escape(number[0])}(?![\d.])", text))


def _plain(text: str) -> str:
    """Without spaces and thousands separators, full-width digits as plain ones."""
    return "".join(unicodedata.normalize("NFKC", text).replace(",", "").split())
