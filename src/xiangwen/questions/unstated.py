"""Counties, cities and provinces that a question names beside a township and that its report leaves unsaid: it may lie
there, as long as what it states of its own place does not say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xiangwen.reports.places import Place, rows_named

if TYPE_CHECKING:
    from xiangwen.reports.metadata import Metadata


def may_lie_in(metadata: Metadata, region: str) -> bool:
    """Whether a report with this metadata may be of a county, city or province that it does not name."""
    rows = rows_named(region)
    if not rows:
        return metadata.county is None  # a county that the gazetteer lacks
    return any(_fits(row, metadata) for row in rows)


def _fits(row: Place, metadata: Metadata) -> bool:
    stated = (metadata.province, metadata.city, metadata.county)
    # A county of its own that the gazetteer lacks says nothing of the city it lies in.
    known = (value if value is None or rows_named(value) else None for value in stated)
    return all(value is None or own in ("", value) for own, value in zip(row, known, strict=True))
