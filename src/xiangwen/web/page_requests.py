"""What the page alone asks of the server beside questions: suggestions, a report, cells of the ledger."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from xiangwen.language.languages import Language
from xiangwen.questions.request import Name, PrintableText, Request, Several

ASKED = 12
"""Earlier questions that are not suggested again."""
MOST_MARKS = 500
"""Cited sentences that are marked in one report."""


def _last(asked: tuple[str, ...]) -> tuple[str, ...]:
    return asked[-ASKED:]


def _rows(value: object) -> object:
    """A list of lists as pydantic's strict tuples take it."""
    return tuple(tuple(row) if isinstance(row, list) else row for row in value) if isinstance(value, list) else value


def _first(marks: tuple[tuple[int, int, int], ...]) -> tuple[tuple[int, int, int], ...]:
    return marks[:MOST_MARKS]


class SuggestRequest(Request):
    """Questions that the reports answer."""

    language: Language = "zh"
    asked: Annotated[Several[PrintableText], AfterValidator(_last)] = ()
    """The questions so far, oldest first."""
    reports: Several[Name] | None = None
    """Ids of those that may answer; None for all."""
    after: Annotated[Several[tuple[Name, int]], BeforeValidator(_rows)] = ()
    """Report and offset of each of the last answer's citations."""


class SourceRequest(Request):
    """A report with its cited sentences marked."""

    report: Name
    """Its id."""
    marks: Annotated[Several[tuple[int, int, int]], AfterValidator(_first), BeforeValidator(_rows)] = ()
    """Marker, start and end of each."""
    current: int | None = None
    """The marker where the page scrolls to."""
    number: int = 0
    of: int = 0
    """The place of the current mark among the answer's; 0 where it has none."""
    near: bool = False
    """Whether it is a nearest passage, which is no answer."""
    language: Language = "zh"


class CellsRequest(Request):
    """The cells that some columns of the ledger show."""

    indicators: Several[Name] = ()


class CellRequest(Request):
    """All cells of an indicator in a report."""

    report: Name
    indicator: Name
