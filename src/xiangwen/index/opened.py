"""An opened index: reports, passages, their vectors, signals and the lexical index, all that a question needs."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.embedding import DEFAULT_MODEL, fingerprint, load_encoder
from xiangwen.index.problems import REBUILD, IndexDamaged, IndexOutdated
from xiangwen.index.storage import in_use, read_manifest, read_rows, report_fields, verify
from xiangwen.lexical import LexicalIndex
from xiangwen.reports import Report
from xiangwen.signals import Signals
from xiangwen.store import IndexedPassage, Passages, StoredReport, Texts
from xiangwen.vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer


class Index:
    """An opened index; everything a question needs."""

    def __init__(
        self,
        reports: tuple[Report, ...],
        texts: Texts,
        passages: Passages,
        stored_vectors: Vectors,
        signals: Signals,
        lexical: LexicalIndex,
        model: str,
        model_fingerprint: str,
    ) -> None:
        self.reports = reports
        self.texts = texts
        self.passages = passages
        self.stored_vectors = stored_vectors
        self.signals = signals
        self.lexical = lexical
        self.model = model
        self._fingerprint = model_fingerprint
        self.report_of: NDArray[np.int32] = passages.report_of
        """Report number of every passage, ascending, shape (passages,)."""
        self.starts = np.searchsorted(self.report_of, np.arange(len(reports) + 1))
        """The passages of report i are ``starts[i]`` to before ``starts[i + 1]``; shape (reports + 1,)."""

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
        if model is not None and full_name(model) != manifest["model"]:
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
            return cls(
                reports,
                texts,
                Passages.open(folder / "passages"),
                Vectors.open(folder / "vectors"),
                Signals.load(folder / "signals"),
                LexicalIndex.load(folder / "lexical"),
                manifest["model"],
                manifest["fingerprint"],
            )
        except (OSError, ValueError, TypeError, KeyError, RuntimeError) as error:
            raise IndexDamaged(f"索引文件无法读取，{REBUILD}") from error

    @cached_property
    def encoder(self) -> SentenceTransformer:
        """The model that made the index, loaded at first use.

        Raises:
            IndexOutdated: if the model of that name is not the one that made the index.
        """
        encoder = load_encoder(self.model)
        if fingerprint(encoder) != self._fingerprint:
            raise IndexOutdated(f"模型 {self.model} 与建立索引时不同，{REBUILD}")
        return encoder

    def take_encoder(self, other: Index) -> None:
        """Use the model that another index has loaded, where it made both: memory holds it once."""
        if "encoder" in vars(other) and (self.model, self._fingerprint) == (other.model, other._fingerprint):
            self.encoder = other.encoder

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The passage vectors, shape (passages, dimensions), unit length, memory-mapped."""
        return self.stored_vectors.exact

    def similarity(self, query: str) -> NDArray[np.float32]:
        """Cosine similarity of the query to every passage, shape (passages,)."""
        return self.stored_vectors.similarity(self.vector(query))

    def vector(self, query: str) -> NDArray[np.float32]:
        """The vector of a query, shape (dimensions,), unit length."""
        vector = self.encoder.encode_query([query], show_progress_bar=False, normalize_embeddings=True)
        return np.asarray(vector[0], dtype=np.float32)

    def quote(self, passage: IndexedPassage) -> str:
        """The exact words of a passage."""
        return self.texts.slice(passage.report, passage.start, passage.end)


def full_name(model: str) -> str:
    """A model's folder by its full path, so that it is found again from another working folder."""
    return str(Path(model).resolve()) if model != DEFAULT_MODEL and Path(model).is_dir() else model
