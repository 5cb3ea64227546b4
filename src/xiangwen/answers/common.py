"""What reports have in common: the matters that several of them name, each with its reports and their sentences.

Sentences are put under the themes that are known, which classifiers tell (`themes`); the clauses of those that fit none
are put together by likeness.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from xiangwen.answers.answer import Answer, Theme
from xiangwen.answers.citation import Citations
from xiangwen.answers.lines import Line, Named
from xiangwen.answers.themes import CatalogueName, SentenceRead, groups, known, of_matter, theme_model
from xiangwen.answers.wordings import apart
from xiangwen.language.as_read import on_one_line
from xiangwen.language.characters import simplify
from xiangwen.language.concepts import plain_words, vocabulary
from xiangwen.language.list_marks import ITEM_MARK
from xiangwen.language.word_lists import vocabulary_patterns
from xiangwen.questions.matter_asked import matter_asked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.answers.making import Maker
    from xiangwen.answers.naming import Naming
    from xiangwen.encoding import Encoder
    from xiangwen.index import Store
    from xiangwen.questions import Question, Term
    from xiangwen.questions.kind_asked import VectorOf
    from xiangwen.retrieval.evidence import Retriever
    from xiangwen.segmentation.passages import Stance

_WORDS = vocabulary_patterns("themes.toml")
# What measures these: docs/thresholds.md.
NEAR = 0.4
"""Cosine similarity, less what all clauses share, from which on two groups of clauses are one."""
MOST_CLAUSES = 1500
"""Clauses that are embedded, a few seconds on two cores; those of all reports in turn."""
MOST_SENTENCES = 10_000
"""Sentences that are classified, two seconds; those of all reports in turn."""
MOST_THEMES = 20
"""Themes of an answer; of more, those that most reports tell of."""
_OF_A_REPORT = 4
"""Sentences of one report on what was done that take part."""
_NAMED = 20
"""Reports that are named and cited for a theme; its files are all of them."""
_SHORTEST = 5
"""Characters of a clause that says something."""
_LONGEST_NAME = 24
"""Characters by which a theme is called that no catalogue knows."""
_TOGETHER = {"zh": "（合计）", "en": " (all together)"}
"""What is said behind a broader matter: its themes are counted again on their own."""
_MARK = re.compile(rf"^(?:{ITEM_MARK.pattern}|[-—·•]+|(?:不足|问题|差距|短板|打算|计划)[:：])[，、]?\s*")
_CUT = re.compile(r"[，,；;。！？:：\n]+")
_LONG_LIST = re.compile(r"、(?=[^、，。；]{6})(?<=[^、，。；]{6}、)")


Aim = Literal["shortcoming", "plan", "done"]
"""What reports are asked to have in common."""


def answer(maker: Maker, question: Question) -> Answer:
    """What the reports have in common, theme by theme."""
    index, asked = maker.index, aim(question)
    catalogue = catalogue_for(question)
    scope = maker.retriever.scope(question.scope.reports)
    found: list[CommonTheme] = []
    if themes := themes_asked(question, catalogue or "measure", maker.vector_of):
        if asked == "done":
            found = done_alike(index, scope, themes)
        else:
            found = in_common(index, sections_on(index, asked, scope), catalogue, themes)
    scored = None
    if not found and catalogue is not None:
        found = in_common(index, passages_meant(maker.retriever, question, asked, scope), catalogue)
    elif not found:
        scored = maker.scorer.score(question)
        done = np.array([maker.retriever.stances[p] == "done" for p in scored.passages.tolist()], dtype=bool)
        strength = np.maximum(scored.prior, scored.supports)
        # What several say in the topic's words needs no more to speak for it.
        meant = done & ((scored.column("coverage") > 0) | (strength >= maker.thresholds["compare"]))
        found = in_common(index, best_passages(index.report_of, scored.passages[meant], strength[meant]), None)
    if not found:
        return maker.nothing(question, scored or maker.scorer.score(question))
    cited = Citations(index)
    said, told = theme_lines(question, found, index, cited.cite, maker.naming)
    return replace(maker.made(question, cited, said), themes=told)


def themes_asked(question: Question, catalogue: CatalogueName, vector_of: VectorOf) -> frozenset[str]:
    """The ids of a catalogue's themes that belong to the matter asked for; none where it is of no matter known."""
    text = question.standalone.lower()
    matter = matter_asked(text, vector_of(text))
    return of_matter(matter, catalogue) if matter else frozenset()


