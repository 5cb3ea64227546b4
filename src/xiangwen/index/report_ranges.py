"""Which passages are whose: those of a report stand side by side, the reports in their order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ReportRanges:
    """Where the passages of each report begin and end among those of a store or of a subset of it."""

    def __init__(self, report_of: NDArray[np.int32], reports: int) -> None:
        """Find the ranges.

        Args:
            report_of: the report's number of every passage, ascending, shape (passages,).
            reports: how many reports there are, those without a passage too.
        """
        self.report_of = report_of
        self.starts = np.searchsorted(report_of, np.arange(reports + 1))
        """The passages of report i are ``starts[i]`` to before ``starts[i + 1]``; shape (reports + 1,)."""
        self.sizes = np.diff(self.starts)
        """How many passages each report has, shape (reports,)."""

    @cached_property
    def _everything(self) -> NDArray[np.int64]:
        return np.arange(len(self.report_of))

    def rows(self, reports: Sequence[int]) -> NDArray[np.int64]:
        """Where the passages of these reports are, ascending."""
        if len(reports) == len(self.sizes):
            return self._everything
        ranges = [np.arange(self.starts[report], self.starts[report + 1]) for report in sorted(reports)]
        return np.concatenate([np.zeros(0, dtype=np.int64), *ranges])

    def size(self, reports: Sequence[int]) -> int:
        """How many passages these reports have."""
        return int(self.sizes[np.asarray(reports, dtype=np.int64)].sum())

    def first_rows(self, reports: Sequence[int]) -> NDArray[np.int64]:
        """Where each report begins among the `rows` of these reports; reports without a passage are left out."""
        lengths = self.sizes[np.array(sorted(reports), dtype=np.int64)]
        lengths = lengths[lengths > 0]
        return np.asarray(np.cumsum(lengths) - lengths)
