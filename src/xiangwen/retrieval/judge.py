"""The judge, a cross-encoder: its layers over those of the bundled encoder, as an int8 ONNX graph in the cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from xiangwen.encoding.cores import usable_cores
from xiangwen.encoding.graph import write_graph
from xiangwen.encoding.tuned import Overlaid, unpacked_tensors
from xiangwen.encoding.unpack import SETTINGS_FILE, TOKENIZER_FILE, cached_folder, unpacked_model
from xiangwen.encoding.weights import Floats, Weights, bundled_weights
from xiangwen.retrieval.pair import LABELS, encode

if TYPE_CHECKING:
    from numpy.typing import NDArray

JUDGE_FILE = "judge_layers.npz"
"""Written by `xiangwen.training.judge`."""
_GRAPH = "judge.onnx"


class Judge:
    """Reads a question and passages and says what each passage is to the question."""

    def __init__(self, folder: Path, head: tuple[Floats, Floats]) -> None:
        import onnxruntime as ort

        base = unpacked_model()
        settings = json.loads((base / SETTINGS_FILE).read_text(encoding="utf-8"))
        self._normalisation = {int(point): text for point, text in settings["normalisation"].items()}
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(base / TOKENIZER_FILE))
        options = ort.SessionOptions()  # type: ignore[attr-defined]
        options.intra_op_num_threads = 1
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC  # type: ignore[attr-defined]
        self._session = ort.InferenceSession(  # type: ignore[attr-defined]
            str(folder / _GRAPH), options, providers=["CPUExecutionProvider"]
        )
        self._threads = ThreadPoolExecutor(usable_cores(), thread_name_prefix="judge")
        self._weights, self._bias = head

    @classmethod
    def load(cls, file: Path | None = None, progress: Callable[[str, float], None] | None = None) -> Judge:
        """The judge that ships with the package, or another one's file; built into the cache when first used.

        Raises:
            OSError: the cache folder cannot be written.
        """
        data = (file or files("xiangwen.retrieval").joinpath(JUDGE_FILE)).read_bytes()
        tensors = unpacked_tensors(data)
        head = tensors.pop("head.w"), tensors.pop("head.b")
        digest = hashlib.sha256(data).hexdigest()[:12]

        def build(folder: Path) -> None:
            weights = Overlaid.over(Weights.open(bundled_weights()), tensors)
            write_graph(weights, folder / _GRAPH, lambda done: (progress or (lambda *_: None))("judge", done))

        return cls(cached_folder(f"judge-{digest}", build), head)

    def probabilities(self, question: str, contexts: Sequence[str], sentences: Sequence[str]) -> NDArray[np.float64]:
        """Shape (passages, 6): the probability of each of `LABELS`, uncalibrated."""
        if not sentences:
            return np.zeros((0, len(LABELS)))
        rows = encode(self._tokenizer, self._normalisation, question, contexts, sentences)
        pooled = np.concatenate(list(self._threads.map(self._run, rows)))
        scores = pooled @ self._weights.T + self._bias
        exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(exponents / exponents.sum(axis=1, keepdims=True), dtype=np.float64)

    def _run(self, ids: list[int]) -> NDArray[np.float32]:
        (pooled,) = self._session.run(None, {"input_ids": np.array([ids], dtype=np.int32)})
        return np.asarray(pooled, dtype=np.float32)


@cache
def shipped_judge() -> Judge:
    """The judge of the package, loaded once."""
    return Judge.load()
