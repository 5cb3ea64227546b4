"""What the command line and the chat's endpoints print of an index, in the JSON of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xiangwen.segmentation.sections import Section, outline

if TYPE_CHECKING:
    from xiangwen.index import Store


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
            "sections": [_section_row(section) for section in outline(report.text) if section.heading],
        }
        for number, report in enumerate(index.reports)
    ]


def _section_row(section: Section) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "level": section.level,
        "start": section.start,
        "end": section.end,
        "children": [_section_row(child) for child in section.children],
    }
