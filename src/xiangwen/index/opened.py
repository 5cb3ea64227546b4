"""An opened index: reports, passages, their vectors, signals and the lexical index, all that a question needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.encoding import BASE_MODEL, DEFAULT_MODEL
from xiangwen.index.bm25 import LexicalIndex
from xiangwen.index.problems import REBUILD, IndexDamaged, IndexOutdated
from xiangwen.index.signals import STANCES, Signals, Stances
from xiangwen.index.storage import in_use, read_manifest, read_rows, report_fields, verify
from xiangwen.index.store import Store
from xiangwen.index.subset import CountedHere, Subset
from xiangwen.index.texts import Passages, StoredReport, Texts
from xiangwen.index.top_k import top_k
from xiangwen.index.vectors import Vectors
from xiangwen.ledger.table import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.segmentation.passages import Stance


class Index(Store):
    """An opened index; everything a question needs."""

    passages: Passages

    def __init__(
        self,
        reports: tuple[StoredReport, ...],
        texts: Texts,
        passages: Passages,
        stored_vectors: Vectors,
        signals: Signals,
        lexical: LexicalIndex,
        model: str,
        model_fingerprint: str,
        ledger: Table | None = None,
    ) -> None:
        super().__init__(reports, texts, passages, passages.report_of, model, model_fingerprint, ledger)
        self.stored_vectors = stored_vectors
        self.signals = signals
        self.lexical = lexical

    @classmethod
    def load(cls, directory: Path, model: str | None = None) -> Index:
        """Open the index in use.

        Args:
            directory: the index folder.
            model: refuse an index that another model made; None takes the model the index names.

        Raises:
            IndexProblem: if it is missing, damaged, or made by another version or model.
        """
        while True:
            pointer = in_use(directory)
            try:
                return cls._open(directory, model)
            except IndexDamaged:
                # Another program may have finished a build, and cleared this one away, while it was being read.
                if in_use(directory) == pointer:
                    raise

    @classmethod
    def _open(cls, directory: Path, model: str | None) -> Index:
        folder, manifest = read_manifest(directory)
        if model is not None and full_model_name(model) != manifest["model"]:
            raise IndexOutdated(
                f"索引由模型 {manifest['model']} 建立，与 --model {model} 不符，"
                f"请用 xiangwen build --model {model} 重建。 The index was made with another model: build it again."
            )
        verify(folder, manifest)
        try:
            texts = Texts.open(folder / "passages")
            reports = tuple(
                StoredReport.of(report_fields(row), texts, number)
                for number, row in enumerate(read_rows(folder / "reports.jsonl"))
            )
            index = cls(
                reports,
                texts,
                Passages.open(folder / "passages"),
                Vectors.open(folder / "vectors"),
                Signals.load(folder / "signals"),
                LexicalIndex.load(folder / "lexical"),
                manifest["model"],
                manifest["fingerprint"],
                Table.open(folder / "ledger", len(reports)),
            )
            index.take_corrections(directory)
            return index
        except (OSError, ValueError, TypeError, KeyError, RuntimeError) as error:
            raise IndexDamaged(f"索引文件无法读取，{REBUILD}") from error

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The passage vectors, shape (passages, dimensions), unit length, memory-mapped."""
        return self.stored_vectors.exact

    def similarity(self, query: str) -> NDArray[np.float32]:
        """Cosine similarity of the query to every passage, shape (passages,)."""
        return self.stored_vectors.similarity(self.vector(query))

    @property
    def stances(self) -> Sequence[Stance]:
        """What the section of every passage says of its matters."""
        return Stances(self.signals.stance)

    def search_vectors(self, query: str, count: int) -> NDArray[np.int64]:
        """Numbers of the passages nearest to the query by their vectors, nearest first."""
        return self.stored_vectors.nearest(self.vector(query), count)

    def search_bm25(self, query: str, count: int) -> NDArray[np.int64]:
        """Numbers of the passages that share the query's words, best BM25 score first."""
        scores = self.lexical.scores(query)
        hits = np.flatnonzero(scores > 0)
        return hits[top_k(scores[hits], count)]

    def likely_reports(self, words: str) -> Iterable[int]:
        """All reports: their texts are at hand."""
        return range(len(self.reports))

    def may_give(self, classes: Sequence[str], passages: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each of these passages has a figure of one of these classes."""
        return self.signals.has_units(classes, passages)

    def planned(self, passages: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each of these passages tells what is planned."""
        return np.asarray(self.signals.stance[passages] == STANCES.index("plan"))

    def vectors_of(self, passages: NDArray[np.int64], *, exact: bool = False) -> NDArray[np.float32]:
        """The vectors of some passages, shape (passages, dimensions)."""
        return self.stored_vectors.exact_rows(passages) if exact else self.stored_vectors.rows(passages)

    def subset(self, reports: Sequence[int]) -> Subset:
        """All passages: they are at hand."""
        return self.everything

    @cached_property
    def everything(self) -> Subset:
        """All passages, with all that their features are computed from."""
        numbers = self.ranges.rows(range(len(self.reports)))
        statistics = CountedHere(len(numbers))
        return Subset(numbers, self.ranges, self.stored_vectors, self.signals, self.lexical, statistics)


def full_model_name(model: str) -> str:
    """A model's folder by its full path, so that it is found again from another working folder."""
    return str(Path(model).resolve()) if model not in (DEFAULT_MODEL, BASE_MODEL) and Path(model).is_dir() else model
