"""A collection on Milvus that questions are asked of.

The passages of a few reports (a township, a county) are fetched once and kept. Of very many reports Milvus finds the
best passages of each, by their vectors and by BM25 (`ReportSearch`).
"""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numpy as np

from xiangwen.index import IndexOutdated, IndexProblem, Store
from xiangwen.index.opened import full_model_name
from xiangwen.index.report_search import ReportSearch
from xiangwen.index.signals import STANCES, unit_bits
from xiangwen.index.storage import report_fields
from xiangwen.index.texts import IndexedPassage, StoredReport, Texts, outline_of
from xiangwen.ledger.table import Table
from xiangwen.milvus.address import Address
from xiangwen.milvus.connection import MOST_HITS, Connection, among, missing
from xiangwen.milvus.fetched import fetched_subset
from xiangwen.milvus.rows import (
    ABOUT,
    FORMAT_VERSION,
    PASSAGE_COLUMNS,
    PIECES,
    FetchedPassage,
    RemotePassage,
    joined,
    query_words,
    weighted_words,
)
from xiangwen.milvus.statistics import RemoteStatistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.index.subset import Subset
    from xiangwen.segmentation.passages import Stance
    from xiangwen.segmentation.sections import Section

_Fetched = TypeVar("_Fetched")

ALL_UP_TO = 250_000
"""Passages in scope up to which all of them are fetched: the reports of one year of a province with 1,800 townships."""
_KEPT = 60_000
"""Fetched passages that are kept: some 250 MB."""
_SUBSETS_KEPT = 4
"""Subsets of whole reports that are kept."""
_ROUNDS = 12
"""Searches for the best passages of every report, at most, each only among the reports that still fall short."""
_RANKS = 1_000
"""Ranks of each side that count in a search; what lies further back on one side adds less than 0.001 there."""
_TEXTS = 8
"""Reports whose texts are fetched together."""
_AHEAD = 8
"""Passages that are fetched with one that is asked for: the next ones are often asked for too."""


