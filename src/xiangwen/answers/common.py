"""What reports have in common: the matters that several of them name, each with its reports and their sentences.

Sentences are taken apart into clauses, since one of them often lists several shortcomings, and the clauses are put
together by their vectors: near a wording of a theme that is known (``vocabulary/themes.toml``), or near one another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from xiangwen.answers.answer import Answer, Theme
from xiangwen.answers.citation import Citations
from xiangwen.answers.lines import Line, Named
from xiangwen.language.as_read import on_one_line
from xiangwen.language.characters import simplify
from xiangwen.language.concepts import plain_words, vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.answers.making import Maker
    from xiangwen.answers.naming import Naming
    from xiangwen.encoding import Encoder
    from xiangwen.index import Store
    from xiangwen.questions import Question, Term
    from xiangwen.retrieval.evidence import Retriever
    from xiangwen.segmentation.passages import Stance

NEAR = 0.4
"""Cosine similarity, less what all clauses share, from which on a clause belongs to a theme, or two groups are one.

Each wording of a theme put to the other wordings: from here on .86 of them are near one, .76 of these of their own
theme; from .5 on .67 and .81."""
MOST_CLAUSES = 1500
"""Clauses that are embedded, a few seconds on two cores; those of all reports in turn."""
MOST_THEMES = 12
_OF_A_REPORT = 4
"""Sentences of one report on what was done."""
_NAMED = 20
"""Reports that are named and cited for a theme; its files are all of them."""
_SHORTEST = 5
"""Characters of a clause that says something."""
_LONGEST_NAME = 24
_MARK = re.compile(
    r"^(?:第?[一二三四五六七八九十]+(?:是|要|则|、|，|[.．])|其[一二三四五六七八九十][，、]?|首先|其次|[-—·•]+"
    r"|[（(][一二三四五六七八九十\d]{1,2}[)）]|\d{1,2}[.．、](?!\d)|(?:不足|问题|差距|短板|打算|计划)[:：])\s*"
)
_CUT = re.compile(r"[，,；;。！？:：\n]+")
_LONG_LIST = re.compile(r"、(?=[^、，。；]{6})(?<=[^、，。；]{6}、)")


Aim = Literal["shortcoming", "plan", "done"]
"""What reports are asked to have in common."""


def answer(maker: Maker, question: Question) -> Answer:
    """What the reports have in common, theme by theme."""
    index, asked = maker.index, aim(question)
    scored = None if asked != "done" else maker.scorer.score(question)
    if scored is None:
        passages = maker.retriever.scope(question.scope.reports)
        passages = passages_meant(maker.retriever, question, asked, passages)
    else:
        done = np.array([maker.retriever.stances[p] == "done" for p in scored.passages.tolist()], dtype=bool)
        strength = np.maximum(scored.prior, scored.supports)
        # What several say in the topic's words needs no more to speak for it.
        meant = done & ((scored.column("coverage") > 0) | (strength >= maker.thresholds["compare"]))
        passages = best_passages(index.report_of, scored.passages[meant], strength[meant])
    clauses = clauses_of(index, passages.tolist())
    found = in_common(clauses, index.encoder, known=asked == "shortcoming")
    if not found:
        return maker.nothing(question, scored or maker.scorer.score(question))
    cited = Citations(index)
    said, themes = told(question, found, index, cited.cite, maker.naming)
    return replace(maker.made(question, cited, said), themes=themes)


def aim(question: Question) -> Aim:
    """Whether shortcomings, plans or measures are asked for; where nothing says so, shortcomings, as is usual."""
    text = question.standalone.lower()
    if _says("problems", text):
        return "shortcoming"
    if question.plan:
        return "plan"
    if _says("measures", text):
        return "done"
    if question.shortcoming or _says("lacks", text):
        return "shortcoming"
    return "done" if topic(question) else "shortcoming"


def topic(question: Question) -> tuple[Term, ...]:
    """The matters that the question is limited to (「执法队伍方面」): words of its own that the catalogue knows."""
    general = frozenset(_words()["general"])
    return tuple(t for t in question.terms if len(t.words) > 1 and general.isdisjoint((t.asked, *t.words)))


def passages_meant(
    retriever: Retriever, question: Question, stance: Stance, passages: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Passages of sections on shortcomings or plans; those on the topic alone, where several reports have any."""
    index = retriever.index
    stances = retriever.stances
    inside = [
        p
        for p in passages.tolist()
        if stances[p] == stance and not (index.passages[p].is_heading and len(index.passages[p].heading_path) < 2)
    ]
    if _says("limits", question.standalone.lower()) and (terms := topic(question)):
        words = {word for term in terms for word in term.words}

        def tells(passage: int) -> bool:
            own = index.passages[passage]
            text = plain_words(simplify("".join((*own.heading_path[1:], index.lead(own), index.quote(own)))))
            return any(word in text for word in words)

        about = [p for p in inside if tells(p)]
        if len({int(index.report_of[p]) for p in about}) > 1:
            inside = about
    return np.array(inside, dtype=np.int64)


def best_passages(
    report_of: NDArray[np.int32], passages: NDArray[np.int64], strength: NDArray[np.floating[Any]]
) -> NDArray[np.int64]:
    """The best few passages of each report, in the order of the index."""
    taken: dict[int, int] = {}
    kept = []
    for row in np.argsort(-strength, kind="stable").tolist():
        report = int(report_of[passages[row]])
        if taken.setdefault(report, 0) < _OF_A_REPORT:
            taken[report] += 1
            kept.append(int(passages[row]))
    return np.array(sorted(kept), dtype=np.int64)


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


