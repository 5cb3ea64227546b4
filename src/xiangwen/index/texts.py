"""Texts and passages of an index as memory-mapped files: what a question does not touch stays on the disk.

texts.utf32, texts.npy      the exact texts one after another (four bytes a character, little end first), and where
                            each begins, in characters: a slice by character offsets is a slice of the file
outlines.utf8, outlines.npy the sections of every report, as JSON, and where those of each begin, in bytes
paths.utf8, paths.npy       every heading path that passages stand under, as JSON, and where each begins, in bytes
<column>.npy                one number a passage: report, start, end, path, is_heading, item_start, item_end
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from xiangwen.reports import Report
from xiangwen.segmentation.passages import Passage
from xiangwen.segmentation.sections import Section, outline_rows, tree_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PATHS_KEPT = 10_000
"""Heading paths that are remembered."""
_COLUMNS = ("report", "start", "end", "path", "is_heading", "item_start", "item_end")


@dataclass(frozen=True)
class IndexedPassage(Passage):
    """A passage with the number of its report in the index."""

    report: int


class StoredReport(Report):
    """A report whose text is read from the file each time it is asked for."""

    _texts: Texts
    _number: int

    @classmethod
    def of(cls, row: dict[str, Any], texts: Texts, number: int) -> StoredReport:
        """From all fields but the text."""
        report = object.__new__(cls)
        report.__dict__.update(row, _texts=texts, _number=number)
        return report

    @property
    def outline(self) -> tuple[Section, ...]:
        """The report's top-level sections, as they were read when the index was built."""
        return self._texts.outline(self._number)

    def __getattr__(self, name: str) -> str:
        # Only reached for what is not there, and the text is the one field that never is.
        if name != "text":
            raise AttributeError(name)
        return self._texts.slice(self._number)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Report) and _values(self) == _values(other)

    def __hash__(self) -> int:
        return hash(_values(self))


def _values(report: Report) -> tuple[Any, ...]:
    return tuple(getattr(report, field.name) for field in fields(Report))


class Texts:
    """The exact texts of all reports, and their outlines."""

    def __init__(
        self,
        characters: NDArray[np.uint8],
        starts: NDArray[np.int64],
        outlines: NDArray[np.uint8],
        outline_starts: NDArray[np.int64],
    ) -> None:
        self._characters = characters
        self._starts = starts
        self._outlines = outlines
        self._outline_starts = outline_starts

    @staticmethod
    def write(folder: Path, texts: Iterable[str], outlines: Sequence[bytes]) -> None:
        """Write the texts, one by one, and the outline of each as `outline_bytes` makes it."""
        (folder / "outlines.utf8").write_bytes(b"".join(outlines))
        np.save(folder / "outlines.npy", np.cumsum([0, *map(len, outlines)], dtype=np.int64))
        starts = [0]
        with (folder / "texts.utf32").open("wb") as file:
            for text in texts:
                file.write(text.encode("utf-32-le", "surrogatepass"))
                starts.append(starts[-1] + len(text))
        np.save(folder / "texts.npy", np.array(starts, dtype=np.int64))

    @classmethod
    def open(cls, folder: Path) -> Texts:
        """Open what `write` wrote."""
        return cls(
            _mapped(folder / "texts.utf32"),
            np.load(folder / "texts.npy"),
            _mapped(folder / "outlines.utf8"),
            np.load(folder / "outlines.npy"),
        )

    def slice(self, number: int, start: int = 0, end: int | None = None) -> str:
        """``text[start:end]`` of a report."""
        base = int(self._starts[number])
        length = int(self._starts[number + 1]) - base
        first, last, _ = slice(start, end).indices(length)
        return bytes(self._characters[4 * (base + first) : 4 * (base + last)]).decode("utf-32-le", "surrogatepass")

    def outline(self, number: int) -> tuple[Section, ...]:
        """The top-level sections of a report."""
        return outline_of(self.outline_bytes(number))

    def outline_bytes(self, number: int) -> bytes:
        """The outline of a report as it is stored."""
        return bytes(self._outlines[int(self._outline_starts[number]) : int(self._outline_starts[number + 1])])


def outline_bytes(tree: Sequence[Section]) -> bytes:
    """An outline as it is stored: JSON, a list of its sections."""
    return json.dumps(outline_rows(tree)).encode()


def outline_of(stored: bytes | str) -> tuple[Section, ...]:
    """The outline of `outline_bytes`."""
    return tree_of(json.loads(stored))


