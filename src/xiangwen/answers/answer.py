"""The answer to one question: what is said, the exact evidence for it, and a verdict for every report in scope.

`Answer.to_dict` gives the JSON object that other programs rely on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from xiangwen.answers.citation import Citation
from xiangwen.answers.lines import (
    UNMENTIONED_WORDS,
    VERDICT_WORDS,
    ConcludingRole,
    Line,
    VerdictWord,
    text_of,
    words_of,
)
from xiangwen.language.languages import Language

AnswerKind = Literal[
    "fact", "number", "list", "which", "rank", "compare", "summary", "collection", "common", "several", "none"
]
Reason = Literal["no_evidence", "unknown_report", "unknown_year", "off_topic"]


@dataclass(frozen=True)
class Value:
    """A number as the report gives it, or the sum of several of its figures."""

    number: float
    unit: str
    text: str
    """As the report writes it; of a sum all that it adds up: 「25次+12次」."""
    parts: tuple[str, ...] = ()
    """The figures that a sum adds up, each as the report writes it; empty where one figure is the number."""

    @property
    def with_total(self) -> str:
        """As the report writes it, with the total of a sum: 「25次+12次=37次」."""
        return f"{self.text}={self.number:.10g}{self.unit}" if self.parts else self.text


@dataclass(frozen=True)
class Verdict:
    """What one report says on the question; ``silent`` where it says nothing, ``no`` where it says no itself."""

    report: str
    file: str
    township: str | None
    county: str | None
    year: int | None
    verdict: VerdictWord
    confidence: float
    value: Value | None
    citations: tuple[int, ...]


@dataclass(frozen=True)
class Theme:
    """A matter that several reports have in common."""

    name: str
    files: tuple[str, ...]
    """Of all reports that tell of it."""
    citations: tuple[int, ...]


@dataclass(frozen=True)
class Answer:
    """The answer to one question."""

    question: str
    language: Language
    kind: AnswerKind
    answered: bool
    reason: Reason | None
    lines: tuple[Line, ...]
    """What is said, line by line."""
    citations: tuple[Citation, ...]
    verdicts: tuple[Verdict, ...]
    checked_reports: int
    checked_passages: int
    milliseconds: float
    figure: Value | None = None
    """The one number that is the answer: of a question for a number, a sum, a mean, a rank or a comparison."""
    themes: tuple[Theme, ...] = ()
    """What reports have in common, that of most reports first."""
    nearest: tuple[Citation, ...] = ()
    """Where nothing answers: the nearest passages, which are no answer; numbered from 1."""
    parts: tuple[Answer, ...] = ()
    """Of a message with several questions: the answer to each, with the markers of the whole; else none."""

    @cached_property
    def text(self) -> str:
        """What is said as running text, with markers [1]."""
        return text_of(self.lines, self.citations, self.language)

    @property
    def conclusion(self) -> tuple[Line, ...]:
        """The lines to stand beside a table of the verdicts: all of them where no such table says what they say.

        Where there are several questions, those of each part, which has a table of its own, below its question.
        """
        if self.parts:
            asked = [line for line in self.lines if line.role == "question"]
            return tuple(line for q, part in zip(asked, self.parts, strict=True) for line in (q, *part.conclusion))
        if not self.verdicts or self.kind not in ("which", "rank", "compare"):
            return self.lines
        return tuple(line for line in self.lines if line.role in get_args(ConcludingRole))

    @cached_property
    def by_marker(self) -> Mapping[int, Citation]:
        """The citations by their markers."""
        return {citation.n: citation for citation in self.citations}

    def cited(self, verdict: Verdict) -> list[Citation]:
        """The citations of one of its verdicts, in their order there."""
        return [self.by_marker[n] for n in verdict.citations if n in self.by_marker]

    def word_of(self, verdict: Verdict) -> str:
        """One of its verdicts in a word: 「有」, "partly"."""
        return (UNMENTIONED_WORDS if self._is_of_unmentioned else VERDICT_WORDS)[self.language][verdict.verdict]

    @cached_property
    def _is_of_unmentioned(self) -> bool:
        """Whether it says who does not speak of a matter: only then no sentence stands for a yes, or the lines give
        what speaks of it without a verdict."""
        if self.kind != "which":
            return False
        yes = [verdict for verdict in self.verdicts if verdict.verdict == "yes"]
        return any(not verdict.citations for verdict in yes) or (
            not yes and any(line.role == "own" for line in self.lines)
        )

    def words_of(self, line: Line) -> str:
        """One of its lines as running text, with markers [1]."""
        return words_of(line, self.by_marker, self.language)

    def to_dict(self, question_id: Any = None) -> dict[str, Any]:
        """The answer as the JSON object of the contract."""
        parts = {"parts": [part.to_dict() for part in self.parts]} if self.parts else {}
        return {
            "id": question_id,
            "question": self.question,
            "language": self.language,
            "kind": self.kind,
            "answered": self.answered,
            "reason": self.reason,
            "text": self.text,
            "lines": [{**asdict(line), "words": self.words_of(line)} for line in self.lines],
            "citations": [asdict(citation) for citation in self.citations],
            "verdicts": [{**asdict(verdict), "value": _value_json(verdict.value)} for verdict in self.verdicts],
            "figure": _value_json(self.figure),
            "themes": [asdict(theme) for theme in self.themes],
            "nearest": [asdict(citation) for citation in self.nearest],
            "checked": {"reports": self.checked_reports, "passages": self.checked_passages},
            **parts,
            "timing_ms": {"total": round(self.milliseconds, 1)},
        }


def _value_json(value: Value | None) -> dict[str, Any] | None:
    """A value as JSON; a sum alone has parts."""
    return None if value is None else {key: part for key, part in asdict(value).items() if key != "parts" or part}
