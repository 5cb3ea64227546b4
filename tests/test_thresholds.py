"""docs/thresholds.md has every named number of answers/, retrieval/ and ledger/ with its value, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from folders import ROOT

ROOMS = ("answers", "retrieval", "ledger")
PAGE = (ROOT / "docs" / "thresholds.md").read_text("utf-8")


def numbers_in(value: ast.expr) -> list[float]:
    """The numbers that a constant is written with, in their order."""
    constants = [node.value for node in ast.walk(value) if isinstance(node, ast.Constant)]
    return [number for number in constants if type(number) in (int, float)]


def constants(room: str) -> Iterator[tuple[str, list[float]]]:
    """Every constant of a room that is written with numbers, as ``module.NAME``."""
    for path in sorted((ROOT / "src" / "xiangwen" / room).glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            match node:
                case ast.Assign([ast.Tuple(names)], ast.Tuple(values)):
                    pairs = list(zip(names, values, strict=True))
                case ast.Assign([name], value) | ast.AnnAssign(name, _, value) if value is not None:
                    pairs = [(name, value)]
                case _:
                    continue
            for name, value in pairs:
                if isinstance(name, ast.Name) and name.id.isupper() and numbers_in(value):
                    yield f"{path.stem}.{name.id}", numbers_in(value)


def told(room: str) -> dict[str, list[float]]:
    """What the page says of a room: the numbers in the second column, by the name in the first."""
    table = PAGE.split(f"\n## {room}/\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([\w.]+)` \| ([^|]+) \|", table, re.M)
    return {
        name: [float(found.replace(",", "")) for found in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", value)]
        for name, value in rows
    }


@pytest.mark.parametrize("room", ROOMS)
def test_every_number_of_a_room_stands_on_the_page_with_its_value(room: str) -> None:
    assert told(room) == dict(constants(room))
