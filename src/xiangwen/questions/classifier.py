"""Linear classifiers of questions: they weigh a question's vector, its characters, and what patterns take it for.

``classifiers.npz`` is written by ``make kinds``; docs/judge.md tells what it was learned from and what it is worth.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from xiangwen.encoding.probabilities import softmax
from xiangwen.language.ngrams import hashed, in_eight_bits, ngrams, with_any_year
from xiangwen.machine.fitted import must_fit

CLASSIFIERS_FILE = "classifiers.npz"
BUCKETS = 1 << 14
"""Places that the character sequences of a question are hashed to."""
VECTOR_SCALE = 1.4
"""What the vector counts beside the characters, which make a unit vector too."""
WITHOUT_VECTOR = " without vector"
"""Ends the names of those that weigh characters and signs alone: for collections that another encoder embeds."""
_LONGEST = 4
"""Characters of the longest sequence."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?")


class Classifier(NamedTuple):
    """A multinomial logistic regression over a question's vector, its signs and its hashed character sequences."""

    classes: tuple[str, ...]
    signs: tuple[str, ...]
    """What patterns may find in a question."""
    weights: NDArray[np.float32]
    """Shape (classes, dimensions + len(signs) + BUCKETS); without vectors there are no dimensions."""
    bias: NDArray[np.float32]

    def probabilities(self, text: str, vector: NDArray[np.float32] | None, found: Collection[str]) -> dict[str, float]:
        """The probability of each class.

        Args:
            text: the question in simplified lower-case characters, the names of places left out.
            vector: its vector as a query, shape (dimensions,), unit length; None for a classifier without vectors.
            found: the signs that patterns find in it.
        """
        places = question_buckets(text)
        size = self.weights.shape[1] - len(self.signs) - BUCKETS
        of_vector, of_signs, of_characters = np.split(self.weights, [size, size + len(self.signs)], axis=1)
        scores = of_characters[:, places].sum(axis=1) / np.sqrt(len(places))
        if vector is not None:
            scores += VECTOR_SCALE * (of_vector @ vector)
        scores += self.bias + of_signs[:, [self.signs.index(sign) for sign in found]].sum(axis=1)
        return dict(zip(self.classes, softmax(scores).tolist(), strict=True))

    def likeliest(self, text: str, vector: NDArray[np.float32] | None, found: Collection[str]) -> str:
        """The class of the highest probability."""
        p = self.probabilities(text, vector, found)
        return max(p, key=lambda name: p[name])


def question_buckets(text: str) -> NDArray[np.int64]:
    """Where the character sequences and word pairs of a question are hashed to, each place once; never empty."""
    text = _NUMBER.sub("0", with_any_year(" ".join(text.split())))
    words = _LATIN.findall(text)
    pieces = set(ngrams(f"^{_LATIN.sub('a', text)}$", _LONGEST))
    pieces |= {f"w {word}" for word in words} | {f"w {a} {b}" for a, b in pairwise(words)}
    return hashed(pieces, BUCKETS)


@cache
def shipped_classifier(name: str, signs: tuple[str, ...], *, with_vector: bool) -> Classifier:
    """A classifier of the package by its name; the one that was learned without vectors for other encoders.

    Raises:
        WeightsOutdated: it was fitted for other signs than the code has.
    """
    key = name if with_vector else name + WITHOUT_VECTOR
    with _shipped() as arrays:
        model = Classifier(
            tuple(arrays[f"{key}.classes"].tolist()),
            tuple(arrays[f"{key}.signs"].tolist()),
            arrays[f"{key}.weights"].astype(np.float32) * arrays[f"{key}.scale"],
            arrays[f"{key}.bias"],
        )
    must_fit(f"{CLASSIFIERS_FILE} {name}", model.signs, signs)
    return model


@cache
def encoder_of_classifiers() -> str:
    """Fingerprint of the encoder whose vectors the classifiers weigh: those of another one say nothing here."""
    with _shipped() as arrays:
        return str(arrays["encoder"])


@contextmanager
def _shipped() -> Iterator[NpzFile]:
    """The file of the classifiers; an array is read when it is asked for."""
    with files("xiangwen.questions").joinpath(CLASSIFIERS_FILE).open("rb") as file, np.load(file) as arrays:
        yield arrays


def packed_classifiers(encoder: str, models: Mapping[str, Classifier]) -> dict[str, NDArray[np.generic]]:
    """The arrays of ``classifiers.npz``: weights as int8 with one scale a class.

    Args:
        encoder: fingerprint of the encoder whose vectors they weigh.
        models: by their names.
    """
    arrays: dict[str, NDArray[np.generic]] = {"encoder": np.array(encoder)}
    for name, model in models.items():
        weights, scale = in_eight_bits(model.weights)
        arrays |= {
            f"{name}.classes": np.array(model.classes),
            f"{name}.signs": np.array(model.signs),
            f"{name}.weights": weights,
            f"{name}.scale": scale,
            f"{name}.bias": model.bias.astype(np.float32),
        }
    return arrays
