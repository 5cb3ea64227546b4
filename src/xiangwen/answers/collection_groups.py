"""What reports are told apart by: year, place, level.

A province or city that a report leaves out is the one that the gazetteer gives its county, where there is one county of
that name only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from xiangwen.reports.places import homes_of

if TYPE_CHECKING:
    from xiangwen.questions.collection_asked import Each
    from xiangwen.reports import Report


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


def places(numbers: Iterable[int], reports: Sequence[Report]) -> dict[str, list[int]]:
    """The reports of each place by its name with its county.

    A report that leaves its county unsaid is of the one place of its name in its province, where there is but one.
    """
    groups = grouped(numbers, reports, "township")
    for name in [name for name in groups if not reports[groups[name][0]].metadata.county]:
        unsaid = reports[groups[name][0]]
        fitting = [
            other
            for other, own in groups.items()
            if other != name and reports[own[0]].name == unsaid.name and _may_lie_together(reports[own[0]], unsaid)
        ]
        if len(fitting) == 1:
            groups[fitting[0]] = sorted(groups[fitting[0]] + groups.pop(name))
    return groups


def _may_lie_together(one: Report, other: Report) -> bool:
    """Whether the provinces of two reports agree, or one of them is not known."""
    first, second = home(one)[0], home(other)[0]
    return not first or not second or first == second
