"""Evidence for a question: every passage scored, none cut off by a top-k.

Each passage gets a row of named features (how near, which words of the topic it holds, whether it plans or lacks,
whether it has the kind of number asked for); `VerdictModel` turns a row into a probability. Scoring everything is
affordable (one pass over 100,000 vectors takes milliseconds) and is what lets every report be answered for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from xiangwen.index.signals import STANCES
from xiangwen.index.top_k import top_k
from xiangwen.language.characters import simplify
from xiangwen.language.concepts import plain_words
from xiangwen.quantities.quantity import Quantity
from xiangwen.quantities.reading import read_quantities
from xiangwen.retrieval.candidate_source import candidate_source
from xiangwen.retrieval.feature_names import FEATURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.index import Store
    from xiangwen.index.subset import CollectionStatistics, Subset
    from xiangwen.questions import Question, Term

_Number = TypeVar("_Number", bound=np.generic)

_EVERY_ASKED = re.compile(
    r"(每个?|各|所有|全部|都|全覆盖|全体)(?:行政)?(村|社区|居)|村村|一村一|\b(every|each|all)\b.{0,20}\b(village|communit)"
)
_BLOCK = 65_536
"""Rows of features computed at a time: they stay in the processor's cache, and memory does not grow with the index."""
# The four below shape features; they were set by hand before the weights were fitted, which go with them (`make fit`).
_HALF = 0.5
"""Share of a long word's pairs of characters from which on a passage is said to hold it."""
_IN_PARTS = 0.8
"""What such a word counts beside one that stands there as it is."""
_LONG, _FEWEST_PAIRS = 4, 3
"""A word asked with is long from so many characters on, one that can stand for it from so many pairs of them."""
_TAKEN_APART = 4
"""Of all words that can stand for a long one so many are looked for by their parts."""
_ABOVE = 0.7
"""What a word in a heading counts beside one in the sentence."""
_USUAL_LENGTH = np.float32(3.5)
"""Logarithm of a sentence's usual length, 32 characters, from which the feature of length counts."""
_RANK = 60
"""How little the first ranks count above those behind them where two searches are fused; the usual value."""
_FUSED = 5_000
"""Ranks that count in a search; what lies further back on one side adds less than 0.0002 there."""
_QUANTITIES_KEPT = 20_000
"""Passages whose quantities are remembered."""


@dataclass(frozen=True)
class Sparse:
    """A feature that is the same for nearly all passages."""

    rows: NDArray[np.int64]
    """Where it is not, ascending; features that share this very array are added up together."""
    values: NDArray[np.float32]
    """Its values there."""
    elsewhere: float = 0.0


FeatureColumn: TypeAlias = "NDArray[np.generic] | Sparse | float"
"""A feature of all passages in scope: a number each, the same for nearly all, the same for all."""


@dataclass(frozen=True)
class QueryVector:
    """What is looked for, and how near the collection is to it."""

    vector: NDArray[np.float32]
    """Shape (dimensions,)."""
    mean: float
    deviation: float
    """Of the similarity over the collection."""

    def standardised(self, similarity: NDArray[np.float32]) -> NDArray[np.float32]:
        """Similarity as z-scores over the collection, which are comparable over questions."""
        return np.asarray((similarity - self.mean) / (self.deviation + 1e-6), dtype=np.float32)


