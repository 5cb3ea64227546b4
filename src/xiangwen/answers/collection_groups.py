"""What reports are told apart by: year, place, level."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xiangwen.questions.collection_asked import Each
    from xiangwen.questions.homes import Homes
    from xiangwen.reports import Report


def grouped(numbers: Iterable[int], homes: Homes, each: Each) -> dict[str, list[int]]:
    """The reports of each year, county, …; "" for those of which it is not known."""

    def year(number: int) -> str:
        covered = report_of(number).metadata.year
        return f"{covered}年" if covered else ""

    def report_of(number: int) -> Report:
        return homes.reports[number]

    key: Callable[[int], str] = {
        "province": lambda number: homes.of(number).province,
        "city": lambda number: homes.of(number).city,
        "county": lambda number: county_with_province(number, homes),
        "year": year,
        "level": lambda number: report_of(number).metadata.level or "",
        "township": lambda number: name_with_county(number, homes),
    }[each]
    groups: dict[str, list[int]] = {}
    for number in numbers:
        groups.setdefault(key(number), []).append(number)
    return dict(sorted(groups.items(), key=lambda item: (not item[0], item[0])))


def county_with_province(number: int, homes: Homes) -> str:
    """A report's county with its province; its city, or the province alone, where no county is known."""
    home = homes.of(number)
    return home.province + (home.county or home.city)


def name_with_county(number: int, homes: Homes) -> str:
    """A report's township with its county."""
    return f"{homes.of(number).county}{homes.reports[number].name}"


def places(numbers: Iterable[int], homes: Homes) -> dict[str, list[int]]:
    """The reports of each place by its name with its county."""
    return grouped(numbers, homes, "township")
