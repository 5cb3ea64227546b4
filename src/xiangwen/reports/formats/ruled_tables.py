"""Tables drawn with lines on a page: the lines say what one cell is, however near the next column stands.

All sizes are in the unit of the boxes; the origin is the upper left corner.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_NEAR = 3.0
"""Lines so near to each other are one: the two edges of a thick one."""
_SHORTEST = 6.0
"""A shorter line is a mark or part of a character."""
_LONGEST_CELL = 200
"""Characters; a table with longer cells arranges the page."""
_FEWEST = 3
"""Upright edges, and cells, that a table has at least; with fewer it is a frame around a text."""
_MOST_RULES = 3_000
"""On a page; a drawing has more."""


class RuledLine(NamedTuple):
    """A straight line, upright or horizontal, as the box around it."""

    left: float
    top: float
    right: float
    bottom: float


class GridCell(NamedTuple):
    """A cell of a table: what the nearest lines on four sides enclose."""

    left: float
    top: float
    right: float
    bottom: float


class GridRow(NamedTuple):
    """Where a row of a table stands, and its words, cells apart by tabs."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def split_rules(boxes: Iterable[RuledLine]) -> tuple[list[RuledLine], list[RuledLine]]:
    """The upright lines and the horizontal ones, left to right and top to bottom; none on a page full of them."""
    upright: list[RuledLine] = []
    horizontal: list[RuledLine] = []
    for box in boxes:
        wide, high = box.right - box.left, box.bottom - box.top
        if wide <= _NEAR and high >= _SHORTEST:
            upright.append(box)
        elif high <= _NEAR and wide >= _SHORTEST:
            horizontal.append(box)
        if len(upright) + len(horizontal) > _MOST_RULES:
            return [], []
    return sorted(upright), sorted(horizontal, key=lambda rule: rule.top)


def cell_at(x: float, y: float, upright: Sequence[RuledLine], horizontal: Sequence[RuledLine]) -> GridCell | None:
    """The cell around a point; None where a side is open."""
    beside = [(r.left + r.right) / 2 for r in upright if r.top - _NEAR <= y <= r.bottom + _NEAR]
    above = [(r.top + r.bottom) / 2 for r in horizontal if r.left - _NEAR <= x <= r.right + _NEAR]
    column, row = bisect_right(beside, x), bisect_left(above, y)
    if not (0 < column < len(beside) and 0 < row < len(above)):
        return None
    return GridCell(*(round(side, 1) for side in (beside[column - 1], above[row - 1], beside[column], above[row])))


def grid_rows(
    cells: Sequence[GridCell], words: Callable[[GridCell], str]
) -> Iterator[tuple[tuple[GridCell, ...], list[GridRow]]]:
    """The cells of each table, and its rows; a merged cell's words stand in every row and column that it covers.

    What has but one column, or a long text in a cell, is no table.
    """
    for table in _tables(cells):
        columns = _edges(edge for cell in table for edge in (cell.left, cell.right))
        lines = _edges(edge for cell in table for edge in (cell.top, cell.bottom))
        said = {cell: words(cell) for cell in table}
        if min(len(columns), len(table)) < _FEWEST or max(map(len, said.values())) > _LONGEST_CELL:
            continue
        places = []
        for top, bottom in pairwise(lines):
            here = [
                next((c for c in table if _covers(c, (left + right) / 2, (top + bottom) / 2)), None)
                for left, right in pairwise(columns)
            ]
            line = [said[cell] if cell else "" for cell in here]
            if len(set(here)) == 1:
                line = line[:1]  # a title over the whole table
            if any(line):
                places.append(GridRow("\t".join(line).rstrip("\t"), columns[0], top, columns[-1], bottom))
        yield tuple(table), places


def _tables(cells: Sequence[GridCell]) -> Iterator[list[GridCell]]:
    """Cells in groups that hang together from the top down."""
    group: list[GridCell] = []
    end = 0.0
    for cell in sorted(set(cells), key=lambda c: (c.top, c.left)):
        if group and cell.top > end + _NEAR:
            yield group
            group = []
        group.append(cell)
        end = max(end, cell.bottom) if len(group) > 1 else cell.bottom
    if group:
        yield group


def _edges(values: Iterable[float]) -> list[float]:
    """Distinct values; those that are near are one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _covers(cell: GridCell, x: float, y: float) -> bool:
    return cell.left <= x <= cell.right and cell.top <= y <= cell.bottom


def by_cell(
    points: Iterable[tuple[float, float]], upright: Sequence[RuledLine], horizontal: Sequence[RuledLine]
) -> dict[GridCell, list[int]]:
    """The numbers of the points in each cell."""
    found: dict[GridCell, list[int]] = defaultdict(list)
    if len(upright) > 2 and len(horizontal) > 1:
        for number, (x, y) in enumerate(points):
            if cell := cell_at(x, y, upright, horizontal):
                found[cell].append(number)
    return found
