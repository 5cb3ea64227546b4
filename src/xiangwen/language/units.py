"""Measure words and what they are worth in one another, as ``vocabulary/units.toml`` has them."""

from __future__ import annotations

from functools import cache

from xiangwen.language.concepts import vocabulary

COUNTING = frozenset(("cases", "times", "copies", "places"))
"""Classes of units that tell how often a thing was done, each by a measure word of its own."""
COUNTS = "counts"
"""All of these as one class."""


@cache
def class_of_unit() -> dict[str, str]:
    """The class of every measure word."""
    return {unit: name for name, row in vocabulary("units.toml").items() for unit in row["units"]}


@cache
def _worth() -> dict[str, tuple[str, float]]:
    return {u: (b[0], float(b[1])) for row in vocabulary("units.toml").values() for u, b in row.get("base", {}).items()}


def in_base_unit(value: float, unit: str) -> tuple[float, str]:
    """「3公里」 → (3000, 「米」); a unit without another of its class stays."""
    base, factor = _worth().get(unit, (unit, 1.0))
    return value * factor, base


def compared_as(unit: str) -> str:
    """The class of what a measure word may be compared with; itself where it has none."""
    name = class_of_unit().get(unit, unit)
    return COUNTS if name in COUNTING else name
