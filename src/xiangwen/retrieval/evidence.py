"""Evidence for a question: every passage scored, none cut off by a top-k.

Each passage gets a row of named features (how near, which words of the topic it holds, whether it plans or lacks,
whether it has the kind of number asked for); `VerdictModel` turns a row into a probability. Scoring everything is
affordable (one pass over 100,000 vectors takes milliseconds) and is what lets every report be answered for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from xiangwen.index import Index, Store
from xiangwen.index.signals import STANCES
from xiangwen.index.top_k import top_k
from xiangwen.language.characters import simplify
from xiangwen.language.concepts import plain_words
from xiangwen.quantities.quantity import Quantity
from xiangwen.quantities.reading import read_quantities
from xiangwen.questions import Question, Term

if TYPE_CHECKING:
    from numpy.typing import NDArray


FEATURES = (
    "similarity",
    "gloss_similarity",
    "similarity_in_report",
    "coverage",
    "coverage_with_headings",
    "rarest_word",
    "missing_word",
    "lexical",
    "bigrams",
    "unit_asked_found",
    "unit_asked_missing",
    "number_found",
    "plan_not_asked",
    "plan_asked",
    "lack_not_asked",
    "lack_asked",
    "denies",
    "every_asked_found",
    "every_asked_missing",
    "heading",
    "opening",
    "length",
    "strength",
)
"""The columns of `Evidence.features`, in order; `Retriever.evidence` computes them."""

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
_ABOVE = 0.7
"""What a word in a heading counts beside one in the sentence."""
_USUAL_LENGTH = np.float32(3.5)
"""Logarithm of a sentence's usual length, 32 characters, from which the feature of length counts."""
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
    """Scores the passages of an index for questions."""

    def __init__(self, index: Store) -> None:
        self.index = index
        self.stances = index.stances
        self.quantities = _Quantities(index)

    @property
    def subset_index(self) -> Index:
        """The index that features are computed from; a store on a server gives one for each question."""
        assert isinstance(self.index, Index)
        return self.index

    @cached_property
    def _everything(self) -> NDArray[np.int64]:
        return np.arange(len(self.index.passages))

    def scope(self, reports: Sequence[int]) -> NDArray[np.int64]:
        """Numbers of the passages of these reports, ascending."""
        if len(reports) == len(self.index.reports):
            return self._everything
        starts = self.index.starts
        ranges = [np.arange(starts[report], starts[report + 1]) for report in sorted(reports)]
        return np.concatenate([np.zeros(0, dtype=np.int64), *ranges])

    def size(self, reports: Sequence[int]) -> int:
        """How many passages these reports have."""
        return int(self.index.sizes[np.asarray(reports, dtype=np.int64)].sum())

    def matches(self, term: Term) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """How well every passage, and everything that stands above passages, holds the term: 1 for a word of it, less
        for a part. Shapes (passages,) and (len(signals.headings),).
        """
        signals = self.subset_index.signals
        own = np.zeros(len(self.index.passages), np.float32)
        above = np.zeros(len(signals.headings), np.float32)
        for word in term.words:
            own[signals.quotes.holds(word)] = 1.0
            above[signals.headings.holds(word)] = 1.0
        if len(term.asked) > 3 and re.search(r"[\u3400-\u9fff]", term.words[0]):
            # A long word that the reports put otherwise (村居法律顾问 – 各村均配备了法律顾问): the share of its parts.
            for word in term.words[:4]:
                pairs = [word[i : i + 2] for i in range(len(word) - 1)]
                if len(pairs) < 3:
                    continue
                share = np.zeros(len(own), np.float32)
                for pair in pairs:
                    share[signals.quotes.holds(pair)] += 1 / len(pairs)
                rows = np.flatnonzero(share >= _HALF)
                own[rows] = np.maximum(own[rows], _IN_PARTS * share[rows])
        return own, above

    def evidence(self, question: Question, whole: Sequence[int] = ()) -> Evidence:
        """Features of the passages of the reports in the question's scope.

        Of all of them, where they are at hand; else of those that a store sends, which are all of the reports that
        are to be looked at as a ``whole``.
        """
        subset = self.index.subset_for(question, whole)
        if subset is not self.index:
            found = Retriever(subset).evidence(question)
            return Evidence(subset.passage_numbers[found.passages], found.columns, found.asked)
        return self._evidence(question, self.scope(question.scope.reports))

    @property
    def rounds(self) -> bool:
        """Whether the similarities of an `Evidence` are rounded, since there are very many passages."""
        return isinstance(self.index, Index) and self.index.stored_vectors.rounded

    def exact_features(self, evidence: Evidence, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The features of some rows with exact similarities, shape (rows, len(FEATURES))."""
        features = evidence.at(rows)
        vectors = self.subset_index.stored_vectors.exact_rows(evidence.passages[rows])
        exact = [asked.standardised(vectors @ asked.vector) for asked in evidence.asked]
        column = {name: features[:, number] for number, name in enumerate(FEATURES)}
        off = (exact[0] + exact[-1] - column["similarity"] - column["gloss_similarity"]) / 2
        column["similarity"][:], column["gloss_similarity"][:] = exact[0], exact[-1]
        column["similarity_in_report"] += off
        column["strength"] += off * column["coverage"]
        return features

    def search(self, words: str, top: int = 10) -> list[tuple[int, float]]:
        """The passages nearest to some words, best first, as (passage number, score).

        Dense and lexical ranks are fused by reciprocal rank (k = 60, Cormack et al. 2009); only real lexical hits take
        part, since fusing an empty lexical side ruins English questions over Chinese text.
        """
        nearest, hits = self.index.search_vectors(words, _FUSED), self.index.search_bm25(words, _FUSED)
        shares = np.concatenate([1 / (60 + 1 + np.arange(len(ranked))) for ranked in (nearest, hits)])
        found, where = np.unique(np.concatenate([nearest, hits]), return_inverse=True)
        fused = np.bincount(where, weights=shares)
        return [(int(found[i]), float(fused[i])) for i in top_k(fused, top)]

    def _similarity(self, query: str) -> tuple[QueryVector, NDArray[np.float32]]:
        """A query, and the standardised similarity of all passages to it."""
        vector = self.subset_index.vector(query)
        scores = self.subset_index.stored_vectors.similarity(vector)
        asked = QueryVector(vector, *self.subset_index.spread(query, scores))
        return asked, asked.standardised(scores)

    @cached_property
    def _length(self) -> NDArray[np.float32]:
        return np.log1p(self.subset_index.signals.length) - _USUAL_LENGTH

    def _evidence(self, question: Question, passages: NDArray[np.int64]) -> Evidence:
        signals = self.subset_index.signals
        size = len(self.index.passages)
        everywhere = len(passages) == size

        def own_rows(column: NDArray[Any]) -> NDArray[Any]:
            return column if everywhere else column[passages]

        topic, similarity = self._similarity(question.topic or question.text)
        asked: tuple[QueryVector, ...] = (topic,)
        gloss = similarity
        if question.language == "en" and question.gloss:
            chinese, gloss = self._similarity(question.gloss)
            asked = (topic, chinese)
        both = own_rows(similarity if gloss is similarity else (similarity + gloss) / 2)
        starts = self.first_rows(question.scope.reports)
        in_report = (
            both - np.repeat(np.maximum.reduceat(both, starts), np.diff([*starts, len(both)])) if len(both) else both
        )
        words = self._words(question, passages)
        touched, coverage = words["coverage"].rows, words["coverage"].values
        lexical = self.subset_index.lexical.scores(question.gloss)
        lexical /= self.subset_index.best_bm25(question.gloss, lexical) + 1e-6
        number_wanted = question.kind in ("number", "rank") or bool(question.units)
        unit_found = own_rows(signals.has_units(question.units)) if question.units else None
        every_asked = bool(_EVERY_ASKED.search(simplify(question.text).lower()))
        every = own_rows(signals.every) if every_asked else None
        stance = own_rows(signals.stance)
        plan, lack = stance == STANCES.index("plan"), stance == STANCES.index("shortcoming")
        denies = own_rows(signals.denies)[touched] * (coverage > 0)
        columns: dict[str, FeatureColumn] = {
            "similarity": own_rows(similarity),
            "gloss_similarity": own_rows(gloss),
            "similarity_in_report": in_report,
            **words,
            "lexical": own_rows(lexical),
            "bigrams": own_rows(self._bigrams(question.gloss)),
            "unit_asked_found": unit_found if unit_found is not None else 0.0,
            "unit_asked_missing": ~unit_found if unit_found is not None else 0.0,
            "number_found": own_rows(signals.units != 0) if number_wanted else 0.0,
            "plan_not_asked": 0.0 if question.plan else plan,
            "plan_asked": plan if question.plan else 0.0,
            "lack_not_asked": 0.0 if question.shortcoming else lack,
            "lack_asked": lack if question.shortcoming else 0.0,
            "denies": Sparse(touched, denies.astype(np.float32)),
            "every_asked_found": every if every is not None else 0.0,
            "every_asked_missing": ~every if every is not None else 0.0,
            "heading": own_rows(signals.heading),
            "opening": own_rows(signals.opening),
            "length": own_rows(self._length),
            "strength": Sparse(touched, both[touched] * coverage),
        }
        return Evidence(passages, columns, asked)

    def _words(self, question: Question, passages: NDArray[np.int64]) -> dict[str, Sparse]:
        """The features of the topic's words; they differ only where a passage, or what stands above it, holds one."""
        everywhere = len(passages) == len(self.index.passages)
        terms = [t for t in question.terms if t.words]
        if not terms:
            none = np.zeros(0, np.int64), np.zeros(0, np.float32)
            names = ("coverage", "coverage_with_headings", "rarest_word", "missing_word")
            return {name: Sparse(*none, float(name == "missing_word")) for name in names}
        matches = [self.matches(t) for t in terms]
        weights = np.array(
            [self._idf(t, own) * t.weight for t, (own, _) in zip(terms, matches, strict=True)], np.float32
        )
        total = float(weights.sum()) or 1.0
        heading_of = self.subset_index.signals.above if everywhere else self.subset_index.signals.above[passages]
        in_headings = np.logical_or.reduce([above > 0 for _, above in matches])
        touched = in_headings[heading_of] if in_headings.any() else np.zeros(len(passages), bool)
        for own, _ in matches:
            touched |= (own if everywhere else own[passages]) > 0
        rows = np.flatnonzero(touched)
        own = np.stack([own[passages[rows]] for own, _ in matches])
        above = np.stack([above[heading_of[rows]] for _, above in matches])
        either = np.maximum(own, _ABOVE * above)
        return {
            "coverage": Sparse(rows, weights @ own / total),
            "coverage_with_headings": Sparse(rows, weights @ either / total),
            "rarest_word": Sparse(rows, own[weights.argmax()]),
            "missing_word": Sparse(
                rows, ((1 - either) * weights[:, None]).max(axis=0) / total, float(weights.max()) / total
            ),
        }

    def _bigrams(self, gloss: str) -> NDArray[np.float32]:
        """Which share of the pairs of characters of the question each passage holds, shape (passages,)."""
        pairs = {gloss[i : i + 2] for i in range(len(gloss) - 1)}
        pairs = {p for p in pairs if re.fullmatch(r"[\u3400-\u9fff]{2}", p)}
        share = np.zeros(len(self.index.passages), np.float32)
        for pair in sorted(pairs):
            share[self.subset_index.signals.quotes.holds(plain_words(pair))] += 1 / len(pairs)
        return share

    def first_rows(self, reports: Sequence[int]) -> NDArray[np.int64]:
        """Where each report begins among the passages in scope; reports without a passage are left out."""
        lengths = self.index.sizes[np.array(sorted(reports), dtype=np.int64)]
        lengths = lengths[lengths > 0]
        return np.asarray(np.cumsum(lengths) - lengths)

    def _idf(self, term: Term, own: NDArray[np.float32]) -> float:
        """Inverse document frequency; a word that no passage holds is as telling as one that a single passage holds."""
        passages, holding = self.subset_index.document_frequency(term.words, int((own >= _HALF).sum()))
        return math.log(1 + passages / (1 + holding))
