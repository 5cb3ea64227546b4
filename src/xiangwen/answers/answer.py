"""The answer to one question: what is said, the exact evidence for it, and a verdict for every report in scope.

`Answer.to_dict` gives the JSON object that other programs rely on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from xiangwen.segmentation.passages import Stance

Language = Literal["zh", "en"]
Kind = Literal["fact", "number", "list", "which", "rank", "compare", "summary", "collection", "common", "none"]
Reason = Literal["no_evidence", "unknown_report", "unknown_year", "off_topic"]
VerdictWord = Literal["yes", "partial", "no", "silent"]


@dataclass(frozen=True)
class Citation:
    """Exact words of a report: ``quote == text[start:end]`` of its text, offsets in characters."""

    n: int
    """The marker [n] in the answer's text, numbered by first appearance."""
    report: str
    file: str
    township: str | None
    county: str | None
    province: str | None
    year: int | None
    title: str | None
    section: tuple[str, ...]
    """The heading path."""
    start: int
    end: int
    quote: str
    stance: Stance = "done"
    """Whether the section reports what was done, what is planned (计划) or what is lacking (不足)."""
    page: int | None = None
    """The page of its file on which the quote starts, from 1; None where the format has no pages."""


@dataclass(frozen=True)
class Value:
    """A number as the report gives it; a sum of several figures has the text 「合计…」."""

    number: float
    unit: str
    text: str


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
    kind: Kind
    answered: bool
    reason: Reason | None
    text: str
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
    """Where nothing answers: the nearest passages, which are not an answer (shown in the chat, numbered from 1)."""

    def to_dict(self, question_id: Any = None) -> dict[str, Any]:
        """The answer as the JSON object of the contract."""
        return {
            "id": question_id,
            "question": self.question,
            "language": self.language,
            "kind": self.kind,
            "answered": self.answered,
            "reason": self.reason,
            "text": self.text,
            "citations": [asdict(citation) for citation in self.citations],
            "verdicts": [asdict(verdict) for verdict in self.verdicts],
            "figure": None if self.figure is None else asdict(self.figure),
            "themes": [asdict(theme) for theme in self.themes],
            "checked": {"reports": self.checked_reports, "passages": self.checked_passages},
            "timing_ms": {"total": round(self.milliseconds, 1)},
        }
