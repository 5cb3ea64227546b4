"""The JSON contract (docs/answer-format.md, docs/ledger.md): the shape of every object that goes out to programs.

The command line, HTTP, MCP and gradio_client print what is made here; what the page alone fetches is no part of it.
`Answer.to_dict` writes an answer, and `read_answer` reads one that comes back; what may be asked is read in
`questions.request`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired, TypedDict, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xiangwen.answers.answer import Answer, AnswerKind, Reason, Theme, Value, Verdict
from xiangwen.answers.citation import Citation
from xiangwen.answers.lines import Line
from xiangwen.language.languages import Language
from xiangwen.questions.messages import MOST_QUESTIONS
from xiangwen.segmentation.sections import Section

if TYPE_CHECKING:
    from xiangwen.answers.votes import Vote
    from xiangwen.exports.assessment import Assessment, ItemResult, PreScore
    from xiangwen.exports.ledger_checks import Discrepancy
    from xiangwen.exports.ledger_corrections import LabelledClause
    from xiangwen.exports.ledger_rows import LedgerCell
    from xiangwen.index import BuildReport, CheckResult, Store
    from xiangwen.index.build_report import FileOutcome
    from xiangwen.ledger.corrections import Correction
    from xiangwen.milvus.publishing import Published

MOST_ROWS = 20_000
"""Citations, verdicts or lines of one answer; more than any collection of townships gives."""


class ExportProblem(ValueError):
    """What was sent is no answer; the message is one plain sentence."""


class UnfoundedCitation(ExportProblem):
    """A citation is not what the report says: it was changed, or the reports were."""


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
    parts: Annotated[tuple[_AnswerJson, ...], Field(max_length=MOST_QUESTIONS)] = ()


def read_answer(data: Any) -> Answer:
    """The answer in a JSON object of the contract; whoever sends it may have changed it.

    Raises:
        ExportProblem: if it is none; the message names the field.
    """
    try:
        read = _AnswerJson.model_validate_json(json.dumps(data))
    except (ValidationError, TypeError) as error:
        raise _wrong(_field_of(error)) from error
    return _checked(read)


def _checked(read: _AnswerJson) -> Answer:
    """An answer whose markers, lines and text bear each other out, and its parts, which cite what it cites."""
    if any(part.parts or not set(part.citations) <= set(read.citations) for part in read.parts):
        raise _wrong("parts")
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
        parts=tuple(_checked(part) for part in read.parts),
    )
    asked = [(line.number, line.lead) for line in answer.lines if line.role == "question"]
    if asked != [(number, part.question) for number, part in enumerate(answer.parts, start=1)]:
        raise _wrong("parts")
    if answer.text != read.text:
        raise UnfoundedCitation(
            "答案的文字与所引的原文不符，请重新提问后再导出。 The text of this answer is not what it cites: ask again."
        )
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


# --- what goes out ----------------------------------------------------------------------------------------------------

J = TypeVar("J")


def _read_off(shape: type[J], source: object, **given: object) -> J:
    """An object of a shape in its order: what is given by name, the rest as ``source`` has it under the same name."""
    names = shape.__annotations__
    return cast(J, {name: given[name] if name in given else getattr(source, name) for name in names})


# --- an answer, and what stands in its place --------------------------------------------------------------------------


def sealed_answer(answer: Answer, seal: str, question_id: Any = None) -> dict[str, Any]:
    """The answer as it goes out over the network, where it may come back."""
    return {**answer.to_dict(question_id), "seal": seal}


class FailedLineJson(TypedDict):
    """A line of a batch that got no answer."""

    id: Any
    error: str


def failed_line(question_id: Any, sentence: str) -> FailedLineJson:
    """A line of a batch that is no question, and why."""
    return {"id": question_id, "error": sentence}


class ErrorJson(TypedDict):
    """What HTTP says of a request that it does not take."""

    error: str
    detail: NotRequired[str]
    """The same, where Gradio's page may have asked: it shows this field."""


def error_json(sentence: str, *, for_page: bool = False) -> ErrorJson:
    """One plain sentence."""
    return {"error": sentence, "detail": sentence} if for_page else {"error": sentence}


class HealthJson(TypedDict):
    """Whether questions can be answered."""

    status: Literal["ready", "opening", "problem"]
    reports: NotRequired[int]
    passages: NotRequired[int]
    index: NotRequired[str]
    """The build in use."""
    stage: NotRequired[str]
    done: NotRequired[int]
    total: NotRequired[int]


