"""The judge, a cross-encoder: its layers over those of the bundled encoder, as an int8 ONNX graph in the cache."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.encoding.probabilities import softmax
from xiangwen.encoding.session import open_session
from xiangwen.encoding.tokenizer import Cutter
from xiangwen.encoding.unpack import unpacked_model
from xiangwen.encoding.words import WORDS, WordTable
from xiangwen.machine.cache import cached_folder
from xiangwen.machine.cores import usable_cores
from xiangwen.machine.fitted import must_fit
from xiangwen.retrieval.pair import LABELS, encode

if TYPE_CHECKING:
    from numpy.typing import NDArray

JUDGE_FILE = "judge_layers.npz"
"""Its layers, written by `xiangwen.training.judge`."""
_GRAPH, _HEAD = "judge.onnx", "head.npz"
_LAYOUT = 2
"""Raise it when these files are laid out differently."""
_REMEMBERED = 4_000
"""Readings that are kept, 1.5 kB each: the figures of an answering sentence are read again to choose among them, and
people ask the same."""


class Judge:
    """Reads a question and passages and says what each passage is to the question."""

    def __init__(self, folder: Path, base: Path) -> None:
        """Open the judge in a folder; tokenizers and word table are those of the encoder in the folder ``base``."""
        self._cutter = Cutter.open(base)
        self._words = WordTable.open(base)
        self._session = open_session(folder / _GRAPH)
        self._threads = ThreadPoolExecutor(usable_cores(), thread_name_prefix="judge")
        with np.load(folder / _HEAD) as head:
            self._weights, self._bias = head["weights"], head["bias"]
        self._read = lru_cache(maxsize=_REMEMBERED)(self._run)

    @classmethod
    def load(cls, file: Path | None = None, progress: Callable[[str, float], None] | None = None) -> Judge:
        """The judge that ships with the package, or another one's file; built into the cache when first used.

        Raises:
            OSError: the cache folder cannot be written.
            WeightsOutdated: if it was trained for other labels.
        """
        data = (file or files("xiangwen.retrieval").joinpath(JUDGE_FILE)).read_bytes()
        _must_have_labels(data)

        def build(folder: Path) -> None:
            # Imported here: on every later start the files are there.
            from xiangwen.encoding.graph import write_graph
            from xiangwen.encoding.tuned import Overlaid, unpacked_tensors
            from xiangwen.encoding.weights import EncoderWeights, bundled_weights

            base = EncoderWeights.open(bundled_weights())
            tensors = unpacked_tensors(data)
            np.savez(folder / _HEAD, weights=tensors.pop("head.w"), bias=tensors.pop("head.b"))
            weights = Overlaid.over(base, tensors)
            write_graph(weights, folder / _GRAPH, lambda done: (progress or (lambda *_: None))("judge", done))

        digest = hashlib.sha256(data).hexdigest()[:12]
        return cls(cached_folder(f"judge-{digest}-{_LAYOUT}", build), unpacked_model())

    def probabilities(self, question: str, contexts: Sequence[str], sentences: Sequence[str]) -> NDArray[np.float64]:
        """Shape (passages, 6): the probability of each of `LABELS`, uncalibrated."""
        if not sentences:
            return np.zeros((0, len(LABELS)))
        rows = encode(self._cutter, self._cutter.normalisation, question, contexts, sentences)
        pooled = np.concatenate(list(self._threads.map(self._read, map(tuple, rows))))
        scores = pooled @ self._weights.T + self._bias
        return np.asarray(softmax(scores), dtype=np.float64)

    def _run(self, ids: Sequence[int]) -> NDArray[np.float32]:
        (pooled,) = self._session.run(None, {WORDS: self._words.vectors(ids)})
        return np.asarray(pooled, dtype=np.float32)


def _must_have_labels(data: bytes) -> None:
    """Compare the labels of a judge's file with `LABELS`; where it has not their names, how many they are."""
    with np.load(io.BytesIO(data)) as file:
        if "labels" in file:
            must_fit(JUDGE_FILE, file["labels"].tolist(), LABELS)
        else:
            must_fit(JUDGE_FILE, [len(file["head.b"])], [len(LABELS)])


@cache
def shipped_judge() -> Judge:
    """The judge of the package, loaded once."""
    return Judge.load()
