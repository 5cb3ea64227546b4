"""The themes of what townships lack and of what they do (``vocabulary/themes.toml``), and which a sentence tells of.

Linear classifiers, one a theme, of a sentence's characters, its heading and its vector, learned from sentences that
people labelled: ``themes.npz`` is written by ``make themes``; docs/judge.md tells what it is worth. For the vectors of
another encoder than the one they were learned with, characters alone decide, by weights of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from xiangwen.language.characters import simplify
from xiangwen.language.concepts import vocabulary
from xiangwen.language.ngrams import hashed, ngrams, with_any_year
from xiangwen.machine.fitted import must_fit

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

THEME_FILE = "themes.npz"
_PLACES, _HEADING_PLACES = 1 << 13, 1 << 11
"""Places that the character sequences of a sentence, and of the heading above it, are hashed to."""
WIDTH = _PLACES + _HEADING_PLACES
_LONGEST, _LONGEST_OF_HEADING = 4, 3
"""Characters of the longest sequences."""
_READ = 160
"""Characters of a sentence that are read."""
HEADING_WEIGHT = 0.5
"""What the heading counts beside the sentence."""
IN_SIGHT = 0.6
"""What the sentence's vector counts beside the characters of one of its clauses."""

CatalogueName = Literal["theme", "measure"]
"""What townships lack, or what they do."""
CATALOGUES: tuple[CatalogueName, ...] = ("theme", "measure")


class KnownTheme(NamedTuple):
    """A theme of a catalogue."""

    id: str
    zh: str
    en: str


class ThemeGroup(NamedTuple):
    """A broader matter that unites several themes."""

    zh: str
    en: str
    of: frozenset[str]
    """Their ids."""


class SentenceRead(NamedTuple):
    """A sentence with the heading above it, empty where there is none."""

    text: str
    heading: str
    clauses: tuple[str, ...] = ()
    """Where there are several; one sentence often lists several lacks."""


class ThemeModel(NamedTuple):
    """One linear function a theme: of the characters alone, and of characters and vector together."""

    alone: NDArray[np.float32]
    """Shape (WIDTH, themes)."""
    characters: NDArray[np.float32]
    """Shape (WIDTH, themes)."""
    meaning: NDArray[np.float32]
    """Shape (dimensions, themes)."""
    centre: NDArray[np.float32]
    """The mean vector of the sentences learned from."""
    encoder: str
    """Fingerprint of the encoder whose vectors these are."""
    least: tuple[float, float]
    """The scores from which on a sentence tells of a theme, by the characters alone and by both."""

    def told(
        self, sentences: Sequence[SentenceRead], vectors: NDArray[np.float32], encoder: str
    ) -> NDArray[np.float32]:
        """How surely each sentence tells of each theme, 0 where it does not; shape (sentences, themes).

        Args:
            sentences: what is read.
            vectors: of the sentences, shape (sentences, dimensions).
            encoder: the fingerprint of the encoder that they are of.
        """
        if encoder == self.encoder:
            scores, least = scores_of(sentences, vectors - self.centre, self.characters, self.meaning), self.least[1]
        else:
            scores, least = scores_of(sentences, vectors, self.alone, None), self.least[0]
        return np.where(scores >= least, scores, np.float32(0))


def scores_of(
    sentences: Sequence[SentenceRead],
    vectors: NDArray[np.float32],
    characters: NDArray[np.float32],
    meaning: NDArray[np.float32] | None,
) -> NDArray[np.float32]:
    """How much each sentence, or its clause that tells of it most, tells of each theme; shape (sentences, themes)."""
    scores = features(sentences) @ characters
    pieces = [(row, clause) for row, sentence in enumerate(sentences) for clause in sentence.clauses]
    owners = np.array([row for row, _ in pieces], dtype=np.int64)
    of_clauses = features([SentenceRead(clause, sentences[row].heading) for row, clause in pieces]) @ characters
    if meaning is not None:
        meant = vectors @ meaning
        scores, of_clauses = scores + meant, of_clauses + IN_SIGHT * meant[owners]
    np.maximum.at(scores, owners, of_clauses)
    return np.asarray(scores, dtype=np.float32)


def features(sentences: Sequence[SentenceRead]) -> csr_matrix:
    """The character sequences of sentences and headings, shape (sentences, WIDTH); each row's parts of unit length."""
    from scipy.sparse import csr_matrix  # a fifth of a second, for this kind of question alone

    places: list[NDArray[np.int64]] = []
    values: list[NDArray[np.float64]] = []
    for sentence in sentences:
        own = hashed(ngrams(f"^{with_any_year(simplify(sentence.text))[:_READ]}$", _LONGEST), _PLACES)
        above = hashed(ngrams(simplify(sentence.heading), _LONGEST_OF_HEADING), _HEADING_PLACES)
        for part, shift, weight in ((own, 0, 1.0), (above, _PLACES, HEADING_WEIGHT)):
            places.append(part + shift)
            values.append(np.full(len(part), weight / max(len(part), 1) ** 0.5))
    starts = np.cumsum([0, *map(len, places)])[::2]
    data = np.concatenate(values) if values else np.zeros(0)
    columns = np.concatenate(places) if places else np.zeros(0, dtype=np.int64)
    return csr_matrix((data, columns, starts), shape=(len(sentences), WIDTH))


@cache
def known(catalogue: CatalogueName) -> tuple[KnownTheme, ...]:
    """The themes of a catalogue, in its order."""
    return tuple(KnownTheme(row["id"], row["zh"], row["en"]) for row in vocabulary("themes.toml")[catalogue])


@cache
def groups(catalogue: CatalogueName) -> tuple[ThemeGroup, ...]:
    """The broader matters of a catalogue, in its order."""
    rows = (row for row in vocabulary("themes.toml")["group"] if row["catalogue"] == catalogue)
    return tuple(ThemeGroup(row["zh"], row["en"], frozenset(row["of"])) for row in rows)


@cache
def of_matter(matter: str, catalogue: CatalogueName) -> frozenset[str]:
    """The ids of the themes of a catalogue that belong to a matter."""
    row = next((row for row in vocabulary("themes.toml")["matter"] if row["id"] == matter), None)
    if row is not None:
        return frozenset(row["lacks" if catalogue == "theme" else "measures"])
    return frozenset({matter}) & {theme.id for theme in known(catalogue)}


@cache
def theme_model(catalogue: CatalogueName) -> ThemeModel:
    """The classifier of a catalogue.

    Raises:
        WeightsOutdated: it was fitted for other themes, or for another number of features.
    """
    with files("xiangwen.answers").joinpath(THEME_FILE).open("rb") as file, np.load(file) as arrays:
        ids = [theme.id for theme in known(catalogue)]
        must_fit(THEME_FILE, [*arrays[f"{catalogue}.ids"].tolist(), int(arrays["width"])], [*ids, WIDTH])

        def unpacked(name: str) -> NDArray[np.float32]:
            return np.asarray(arrays[f"{catalogue}.{name}"] * arrays[f"{catalogue}.{name}.scale"], dtype=np.float32).T

        alone, both = arrays[f"{catalogue}.least"].tolist()
        return ThemeModel(
            unpacked("alone"),
            unpacked("characters"),
            arrays[f"{catalogue}.meaning"].astype(np.float32),
            arrays["centre"].astype(np.float32),
            str(arrays["encoder"]),
            (alone, both),
        )