# --- what is printed of an index --------------------------------------------------------------------------------------


class SearchHitJson(TypedDict):
    """A passage found."""

    rank: int
    score: float
    report: str
    file: str
    township: str | None
    year: int | None
    section: list[str]
    start: int
    end: int
    quote: str


def search_rows(index: Store, found: Sequence[tuple[int, float]]) -> list[SearchHitJson]:
    """Passages found, as (number, score), best first."""
    return [_search_hit(index, rank, number, score) for rank, (number, score) in enumerate(found, start=1)]


def _search_hit(index: Store, rank: int, number: int, score: float) -> SearchHitJson:
    passage = index.passages[number]
    report = index.reports[passage.report]
    return {
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


class SectionJson(TypedDict):
    """A section with those below it."""

    heading: str
    level: int
    start: int
    end: int
    children: list[SectionJson]


class ReportJson(TypedDict):
    """A report with its metadata and its tree of headings."""

    id: str
    file: str
    title: str | None
    township: str | None
    level: str | None
    county: str | None
    city: str | None
    province: str | None
    year: int | None
    characters: int
    passages: int
    sections: list[SectionJson]


def report_rows(index: Store) -> list[ReportJson]:
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
            "sections": [_section(section) for section in report.outline if section.heading],
        }
        for number, report in enumerate(index.reports)
    ]


def _section(section: Section) -> SectionJson:
    return {
        "heading": section.heading,
        "level": section.depth,
        "start": section.start,
        "end": section.end,
        "children": [_section(child) for child in section.children],
    }


# --- what a build did, and what a check found -------------------------------------------------------------------------


class SkippedFileJson(TypedDict):
    """A file that was left out."""

    file: str
    reason: str


class MetadataJson(TypedDict):
    """Where and when a report comes from, as far as its text says."""

    township: str | None
    level: str | None
    county: str | None
    city: str | None
    province: str | None
    year: int | None
    title: str | None


class BuiltReportJson(TypedDict):
    """A report of a file."""

    id: str
    metadata: MetadataJson
    missing: Sequence[str]
    sections: int
    passages: int


class BuiltFileJson(TypedDict):
    """What came of a file."""

    file: str
    state: str
    reason: str
    seconds: float
    reports: list[BuiltReportJson]


class PublishedJson(TypedDict):
    """What came of an upload to Milvus."""

    store: str
    collection: str
    reports: int
    passages: int
    seconds: float
    unchanged: bool


class BuildJson(TypedDict):
    """What a build did."""

    index: str
    model: str
    reports: int
    passages: int
    skipped: list[SkippedFileJson]
    seconds: float
    unchanged: bool
    files: list[BuiltFileJson]
    removed: Sequence[str]
    changing: Sequence[str]
    notes: Sequence[str]


class PublishedBuildJson(BuildJson):
    """What a build did that was put onto Milvus as well."""

    store: PublishedJson


def build_json(
    index: str, model: str, built: BuildReport, published: Published | None = None
) -> BuildJson | PublishedBuildJson:
    """What a build did; ``published`` where it was put onto Milvus as well."""
    told = _read_off(
        BuildJson,
        built,
        index=index,
        model=model,
        skipped=[_read_off(SkippedFileJson, file) for file in built.skipped],
        files=[_built_file(file) for file in built.files],
    )
    return told if published is None else {**told, "store": _read_off(PublishedJson, published)}


def _built_file(file: FileOutcome) -> BuiltFileJson:
    reports = [_read_off(BuiltReportJson, one, metadata=_read_off(MetadataJson, one.metadata)) for one in file.reports]
    return _read_off(BuiltFileJson, file, reports=reports)


class CheckJson(TypedDict):
    """What a check found."""

    index: str
    ok: bool
    reports: int
    passages: int
    problems: Sequence[str]
    damaged: Sequence[str]
    new: Sequence[str]
    changed: Sequence[str]
    missing: Sequence[str]
    notes: Sequence[str]


def check_json(index: str, found: CheckResult) -> CheckJson:
    """What a check of an index found."""
    return _read_off(CheckJson, found, index=index)


# --- the ledger -------------------------------------------------------------------------------------------------------


class CellMarkJson(TypedDict):
    """Who corrected a cell, when and why."""

    mark: str
    who: str
    time: str
    why: str