@dataclass(frozen=True)
class Evidence:
    """All passages of the reports in scope with their features."""

    passages: NDArray[np.int64]
    """Numbers of the passages, ascending, shape (n,)."""
    columns: dict[str, FeatureColumn]
    """By the names of `FEATURES`."""
    asked: tuple[QueryVector, ...] = ()
    """The topic, and of an English question its Chinese gloss."""
    rounded: bool = False
    """Whether the similarities are rounded, since there are very many passages."""

    def column(self, name: str) -> NDArray[np.float32]:
        """One feature of all passages, shape (n,)."""
        column = self.columns[name]
        if isinstance(column, Sparse):
            dense = np.full(len(self.passages), column.elsewhere, dtype=np.float32)
            dense[column.rows] = column.values
            return dense
        return np.broadcast_to(np.asarray(column, dtype=np.float32), self.passages.shape)

    @property
    def features(self) -> NDArray[np.float32]:
        """Shape (n, len(FEATURES))."""
        return np.stack([self.column(name) for name in FEATURES], axis=1)

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The features of some rows, shape (rows, len(FEATURES))."""
        features = np.empty((len(rows), len(FEATURES)), dtype=np.float32)
        for number, name in enumerate(FEATURES):
            column = self.columns[name]
            if isinstance(column, Sparse):
                features[:, number] = column.elsewhere
                where = np.searchsorted(column.rows, rows)
                there = np.flatnonzero(np.append(column.rows, -1)[where] == rows)
                features[there, number] = column.values[where[there]]
            else:
                features[:, number] = column[rows] if isinstance(column, np.ndarray) else column
        return features

    def weighted(self, weights: NDArray[np.float64]) -> NDArray[np.float32]:
        """``weights @ features.T`` without making the features: shape (k, len(FEATURES)) to shape (k, n).

        A which-question over millions of sentences spends its time here.
        """
        total = np.zeros((len(weights), len(self.passages)), dtype=np.float32)
        same = np.zeros(len(weights))
        dense: list[tuple[NDArray[np.float32], NDArray[np.generic]]] = []
        sparse: dict[int, list[tuple[NDArray[np.float32], Sparse]]] = {}
        for name, weight in zip(FEATURES, weights.T, strict=True):
            column = self.columns[name]
            if isinstance(column, Sparse):
                same += weight * column.elsewhere
                sparse.setdefault(id(column.rows), []).append((weight.astype(np.float32), column))
            elif isinstance(column, np.ndarray):
                dense.append((weight.astype(np.float32), column))
            else:
                same += weight * column
        for start in range(0, len(self.passages), _BLOCK):
            rows = slice(start, start + _BLOCK)
            block = total[:, rows]
            block += same.astype(np.float32)[:, None]
            for weight, array in dense:
                values = array[rows].astype(np.float32, copy=False)
                for sums, factor in zip(block, weight, strict=True):
                    sums += factor * values
        for columns in sparse.values():
            more = sum(np.outer(weight, column.values - np.float32(column.elsewhere)) for weight, column in columns)
            total[:, columns[0][1].rows] += more
        return total


class _Quantities:
    """The quantities of every passage, read when asked for; their offsets count from the start of the passage."""

    def __init__(self, index: Store) -> None:
        def read(number: int) -> tuple[Quantity, ...]:
            passage = index.passages[number]
            year = index.reports[passage.report].metadata.year
            return read_quantities(index.reading(passage), passage.heading_path, year)

        self._read = lru_cache(maxsize=_QUANTITIES_KEPT)(read)

    def __getitem__(self, passage: int) -> tuple[Quantity, ...]:
        return self._read(int(passage))


class Retriever:
    """Scores the passages of a store for questions."""

    def __init__(self, index: Store) -> None:
        self.index = index
        self.stances = index.stances
        self.quantities = _Quantities(index)
        self._source = candidate_source(index)

    def scope(self, reports: Sequence[int]) -> NDArray[np.int64]:
        """Numbers of the passages of these reports, ascending."""
        return self.index.ranges.rows(reports)

    def size(self, reports: Sequence[int]) -> int:
        """How many passages these reports have."""
        return self.index.ranges.size(reports)

    def evidence(self, question: Question, whole: Sequence[int] = ()) -> Evidence:
        """Features of the passages of the reports in the question's scope.

        Of all of them, where they are at hand; else of those that a store sends, which are all of the reports that
        are to be looked at as a ``whole``.
        """
        return evidence_of(question, self._source.subset(question, whole), self.index.vector)

    def exact_features(self, evidence: Evidence, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The features of some rows with exact similarities, shape (rows, len(FEATURES))."""
        features = evidence.at(rows)
        vectors = self.index.vectors_of(evidence.passages[rows], exact=True)
        exact = [asked.standardised(vectors @ asked.vector) for asked in evidence.asked]
        column = {name: features[:, number] for number, name in enumerate(FEATURES)}
        off = (exact[0] + exact[-1] - column["similarity"] - column["gloss_similarity"]) / 2
        column["similarity"][:], column["gloss_similarity"][:] = exact[0], exact[-1]
        column["similarity_in_report"] += off
        column["strength"] += off * column["coverage"]
        return features

    def search(self, words: str, top: int = 10) -> list[tuple[int, float]]:
        """The passages nearest to some words, best first, as (passage number, score).

        Dense and lexical ranks are fused by reciprocal rank (Cormack et al. 2009); only real lexical hits take
        part, since fusing an empty lexical side ruins English questions over Chinese text.
        """
        nearest, hits = self.index.search_vectors(words, _FUSED), self.index.search_bm25(words, _FUSED)
        shares = np.concatenate([1 / (_RANK + 1 + np.arange(len(ranked))) for ranked in (nearest, hits)])
        found, where = np.unique(np.concatenate([nearest, hits]), return_inverse=True)
        fused = np.bincount(where, weights=shares)
        return [(int(found[i]), float(fused[i])) for i in top_k(fused, top)]