class MilvusStore(Store, ReportSearch):
    """The collection that a name on a Milvus server, or in a file of Milvus Lite, stands for."""

    def __init__(self, connection: Connection, collection: str, all_up_to: int = ALL_UP_TO) -> None:
        """Read what is known of the reports.

        Args:
            connection: to the server.
            collection: the name of a finished collection.
            all_up_to: passages in scope up to which all of them are fetched.
        """
        self.connection = connection
        self.collection = collection
        self._about = collection + ABOUT
        self.all_up_to = all_up_to
        connection.load(collection, self._about)
        manifest = json.loads(joined(connection.rows(self._about, 'kind == "manifest"', PIECES)))
        if manifest["format"] != FORMAT_VERSION:
            raise IndexOutdated(
                f"{connection.address} 由另一版本的乡问写入，请运行 xiangwen build --store {connection.address}。 "
                f"Written by another version: run xiangwen build --store {connection.address}"
            )
        texts = _RemoteTexts(connection, self._about, manifest["reports"])
        rows = [json.loads(text) for text in texts.all_of("report")]
        sizes = np.array([row.pop("passages") for row in rows], dtype=np.int64)
        super().__init__(
            tuple(StoredReport.of(report_fields(row), texts, number) for number, row in enumerate(rows)),
            texts,
            _Remote[IndexedPassage](self, lambda row: row.passage),
            np.repeat(np.arange(len(rows), dtype=np.int32), sizes),
            manifest["model"],
            manifest["fingerprint"],
            Table.unpacked(b64decode(joined(connection.rows(self._about, 'kind == "ledger"', PIECES)))),
        )
        self._kept: OrderedDict[int, FetchedPassage] = OrderedDict()
        self._lock = threading.Lock()
        self._encoded = lru_cache(maxsize=64)(super().vector)
        self.statistics = RemoteStatistics(connection, collection, len(self.report_of))
        self._subset = lru_cache(maxsize=_SUBSETS_KEPT)(self._fetch_subset)

    @classmethod
    def load(cls, address: Address, model: str | None = None) -> MilvusStore:
        """Open what the name stands for now.

        Args:
            address: where.
            model: refuse a collection that another model made; None takes the model that it names.

        Raises:
            IndexProblem: if nothing answers there, or what is there is missing, or of another version or model.
        """
        connection = Connection(address)
        collection = connection.in_use()
        if collection is None:
            raise missing(address)
        store = cls(connection, collection)
        if model is not None and full_model_name(model) != store.model:
            raise IndexOutdated(
                f"{address} 由模型 {store.model} 建立，与 --model {model} 不符，"
                f"请用 xiangwen build --model {model} --store {address} 重建。 Made with another model: build it again."
            )
        return store

    # --- what every store offers ----------------------------------------------------------------------------------

    def vector(self, query: str) -> NDArray[np.float32]:
        """The vector of a query, shape (dimensions,), unit length."""
        return self._encoded(query)

    def quote(self, passage: IndexedPassage) -> str:
        """The exact words of a passage."""
        words = getattr(passage, "words", "")
        return words if len(words) == passage.end - passage.start else super().quote(passage)

    def lead(self, passage: IndexedPassage) -> str:
        """The first sentence of a passage's list item, or the column headings of its table; may be empty."""
        return passage.lead if isinstance(passage, RemotePassage) else super().lead(passage)

    @property
    def stances(self) -> Sequence[Stance]:
        """What the section of every passage says of its matters."""
        return _Remote(self, lambda row: STANCES[int(row.signals[0])])

    def may_give(self, classes: Sequence[str], passages: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each of these passages has a figure of one of these classes."""
        wanted = unit_bits(classes)
        return np.array([row.signals[-1] & wanted != 0 for row in self.fetch(passages.tolist())], dtype=bool)

    def planned(self, passages: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each of these passages tells what is planned."""
        plan = STANCES.index("plan")
        return np.array([row.signals[0] == plan for row in self.fetch(passages.tolist())], dtype=bool)

    def vectors_of(self, passages: NDArray[np.int64], *, exact: bool = False) -> NDArray[np.float32]:
        """The vectors of some passages in ascending order, shape (passages, dimensions)."""
        return np.stack([row.vector for row in self.fetch(passages.tolist())])

    def search_vectors(self, query: str, count: int) -> NDArray[np.int64]:
        """Numbers of the passages nearest to the query by their vectors, nearest first."""
        return self._found("vector", self.vector(query), count)

    def search_bm25(self, query: str, count: int) -> NDArray[np.int64]:
        """Numbers of the passages that share the query's words, best BM25 score first."""
        words = query_words(query)
        return self._found("words", words, count) if words else np.zeros(0, dtype=np.int64)

    def _found(self, column: str, query: NDArray[np.float32] | dict[int, float], count: int) -> NDArray[np.int64]:
        count = min(count, _RANKS)
        return np.array(self.connection.search(self.collection, column, query, count, effort=2 * count), dtype=np.int64)

    def subset(self, reports: Sequence[int]) -> Subset:
        """All passages of these reports; the whole collection where it is small."""
        few = len(self.report_of) <= self.all_up_to
        return self._subset(tuple(range(len(self.reports)) if few else sorted(set(reports))))

    @property
    def report_search(self) -> ReportSearch:
        """Finds the best passages of every report."""
        return self

    # --- the best passages of every report ------------------------------------------------------------------------

    def nearest_of_each(
        self, vector: NDArray[np.float32], reports: Sequence[int], count: int, stance: Stance | None = None
    ) -> dict[int, list[int]]:
        """Of each of these reports the passages nearest to a vector, nearest first."""
        only = "" if stance is None else f"stance == {STANCES.index(stance)}"
        return self._best_of_each("vector", vector, reports, count, only)

    def best_bm25_of_each(self, words: Mapping[str, float], reports: Sequence[int], count: int) -> dict[int, list[int]]:
        """Of each of these reports the passages with the best BM25 score, best first."""
        return self._best_of_each("words", weighted_words(words), reports, count)

    def subset_of(self, passages: Iterable[int]) -> Subset:
        """The passages of these numbers."""
        return fetched_subset(self.fetch(passages), len(self.reports), self.statistics)

    def _best_of_each(
        self,
        column: str,
        query: NDArray[np.float32] | dict[int, float],
        reports: Sequence[int],
        count: int,
        only: str = "",
    ) -> dict[int, list[int]]:
        """The best passages of every report that meet the filter ``only``; so many reports at a time as Milvus gives
        hits of."""
        step = MOST_HITS // count
        found: dict[int, list[int]] = {}
        for start in range(0, len(reports), step):
            found |= self._best_of_some(column, query, reports[start : start + step], count, only)
        return found

    def _best_of_some(
        self,
        column: str,
        query: NDArray[np.float32] | dict[int, float],
        reports: Sequence[int],
        count: int,
        only: str,
    ) -> dict[int, list[int]]:
        """The best passages of every report.

        A grouped search looks at the nearest passages on the whole and may leave a report out, or give few of it: what
        falls short is asked for again on its own until nothing more comes.
        """
        found: dict[int, list[int]] = {report: [] for report in reports}
        short = reports
        for _ in range(_ROUNDS):
            scope = among("report", short) if len(short) < len(self.reports) else ""
            filter_ = " and ".join(f"({part})" for part in (scope, only) if part)
            known = sum(len(found[report]) for report in short)
            groups: dict[int, list[int]] = defaultdict(list)
            for number in self.connection.search(
                self.collection, column, query, len(short), filter_, count, effort=2 * count * len(short)
            ):
                groups[int(self.report_of[number])].append(number)
            for report, numbers in groups.items():
                found[report] = max(found[report], numbers, key=len)
            if sum(len(found[report]) for report in short) == known:
                break
            short = [report for report in short if len(found[report]) < min(count, self.sizes[report])]
            if not short:
                break
        return found

    # --- fetching -------------------------------------------------------------------------------------------------

    def fetch(self, numbers: Iterable[int]) -> list[FetchedPassage]:
        """The passages of these numbers, in ascending order."""
        wanted = sorted(set(numbers))
        with self._lock:
            unknown = [number for number in wanted if number not in self._kept]
            for row in map(
                FetchedPassage.of, self.connection.numbered(self.collection, "number", unknown, PASSAGE_COLUMNS)
            ):
                self._kept[row.number] = row
            found = [self._kept[number] for number in wanted if number in self._kept]
            for row in found:
                self._kept.move_to_end(row.number)
            while len(self._kept) > max(_KEPT, len(found)):
                self._kept.popitem(last=False)
        if len(found) < len(wanted):
            raise IndexProblem(
                f"{self.connection.address} 不完整，请重新运行 xiangwen build。 It is incomplete: build it again."
            )
        return found

    def row(self, number: int) -> FetchedPassage:
        """One passage; those behind it are fetched with it."""
        with self._lock:
            if number in self._kept:
                return self._kept[number]
        return self.fetch(range(number, min(number + _AHEAD, len(self.report_of))))[0]

    def _fetch_subset(self, reports: tuple[int, ...]) -> Subset:
        # Where the reports have not one sentence, any will do: none of it is in the question's scope.
        return self.subset_of(self.ranges.rows(reports).tolist() or [0])


class _Remote(Sequence[_Fetched]):
    """What the rows of a collection say of their passages, fetched when it is asked for."""

    def __init__(self, store: MilvusStore, said: Callable[[FetchedPassage], _Fetched]) -> None:
        self._store = store
        self._said = said

    def __len__(self) -> int:
        return len(self._store.report_of)

    @overload
    def __getitem__(self, number: int) -> _Fetched: ...

    @overload
    def __getitem__(self, number: slice) -> list[_Fetched]: ...

    def __getitem__(self, number: int | slice) -> _Fetched | list[_Fetched]:
        if isinstance(number, slice):
            return [self._said(row) for row in self._store.fetch(range(*number.indices(len(self))))]
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        return self._said(self._store.row(int(number) % len(self)))


class _RemoteTexts(Texts):
    """The exact texts of all reports, fetched a few at a time."""

    def __init__(self, connection: Connection, collection: str, reports: int) -> None:
        self._connection = connection
        self._collection = collection
        self._reports = reports
        self._fetched = lru_cache(maxsize=16)(self._fetch)

    def slice(self, number: int, start: int = 0, end: int | None = None) -> str:
        """``text[start:end]`` of a report."""
        return self._fetched("text", number // _TEXTS, _TEXTS)[number % _TEXTS][start:end]

    def outline(self, number: int) -> tuple[Section, ...]:
        """The top-level sections of a report."""
        return outline_of(self._fetched("outline", number // _TEXTS, _TEXTS)[number % _TEXTS])

    def all_of(self, kind: str) -> Iterator[str]:
        """The text of that kind of every report, in their order."""
        step = 500
        for block in range(-(-self._reports // step)):
            yield from self._fetch(kind, block, step)

    def _fetch(self, kind: str, block: int, step: int) -> list[str]:
        reports = range(block * step, min((block + 1) * step, self._reports))
        rows: dict[int, list[dict[str, Any]]] = {report: [] for report in reports}
        filter_ = f'kind == "{kind}" and {among("report", reports)}'
        for row in self._connection.rows(self._collection, filter_, PIECES):
            rows[int(row["report"])].append(row)
        return [joined(found) for found in rows.values()]
