"""Citations: exact words of a report and where they stand, made from the passages of an index alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xiangwen.segmentation.passages import Stance

if TYPE_CHECKING:
    from xiangwen.index import Store


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


def citation_of(index: Store, n: int, passage: int, end: int) -> Citation:
    """The citation with marker ``n`` of the stretch from the start of a passage to the offset ``end``."""
    first = index.passages[passage]
    report = index.reports[first.report]
    meta = report.metadata
    return Citation(
        n=n,
        report=report.id,
        file=report.file,
        township=meta.township,
        county=meta.county,
        province=meta.province,
        year=meta.year,
        title=meta.title,
        section=first.heading_path,
        start=first.start,
        end=end,
        quote=index.quote(replace(first, end=end)),
        stance=index.stances[passage],
        page=report.page_at(first.start),
    )


class Citations:
    """The citations of one answer, in the order of their first appearance."""

    def __init__(self, index: Store) -> None:
        self._index = index
        self._markers: dict[tuple[int, int], int] = {}
        self.made: list[Citation] = []

    def cite(self, passage: int, until: int | None = None) -> int:
        """The marker of a passage, or of the stretch from it to the end of the passage ``until``."""
        end = self._index.passages[passage if until is None else until].end
        if (passage, end) not in self._markers:
            self._markers[passage, end] = len(self.made) + 1
            self.made.append(citation_of(self._index, len(self.made) + 1, passage, end))
        return self._markers[passage, end]

    def of(self, marker: int) -> Citation:
        """The citation with this marker."""
        return self.made[marker - 1]
