"""An answer held against the index: nothing is handed out that the reports do not bear out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from xiangwen.answers.answer import Answer, Value
from xiangwen.answers.citation import Citation, citation_of
from xiangwen.exports.contract import UnfoundedCitation
from xiangwen.quantities.forms import amounts

if TYPE_CHECKING:
    from xiangwen.index import Store


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
    for part in answer.parts:
        check_citations(part, index)
    for verdict in answer.verdicts:
        if verdict.report not in numbers:
            raise UnfoundedCitation(
                "答案中的报告已不在索引中，请重新提问后再导出。 A report of this answer is no longer there: ask again."
            )
        report = index.reports[numbers[verdict.report]]
        meta = report.metadata
        quotes = [citation.quote for citation in answer.cited(verdict) if citation.report == verdict.report]
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
    """The citation as the index would make it of the sentence that it begins in; None where there is none."""
    passage = index.passage_at(number, citation.start)
    if passage is None or not citation.start < citation.end <= len(index.reports[number].text):
        return None
    return citation_of(index, citation.n, passage, citation.end)


def _is_quoted(value: Value | None, quotes: Sequence[str]) -> bool:
    """Whether a number, or each of those that it sums up, stands in one of the quotes as it is written."""
    if value is None:
        return True
    parts = value.parts or (value.text,)
    read = [next((amount.value for amount in amounts(part)), math.nan) for part in parts]
    if value.text != "+".join(parts) or not math.isclose(sum(read), value.number):
        return False
    return all(any(part in quote for quote in quotes) for part in parts)
