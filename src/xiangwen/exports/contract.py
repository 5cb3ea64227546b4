"""From the JSON of an answer back to an `Answer`, checked: whoever sends it may have changed it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from xiangwen.answers.answer import Answer, Theme, Value, Verdict
from xiangwen.answers.citation import Citation, citation_of
from xiangwen.answers.lines import Line
from xiangwen.quantities.forms import amounts

if TYPE_CHECKING:
    from xiangwen.index import Store

T = TypeVar("T", Citation, Theme, Value, Verdict)

MOST_ROWS = 20_000
"""Citations or verdicts of one answer; more than any collection of townships gives."""


class ExportProblem(ValueError):
    """What was sent is no answer; the message is one plain sentence."""


class UnfoundedCitation(ExportProblem):
    """A citation is not what the report says: it was changed, or the reports were."""


def read_answer(data: Any) -> Answer:
    """The answer in a JSON object of the contract (docs/answer-format.md).

    Raises:
        ExportProblem: if it is none; the message names the field.
    """
    if not isinstance(data, dict):
        raise _wrong("answer")
    checked = data.get("checked")
    if not isinstance(checked, dict):
        raise _wrong("checked")
    row = {
        **data,
        "citations": _rows(Citation, data, "citations"),
        "nearest": _rows(Citation, data, "nearest"),
        "verdicts": _rows(Verdict, data, "verdicts"),
        "themes": _rows(Theme, data, "themes"),
        "figure": None if data.get("figure") is None else _row(Value, data["figure"], "figure"),
        "checked_reports": checked.get("reports"),
        "checked_passages": checked.get("passages"),
        "milliseconds": 0.0,
    }
    hints = {**get_type_hints(Answer), "text": str}
    names = ("question", "language", "kind", "answered", "reason", "text", "checked_reports", "checked_passages")
    for name in names:
        if name not in row or not _fits(row[name], hints[name]):
            raise _wrong(name)
    # The contract has the lines as text only, so each is read back as a sentence.
    row["lines"] = tuple(Line("words", line) for line in row["text"].split("\n"))
    answer = Answer(**{field.name: row[field.name] for field in fields(Answer)})
    known = [citation.n for citation in answer.citations]
    cited = {n for v in answer.verdicts for n in v.citations} | {n for theme in answer.themes for n in theme.citations}
    if len(set(known)) != len(known) or cited - set(known):
        raise _wrong("citations")
    return answer


def check_citations(answer: Answer, index: Store) -> None:
    """Hold all that is printed of a report against the index: whose it is, where it stands, what it says.

    Raises:
        UnfoundedCitation: if a quote is not ``text[start:end]`` of its report, what stands beside it is not the
            report's, a verdict leans on another report or has a number that its quotes do not, or a report is gone.
    """
    numbers = {report.id: number for number, report in enumerate(index.reports)}
    for citation in (*answer.citations, *answer.nearest):
        if citation.report not in numbers or citation != _as_indexed(citation, index, numbers[citation.report]):
            raise UnfoundedCitation(
                f"依据 [{citation.n}] 与报告原文不符，请重新提问后再导出。 "
                f"Citation [{citation.n}] is not what the report says: ask again."
            )
    cited = {citation.n: citation for citation in answer.citations}
    for verdict in answer.verdicts:
        if verdict.report not in numbers:
            raise UnfoundedCitation(
                "答案中的报告已不在索引中，请重新提问后再导出。 A report of this answer is no longer there: ask again."
            )
        report = index.reports[numbers[verdict.report]]
        meta = report.metadata
        quotes = [cited[n].quote for n in verdict.citations if cited[n].report == verdict.report]
        told = verdict.file, verdict.township, verdict.county, verdict.year
        if (
            told != (report.file, meta.township, meta.county, meta.year)
            or len(quotes) < len(verdict.citations)
            or (verdict.verdict == "silent" and quotes)
            or not _is_quoted(verdict.value, quotes)
        ):
            raise UnfoundedCitation(
                f"{report.name} 的结论与报告不符，请重新提问后再导出。 "
                f"The verdict on {report.name} is not borne out by its report: ask again."
            )


def _as_indexed(citation: Citation, index: Store, number: int) -> Citation | None:
    """The citation as the index would make it; None where no sentence begins there."""
    rows = range(int(index.starts[number]), int(index.starts[number + 1]))
    row = next((row for row in rows if index.passages[row].start == citation.start), None)
    if row is None or not citation.start < citation.end <= len(index.reports[number].text):
        return None
    return citation_of(index, citation.n, row, citation.end)


def _is_quoted(value: Value | None, quotes: Sequence[str]) -> bool:
    """Whether a number, or each of those that it sums up, stands in one of the quotes as it is written."""
    if value is None:
        return True
    parts = value.text.split("+")
    read = [next((amount.value for amount in amounts(part)), math.nan) for part in parts]
    return math.isclose(sum(read), value.number) and all(any(part in quote for quote in quotes) for part in parts)


def _rows(kind: type[T], data: dict[str, Any], name: str) -> tuple[T, ...]:
    rows = data.get(name, [])
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        raise _wrong(name)
    return tuple(_row(kind, row, name) for row in rows)


def _row(kind: type[T], row: Any, where: str) -> T:
    """One dataclass from a JSON object; keys that it does not know are left out."""
    if not isinstance(row, dict):
        raise _wrong(where)
    hints = get_type_hints(kind)
    values = {field.name: row[field.name] for field in fields(kind) if field.name in row}
    if kind is Verdict and isinstance(values.get("value"), dict):
        values["value"] = _row(Value, values["value"], f"{where}.value")
    for name, value in values.items():
        if get_origin(hints[name]) is tuple and isinstance(value, list):
            values[name] = value = tuple(value)
        if not _fits(value, hints[name]):
            raise _wrong(f"{where}.{name}")
    try:
        return kind(**values)
    except TypeError as error:  # a field is missing
        raise _wrong(where) from error


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value from JSON is of the type that a dataclass of `answers` declares."""
    if get_origin(hint) in (Union, UnionType):
        return any(_fits(value, one) for one in get_args(hint))
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_fits(one, get_args(hint)[0]) for one in value)
    if hint in (int, float) and isinstance(value, bool):
        return False
    if hint is float:
        return isinstance(value, int | float) and abs(value) < 1e15
    if hint is int:
        return isinstance(value, int) and abs(value) < 10**12
    if hint is None:
        return value is None
    return isinstance(value, hint)


def _wrong(field: str) -> ExportProblem:
    return ExportProblem(f"这不是一个答案（{field} 有误），请重新提问后再导出。 This is no answer: see {field}.")
