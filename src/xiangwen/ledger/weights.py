"""The trained weights of the ledger's reader: ``weights.npz``, written by ``xiangwen.training.ledger``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.ledger.features import WIDTH
from xiangwen.ledger.likeness import LIKENESS_SIGNS
from xiangwen.ledger.settling import CLAUSE_SIGNS, SIGNS
from xiangwen.machine.fitted import must_fit

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

_SIGNS = {"decide": SIGNS, "part": SIGNS, "clause": CLAUSE_SIGNS, "like": LIKENESS_SIGNS}
"""How many signs each vector weighs; its constant comes after them."""


@dataclass(frozen=True, eq=False)
class LinearScorer:
    """One linear function a class."""

    classes: tuple[str, ...]
    matrix: NDArray[np.float32]
    """Shape (features, classes)."""
    meaning: NDArray[np.float32]
    """Of the sentence's vector, shape (dimensions, classes)."""

    def scores(self, rows: csr_matrix, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shape (candidates, classes); about 1 where a candidate gives the class, about 0 where it does not."""
        return np.asarray(rows @ self.matrix + vectors @ self.meaning, dtype=np.float32)

    def packed(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Arrays for a file, eight bits a weight."""
        scale = np.abs(self.matrix).max(axis=0) / 127 + 1e-9
        rows = np.flatnonzero(np.abs(self.matrix).max(axis=1) > 0)
        return {
            f"{name}_classes": np.array(self.classes),
            f"{name}_rows": rows.astype(np.int32),
            f"{name}_scale": scale.astype(np.float32),
            f"{name}_weights": np.round(self.matrix[rows] / scale).astype(np.int8),
            f"{name}_meaning": self.meaning.astype(np.float16),
        }

    @classmethod
    def unpacked(cls, arrays: dict[str, NDArray[np.generic]], name: str, width: int) -> LinearScorer:
        """What `packed` packed."""
        weights = arrays[f"{name}_weights"].astype(np.float32) * arrays[f"{name}_scale"].astype(np.float32)
        matrix = np.zeros((width, weights.shape[1]), dtype=np.float32)
        matrix[arrays[f"{name}_rows"].astype(np.int64)] = weights
        classes = tuple(map(str, arrays[f"{name}_classes"].tolist()))
        return cls(classes, matrix, arrays[f"{name}_meaning"].astype(np.float32))


@dataclass(frozen=True, eq=False)
class Meanings:
    """What indicators mean, in the vectors of one encoder."""

    encoder: str
    """Its fingerprint: the vectors of another one say nothing here."""
    centre: NDArray[np.float32]
    """The mean vector of sentences of reports."""
    ids: tuple[str, ...]
    definitions: NDArray[np.float32]
    """The vectors of the indicators with these ids, shape (ids, dimensions)."""

    def of(self, vectors: NDArray[np.float32] | None, passages: Sequence[int]) -> NDArray[np.float32]:
        """What sets the vectors of candidates' passages off from the mean; zeros where there are no vectors."""
        if vectors is None:
            return np.zeros((len(passages), len(self.centre)), dtype=np.float32)
        return np.asarray(vectors[np.array(passages, dtype=np.int64)] - self.centre, dtype=np.float32)

    def near(self, meant: NDArray[np.float32], ids: Sequence[str]) -> NDArray[np.float32]:
        """How near candidates are to indicators, shape (candidates, indicators); 0 is as near as any sentence."""
        at = {name: i for i, name in enumerate(self.ids)}
        chosen = np.array([self.definitions[at[i]] if i in at else 0 * self.centre for i in ids], dtype=np.float32)
        return np.asarray(meant @ chosen.reshape(len(ids), len(self.centre)).T, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class LedgerWeights:
    """All that was learnt."""

    meanings: Meanings
    numbers: LinearScorer
    """Classes are ids of indicators."""
    clauses: LinearScorer
    """Classes are 「indicator:kind」."""
    decide: NDArray[np.float32]
    """Of `settling.signs`, the constant last: whether a number is a cell."""
    part: NDArray[np.float32]
    """Likewise: whether a cell is a part."""
    clause: NDArray[np.float32]
    """Of `settling.clause_signs`, the constant last: whether a clause is a cell."""
    like: NDArray[np.float32]
    """Of `likeness.likeness`, the constant last: whether it is what an indicator's examples show."""

    def save(self, path: Path) -> None:
        """Write them."""
        np.savez_compressed(
            path,
            **self.numbers.packed("numbers"),  # type: ignore[arg-type]
            **self.clauses.packed("clauses"),  # type: ignore[arg-type]
            width=np.array(len(self.numbers.matrix)),
            encoder=np.array(self.meanings.encoder),
            centre=self.meanings.centre,
            ids=np.array(self.meanings.ids),
            definitions=self.meanings.definitions.astype(np.float16),
            decide=self.decide,
            part=self.part,
            clause=self.clause,
            like=self.like,
        )

    @classmethod
    def load(cls, path: Path) -> LedgerWeights:
        """Read them.

        Raises:
            WeightsOutdated: if they were fitted for other numbers of features or signs.
        """
        with np.load(path) as file:
            arrays = dict(file.items())
        must_fit(path.name, [int(arrays["width"])], [WIDTH])
        for name, signs in _SIGNS.items():
            must_fit(f"{path.name} {name}", [len(arrays[name])], [signs + 1])
        numbers, clauses = (LinearScorer.unpacked(arrays, name, WIDTH) for name in ("numbers", "clauses"))
        ids = tuple(map(str, arrays["ids"].tolist()))
        meanings = Meanings(str(arrays["encoder"]), arrays["centre"], ids, arrays["definitions"].astype(np.float32))
        return cls(meanings, numbers, clauses, arrays["decide"], arrays["part"], arrays["clause"], arrays["like"])


@cache
def weights() -> LedgerWeights:
    """Those that ship with the package."""
    with as_file(files("xiangwen.ledger").joinpath("weights.npz")) as path:
        return LedgerWeights.load(path)
