"""Evidence for a question: every passage scored, none cut off by a top-k.

Each passage gets a row of named features (how near, which words of the topic it holds, whether it plans or lacks,
whether it has the kind of number asked for); `xiangwen.verdicts` turns a row into a probability. Scoring everything is
affordable (a flat FAISS index over 100,000 passages takes milliseconds) and is what lets every report be answered for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, overload

import numpy as np

from xiangwen.figures import Figure, figures
from xiangwen.index import Index
from xiangwen.lexical import simplify
from xiangwen.questions import Question, Term
from xiangwen.questions.concepts import plain_words
from xiangwen.ranking import largest
from xiangwen.signals import STANCES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.passages import Stance

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
"""The columns of `Evidence.features`, in order; `_features` says what each one means."""

_EVERY_ASKED = re.compile(
    r"(每个?|各|所有|全部|都|全覆盖|全体)(?:行政)?(村|社区|居)|村村|一村一|\b(every|each|all)\b.{0,20}\b(village|communit)"
)
_BLOCK = 65_536
"""Rows of features computed at a time: they stay in the processor's cache, and memory does not grow with the index."""
_FUSED = 5_000
"""Ranks that count in a search; what lies further back on one side adds less than 0.0002 there."""
_FIGURES_KEPT = 20_000
"""Passages whose figures are remembered."""


@dataclass(frozen=True)
class Evidence:
    """All passages of the reports in scope with their features."""

    passages: NDArray[np.int64]
    """Numbers of the passages, ascending, shape (n,)."""
    columns: dict[str, NDArray[np.float32] | float]
    """By the names of `FEATURES`: one number a passage, or one for all."""

    def column(self, name: str) -> NDArray[np.float32]:
        """One feature of all passages."""
        return np.broadcast_to(np.asarray(self.columns[name], dtype=np.float32), self.passages.shape)

    @property
    def features(self) -> NDArray[np.float32]:
        """Shape (n, len(FEATURES))."""
        return np.stack([self.column(name) for name in FEATURES], axis=1)

    def blocks(self) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """The features of some rows after another, shape (rows, len(FEATURES))."""
        columns = [self.column(name) for name in FEATURES]
        for start in range(0, len(self.passages), _BLOCK):
            rows = slice(start, min(start + _BLOCK, len(self.passages)))
            yield rows, np.stack([column[rows] for column in columns], axis=1)


class _Stances(Sequence["Stance"]):
    """What the section of every passage says of its matters."""

    def __init__(self, numbers: NDArray[np.uint8]) -> None:
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, passage: int) -> Stance: ...

    @overload
    def __getitem__(self, passage: slice) -> Sequence[Stance]: ...

    def __getitem__(self, passage: int | slice) -> Stance | Sequence[Stance]:
        if isinstance(passage, slice):
            return _Stances(self._numbers[passage])
        return STANCES[int(self._numbers[passage])]


class _Figures:
    """The figures of every passage, read when asked for; their offsets count from the start of the passage."""

    def __init__(self, index: Index) -> None:
        def read(passage: int) -> tuple[Figure, ...]:
            return tuple(figures(index.quote(index.passages[passage])))

        self._read = lru_cache(maxsize=_FIGURES_KEPT)(read)

    def __getitem__(self, passage: int) -> tuple[Figure, ...]:
        return self._read(int(passage))