class LedgerCellJson(TypedDict):
    """One indicator of one report."""

    report: str
    file: str
    township: str | None
    county: str | None
    year: int | None
    indicator: str
    value: float | bool | str | None
    unit: str
    bound: str
    state: str
    part: bool
    quote: str
    start: int
    end: int
    confidence: float
    correction: NotRequired[CellMarkJson]
    """Of a corrected cell alone."""


def cell_json(line: LedgerCell) -> LedgerCellJson:
    """A cell; a corrected one says who, when and why beside it."""
    meta, cell, said = line.report.metadata, line.cell, line.correction
    told: LedgerCellJson = {
        "report": line.report.id,
        "file": line.report.file,
        "township": meta.township,
        "county": meta.county,
        "year": meta.year,
        "indicator": cell.indicator,
        "value": cell.value,
        "unit": cell.unit,
        "bound": cell.bound,
        "state": cell.state,
        "part": cell.part,
        "quote": line.quote,
        "start": cell.start,
        "end": cell.end,
        "confidence": cell.confidence,
    }
    if said is not None:
        told["correction"] = _read_off(CellMarkJson, said)
    return told


class DiscrepancyJson(TypedDict):
    """Numbers that do not agree, and what the office is to be asked."""

    kind: str
    question: str
    township: str | None
    county: str | None
    year: int | None
    cells: list[LedgerCellJson]


def discrepancy_json(found: Discrepancy) -> DiscrepancyJson:
    """Numbers that do not agree, with their quotes."""
    meta = found.lines[0].report.metadata
    return {
        "kind": found.kind,
        "question": found.sentence,
        "township": meta.township,
        "county": meta.county,
        "year": meta.year,
        "cells": [cell_json(line) for line in found.lines],
    }


class ItemResultJson(TypedDict):
    """What became of one item of an assessment."""

    name: str
    indicator: str
    points: float
    outcome: str
    score: float | None
    """Null where it is open."""
    cells: list[LedgerCellJson]


class PreScoreJson(TypedDict):
    """The pre-score of one report."""

    title: str
    full: float
    report: str
    file: str
    township: str | None
    county: str | None
    year: int | None
    shown: float
    lowest: float
    highest: float
    open: int
    items: list[ItemResultJson]


def pre_score_json(assessment: Assessment, scored: PreScore) -> PreScoreJson:
    """The pre-score of one report with the quotes that show it."""
    meta, (lowest, highest) = scored.report.metadata, scored.range
    return {
        "title": assessment.title,
        "full": assessment.full,
        "report": scored.report.id,
        "file": scored.report.file,
        "township": meta.township,
        "county": meta.county,
        "year": meta.year,
        "shown": scored.shown,
        "lowest": lowest,
        "highest": highest,
        "open": scored.open,
        "items": [_item_result(result) for result in scored.results],
    }


def _item_result(result: ItemResult) -> ItemResultJson:
    return {
        "name": result.item.name,
        "indicator": result.item.indicator.id,
        "points": result.item.points,
        "outcome": result.outcome,
        "score": result.score,
        "cells": [cell_json(line) for line in result.lines],
    }


# --- what people said -------------------------------------------------------------------------------------------------


class CorrectionJson(TypedDict):
    """One mark on one cell."""

    time: str
    who: str
    why: str
    mark: str
    report: str
    file: str
    county: str | None
    township: str | None
    year: int | None
    indicator: str
    quote: str
    start: int
    figure: int
    figure_length: int
    value: float | bool | str | None
    unit: str
    bound: str
    state: str
    part: bool


def correction_json(said: Correction) -> CorrectionJson:
    """What an analyst said of a cell."""
    return _read_off(CorrectionJson, said)


class LabelledClauseJson(TypedDict):
    """A clause to learn from, as ``tests/learning/clauses.jsonl`` has it, with who said what of it."""

    text: str
    above: Sequence[str]
    cells: Sequence[tuple[str, object]]
    file: str
    said: Sequence[str]


def labelled_clause_json(clause: LabelledClause) -> LabelledClauseJson:
    """A clause that was spoken of, with the cells that it gives after all corrections."""
    return _read_off(LabelledClauseJson, clause)


class VoteJson(TypedDict):
    """One thumb up or down."""

    time: str
    rating: str
    question: str
    remark: str
    answer: str
    kind: str | None
    index: str | None


def vote_json(vote: Vote) -> VoteJson:
    """What a person thought of an answer."""
    return _read_off(VoteJson, vote)
