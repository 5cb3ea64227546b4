"""What questions are asked of: reports and their passages, whether these lie in a folder or on a server.

Passages are numbered from 0 in the order of their reports, the same in every store. A store knows nothing of questions:
it searches for vectors and words, and gives the passages of reports as a `Subset` that features are computed from.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.encoding import Encoder, load_encoder
from xiangwen.index.problems import REBUILD, IndexOutdated
from xiangwen.index.report_ranges import ReportRanges
from xiangwen.language.as_read import as_read
from xiangwen.language.tables import CELLS
from xiangwen.ledger.correcting import corrected, place_corrections
from xiangwen.ledger.corrections import Correction, read_corrections, stamp
from xiangwen.ledger.table import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.index.report_search import ReportSearch
    from xiangwen.index.subset import Subset
    from xiangwen.index.texts import IndexedPassage, StoredReport, Texts
    from xiangwen.segmentation.passages import Stance

_LIKELY = 200
"""Passages whose reports are looked into for a name that is not known."""


class Store(ABC):
    """A collection that questions are asked of."""

    def __init__(
        self,
        reports: tuple[StoredReport, ...],
        texts: Texts,
        passages: Sequence[IndexedPassage],
        report_of: NDArray[np.int32],
        model: str,
        model_fingerprint: str,
        ledger: Table | None = None,
    ) -> None:
        self.reports = reports
        self.texts = texts
        self.passages = passages
        self.model = model
        self.model_fingerprint = model_fingerprint
        self.report_of = report_of
        """Report number of every passage, ascending, shape (passages,)."""
        self.ranges = ReportRanges(report_of, len(reports))
        self.starts = self.ranges.starts
        """The passages of report i are ``starts[i]`` to before ``starts[i + 1]``; shape (reports + 1,)."""
        self.sizes = self.ranges.sizes
        """How many passages each report has, shape (reports,)."""
        self.ledger = self.ledger_as_read = ledger or Table.joined([], ())
        """The cells of all reports, ``ledger`` with what analysts corrected; empty where the store keeps none."""
        self.corrections_gone: list[Correction] = []
        """Corrections whose sentence stands in no report any more."""
        self._corrections: tuple[int, int] = (0, 0)

    @cached_property
    def encoder(self) -> Encoder:
        """The model that made the vectors, loaded at first use.

        Raises:
            IndexOutdated: if the model of that name is not the one that made them.
        """
        encoder = load_encoder(self.model)
        if encoder.fingerprint != self.model_fingerprint:
            raise IndexOutdated(f"模型 {self.model} 与建立索引时不同，{REBUILD}")
        return encoder

    def take_encoder(self, other: Store) -> None:
        """Use the model that another store has loaded, where it made both: memory holds it once."""
        if "encoder" in vars(other) and (self.model, self.model_fingerprint) == (other.model, other.model_fingerprint):
            self.encoder = other.encoder

    def vector(self, query: str) -> NDArray[np.float32]:
        """The vector of a query, shape (dimensions,), unit length."""
        vector: NDArray[np.float32] = self.encoder.encode_query([query])[0]
        return vector

    def take_corrections(self, directory: Path) -> None:
        """Put what analysts corrected onto the ledger, where the file in the index folder has changed."""
        seen = stamp(directory)
        if seen == self._corrections:
            return
        placed, self.corrections_gone = place_corrections(read_corrections(directory), self.reports)
        self.ledger = corrected(self.ledger_as_read, placed)
        self._corrections = seen

    def likely_reports(self, words: str) -> Iterable[int]:
        """Numbers of the reports whose text may hold some words: those of the passages nearest by their words."""
        return map(int, np.unique(self.report_of[self.search_bm25(words, _LIKELY)]))

    def quote(self, passage: IndexedPassage) -> str:
        """The exact words of a passage."""
        return self.texts.slice(passage.report, passage.start, passage.end)

    def reading(self, passage: IndexedPassage) -> str:
        """The words of a passage as they are read, for matching, never for quoting."""
        quote = self.quote(passage)
        return as_read(quote, self.lead(passage) if CELLS.search(quote) else "")

    def passage_at(self, report: int, offset: int) -> int | None:
        """The number of the passage of a report that a place of its text is in; None between two of them."""
        own = range(int(self.starts[report]), int(self.starts[report + 1]))
        last = bisect_right(own, offset, key=lambda number: self.passages[number].start) - 1
        return own[last] if last >= 0 and offset < self.passages[own[last]].end else None

    def lead(self, passage: IndexedPassage) -> str:
        """The first sentence of a passage's list item, or the column headings of its table; may be empty."""
        if passage.item_start is None or passage.item_start == passage.start:
            return ""
        return self.texts.slice(passage.report, passage.item_start, passage.item_end)

    @property
    @abstractmethod
    def stances(self) -> Sequence[Stance]:
        """What the section of every passage says of its matters."""

    @abstractmethod
    def may_give(self, classes: Sequence[str], passages: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each of these passages has a figure of one of these classes (keys of units.toml)."""

    @abstractmethod
    def planned(self, passages: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each of these passages tells what is planned."""

    @abstractmethod
    def vectors_of(self, passages: NDArray[np.int64], *, exact: bool = False) -> NDArray[np.float32]:
        """The vectors of some passages in ascending order, shape (passages, dimensions).

        Args:
            passages: their numbers.
            exact: not rounded, where the store compares rounded ones.
        """

    @abstractmethod
    def search_vectors(self, query: str, count: int) -> NDArray[np.int64]:
        """Numbers of the passages nearest to the query by their vectors, nearest first, ``count`` at most."""

    @abstractmethod
    def search_bm25(self, query: str, count: int) -> NDArray[np.int64]:
        """Numbers of the passages that share the query's words, best BM25 score first, ``count`` at most."""

    @abstractmethod
    def subset(self, reports: Sequence[int]) -> Subset:
        """All passages of these reports, and perhaps those of others."""

    @property
    def report_search(self) -> ReportSearch | None:
        """Finds the best passages of every report; None where all passages are at hand, however many."""
        return None