class Retriever:
    """Scores the passages of an index for questions."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.signals = index.signals
        self.stances: Sequence[Stance] = _Stances(index.signals.stance)
        self.figures = _Figures(index)

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
        numbers = np.asarray(reports, dtype=np.int64)
        return int((self.index.starts[numbers + 1] - self.index.starts[numbers]).sum())

    def matches(self, term: Term) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """How well every passage, and the headings above it, hold the term: 1 for a word of it, less for a part."""
        signals = self.signals
        size = len(self.index.passages)
        own, above = np.zeros(size, np.float32), np.zeros(len(signals.headings), np.float32)
        for word in term.words:
            own[signals.quotes.holds(word)] = 1.0
            above[signals.headings.holds(word)] = 1.0
        if len(term.asked) > 3 and re.search(r"[\u3400-\u9fff]", term.words[0]):
            # A long word that the reports put otherwise (村居法律顾问 – 各村均配备了法律顾问): the share of its parts.
            for word in term.words[:4]:
                pairs = [word[i : i + 2] for i in range(len(word) - 1)]
                if len(pairs) < 3:
                    continue
                share = np.zeros(size, np.float32)
                for pair in pairs:
                    share[signals.quotes.holds(pair)] += 1 / len(pairs)
                own = np.maximum(own, np.where(share >= 0.5, 0.8 * share, 0))
        return own, above[signals.above]

    def evidence(self, question: Question) -> Evidence:
        """Features of all passages of the reports in the question's scope."""
        passages = self.scope(question.scope.reports)
        return Evidence(passages, self._features(question, passages))

    def search(self, words: str, top: int = 10) -> list[tuple[int, float]]:
        """The passages nearest to some words, best first, as (passage number, score).

        Dense and lexical ranks are fused by reciprocal rank (k = 60, Cormack et al. 2009); only real lexical hits take
        part, since fusing an empty lexical side ruins English questions over Chinese text.
        """
        lexical = self.index.lexical.scores(words)
        fused = np.zeros(len(lexical))
        order = self.index.stored_vectors.nearest(self.index.vector(words), _FUSED)
        fused[order] += 1 / (60 + 1 + np.arange(len(order)))
        order = largest(lexical, _FUSED)
        order = order[lexical[order] > 0]
        fused[order] += 1 / (60 + 1 + np.arange(len(order)))
        return [(int(i), float(fused[i])) for i in largest(fused, top)]

    def _similarity(self, query: str) -> NDArray[np.float32]:
        """Similarity of all passages as z-scores over the collection, which are comparable over questions."""
        scores = self.index.similarity(query)
        return np.asarray((scores - scores.mean()) / (scores.std() + 1e-6), dtype=np.float32)

    def _features(self, question: Question, passages: NDArray[np.int64]) -> dict[str, NDArray[np.float32] | float]:
        signals = self.signals
        size = len(self.index.passages)
        everywhere = len(passages) == size

        def own_rows(column: NDArray[np.generic]) -> NDArray[np.float32]:
            chosen = column if everywhere else column[passages]
            return np.asarray(chosen, dtype=np.float32)

        similarity = self._similarity(question.topic or question.text)
        gloss = self._similarity(question.gloss) if question.language == "en" and question.gloss else similarity
        both = own_rows((similarity + gloss) / 2)
        starts = self._first_rows(question.scope.reports)
        in_report = (
            both - np.repeat(np.maximum.reduceat(both, starts), np.diff([*starts, len(both)])) if len(both) else both
        )

        terms = [t for t in question.terms if t.words]
        rows = [self.matches(t) for t in terms]
        weights = np.array([self._rarity(own) * t.weight for t, (own, _) in zip(terms, rows, strict=True)], np.float32)
        if len(terms):
            own = np.stack([own_rows(r[0]) for r in rows], axis=1)
            above = np.stack([own_rows(r[1]) for r in rows], axis=1)
        else:
            own = above = np.zeros((len(passages), 1), np.float32)
            weights = np.ones(1, np.float32)
        total = float(weights.sum()) or 1.0
        coverage = own @ weights / total
        either = np.maximum(own, 0.7 * above)
        lexical = self.index.lexical.scores(question.gloss)
        best_lexical = lexical.max() + 1e-6
        pairs = {question.gloss[i : i + 2] for i in range(len(question.gloss) - 1)}
        pairs = {p for p in pairs if re.fullmatch(r"[\u3400-\u9fff]{2}", p)}
        bigrams = np.zeros(size, np.float32)
        for pair in sorted(pairs):
            bigrams[signals.quotes.holds(plain_words(pair))] += 1 / len(pairs)

        number_wanted = question.kind in ("number", "rank") or bool(question.units)
        unit_found = own_rows(signals.has_units(question.units)) if question.units else None
        every_asked = bool(_EVERY_ASKED.search(simplify(question.text).lower()))
        every = own_rows(signals.every) if every_asked else None
        stance = signals.stance if everywhere else signals.stance[passages]
        plan, lack = stance == STANCES.index("plan"), stance == STANCES.index("shortcoming")
        columns: dict[str, NDArray[np.generic] | float] = {
            "similarity": own_rows(similarity),
            "gloss_similarity": own_rows(gloss),
            "similarity_in_report": in_report,
            "coverage": coverage,
            "coverage_with_headings": either @ weights / total,
            "rarest_word": own[:, int(weights.argmax())],
            "missing_word": ((1 - either) * weights).max(axis=1) / total,
            "lexical": own_rows(lexical) / best_lexical,
            "bigrams": own_rows(bigrams),
            "unit_asked_found": unit_found if unit_found is not None else 0.0,
            "unit_asked_missing": 1 - unit_found if unit_found is not None else 0.0,
            "number_found": own_rows(signals.units != 0) if number_wanted else 0.0,
            "plan_not_asked": 0.0 if question.plan else plan,
            "plan_asked": plan if question.plan else 0.0,
            "lack_not_asked": 0.0 if question.shortcoming else lack,
            "lack_asked": lack if question.shortcoming else 0.0,
            "denies": own_rows(signals.denies) * (coverage > 0),
            "every_asked_found": every if every is not None else 0.0,
            "every_asked_missing": 1 - every if every is not None else 0.0,
            "heading": own_rows(signals.heading),
            "opening": own_rows(signals.opening),
            "length": np.log1p(own_rows(signals.length)) - 3.5,
            "strength": both * coverage,
        }
        return {
            name: value if isinstance(value, float) else np.asarray(value, dtype=np.float32)
            for name, value in columns.items()
        }

    def _first_rows(self, reports: Sequence[int]) -> NDArray[np.int64]:
        """Where each report begins among the passages in scope; reports without a passage are left out."""
        numbers = np.array(sorted(reports), dtype=np.int64)
        lengths = self.index.starts[numbers + 1] - self.index.starts[numbers]
        lengths = lengths[lengths > 0]
        return np.asarray(np.cumsum(lengths) - lengths)

    def _rarity(self, own: NDArray[np.float32]) -> float:
        """Inverse document frequency; a word that no passage holds is as telling as one that a single passage holds."""
        return math.log(1 + len(own) / (1 + float((own >= 0.5).sum())))