class Passages(Sequence[IndexedPassage]):
    """All passages in the order of the reports, each made when it is asked for."""

    def __init__(
        self, columns: dict[str, NDArray[np.int32]], paths: NDArray[np.uint8], starts: NDArray[np.int64]
    ) -> None:
        self._columns = columns
        self._paths = paths
        self._starts = starts
        self._path = lru_cache(maxsize=_PATHS_KEPT)(self._read_path)
        self.report_of = columns["report"]
        """Report number of every passage, ascending, shape (passages,)."""

    @classmethod
    def of(cls, passages: Sequence[Passage], reports: Sequence[int] | None = None) -> Passages:
        """Passages in their order, of the ``reports`` with these numbers; of one alone, whose number is 0, where none
        are given."""
        rows: list[tuple[int, ...]] = []
        paths: list[bytes] = []
        before: tuple[str, ...] | None = None
        for report, p in zip(reports or [0] * len(passages), passages, strict=True):
            if p.heading_path != before:
                before = p.heading_path
                paths.append(json.dumps(before).encode())
            item_start, item_end = (-1 if at is None else at for at in (p.item_start, p.item_end))
            rows.append((report, p.start, p.end, len(paths) - 1, p.is_heading, item_start, item_end))
        table = np.array(rows, dtype=np.int32).reshape(-1, len(_COLUMNS))
        return cls(
            dict(zip(_COLUMNS, table.T, strict=True)),
            np.frombuffer(b"".join(paths), dtype=np.uint8),
            np.cumsum([0, *map(len, paths)], dtype=np.int64),
        )

    @classmethod
    def joined(cls, reports: Sequence[Passages]) -> Passages:
        """Those of one report after another."""
        columns = {name: np.concatenate([part._columns[name] for part in reports]) for name in _COLUMNS}
        lengths = [len(part) for part in reports]
        columns["report"] = np.repeat(np.arange(len(reports), dtype=np.int32), lengths)
        paths_before = np.cumsum([0, *(len(part._starts) - 1 for part in reports[:-1])], dtype=np.int32)
        columns["path"] += np.repeat(paths_before, lengths)
        path_lengths = np.concatenate([np.zeros(1, dtype=np.int64), *(np.diff(part._starts) for part in reports)])
        return cls(columns, np.concatenate([part._paths for part in reports]), np.cumsum(path_lengths))

    def reports(self, starts: NDArray[np.int64]) -> Iterator[Passages]:
        """Those of each report as they were joined; the passages of report i begin at ``starts[i]``."""
        for start, end in pairwise(starts.tolist()):
            own = {name: column[start:end] for name, column in self._columns.items()}
            first, last = (int(own["path"][0]), int(own["path"][-1]) + 1) if end > start else (0, 0)
            own |= {"report": np.zeros(end - start, dtype=np.int32), "path": own["path"] - np.int32(first)}
            cuts = self._starts[first : last + 1]
            yield Passages(own, self._paths[int(cuts[0]) : int(cuts[-1])], cuts - cuts[0])

    def save(self, folder: Path) -> None:
        """Write the arrays into ``folder``."""
        (folder / "paths.utf8").write_bytes(self._paths.tobytes())
        np.save(folder / "paths.npy", self._starts)
        for name, column in self._columns.items():
            np.save(folder / f"{name}.npy", np.ascontiguousarray(column))

    @classmethod
    def open(cls, folder: Path) -> Passages:
        """Open what `save` wrote."""
        columns = {name: _mapped_array(folder / f"{name}.npy") for name in _COLUMNS}
        return cls(columns, _mapped(folder / "paths.utf8"), _mapped_array(folder / "paths.npy"))

    def __len__(self) -> int:
        return len(self.report_of)

    @overload
    def __getitem__(self, number: int) -> IndexedPassage: ...

    @overload
    def __getitem__(self, number: slice) -> tuple[IndexedPassage, ...]: ...

    def __getitem__(self, number: int | slice) -> IndexedPassage | tuple[IndexedPassage, ...]:
        if isinstance(number, slice):
            return tuple(self._made(i) for i in range(*number.indices(len(self))))
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        return self._made(number % len(self))

    def __iter__(self) -> Iterator[IndexedPassage]:
        return map(self._made, range(len(self)))

    def _made(self, number: int) -> IndexedPassage:
        report, start, end, path, is_heading, item_start, item_end = (
            int(self._columns[name][number]) for name in _COLUMNS
        )
        return IndexedPassage(
            start=start,
            end=end,
            heading_path=self._path(path),
            is_heading=bool(is_heading),
            item_start=None if item_start < 0 else item_start,
            item_end=None if item_end < 0 else item_end,
            report=report,
        )

    def _read_path(self, number: int) -> tuple[str, ...]:
        return tuple(json.loads(bytes(self._paths[int(self._starts[number]) : int(self._starts[number + 1])])))


def _mapped_array(path: Path) -> NDArray[Any]:
    """An array of a file, memory-mapped; plain for NumPy, whose own class for these reads single numbers slowly."""
    return np.asarray(np.load(path, mmap_mode="r"))


def _mapped(path: Path) -> NDArray[np.uint8]:
    """The bytes of a file, memory-mapped; an empty file cannot be mapped."""
    if path.stat().st_size == 0:
        return np.zeros(0, dtype=np.uint8)
    return np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