def evidence_of(question: Question, subset: Subset, vector_of: Callable[[str], NDArray[np.float32]]) -> Evidence:
    """The passages of a subset that are in the question's scope, with their features.

    Args:
        question: what is asked.
        subset: passages of a store, among them those in scope.
        vector_of: the encoder's vector of a query.
    """
    scope = _Scope(subset, question.scope.reports)
    texts = [question.topic or question.text]
    if question.language == "en" and question.gloss:
        texts.append(question.gloss)
    near = [_similarity(vector_of(text), subset) for text in texts]
    similarity, gloss = scope.of(near[0][1]), scope.of(near[-1][1])
    both = similarity if len(near) == 1 else scope.of(np.asarray((near[0][1] + near[1][1]) / 2, dtype=np.float32))
    words = _words(question.terms, scope)
    touched, coverage = words["coverage"].rows, words["coverage"].values
    denies = scope.of(subset.signals.denies)[touched] * (coverage > 0)
    columns: dict[str, FeatureColumn] = {
        "similarity": similarity,
        "gloss_similarity": gloss,
        "similarity_in_report": scope.less_best_of_report(both),
        **words,
        "lexical": scope.of(_lexical(question.gloss, subset)),
        "bigrams": scope.of(_bigrams(question.gloss, subset)),
        **_form(question, scope),
        "denies": Sparse(touched, denies.astype(np.float32)),
        "strength": Sparse(touched, both[touched] * coverage),
    }
    return Evidence(scope.passages, columns, tuple(asked for asked, _ in near), subset.vectors.rounded)


