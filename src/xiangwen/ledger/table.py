"""The cells of all reports as they are kept in the index: one row a cell in the order of the reports, memory-mapped.

cells.npy          the rows, a NumPy structured array
indicators.json    the definitions that they were read for; a row gives the number of its indicator in this list
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from xiangwen.ledger.cells import Cell, CellBound, CellState, CellValue
from xiangwen.ledger.corrections import Correction
from xiangwen.ledger.indicators import Indicator

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROW = np.dtype(
    [
        ("report", "<i4"),
        ("indicator", "<u2"),
        ("kind", "u1"),
        ("value", "<f8"),
        ("unit", "<U8"),
        ("bound", "u1"),
        ("state", "u1"),
        ("part", "?"),
        ("start", "<i4"),
        ("end", "<i4"),
        ("figure_start", "<i4"),
        ("figure_end", "<i4"),
        ("confidence", "<f4"),
    ]
)
_NUMBER = 0
"""The kind of a value that is a number."""
_WORDS: tuple[CellValue, ...] = (None, True, "all", "part", "none")
"""Values that are no number; their kinds count from 1."""
_BOUNDS: tuple[CellBound, ...] = get_args(CellBound)
_STATES: tuple[CellState, ...] = get_args(CellState)


def cell_rows(cells: Sequence[Cell], indicators: Sequence[Indicator]) -> NDArray[np.void]:
    """The cells of one report as rows; its number is 0."""
    number = {indicator.id: i for i, indicator in enumerate(indicators)}
    rows = np.zeros(len(cells), dtype=_ROW)
    for i, cell in enumerate(cells):
        kind, value = _NUMBER, cell.value
        if value is None or isinstance(value, bool | str):
            kind, value = 1 + _WORDS.index(value), 0.0
        rows[i] = (
            0,
            number[cell.indicator],
            kind,
            value,
            cell.unit,
            _BOUNDS.index(cell.bound),
            _STATES.index(cell.state),
            cell.part,
            cell.start,
            cell.end,
            cell.figure_start,
            cell.figure_end,
            cell.confidence,
        )
    return rows


def values_of(rows: NDArray[Any]) -> list[CellValue]:
    """The values that many rows keep, much faster than cell by cell."""
    return list(map(_value, rows["kind"].tolist(), rows["value"].tolist()))


def _value(kind: int, value: float) -> CellValue:
    return _WORDS[kind - 1] if kind else int(value) if value == int(value) else value


def _defined(definitions: str) -> list[Indicator]:
    """Indicators as they were written down, in JSON."""
    fields: list[dict[str, Any]] = [
        {k: tuple(v) if isinstance(v, list) else v for k, v in d.items()} for d in json.loads(definitions)
    ]
    return [Indicator(**row) for row in fields]


class Table:
    """The cells of all reports."""

    def __init__(
        self,
        rows: NDArray[Any],
        indicators: Sequence[Indicator],
        reports: int,
        corrected: Mapping[int, Correction] = MappingProxyType({}),
        struck: Sequence[tuple[int, Cell, Correction]] = (),
    ) -> None:
        self.rows = rows
        self.corrected = corrected
        """By the number of its row: what an analyst said of a cell."""
        self.struck = struck
        """Cells that an analyst called wrong, which are in no row, with the number of their report."""
        self.indicators = tuple(indicators)
        self.reports = reports
        """How many reports were read, those without a cell too."""
        self._starts = np.searchsorted(rows["report"], np.arange(reports + 1))

    @classmethod
    def joined(cls, parts: Sequence[NDArray[Any]], indicators: Sequence[Indicator]) -> Table:
        """The table of the cells of one report after another."""
        rows = np.concatenate([np.zeros(0, dtype=_ROW), *parts])
        rows["report"] = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
        return cls(rows, indicators, len(parts))

    def save(self, folder: Path) -> None:
        """Write the table into ``folder``, which is made."""
        folder.mkdir(parents=True)
        np.save(folder / "cells.npy", self.rows)
        definitions = json.dumps([asdict(indicator) for indicator in self.indicators], ensure_ascii=False, indent=1)
        (folder / "indicators.json").write_text(definitions + "\n", encoding="utf-8", newline="\n")

    @classmethod
    def open(cls, folder: Path, reports: int) -> Table:
        """The table that `save` wrote."""
        definitions = (folder / "indicators.json").read_text(encoding="utf-8")
        return cls(np.load(folder / "cells.npy", mmap_mode="r"), _defined(definitions), reports)

    def packed(self) -> bytes:
        """The table in one piece, for where there are no files."""
        definitions = json.dumps([asdict(indicator) for indicator in self.indicators], ensure_ascii=False)
        piece = io.BytesIO()
        np.savez_compressed(piece, rows=self.rows, definitions=np.array(definitions), reports=np.array(self.reports))
        return piece.getvalue()

    @classmethod
    def unpacked(cls, piece: bytes) -> Table:
        """The table that `packed` packed."""
        with np.load(io.BytesIO(piece)) as arrays:
            return cls(arrays["rows"], _defined(str(arrays["definitions"])), int(arrays["reports"]))

    def span(self, report: int) -> tuple[int, int]:
        """The first row of a report and the first of the next."""
        return int(self._starts[report]), int(self._starts[report + 1])

    def rows_of_report(self, report: int) -> NDArray[Any]:
        """The rows of a report as they were joined: its number is 0."""
        rows = np.array(self.rows[self._starts[report] : self._starts[report + 1]])
        rows["report"] = 0
        return rows

    def of_report(self, report: int) -> Iterator[Cell]:
        """The cells of a report in the order of its text."""
        for _, cell in self.numbered(report):
            yield cell

    def numbered(self, report: int) -> Iterator[tuple[int, Cell]]:
        """The cells of a report in the order of its text, each with the number of its row."""
        for number in range(*self.span(report)):
            yield number, self.cell(self.rows[number])

    def cell(self, row: Any) -> Cell:
        """The cell that a row keeps."""
        return Cell(
            indicator=self.indicators[int(row["indicator"])].id,
            value=_value(int(row["kind"]), float(row["value"])),
            unit=str(row["unit"]),
            bound=_BOUNDS[int(row["bound"])],
            state=_STATES[int(row["state"])],
            part=bool(row["part"]),
            start=int(row["start"]),
            end=int(row["end"]),
            figure_start=int(row["figure_start"]),
            figure_end=int(row["figure_end"]),
            confidence=round(float(row["confidence"]), 3),
        )
