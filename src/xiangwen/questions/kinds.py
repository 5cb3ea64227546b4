"""What kind of answer a question wants, told by two linear models: one for questions of a place that is named, one for
questions over many reports. They weigh a question's vector, its characters, and what patterns take it for.

``kinds.npz`` is written by ``python -m xiangwen.training.kinds``; docs/judge.md tells from what and what it is worth.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from xiangwen.encoding.probabilities import softmax

NAMED = ("number", "fact", "list", "summary")
"""Kinds of questions about one place."""
OVER_MANY = ("which", "over", "rank", "sum", "each", "collection", "common")
"""Kinds of questions over many reports; one that names no place may also be of a kind of `NAMED`."""
LearnedKind = Literal[
    "number", "fact", "list", "summary", "which", "over", "rank", "sum", "each", "collection", "common"
]
KINDS_FILE = "kinds.npz"
BUCKETS = 1 << 14
"""Places that the character sequences of a question are hashed to."""
VECTOR_SCALE = 3.0
"""What the vector counts beside the characters, which make a unit vector too."""
PATTERN_KINDS = ("fact", "number", "list", "summary", "which", "most", "least", "over", "under", "sum", "average")
"""What patterns take a question for; of ranks their order."""
PATTERN_SCALE = 1.0
_LONGEST = 4
_YEAR = re.compile(r"(?:20|19)\d\d(?:年度?)?|[一二][〇○零一二三四五六七八九]{3}年度?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?")


class KindModel(NamedTuple):
    """A multinomial logistic regression over a question's vector and its hashed character sequences."""

    kinds: tuple[str, ...]
    weights: NDArray[np.float32]
    """Shape (kinds, dimensions + len(PATTERN_KINDS) + BUCKETS)."""
    bias: NDArray[np.float32]

    def probabilities(self, text: str, vector: NDArray[np.float32], taken_for: str) -> dict[str, float]:
        """The probability of each kind.

        Args:
            text: the question in simplified lower-case characters, the names of places left out.
            vector: its vector as a query, shape (dimensions,), unit length.
            taken_for: one of `PATTERN_KINDS`.
        """
        hashed = question_buckets(text)
        size = len(vector)
        of_vector, of_pattern, of_characters = np.split(self.weights, [size, size + len(PATTERN_KINDS)], axis=1)
        scores = VECTOR_SCALE * (of_vector @ vector) + of_characters[:, hashed].sum(axis=1) / np.sqrt(len(hashed))
        scores += self.bias + PATTERN_SCALE * of_pattern[:, PATTERN_KINDS.index(taken_for)]
        return dict(zip(self.kinds, softmax(scores).tolist(), strict=True))


def question_buckets(text: str) -> NDArray[np.int64]:
    """Where the character sequences and word pairs of a question are hashed to, each place once; never empty."""
    text = _NUMBER.sub("0", _YEAR.sub("年", " ".join(text.split())))
    words = _LATIN.findall(text)
    pieces = set(_sequences(f"^{_LATIN.sub('a', text)}$"))
    pieces |= {f"w {word}" for word in words} | {f"w {a} {b}" for a, b in pairwise(words)}
    return np.unique([zlib.crc32(piece.encode()) % BUCKETS for piece in pieces])


def _sequences(text: str) -> Iterable[str]:
    return (text[i : i + size] for size in range(1, _LONGEST + 1) for i in range(len(text) - size + 1))


def kind_of(text: str, vector: NDArray[np.float32], taken_for: str, *, named: bool) -> LearnedKind:
    """The likeliest kind of a question.

    Args:
        text: the question in simplified lower-case characters, the names of places left out.
        vector: its vector as a query.
        taken_for: what patterns take it for, one of `PATTERN_KINDS`.
        named: whether it names a place, or there is one report alone.
    """
    p = _models()["named" if named else "over_many"].probabilities(text, vector, taken_for)
    return cast(LearnedKind, max(p, key=lambda kind: p[kind]))


@cache
def _models() -> dict[str, KindModel]:
    with files("xiangwen.questions").joinpath(KINDS_FILE).open("rb") as file:
        arrays = dict(np.load(file))
    return {
        name: KindModel(
            tuple(arrays[f"{name}.kinds"].tolist()),
            arrays[f"{name}.weights"].astype(np.float32) * arrays[f"{name}.scale"],
            arrays[f"{name}.bias"],
        )
        for name in ("named", "over_many")
    }


def packed(models: dict[str, KindModel]) -> dict[str, NDArray[np.generic]]:
    """The arrays of ``kinds.npz``: weights as int8 with one scale a kind."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, model in models.items():
        scale = np.abs(model.weights).max(axis=1, keepdims=True) / 127
        arrays |= {
            f"{name}.kinds": np.array(model.kinds),
            f"{name}.weights": np.rint(model.weights / scale).astype(np.int8),
            f"{name}.scale": scale.astype(np.float32),
            f"{name}.bias": model.bias.astype(np.float32),
        }
    return arrays