def in_common(clauses: Sequence[Clause], encoder: Encoder, *, known: bool) -> list[Common]:
    """Matters that at least two reports tell of, those of most reports first.

    Args:
        clauses: what the reports say.
        encoder: embeds clauses and wordings alike.
        known: the clauses tell of shortcomings, whose themes are known.
    """
    if known:
        clauses = [clause for clause in clauses if tells_lack(clause.words)]
    if len(clauses) < 2:
        return []
    vectors = embed(encoder, [clause.words for clause in clauses])
    wordings = wording_vectors(encoder) if known else vectors
    middle = wordings.mean(axis=0)
    vectors = _without(vectors, middle)
    of_theme = nearest_themes(vectors, _without(wordings, middle)) if known else np.full(len(clauses), -1)
    found = [
        Common(theme.zh, theme.en, _typical_first(clauses, vectors, rows))
        for number, theme in enumerate(_themes())
        if len(rows := np.flatnonzero(of_theme == number))
    ]
    # What goes with a clause of a known theme in one sentence is about the same matter.
    taken = {clauses[row].passage for row in np.flatnonzero(of_theme >= 0).tolist()}
    left = [row for row, clause in enumerate(clauses) if clause.passage not in taken]
    for rows in _groups(vectors, np.array(left, dtype=np.int64)):
        typical = _typical_first(clauses, vectors, rows)
        name = _name(typical[0].words)
        found.append(Common(name, name, typical))
    shared = [common for common in found if len(common.reports) > 1]
    return sorted(shared, key=lambda common: -len(common.reports))[:MOST_THEMES]


def _without(vectors: NDArray[np.float32], middle: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors less what all share (「不足」, 「不够」), of unit length again."""
    rest = vectors - middle
    return np.asarray(rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-6))


def tells_lack(words: str) -> bool:
    """Whether a clause says that something is lacking: 「普法形式单一」, not 「加大普法力度」."""
    return bool(re.search(_words()["lack"], words))


def embed(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors of short texts, shape (texts, dimensions), unit length."""
    return encoder.encode_document(texts)


def nearest_themes(vectors: NDArray[np.float32], wordings: NDArray[np.float32]) -> NDArray[np.int64]:
    """Number of the theme of each clause, -1 where none is near; shape (clauses,)."""
    themes = np.repeat(np.arange(len(_themes())), [len(theme.wordings) for theme in _themes()])
    similarity = vectors @ wordings.T
    best = similarity.argmax(axis=1)
    return np.where(similarity.max(axis=1) >= NEAR, themes[best], -1)


_embedded: dict[int, NDArray[np.float32]] = {}


def wording_vectors(encoder: Encoder) -> NDArray[np.float32]:
    """Vectors of all wordings of the themes, embedded once for each encoder."""
    if id(encoder) not in _embedded:
        _embedded[id(encoder)] = embed(encoder, [words for theme in _themes() for words in theme.wordings])
    return _embedded[id(encoder)]


def _groups(vectors: NDArray[np.float32], rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rows whose vectors lie near one another, by average linkage of their cosine distances."""
    if len(rows) < 2:
        return []
    from scipy.cluster.hierarchy import fcluster, linkage  # half a second, for this kind of question alone

    tree = linkage(vectors[rows], method="average", metric="cosine")
    labels = fcluster(tree, 1 - NEAR, criterion="distance")
    return [rows[labels == label] for label in np.unique(labels)]


def _typical_first(
    clauses: Sequence[Clause], vectors: NDArray[np.float32], rows: NDArray[np.int64]
) -> tuple[Clause, ...]:
    """The clauses nearest to the middle of theirs first, one of each passage."""
    order = rows[np.argsort(-(vectors[rows] @ vectors[rows].mean(axis=0)), kind="stable")]
    first: dict[int, Clause] = {}
    for row in order.tolist():
        first.setdefault(clauses[row].passage, clauses[row])
    return tuple(first.values())


def _name(words: str) -> str:
    return words if len(words) <= _LONGEST_NAME else words[:_LONGEST_NAME] + "…"


def told(
    question: Question, found: Sequence[Common], index: Store, cite: Callable[[int], int], naming: Naming
) -> tuple[list[Line], tuple[Theme, ...]]:
    """The themes line by line, each with the most typical sentence and every report that tells of it.

    Args:
        question: as understood.
        found: the themes, those of most reports first.
        index: the reports.
        cite: the marker of a passage.
        naming: what reports are called.
    """
    zh = question.language == "zh"
    count = len(question.scope.reports)
    what = _words()["called"][aim(question)]
    head = f"{count} 份报告里，{what[0]}有 {len(found)} 项：" if zh else f"{what[1]} of {count} reports:"
    lines = [Line("head", head)]
    themes = []
    for position, common in enumerate(found, start=1):
        first: dict[int, int] = {}
        for clause in common.clauses:
            first.setdefault(clause.report, clause.passage)
        shown = list(first.items())[:_NAMED]
        named = tuple(
            Named(naming.called(index.reports[report], question.language), cite(passage)) for report, passage in shown
        )
        markers = tuple(name.n for name in named if name.n is not None)
        name = common.zh if zh else common.en
        lines.append(Line("theme", name, citations=markers, number=position, named=named, count=len(first)))
        files = tuple(index.reports[report].file for report in common.reports)
        themes.append(Theme(name, files, markers))
    return lines, tuple(themes)


@cache
def _words() -> dict[str, Any]:
    return dict(vocabulary("themes.toml")["asked"])


def _says(key: str, text: str) -> bool:
    return any(re.search(pattern, text) for pattern in _words()[key])


class _Theme(NamedTuple):
    zh: str
    en: str
    wordings: tuple[str, ...]


@cache
def _themes() -> tuple[_Theme, ...]:
    rows = vocabulary("themes.toml")["theme"]
    return tuple(_Theme(row["zh"], row["en"], tuple(row["wordings"])) for row in rows)
