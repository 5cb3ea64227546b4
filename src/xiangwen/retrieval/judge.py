"""Run the judge: the adapter merged into the bundled encoder, an int8 ONNX graph in the cache folder."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer

from xiangwen.encoding.cores import usable_cores
from xiangwen.encoding.graph import write_graph
from xiangwen.encoding.unpack import SETTINGS_FILE, TOKENIZER_FILE, cached_folder, unpacked_model
from xiangwen.encoding.weights import Weights, bundled_weights
from xiangwen.retrieval.pair import LABELS, encode

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GRAPH = "judge.onnx"


class Judge:
    """Reads a question and passages and says what each passage is to the question."""

    def __init__(self, folder: Path, adapter: dict[str, NDArray[Any]]) -> None:
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
        self._weights, self._bias = adapter["head.w"], adapter["head.b"]

    @classmethod
    def load(cls, adapter: Path | None = None, progress: Callable[[str, float], None] | None = None) -> Judge:
        """The judge that ships with the package, or that of another adapter file; built into the cache when first used.

        Raises:
            OSError: the cache folder cannot be written.
        """
        data = (
            adapter.read_bytes() if adapter else files("xiangwen.retrieval").joinpath("judge_adapter.npz").read_bytes()
        )
        arrays = dict(np.load(io.BytesIO(data)))
        digest = hashlib.sha256(data).hexdigest()[:12]

        def build(folder: Path) -> None:
            weights = Weights.open(bundled_weights())
            merged = _Merged(weights, arrays)
            write_graph(merged, folder / _GRAPH, lambda done: (progress or (lambda *_: None))("judge", done))

        return cls(cached_folder(f"judge-{digest}", build), arrays)

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


class _Merged(Weights):
    """The bundled weights with the adapter added: W + B A."""

    def __init__(self, weights: Weights, adapter: dict[str, NDArray[Any]]) -> None:
        self.__dict__.update(weights.__dict__)
        self.__dict__["_adapter"] = adapter

    def tensor(self, name: str) -> NDArray[np.float32]:
        base = super().tensor(name)
        matrix = name.removesuffix(".w")
        adapter: dict[str, NDArray[Any]] = self.__dict__["_adapter"]
        if name.endswith(".w") and f"{matrix}.a" in adapter:
            a, b = adapter[f"{matrix}.a"].astype(np.float32), adapter[f"{matrix}.b"].astype(np.float32)
            return np.asarray(base + b @ a, dtype=np.float32)
        return base


@cache
def shipped_judge() -> Judge:
    """The judge of the package, loaded once."""
    return Judge.load()