def matches(term: Term, subset: Subset) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How well every passage, and everything that stands above passages, holds the term: 1 for a word of it, less
    for a part. Shapes (passages,) and (len(signals.headings),).
    """
    signals = subset.signals
    own = np.zeros(len(subset.numbers), np.float32)
    above = np.zeros(len(signals.headings), np.float32)
    for word in term.words:
        own[signals.quotes.holds(word)] = 1.0
        above[signals.headings.holds(word)] = 1.0
    if len(term.asked) >= _LONG and re.search(r"[\u3400-\u9fff]", term.words[0]):
        # A long word that the reports put otherwise (村居法律顾问 – 各村均配备了法律顾问): the share of its parts.
        for word in term.words[:_TAKEN_APART]:
            pairs = [word[i : i + 2] for i in range(len(word) - 1)]
            if len(pairs) < _FEWEST_PAIRS:
                continue
            share = np.zeros(len(own), np.float32)
            for pair in pairs:
                share[signals.quotes.holds(pair)] += 1 / len(pairs)
            rows = np.flatnonzero(share >= _HALF)
            own[rows] = np.maximum(own[rows], _IN_PARTS * share[rows])
    return own, above


class _Scope:
    """The passages of a subset that are in the scope of a question."""

    def __init__(self, subset: Subset, reports: Sequence[int]) -> None:
        self.subset = subset
        self.rows = subset.ranges.rows(reports)
        self._firsts = subset.ranges.first_rows(reports)
        self._everywhere = len(self.rows) == len(subset.numbers)

    @property
    def passages(self) -> NDArray[np.int64]:
        """Their numbers in the store."""
        return self.of(self.subset.numbers)

    def of(self, column: NDArray[_Number]) -> NDArray[_Number]:
        """A column of the subset for them alone."""
        return column if self._everywhere else column[self.rows]

    def less_best_of_report(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """How far each value, shape (passages in scope,), is from the best one of its report."""
        if not len(values):
            return values
        lengths = np.diff([*self._firsts, len(values)])
        return np.asarray(values - np.repeat(np.maximum.reduceat(values, self._firsts), lengths))


def _similarity(vector: NDArray[np.float32], subset: Subset) -> tuple[QueryVector, NDArray[np.float32]]:
    """A query, and the standardised similarity of all passages to it."""
    scores = subset.vectors.similarity(vector)
    asked = QueryVector(vector, *subset.statistics.mean_and_deviation(vector, scores))
    return asked, asked.standardised(scores)


def _lexical(gloss: str, subset: Subset) -> NDArray[np.float32]:
    """BM25 of all passages beside the best of the collection, shape (passages,)."""
    scores = subset.lexical.scores(gloss)
    scores /= subset.statistics.best_bm25(gloss, scores) + 1e-6
    return scores


def _bigrams(gloss: str, subset: Subset) -> NDArray[np.float32]:
    """Which share of the pairs of characters of the question each passage holds, shape (passages,)."""
    pairs = {gloss[i : i + 2] for i in range(len(gloss) - 1)}
    pairs = {p for p in pairs if re.fullmatch(r"[\u3400-\u9fff]{2}", p)}
    share = np.zeros(len(subset.numbers), np.float32)
    for pair in sorted(pairs):
        share[subset.signals.quotes.holds(plain_words(pair))] += 1 / len(pairs)
    return share


def _form(question: Question, scope: _Scope) -> dict[str, FeatureColumn]:
    """The features of what passages show by their form, beside what is asked for."""
    signals = scope.subset.signals
    number_wanted = question.kind in ("number", "rank") or bool(question.units)
    unit_found = scope.of(signals.has_units(question.units)) if question.units else None
    every_asked = bool(_EVERY_ASKED.search(simplify(question.text).lower()))
    every = scope.of(signals.every) if every_asked else None
    stance = scope.of(signals.stance)
    plan, lack = stance == STANCES.index("plan"), stance == STANCES.index("shortcoming")
    return {
        "unit_asked_found": unit_found if unit_found is not None else 0.0,
        "unit_asked_missing": ~unit_found if unit_found is not None else 0.0,
        "number_found": scope.of(signals.units != 0) if number_wanted else 0.0,
        "plan_not_asked": 0.0 if question.plan else plan,
        "plan_asked": plan if question.plan else 0.0,
        "lack_not_asked": 0.0 if question.shortcoming else lack,
        "lack_asked": lack if question.shortcoming else 0.0,
        "every_asked_found": every if every is not None else 0.0,
        "every_asked_missing": ~every if every is not None else 0.0,
        "heading": scope.of(signals.heading),
        "opening": scope.of(signals.opening),
        "length": scope.of(scope.subset.log_lengths) - _USUAL_LENGTH,
    }


def _words(terms: Sequence[Term], scope: _Scope) -> dict[str, Sparse]:
    """The features of the topic's words; they differ only where a passage, or what stands above it, holds one."""
    terms = [t for t in terms if t.words]
    if not terms:
        none = np.zeros(0, np.int64), np.zeros(0, np.float32)
        names = ("coverage", "coverage_with_headings", "rarest_word", "missing_word")
        return {name: Sparse(*none, float(name == "missing_word")) for name in names}
    statistics = scope.subset.statistics
    found = [matches(t, scope.subset) for t in terms]
    weights = np.array(
        [_idf(t, own, statistics) * t.weight for t, (own, _) in zip(terms, found, strict=True)], np.float32
    )
    total = float(weights.sum()) or 1.0
    heading_of = scope.of(scope.subset.signals.above)
    in_headings = np.logical_or.reduce([above > 0 for _, above in found])
    touched = in_headings[heading_of] if in_headings.any() else np.zeros(len(scope.rows), bool)
    for own, _ in found:
        touched |= scope.of(own) > 0
    rows = np.flatnonzero(touched)
    own = np.stack([own[scope.rows[rows]] for own, _ in found])
    above = np.stack([above[heading_of[rows]] for _, above in found])
    either = np.maximum(own, _ABOVE * above)
    return {
        "coverage": Sparse(rows, weights @ own / total),
        "coverage_with_headings": Sparse(rows, weights @ either / total),
        "rarest_word": Sparse(rows, own[weights.argmax()]),
        "missing_word": Sparse(
            rows, ((1 - either) * weights[:, None]).max(axis=0) / total, float(weights.max()) / total
        ),
    }


def _idf(term: Term, own: NDArray[np.float32], statistics: CollectionStatistics) -> float:
    """Inverse document frequency; a word that no passage holds is as telling as one that a single passage holds."""
    holding = statistics.document_frequency(term.words, int((own >= _HALF).sum()))
    return math.log(1 + statistics.passages / (1 + holding))
