"""How a store on a server is searched where a question is about more passages than it sends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from xiangwen.index.subset import Subset
    from xiangwen.segmentation.passages import Stance


class ReportSearch(ABC):
    """Finds the best passages of every report, of a store that has too many to look at them all."""

    all_up_to: int
    """Passages in scope up to which all of them are looked at."""

    @abstractmethod
    def nearest_of_each(
        self, vector: NDArray[np.float32], reports: Sequence[int], count: int, stance: Stance | None = None
    ) -> dict[int, list[int]]:
        """Of each of these reports the passages nearest to a vector, nearest first, ``count`` at most.

        Args:
            vector: shape (dimensions,), unit length.
            reports: their numbers.
            count: of each report.
            stance: only passages of such sections.
        """

    @abstractmethod
    def best_bm25_of_each(self, words: Mapping[str, float], reports: Sequence[int], count: int) -> dict[int, list[int]]:
        """Of each of these reports the passages with the best BM25 score, best first, ``count`` at most.

        Args:
            words: as they are indexed, with what each counts.
            reports: their numbers.
            count: of each report.
        """

    @abstractmethod
    def subset_of(self, passages: Iterable[int]) -> Subset:
        """The passages of these numbers."""
