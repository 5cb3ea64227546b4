"""Measure words and what they are worth in one another, as ``vocabulary/units.toml`` has them."""

from __future__ import annotations

from functools import cache

from xiangwen.language.concepts import vocabulary


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
