"""What reports are told apart by: year, place, level.

A province or city that a report leaves out is the one that the gazetteer gives its county, where there is one county of
that name only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from xiangwen.reports.places import homes_of

if TYPE_CHECKING:
    from xiangwen.reports import Report

Each = Literal["province", "city", "county", "year", "level", "township"]
"""What reports are told apart by."""


def grouped(numbers: Iterable[int], reports: Sequence[Report], each: Each) -> dict[str, list[int]]:
    """The reports of each year, county, …; "" for those that do not say."""
    key: Callable[[Report], str] = {
        "province": lambda report: home(report)[0],
        "city": lambda report: home(report)[1],
        "county": lambda report: "".join(filter(None, (home(report)[0], report.metadata.county))),
        "year": lambda report: f"{report.metadata.year}年" if report.metadata.year else "",
        "level": lambda report: report.metadata.level or "",
        "township": name_with_county,
    }[each]
    groups: dict[str, list[int]] = {}
    for number in numbers:
        groups.setdefault(key(reports[number]), []).append(number)
    return dict(sorted(groups.items(), key=lambda item: (not item[0], item[0])))


def home(report: Report) -> tuple[str, str]:
    """Province and city of a report, as it says them or as the gazetteer gives its county; "" where neither does."""
    meta = report.metadata
    fitting = {
        place for place in homes_of(meta.county) if meta.province in (None, place[0]) and meta.city in (None, place[1])
    }
    province, city = next(iter(fitting)) if len(fitting) == 1 else ("", "")
    return meta.province or province, meta.city or city


def name_with_county(report: Report) -> str:
    """A township with its county."""
    meta = report.metadata
    return f"{meta.county or ''}{report.name}"
