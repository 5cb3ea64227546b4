"""The reports that a question is about, and how its places and years were read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Problem = Literal["unknown_report", "unknown_year", "outside"]
"""A place or a year that the collection does not have; "outside" is one that it has, but that was not chosen."""
ScopeReading = Literal[
    "misspelt",
    "title",
    "file",
    "text",
    "renamed",
    "year",
    "said_year",
    "next_year",
    "no_year",
    "version",
    "all_townships",
    "unstated",
    "inferred",
    "not_counted",
    "still_counted",
    "joint",
]
"""How a name or a year was read: as another spelling; as it stands in titles, file names or texts; as an earlier or
later name; as a certain year; a report's year as the report itself says it; as the year that a report plans; years that
a place has no report of beside one that it has; one of two
versions left aside; 「各镇」 as all townships; a township in a county that its report does not name; reports counted as
of a region that only their names tell; those that may lie in it, and are not counted where it is asked for, or still
are where it is left out; several regions by one name."""
_OF_EACH = ("inferred", "not_counted", "still_counted")
"""Readings that are told of each of the reports by itself."""


@dataclass(frozen=True)
class Note:
    """How something in the question was read, where that does not go without saying."""

    reading: ScopeReading
    asked: str
    """As the question has it; of versions, what the report is called."""
    taken: str = ""
    """What it was taken for."""
    reports: tuple[int, ...] = ()
    """The reports it was found in; of versions, those left aside, the one that counts last; of all townships, those of
    another level than the question says."""

    def within(self, chosen: Collection[int]) -> Note | None:
        """What is left of it where only these reports may answer; None where that says nothing."""
        inside = tuple(n for n in self.reports if n in chosen)
        if self.reading in _OF_EACH:
            return replace(self, reports=inside) if inside else None
        if self.reading == "version":
            return self if inside == self.reports else None
        return self if inside or self.reading != "all_townships" else None


@dataclass(frozen=True)
class Scope:
    """The reports a question is about."""

    reports: tuple[int, ...]
    """Numbers of the reports in scope, in the order of the index."""
    groups: tuple[tuple[int, ...], ...] = ()
    """One group of report numbers for each township named, in the order of mention."""
    years: tuple[int, ...] = ()
    narrowed: bool = False
    """Whether a county, province, level or year was named, or something left out."""
    all_townships: bool = False
    """Whether townships in general were asked for by one of their levels: 「各镇」, 「哪几个乡」."""
    problem: Problem | None = None
    missing: str = ""
    """The place or the year that the collection does not have."""
    rest: str = ""
    """The question with the names of places and years turned into spaces: positions are those of the question."""
    mentions: tuple[tuple[int, int], ...] = ()
    """Where each of the ``groups`` is named in the question."""
    notes: tuple[Note, ...] = ()
    """How names and years were read."""

    def within(self, chosen: frozenset[int]) -> Scope:
        """The part of this scope that lies in the reports chosen; naming a township outside them is a problem."""
        if self.problem:
            return self
        # An earlier version counts where the later one was not chosen.
        versions = [n.reports for n in self.notes if n.reading == "version"]
        stand_in = {olds[-2]: olds[-1] for olds in versions if olds[-1] not in chosen and olds[-2] in chosen}
        instead = {later: earlier for earlier, later in stand_in.items()}

        def part(numbers: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(sorted(m for m in (instead.get(n, n) for n in numbers) if m in chosen))

        outside = [group for group in self.groups if not part(group)]
        if outside:
            return replace(self, reports=tuple(n for group in outside for n in group), groups=(), problem="outside")
        if not part(self.reports):
            return replace(self, groups=(), problem="outside")
        scope = replace(self, reports=part(self.reports), groups=tuple(map(part, self.groups)))
        return scope.with_notes_of(chosen)

    def with_notes_of(self, chosen: Collection[int]) -> Scope:
        """With what its notes tell of these reports."""
        return replace(self, notes=tuple(note for n in self.notes if (note := n.within(chosen))))


def by_year(scope: Scope, years: Sequence[int | None]) -> Scope:
    """A scope of one place in several years as one of several groups, a group for each year, the earliest first.

    Args:
        scope: of a question that sets the years of a place side by side.
        years: of all reports of the collection, by their numbers.
    """
    if len(scope.groups) != 1 or scope.problem:
        return scope
    of_year: dict[int, list[int]] = {}
    for report in scope.groups[0]:
        if year := years[report]:
            of_year.setdefault(year, []).append(report)
    if len(of_year) < 2:
        return scope
    return replace(scope, groups=tuple(tuple(of_year[year]) for year in sorted(of_year)))


def years_text(years: Sequence[int]) -> str:
    """「2022年、2023年」."""
    return "、".join(f"{year}年" for year in years)