def aim(question: Question) -> Aim:
    """Whether shortcomings, plans or measures are asked for; where nothing says so, shortcomings, as is usual."""
    text = question.standalone.lower()
    if _WORDS.says("asked.problems", text):
        return "shortcoming"
    if question.plan:
        return "plan"
    if _WORDS.says("asked.measures", text):
        return "done"
    if question.shortcoming or _WORDS.says("asked.lacks", text):
        return "shortcoming"
    return "done" if topic(question) else "shortcoming"


def catalogue_for(question: Question) -> CatalogueName | None:
    """The catalogue of what may be in common; None for measures in one matter, which are told apart by likeness."""
    wanted = aim(question)
    if wanted == "shortcoming":
        return "theme"
    return None if wanted == "done" and topic(question) else "measure"


def topic(question: Question) -> tuple[Term, ...]:
    """The matters that the question is limited to (「执法队伍方面」): words of its own that the catalogue knows."""
    general = frozenset(_WORDS.words("asked.general"))
    return tuple(t for t in question.terms if len(t.words) > 1 and general.isdisjoint((t.asked, *t.words)))


def sections_on(index: Store, stance: Stance, passages: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of these passages, all of some reports, that stand in sections on shortcomings or plans, without the
    headings of these sections."""
    inside = [
        p
        for p in passages_told_of(index, stance, passages)
        if not (index.passages[p].is_heading and len(index.passages[p].heading_path) < 2)
    ]
    return np.array(inside, dtype=np.int64)


def passages_meant(
    retriever: Retriever, question: Question, stance: Stance, passages: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Passages of sections on shortcomings or plans; those on the topic alone, where several reports have any."""
    index = retriever.index
    inside = sections_on(index, stance, passages)
    if _WORDS.says("asked.limits", question.standalone.lower()) and (terms := topic(question)):
        words = {word for term in terms for word in term.words}

        def tells(passage: int) -> bool:
            own = index.passages[passage]
            text = plain_words(simplify("".join((*own.heading_path[1:], index.lead(own), index.quote(own)))))
            return any(word in text for word in words)

        about = inside[[tells(p) for p in inside.tolist()]] if len(inside) else inside
        if len({int(index.report_of[p]) for p in about}) > 1:
            inside = about
    return inside


def passages_told_of(index: Store, stance: Stance, passages: NDArray[np.int64]) -> list[int]:
    """Those of these passages that tell of shortcomings, or of plans."""
    return [p for p in passages.tolist() if index.stances[p] == stance]


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
    """A sentence, or a part of one, that tells of a matter."""

    passage: int
    report: int
    words: str


@dataclass(frozen=True)
class CommonTheme:
    """A matter that several reports tell of."""

    zh: str
    en: str
    clauses: tuple[Clause, ...]
    """The most typical first, one a passage."""
    id: str = ""
    """Of the theme of a catalogue; empty where none knows it."""
    unites: bool = False
    """Whether it is a broader matter, whose themes are told as well."""

    @property
    def reports(self) -> tuple[int, ...]:
        """Numbers of the reports, in the order of the index."""
        return tuple(sorted({clause.report for clause in self.clauses}))


def clauses_of(index: Store, passages: Iterable[int]) -> list[Clause]:
    """The clauses of some passages; those of all reports in turn, as many as are embedded."""
    found = []
    for passage in passages:
        report, sentence = int(index.report_of[passage]), sentence_of(index, passage)
        if len(sentence) >= _SHORTEST:
            found += [Clause(passage, report, words) for words in split_clauses(sentence) or [sentence]]
    return in_turn(found, MOST_CLAUSES)


def in_turn(clauses: Iterable[Clause], most: int) -> list[Clause]:
    """The first clauses of all reports, then the second ones, and so on, as many as are wanted."""
    of_report: dict[int, list[Clause]] = {}
    for clause in clauses:
        of_report.setdefault(clause.report, []).append(clause)
    turns = (
        own[turn]
        for turn in range(max(map(len, of_report.values()), default=0))
        for own in of_report.values()
        if turn < len(own)
    )
    return list(islice(turns, most))


def sentence_of(index: Store, passage: int) -> str:
    """What a passage says, on one line, without its number."""
    return without_mark(on_one_line(index.quote(index.passages[passage])))


def without_mark(sentence: str) -> str:
    """A sentence without the number before it and the marks behind: 「（二）执法力量薄弱。」 → 「执法力量薄弱」."""
    words = sentence.strip()
    while (bare := _MARK.sub("", words)) != words:
        words = bare
    return words.strip(" ；;。.,，")


def split_clauses(sentence: str) -> list[str]:
    """The clauses of a sentence: 「一是执法力量薄弱，普法形式单一；」 → 「执法力量薄弱」, 「普法形式单一」."""
    words = without_mark(sentence)
    parts = [piece.strip(" “”\"'、") for part in _CUT.split(words) for piece in _LONG_LIST.split(part)]
    return [part for part in parts if len(part) >= _SHORTEST]


def in_common(
    index: Store, passages: NDArray[np.int64], catalogue: CatalogueName | None, only: frozenset[str] = frozenset()
) -> list[CommonTheme]:
    """Matters that at least two reports tell of, those of most reports first.

    Args:
        index: the reports.
        passages: what of them is looked through.
        catalogue: of what the matters may be; None where likeness alone tells what belongs together.
        only: ids of the themes that are asked for; empty for all.
    """
    found: list[CommonTheme] = []
    left = passages.tolist()
    if catalogue is not None:
        found, left = by_theme(index, left, catalogue)
        found = [theme for theme in found if not only or theme.id in only]
        found += broader(found, catalogue)
    if catalogue != "measure" and not only:  # most of what tells of no measure tells of nothing
        clauses = clauses_of(index, left)
        lacks = catalogue == "theme"
        clauses = [clause for clause in clauses if not lacks or tells_lack(clause.words)]
        found += alike(clauses, clause_vectors(clauses, index.encoder)) if clauses else []
    return _shared(found)


def done_alike(index: Store, passages: NDArray[np.int64], measures: frozenset[str]) -> list[CommonTheme]:
    """What at least two reports did in one matter: the measures told by its sentences, and what their clauses share.

    Args:
        index: the reports.
        passages: all of the reports in scope.
        measures: ids of the measures that make up the matter.
    """
    done = [p for p in passages_told_of(index, "done", passages) if not index.passages[p].is_heading]
    read = _sentences(index, done)
    columns = [column for column, theme in enumerate(known("measure")) if theme.id in measures]
    inside = [
        read[row].passage for row in np.flatnonzero(_told(index, read, "measure")[:, columns].any(axis=1)).tolist()
    ]
    found, _ = by_theme(index, sorted(inside), "measure")
    clauses = clauses_of(index, sorted(inside))
    if clauses:
        vectors = clause_vectors(clauses, index.encoder)
        sentences = [SentenceRead(clause.words, "") for clause in clauses]
        told = theme_model("measure").told(sentences, vectors, index.encoder.fingerprint)
        telling = np.flatnonzero(told.any(axis=1))
        found += alike([clauses[row] for row in telling.tolist()], vectors[telling])
    return _shared(found)


def _shared(found: Iterable[CommonTheme]) -> list[CommonTheme]:
    """Those that at least two reports tell of, those of most reports first."""
    shared = [common for common in found if len(common.reports) > 1]
    return sorted(shared, key=lambda common: -len(common.reports))[:MOST_THEMES]


def by_theme(index: Store, passages: Iterable[int], catalogue: CatalogueName) -> tuple[list[CommonTheme], list[int]]:
    """The themes of a catalogue with their sentences, the surest first, and the passages that tell of none."""
    read = _sentences(index, passages)
    if catalogue == "theme":
        read = [clause for clause in read if not tells_deed(clause.words)]
    if not read:
        return [], []
    told = _told(index, read, catalogue)
    found = []
    for theme, scores in zip(known(catalogue), told.T, strict=True):
        rows = np.argsort(-scores, kind="stable")[: np.count_nonzero(scores)]
        if len(rows):
            found.append(CommonTheme(theme.zh, theme.en, tuple(read[row] for row in rows.tolist()), theme.id))
    return found, sorted(read[row].passage for row in np.flatnonzero(~told.any(axis=1)).tolist())


def _sentences(index: Store, passages: Iterable[int]) -> list[Clause]:
    """Whole sentences; those of all reports in turn, as many as are classified."""
    every = [Clause(p, int(index.report_of[p]), sentence_of(index, p)) for p in passages]
    return in_turn((clause for clause in every if len(clause.words) >= _SHORTEST), MOST_SENTENCES)


def _told(index: Store, sentences: Sequence[Clause], catalogue: CatalogueName) -> NDArray[np.float32]:
    """How surely each sentence tells of each theme, 0 where it does not; shape (sentences, themes)."""
    if not sentences:
        return np.zeros((0, len(known(catalogue))), dtype=np.float32)
    read = [sentence_read(clause.words, index.passages[clause.passage].headings_above) for clause in sentences]
    ascending, place = np.unique([clause.passage for clause in sentences], return_inverse=True)
    vectors = index.vectors_of(ascending, exact=True)[place]
    return theme_model(catalogue).told(read, vectors, index.encoder.fingerprint)


def broader(found: Sequence[CommonTheme], catalogue: CatalogueName) -> list[CommonTheme]:
    """The broader matters that more reports tell of than of any theme that they unite; its clauses in turn."""
    united = []
    for group in groups(catalogue):
        own = sorted((theme for theme in found if theme.id in group.of), key=lambda theme: -len(theme.reports))
        in_turn_of = [clause for row in zip_longest(*(theme.clauses for theme in own)) for clause in row if clause]
        clauses = tuple({clause.passage: clause for clause in in_turn_of}.values())
        whole = CommonTheme(group.zh, group.en, clauses, unites=True)
        if own and len(whole.reports) > len(own[0].reports):
            united.append(whole)
    return united


def sentence_read(sentence: str, headings: Sequence[str]) -> SentenceRead:
    """A sentence as the themes are told from it, with the lowest of the headings that it stands under."""
    clauses = split_clauses(sentence)
    heading = headings[-1] if headings else ""
    return SentenceRead(sentence, heading, tuple(clauses) if len(clauses) > 1 else ())


def clause_vectors(clauses: Sequence[Clause], encoder: Encoder) -> NDArray[np.float32]:
    """The vectors of some clauses, shape (clauses, dimensions); each wording is embedded once."""
    texts = list(dict.fromkeys(clause.words for clause in clauses))
    row_of = {text: row for row, text in enumerate(texts)}
    return encoder.encode_document(texts)[[row_of[clause.words] for clause in clauses]]


def alike(clauses: Sequence[Clause], vectors: NDArray[np.float32]) -> list[CommonTheme]:
    """Clauses that say much the same, by the average linkage of their cosine distances, less what all of them share."""
    if len(clauses) < 2:
        return []
    from scipy.cluster.hierarchy import fcluster, linkage  # half a second, for this kind of question alone

    vectors = apart(vectors, vectors.mean(axis=0))
    labels = fcluster(linkage(vectors, method="average", metric="cosine"), 1 - NEAR, criterion="distance")
    found = []
    for label in np.unique(labels):
        typical = _typical_first(clauses, vectors, np.flatnonzero(labels == label))
        name = _name(typical[0].words)
        found.append(CommonTheme(name, name, typical))
    return found


def tells_lack(words: str) -> bool:
    """Whether a clause says that something is lacking: 「普法形式单一」, not 「加大普法力度」."""
    return _WORDS.says("asked.lack", words)


def tells_deed(words: str) -> bool:
    """Whether a sentence says what is or will be done about a lack: 「进一步加强执法队伍建设」."""
    return bool(_WORDS.any_of("asked.deed").match(words)) and not tells_lack(words)


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


def theme_lines(
    question: Question, found: Sequence[CommonTheme], index: Store, cite: Callable[[int], int], naming: Naming
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
    what = vocabulary("themes.toml")["asked"]["called"][aim(question)]
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
        told = name + (_TOGETHER["zh" if zh else "en"] if common.unites else "")
        lines.append(Line("theme", told, citations=markers, number=position, named=named, count=len(first)))
        files = tuple(index.reports[report].file for report in common.reports)
        themes.append(Theme(name, files, markers))
    return lines, tuple(themes)
