"""What a passage shows by its form, whatever is asked: whether it plans, lacks or denies, its figures, its words.

Computed once for each report, carried over from index to index, stored as arrays, memory-mapped when it is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from xiangwen.index.code_points import Lines
from xiangwen.index.occurrences import Occurrences
from xiangwen.language.characters import simplify
from xiangwen.language.concepts import plain_words, vocabulary
from xiangwen.quantities.forms import amounts
from xiangwen.segmentation.stance import stances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.reports import Report
    from xiangwen.segmentation.passages import Passage, Stance

STANCES: tuple[Stance, ...] = ("done", "plan", "shortcoming")
"""By the numbers in `Signals.stance`."""

_DENIAL = re.compile(r"(?:没有|未|无(?!人机|偿|线|障碍|缝|处|奈|私)|不(?:予|再|曾)|从未|尚无|零)")
_EVERY = re.compile(
    r"(各|每个?|所有|全部|全乡|全镇|辖区|全街道)[\d一二三四五六七八九十百个]*(行政)?(村|社区)|\d+个?(行政)?(村|社区)|村（社区）|村\(社区\)|全覆盖|覆盖率|一村|村村|村居"
)
_COLUMNS: dict[str, Any] = {
    "stance": np.uint8,
    "denies": np.bool_,
    "every": np.bool_,
    "heading": np.bool_,
    "opening": np.bool_,
    "length": np.float32,
    "units": np.uint32,
    "above": np.int32,
}


@dataclass(frozen=True, eq=False)
class ReportSignals:
    """What the passages of one report show; it depends on the report alone."""

    columns: dict[str, NDArray[Any]]
    """The columns of `Signals`, one entry a passage; ``above`` counts from 0 in each report."""
    quotes: Lines
    """The words of each passage in simplified characters, without quotation marks."""
    headings: Lines
    """Those above passages, each told once for all passages below it."""

    @classmethod
    def of(cls, report: Report, passages: Sequence[Passage]) -> ReportSignals:
        """Compute them for the passages of a report, in their order."""
        bits = {name: 1 << i for i, name in enumerate(unit_classes())}
        quotes: list[str] = []
        headings: list[str] = []
        rows = []
        before: tuple[str, ...] | None = None
        told = stances(report.text, passages, report.metadata.year)
        for passage, own_stance in zip(passages, told, strict=True):
            words = passage.reading(report.text)
            quote = plain_words(simplify(words))
            above = passage.above(report.text)
            if above != before:
                before = above
                headings.append(plain_words(simplify(" ".join(above))))
            quotes.append(quote)
            units = 0
            for amount in amounts(words):
                units |= bits[amount.unit_class]
            rows.append(
                (
                    STANCES.index(own_stance),
                    bool(_DENIAL.search(quote)),
                    bool(_EVERY.search(quote)),
                    passage.is_heading,
                    not passage.heading_path,
                    len(quote),
                    units,
                    len(headings) - 1,
                )
            )
        return cls(columns_of(rows), Lines.of(quotes), Lines.of(headings))


@dataclass(frozen=True, eq=False)
class Signals:
    """One entry a passage in every array."""

    stance: NDArray[np.uint8]
    """Index into `STANCES`."""
    denies: NDArray[np.bool_]
    every: NDArray[np.bool_]
    """Speaks of all villages, or of so many."""
    heading: NDArray[np.bool_]
    opening: NDArray[np.bool_]
    """Stands before the first heading."""
    length: NDArray[np.float32]
    """Characters, quotation marks not counted."""
    units: NDArray[np.uint32]
    """Bit i is set where a figure is of the class ``unit_classes()[i]``."""
    above: NDArray[np.int32]
    """Number of what stands above the passage, in ``headings``."""
    quotes: Occurrences
    """Where words stand in the passages."""
    headings: Occurrences
    """Where words stand in the headings and list leads above passages, each told once for all passages below it."""

    @classmethod
    def joined(cls, parts: Sequence[ReportSignals]) -> Signals:
        """Those of one report after another; there must be a passage among them."""
        columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in _COLUMNS}
        before = np.cumsum([0, *(len(part.headings) for part in parts[:-1])], dtype=np.int32)
        columns["above"] += np.repeat(before, [len(part.quotes) for part in parts])
        quotes, headings = (Lines.joined([getattr(part, name) for part in parts]) for name in ("quotes", "headings"))
        return cls(**columns, quotes=Occurrences.over(quotes), headings=Occurrences.over(headings))

    def reports(self, starts: NDArray[np.int64]) -> Iterator[ReportSignals]:
        """Those of each report as they were joined; the passages of report i begin at ``starts[i]``."""
        quotes, headings = self.quotes.lines(), self.headings.lines()
        columns = {name: getattr(self, name) for name in _COLUMNS}
        for start, end in pairwise(starts.tolist()):
            own = {name: column[start:end] for name, column in columns.items()}
            first, last = (int(own["above"][0]), int(own["above"][-1]) + 1) if end > start else (0, 0)
            own["above"] = own["above"] - np.int32(first)
            yield ReportSignals(own, quotes.rows(start, end), headings.rows(first, last))

    def save(self, folder: Path) -> None:
        """Write the arrays into ``folder``."""
        folder.mkdir(parents=True)
        for name in _COLUMNS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        self.quotes.save(folder / "quotes")
        self.headings.save(folder / "headings")

    @classmethod
    def load(cls, folder: Path) -> Signals:
        """Open what `save` wrote, memory-mapped."""
        columns = {name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in _COLUMNS}
        quotes, headings = Occurrences.load(folder / "quotes"), Occurrences.load(folder / "headings")
        return cls(**columns, quotes=quotes, headings=headings)

    def has_units(self, classes: Sequence[str], passages: NDArray[np.int64] | None = None) -> NDArray[np.bool_]:
        """Whether each of some passages (all, where none are given) has a figure of one of these classes."""
        units = self.units if passages is None else self.units[passages]
        return np.asarray((units & np.uint32(unit_bits(classes))) != 0)


class Stances(Sequence["Stance"]):
    """What every passage tells of its matters."""

    def __init__(self, numbers: NDArray[np.uint8]) -> None:
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, passage: int) -> Stance: ...

    @overload
    def __getitem__(self, passage: slice) -> Sequence[Stance]: ...

    def __getitem__(self, passage: int | slice) -> Stance | Sequence[Stance]:
        if isinstance(passage, slice):
            return Stances(self._numbers[passage])
        return STANCES[int(self._numbers[passage])]


@cache
def unit_classes() -> tuple[str, ...]:
    """The classes of measure words in the order of ``units.toml``."""
    return tuple(vocabulary("units.toml"))


def unit_bits(classes: Sequence[str]) -> int:
    """These classes as bits of `Signals.units`."""
    return sum(1 << i for i, name in enumerate(unit_classes()) if name in classes)


def columns_of(rows: Sequence[tuple[Any, ...]]) -> dict[str, NDArray[Any]]:
    """The columns of `Signals` out of a tuple for each passage."""
    values = zip(*rows, strict=True) if rows else [()] * len(_COLUMNS)
    return {name: np.array(column, dtype=_COLUMNS[name]) for name, column in zip(_COLUMNS, values, strict=True)}
