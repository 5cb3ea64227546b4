"""The JSON contract (docs/answer-format.md): what is printed of an index, and an answer that comes back as JSON.

`Answer.to_dict` writes an answer; what may be asked is read in `questions.request`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xiangwen.answers.answer import Answer, AnswerKind, Reason, Theme, Value, Verdict
from xiangwen.answers.citation import Citation
from xiangwen.answers.lines import Line
from xiangwen.language.languages import Language
from xiangwen.segmentation.sections import Section

if TYPE_CHECKING:
    from xiangwen.index import Store

MOST_ROWS = 20_000
"""Citations, verdicts or lines of one answer; more than any collection of townships gives."""


class ExportProblem(ValueError):
    """What was sent is no answer; the message is one plain sentence."""


# --- an answer that comes back ----------------------------------------------------------------------------------------


class _CheckedCounts(BaseModel):
    reports: int = Field(ge=0, lt=10**12)
    passages: int = Field(ge=0, lt=10**12)


class _AnswerJson(BaseModel):
    """An answer as `Answer.to_dict` writes it; keys that are not named are left out."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    question: str
    language: Language
    kind: AnswerKind
    answered: bool
    reason: Reason | None
    text: str
    lines: Annotated[tuple[Line, ...], Field(max_length=MOST_ROWS)]
    citations: Annotated[tuple[Citation, ...], Field(max_length=MOST_ROWS)] = ()
    nearest: Annotated[tuple[Citation, ...], Field(max_length=MOST_ROWS)] = ()
    verdicts: Annotated[tuple[Verdict, ...], Field(max_length=MOST_ROWS)] = ()
    themes: Annotated[tuple[Theme, ...], Field(max_length=MOST_ROWS)] = ()
    figure: Value | None = None
    checked: _CheckedCounts


def read_answer(data: Any) -> Answer:
    """The answer in a JSON object of the contract; whoever sends it may have changed it.

    Raises:
        ExportProblem: if it is none; the message names the field.
    """
    try:
        read = _AnswerJson.model_validate_json(json.dumps(data))
    except (ValidationError, TypeError) as error:
        raise _wrong(_field_of(error)) from error
    markers = [citation.n for citation in read.citations]
    known = frozenset(markers)
    cited = {n for v in read.verdicts for n in v.citations} | {n for theme in read.themes for n in theme.citations}
    if len(known) != len(markers) or not cited <= known or not all(0 < n <= MOST_ROWS for n in known):
        raise _wrong("citations")
    if not all(0 <= verdict.confidence <= 1 for verdict in read.verdicts):
        raise _wrong("verdicts.confidence")
    if not all(_can_be_said(line, known) for line in read.lines):
        raise _wrong("lines")
    answer = Answer(
        question=read.question,
        language=read.language,
        kind=read.kind,
        answered=read.answered,
        reason=read.reason,
        lines=read.lines,
        citations=read.citations,
        verdicts=read.verdicts,
        checked_reports=read.checked.reports,
        checked_passages=read.checked.passages,
        milliseconds=0.0,
        figure=read.figure,
        themes=read.themes,
        nearest=read.nearest,
    )
    if answer.text != read.text:
        raise _wrong("text")
    return answer


def _can_be_said(line: Line, known: frozenset[int]) -> bool:
    """Whether a line has all that its role needs, and no marker but of the citations that are known."""
    markers = {*line.citations, *(report.n for report in line.named if report.n is not None)}
    lacking = (line.role == "verdict" and line.verdict is None) or (line.role == "theme" and not line.named)
    return markers <= known and not lacking


def _field_of(error: Exception) -> str:
    """The field that is wrong: ``citations.start``."""
    if not isinstance(error, ValidationError):
        return "answer"
    where = error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
    return ".".join(part for part in where if isinstance(part, str)) or "answer"


def _wrong(field: str) -> ExportProblem:
    return ExportProblem(f"这不是一个答案（{field} 有误），请重新提问后再导出。 This is no answer: see {field}.")


# --- what is printed of an index --------------------------------------------------------------------------------------


def search_rows(index: Store, found: Sequence[tuple[int, float]]) -> list[dict[str, Any]]:
    """Passages found, as (number, score), best first."""
    rows = []
    for rank, (number, score) in enumerate(found, start=1):
        passage = index.passages[number]
        report = index.reports[passage.report]
        rows.append(
            {
                "rank": rank,
                "score": score,
                "report": report.id,
                "file": report.file,
                "township": report.metadata.township,
                "year": report.metadata.year,
                "section": list(passage.heading_path),
                "start": passage.start,
                "end": passage.end,
                "quote": index.quote(passage),
            }
        )
    return rows


def report_rows(index: Store) -> list[dict[str, Any]]:
    """All reports with their metadata and their trees of headings."""
    return [
        {
            "id": report.id,
            "file": report.file,
            "title": report.metadata.title,
            "township": report.metadata.township,
            "level": report.metadata.level,
            "county": report.metadata.county,
            "city": report.metadata.city,
            "province": report.metadata.province,
            "year": report.metadata.year,
            "characters": len(report.text),
            "passages": int(index.sizes[number]),
            # The preamble has no heading: it is what comes before the first section.
            "sections": [_section_row(section) for section in report.outline if section.heading],
        }
        for number, report in enumerate(index.reports)
    ]


def _section_row(section: Section) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "level": section.depth,
        "start": section.start,
        "end": section.end,
        "children": [_section_row(child) for child in section.children],
    }
