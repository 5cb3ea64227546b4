"""Where each report of a collection lies, also where it does not say so: the country has one 长寿路街道 only.

A report states its county, its city and its province, or leaves them unsaid. The country's places that have a township
of its name and fit all that it states are its possible homes; other reports of that name narrow them where all of them
may be of one place. What the possible homes have in common is known of a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from xiangwen.reports.places import Place, rows_named
from xiangwen.reports.townships import listed_as, places_of_townships

if TYPE_CHECKING:
    from xiangwen.reports import Report

_NOT_SAID = Place("", "", "")


class _Home(NamedTuple):
    """What is known of where a report lies."""

    known: Place
    """What is stated or common to all possible homes; empty where it is open."""
    possible: frozenset[Place]
    """Rows of the gazetteer; none where nothing is known."""


class Homes:
    """The homes of a collection's reports."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self.reports = reports

    def of(self, number: int) -> Place:
        """Province, city and county of a report as far as they are known; "" where they are open."""
        return self._homes[number].known

    def says(self, number: int, region: str) -> bool:
        """Whether a report itself states that region, or a county or city that lies in no other."""
        stated = self._stated[number]
        return region in stated or region in _common(_rows_of(stated))

    def may_lie_in(self, number: int, *regions: str) -> bool:
        """Whether a report may be of a place that lies in all of these regions: what is known does not exclude it."""
        stated, possible = self._stated[number], self._homes[number].possible
        if stated.county and not all(map(rows_named, regions)):
            return False  # it has a county of its own, and this is one that the gazetteer lacks
        inside = _rows_in(regions)
        if inside is None:
            return True
        return not possible.isdisjoint(inside) if possible else any(_fits(row, stated) for row in inside)

    def lies_in_one_of(self, number: int, places: Iterable[Sequence[str]]) -> bool:
        """Whether every possible home of a report lies in one of several places, each given by its regions."""
        possible, places = self._homes[number].possible, list(places)
        return bool(possible) and all(any(all(r in row for r in regions) for regions in places) for row in possible)

    @cached_property
    def _stated(self) -> list[Place]:
        metadata = [report.metadata for report in self.reports]
        return [Place(meta.province or "", meta.city or "", meta.county or "") for meta in metadata]

    @cached_property
    def _homes(self) -> list[_Home]:
        names = [listed_as(report.metadata.township or "") for report in self.reports]
        stated: dict[str, dict[Place, frozenset[Place]]] = {}
        """By township all that its reports state, each with the places that fit."""
        for name, place in zip(names, self._stated, strict=True):
            stated.setdefault(name, {})[place] = _rows_of(place)
        listed = places_of_townships(
            {name for name, places in stated.items() if any(len(rows) != 1 for rows in places.values())}
        )
        homes: dict[tuple[str, Place], _Home] = {}
        for name, places in stated.items():
            own = {place: _with_township(place, rows, listed.get(name)) for place, rows in places.items()}
            for place in own:
                homes[name, place] = _home(place, own if name else {place: own[place]})
        return [homes[key] for key in zip(names, self._stated, strict=True)]


def _with_township(stated: Place, rows: frozenset[Place], listed: frozenset[Place] | None) -> frozenset[Place]:
    """Of the places that fit what is stated those with a township of that name; all where the list has none there."""
    return frozenset(row for row in listed or () if _fits(row, stated)) or rows


def _home(stated: Place, same_name: dict[Place, frozenset[Place]]) -> _Home:
    """The home of a report, given what the reports of its name state and the places that fit each of them."""
    own = same_name[stated]
    together = [
        (other, rows)
        for other, rows in same_name.items()
        if _agree(stated, other) and (not own or not rows or own & rows)
    ]
    values = [set(filter(None, column)) for column in zip(*(other for other, _ in together), strict=True)]
    narrowed = [rows for _, rows in together if rows]
    common = frozenset.intersection(*narrowed) if narrowed else own
    if any(len(column) > 1 for column in values) or (narrowed and not common):
        values, common = [{value} - {""} for value in stated], own  # they are of several places
    # What is stated is not made better by a list.
    told = [next(iter(column), "") or known for column, known in zip(values, _common(common), strict=True)]
    return _Home(Place(*told), common)


@cache
def _rows_of(stated: Place) -> frozenset[Place]:
    """The rows of the gazetteer that fit what a report states; none where it states nothing that the gazetteer has."""
    known = next((rows for value in reversed(stated) if value and (rows := rows_named(value))), ())
    return frozenset(row for row in known if _fits(row, stated)) or frozenset(known)


@cache
def _rows_in(regions: tuple[str, ...]) -> frozenset[Place] | None:
    """The rows of the gazetteer that lie in all of these regions; None where it has none of them."""
    rows = [frozenset(found) for region in regions if (found := rows_named(region))]
    return frozenset.intersection(*rows) if rows else None


def _common(rows: frozenset[Place]) -> Place:
    """What all of these rows have in common."""
    columns = [set(column) for column in zip(*rows, strict=True)] if rows else []
    return Place(*(column.pop() if len(column) == 1 else "" for column in columns)) if columns else _NOT_SAID


def _agree(one: Place, other: Place) -> bool:
    return all(not a or not b or a == b for a, b in zip(one, other, strict=True))


def _fits(row: Place, stated: Place) -> bool:
    """Whether a report that states this may be of that place."""
    # A county of its own that the gazetteer lacks says nothing of the city it lies in.
    province, city, county = (value if rows_named(value) else "" for value in stated)
    return (
        province in ("", row.province)
        and (city in ("", row.city) or not row.city)
        and county in ("", row.county, row.city)
    )
