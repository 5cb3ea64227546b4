"""What reports have in common: the matters that several of them name, each with its reports and their sentences.

Sentences are taken apart into clauses, since one of them often lists several shortcomings, and the clauses are put
together by their vectors: near a wording of a theme that is known (``vocabulary/themes.toml``), or near one another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from xiangwen.language.as_read import on_one_line
from xiangwen.language.concepts import vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from xiangwen.index import Store

NEAR_WORDING = 0.62
"""Cosine similarity from which on a clause belongs to a known theme."""
NEAR_ONE_ANOTHER = 0.62
"""Mean similarity of two groups of clauses from which on they are one theme."""
MOST_CLAUSES = 1500
"""Clauses that are embedded, a few seconds on two cores; those of all reports in turn."""
MOST_THEMES = 12
_SHORTEST = 5
"""Characters of a clause that says something."""
_LONGEST_NAME = 24
_MARK = re.compile(
    r"^(?:第?[一二三四五六七八九十]+(?:是|要|则|、|，|[.．])|其[一二三四五六七八九十][，、]?|首先|其次|[-—·•]+"
    r"|[（(][一二三四五六七八九十\d]{1,2}[)）]|\d{1,2}[.．、](?!\d)|(?:不足|问题|差距|短板|打算|计划)[:：])\s*"
)
_CUT = re.compile(r"[，,；;。！？:：\n]+")
_LONG_LIST = re.compile(r"、(?=[^、，。；]{6})(?<=[^、，。；]{6}、)")


class Clause(NamedTuple):
    """A part of a passage that tells of one matter."""

    passage: int
    report: int
    words: str


@dataclass(frozen=True)
class Common:
    """A matter that several reports tell of."""

    zh: str
    en: str
    clauses: tuple[Clause, ...]
    """The most typical first, one a passage."""

    @property
    def reports(self) -> tuple[int, ...]:
        """Numbers of the reports, in the order of the index."""
        return tuple(sorted({clause.report for clause in self.clauses}))


def clauses_of(index: Store, passages: Iterable[int]) -> list[Clause]:
    """The clauses of some passages; those of all reports in turn, as many as are embedded."""
    of_report: dict[int, list[Clause]] = {}
    for passage in passages:
        number = int(passage)
        report = int(index.report_of[number])
        for words in split_clauses(on_one_line(index.quote(index.passages[number]))):
            of_report.setdefault(report, []).append(Clause(number, report, words))
    turns: list[Clause] = []
    for turn in range(max(map(len, of_report.values()), default=0)):
        turns += [own[turn] for own in of_report.values() if turn < len(own)]
    return turns[:MOST_CLAUSES]


def split_clauses(sentence: str) -> list[str]:
    """「一是执法力量薄弱，普法形式单一；」 → 「执法力量薄弱」, 「普法形式单一」; without its number."""
    words = sentence.strip()
    while (bare := _MARK.sub("", words)) != words:
        words = bare
    parts = [piece.strip(" “”\"'、") for part in _CUT.split(words) for piece in _LONG_LIST.split(part)]
    return [part for part in parts if len(part) >= _SHORTEST]


def in_common(clauses: Sequence[Clause], encoder: SentenceTransformer, *, known: bool) -> list[Common]:
    """Matters that at least two reports tell of, those of most reports first.

    Args:
        clauses: what the reports say.
        encoder: embeds clauses and wordings alike.
        known: the clauses tell of shortcomings, whose themes are known.
    """
    if not clauses:
        return []
    vectors = embed(encoder, [clause.words for clause in clauses])
    left = np.arange(len(clauses))
    found: list[Common] = []
    if known:
        of_theme = nearest_themes(vectors, wording_vectors(encoder))
        for number, theme in enumerate(_themes()):
            rows = np.flatnonzero(of_theme == number)
            if len(rows):
                found.append(Common(theme.zh, theme.en, _typical_first(clauses, vectors, rows)))
        # What goes with a clause of a known theme in one sentence is about the same matter.
        taken = {clauses[row].passage for row in np.flatnonzero(of_theme >= 0)}
        left = np.array([row for row in range(len(clauses)) if clauses[row].passage not in taken], dtype=np.int64)
    for rows in _groups(vectors, left):
        typical = _typical_first(clauses, vectors, rows)
        name = _name(typical[0].words)
        found.append(Common(name, name, typical))
    shared = [common for common in found if len(common.reports) > 1]
    return sorted(shared, key=lambda common: -len(common.reports))[:MOST_THEMES]


def embed(encoder: SentenceTransformer, texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors of short texts, shape (texts, dimensions), unit length."""
    return np.asarray(encoder.encode_document(list(texts), show_progress_bar=False, normalize_embeddings=True))


def nearest_themes(vectors: NDArray[np.float32], wordings: NDArray[np.float32]) -> NDArray[np.int64]:
    """Number of the theme of each clause, -1 where none is near; shape (clauses,)."""
    themes = np.repeat(np.arange(len(_themes())), [len(theme.wordings) for theme in _themes()])
    similarity = vectors @ wordings.T
    best = similarity.argmax(axis=1)
    return np.where(similarity.max(axis=1) >= NEAR_WORDING, themes[best], -1)


_embedded: dict[int, NDArray[np.float32]] = {}


def wording_vectors(encoder: SentenceTransformer) -> NDArray[np.float32]:
    """Vectors of all wordings of the themes, embedded once for each encoder."""
    if id(encoder) not in _embedded:
        _embedded[id(encoder)] = embed(encoder, [words for theme in _themes() for words in theme.wordings])
    return _embedded[id(encoder)]


def _groups(vectors: NDArray[np.float32], rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rows whose vectors lie near one another, by average linkage of their cosine distances."""
    if len(rows) < 2:
        return []
    tree = linkage(vectors[rows], method="average", metric="cosine")
    labels = fcluster(tree, 1 - NEAR_ONE_ANOTHER, criterion="distance")
    return [rows[labels == label] for label in np.unique(labels)]


def _typical_first(
    clauses: Sequence[Clause], vectors: NDArray[np.float32], rows: NDArray[np.int64]
) -> tuple[Clause, ...]:
    """The clauses nearest to the middle of theirs first, one of each passage."""
    order = rows[np.argsort(-(vectors[rows] @ vectors[rows].mean(axis=0)), kind="stable")]
    first: dict[int, Clause] = {}
    for row in order:
        first.setdefault(clauses[row].passage, clauses[row])
    return tuple(first.values())


def _name(words: str) -> str:
    return words if len(words) <= _LONGEST_NAME else words[:_LONGEST_NAME] + "…"


class _Theme(NamedTuple):
    zh: str
    en: str
    wordings: tuple[str, ...]


@cache
def _themes() -> tuple[_Theme, ...]:
    rows = vocabulary("themes.toml")["theme"]
    return tuple(_Theme(row["zh"], row["en"], tuple(row["wordings"])) for row in rows)
