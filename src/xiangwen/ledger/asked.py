"""Which indicator a question asks for, told by a linear model of its vector and its characters.

Most questions ask for something narrower than an indicator (「土地纠纷」), for another year, or for a number that is in
no column: the model knows 「none」 too. How far an indicator is ahead of it tells whether all of it is asked for.

``asked.npz`` is written by ``python -m xiangwen.training.asked``.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

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
LEAST_LEAD = 0.05
"""Of an indicator over the second one; nearer ones cannot be told apart."""
NONE = ""
"""The class of questions that ask for no indicator."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?")


class AskedIndicator(NamedTuple):
    """The indicator that a question asks for."""

    id: str
    whole: bool
    """Whether surely all of it is asked for, and nothing narrower or beside it."""


class AskedModel(NamedTuple):
    """One linear function a class, fitted by ridge regression."""

    encoder: str
    """Fingerprint of the encoder whose vectors it weighs: those of another one say nothing here."""
    classes: tuple[str, ...]
    centre: NDArray[np.float32]
    """The mean vector of questions."""
    weights: NDArray[np.float32]
    """Shape (classes, dimensions + BUCKETS)."""
    least: float
    """The lead over none from which on an indicator is taken; below 0, where a part of it may be asked for."""
    whole: float
    """The lead over none from which on all of it is asked for."""

    @classmethod
    def read(cls, arrays: dict[str, NDArray[np.generic]]) -> AskedModel:
        """The model of the arrays of a file."""
        return cls(
            str(arrays["encoder"]),
            tuple(map(str, arrays["classes"].tolist())),
            arrays["centre"].astype(np.float32),
            arrays["weights"].astype(np.float32) * arrays["scale"].astype(np.float32),
            float(arrays["least"]),
            float(arrays["whole"]),
        )

    def asked(self, topic: str, vector: NDArray[np.float32]) -> AskedIndicator | None:
        """The indicator that is asked for; None where none is, or it cannot be told which.

        Args:
            topic: the question without the names of places.
            vector: of the topic as a query.
        """
        places = topic_buckets(topic)
        scores = VECTOR_SCALE * (self.weights[:, : len(vector)] @ (vector - self.centre))
        scores += self.weights[:, len(vector) + places].sum(axis=1) / np.sqrt(len(places))
        told = leads(scores[None], self.classes.index(NONE))
        if not told.clear[0] or told.over_none[0] < self.least:
            return None
        return AskedIndicator(self.classes[told.best[0]], bool(told.over_none[0] >= self.whole))


class Leads(NamedTuple):
    """Of each row the best indicator, its score, and by how much it is ahead of the second one and of none."""

    best: NDArray[np.int64]
    score: NDArray[np.floating[Any]]
    over_second: NDArray[np.floating[Any]]
    over_none: NDArray[np.floating[Any]]

    @property
    def clear(self) -> NDArray[np.bool_]:
        """Whether it can be told which indicator it would be, if any."""
        return (self.score >= LEAST_SCORE) & (self.over_second >= LEAST_LEAD)


def leads(scores: NDArray[np.floating[Any]], none: int) -> Leads:
    """What the scores of questions tell, shape (questions, classes); ``none`` is the place of the class `NONE`."""
    of_columns = np.delete(scores, none, axis=1)
    second, first = np.sort(of_columns, axis=1)[:, -2:].T
    best = of_columns.argmax(axis=1)
    return Leads(best + (best >= none), first, first - second, first - scores[:, none])


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
