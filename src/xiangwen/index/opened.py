"""An opened index: reports, passages, sections, their vectors and the lexical index, all that a question needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import faiss
import numpy as np

from xiangwen.embedding import DEFAULT_MODEL, fingerprint, load_encoder
from xiangwen.index.problems import REBUILD, IndexDamaged, IndexOutdated
from xiangwen.index.storage import in_use, read_faiss, read_manifest, read_rows, report_from_row, verify
from xiangwen.lexical import LexicalIndex
from xiangwen.passages import Passage
from xiangwen.reports import Report

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer


@dataclass(frozen=True)
class IndexedPassage(Passage):
    """A passage with the number of its report in `Index.reports`."""

    report: int


@dataclass(frozen=True)
class IndexedSection:
    """A section with the number of its report in `Index.reports`."""

    report: int
    start: int
    end: int
    heading_path: tuple[str, ...]


class Index:
    """An opened index; everything a question needs."""

    def __init__(
        self,
        reports: tuple[Report, ...],
        passages: tuple[IndexedPassage, ...],
        sections: tuple[IndexedSection, ...],
        passage_vectors: faiss.Index,
        section_vectors: faiss.Index,
        lexical: LexicalIndex,
        model: str,
        model_fingerprint: str,
    ) -> None:
        self.reports = reports
        self.passages = passages
        self.sections = sections
        self.passage_vectors = passage_vectors
        self.section_vectors = section_vectors
        self.lexical = lexical
        self.model = model
        self._fingerprint = model_fingerprint
        self.report_of: NDArray[np.int32] = np.array([p.report for p in passages], dtype=np.int32)
        """Report number of every passage, shape (passages,)."""

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
            reports = tuple(map(report_from_row, read_rows(folder / "reports.jsonl")))
            passages = tuple(
                IndexedPassage(**{**row, "heading_path": tuple(row["heading_path"])})
                for row in read_rows(folder / "passages.jsonl")
            )
            sections = tuple(
                IndexedSection(**{**row, "heading_path": tuple(row["heading_path"])})
                for row in read_rows(folder / "sections.jsonl")
            )
            return cls(
                reports,
                passages,
                sections,
                read_faiss(folder / "passages.faiss"),
                read_faiss(folder / "sections.faiss"),
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

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """The passage vectors, shape (passages, dimensions), unit length."""
        return np.asarray(self.passage_vectors.reconstruct_n(0, self.passage_vectors.ntotal), dtype=np.float32)

    def similarity(self, query: str) -> NDArray[np.float32]:
        """Cosine similarity of the query to every passage, shape (passages,)."""
        vector = self.encoder.encode_query([query], show_progress_bar=False, normalize_embeddings=True)
        return np.asarray(self.vectors @ np.asarray(vector, dtype=np.float32)[0], dtype=np.float32)

    def quote(self, passage: IndexedPassage) -> str:
        """The exact words of a passage."""
        return self.reports[passage.report].text[passage.start : passage.end]


def full_name(model: str) -> str:
    """A model's folder by its full path, so that it is found again from another working folder."""
    return str(Path(model).resolve()) if model != DEFAULT_MODEL and Path(model).is_dir() else model
