"""Which indicator a question asks for, told by a linear model of its vector and its characters.

Most questions ask for something narrower than an indicator (「土地纠纷」), for another year, or for a number that is in
no column: the model knows 「none」 too, and where it is not sure nothing is said.

``asked.npz`` is written by ``python -m xiangwen.training.asked``.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xiangwen.language.characters import simplify
from xiangwen.language.ngrams import hashed, ngrams
from xiangwen.machine.fitted import must_fit

ASKED_FILE = "asked.npz"
BUCKETS = 1 << 12
VECTOR_SCALE = 3.0
"""What the vector counts beside the characters, which make a unit vector too."""
LEAST_SCORE = 0.25
"""Of an indicator that is asked for, about 1 where it is by name; matters in no column score less for each of them."""
NONE = ""
"""The class of questions that ask for no indicator."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?")


class AskedModel(NamedTuple):
    """One linear function a class, fitted by ridge regression."""

    encoder: str
    """Fingerprint of the encoder whose vectors it weighs: those of another one say nothing here."""
    classes: tuple[str, ...]
    centre: NDArray[np.float32]
    """The mean vector of questions."""
    weights: NDArray[np.float32]
    """Shape (classes, dimensions + BUCKETS)."""
    sure: float
    """The lead over the second class from which on an indicator is taken."""

    @classmethod
    def read(cls, arrays: dict[str, NDArray[np.generic]]) -> AskedModel:
        """The model of the arrays of a file."""
        return cls(
            str(arrays["encoder"]),
            tuple(map(str, arrays["classes"].tolist())),
            arrays["centre"].astype(np.float32),
            arrays["weights"].astype(np.float32) * arrays["scale"].astype(np.float32),
            float(arrays["sure"]),
        )

    def indicator(self, topic: str, vector: NDArray[np.float32]) -> str | None:
        """The id of the indicator that is asked for; None where none is or it is not sure.

        Args:
            topic: the question without the names of places.
            vector: of the topic as a query.
        """
        places = topic_buckets(topic)
        scores = VECTOR_SCALE * (self.weights[:, : len(vector)] @ (vector - self.centre))
        scores += self.weights[:, len(vector) + places].sum(axis=1) / np.sqrt(len(places))
        second, best = np.argsort(scores)[-2:].tolist()
        ahead = scores[best] >= LEAST_SCORE and scores[best] - scores[second] >= self.sure
        sure = self.classes[best] != NONE and ahead
        return self.classes[best] if sure else None


def topic_buckets(topic: str) -> NDArray[np.int64]:
    """Where the character sequences and words of a topic are hashed to, each place once; never empty."""
    text = _NUMBER.sub("0", " ".join(simplify(topic).lower().split()))
    plain = f"^{_LATIN.sub('', text)}$"
    pieces = {*ngrams(plain, 3), *(f"w {word}" for word in _LATIN.findall(text))}
    return hashed(pieces, BUCKETS)


@cache
def asked_model() -> AskedModel:
    """The one that ships with the package.

    Raises:
        WeightsOutdated: if it was fitted for another number of character sequences.
    """
    with files("xiangwen.ledger").joinpath(ASKED_FILE).open("rb") as file:
        arrays = dict(np.load(file))
    must_fit(ASKED_FILE, [arrays["weights"].shape[1]], [len(arrays["centre"]) + BUCKETS])
    return AskedModel.read(arrays)
