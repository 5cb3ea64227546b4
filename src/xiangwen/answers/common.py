"""What reports have in common: the matters that several of them name, each with its reports and their sentences.

What a sentence tells of as a whole, and what its clauses surely tell of besides, since one of them often lists several
shortcomings, is put under the themes that are known (`themes`); what fits none is put together by likeness.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from xiangwen.answers.answer import Answer, Theme
from xiangwen.answers.citation import Citations
from xiangwen.answers.lines import Line, Named
from xiangwen.answers.themes import CatalogueName, KnownTheme, known, theme_model
from xiangwen.language.as_read import on_one_line
from xiangwen.language.characters import simplify
from xiangwen.language.concepts import plain_words, vocabulary
from xiangwen.language.list_marks import ITEM_MARK
from xiangwen.language.word_lists import vocabulary_patterns
from xiangwen.segmentation.stance import PassageInRun, running_stances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.answers.making import Maker
    from xiangwen.answers.naming import Naming
    from xiangwen.encoding import Encoder
    from xiangwen.index import Store
    from xiangwen.questions import Question, Term
    from xiangwen.retrieval.evidence import Retriever
    from xiangwen.segmentation.passages import Stance

_WORDS = vocabulary_patterns("themes.toml")
# What measures these: docs/thresholds.md.
SENTENCE = 0.2
"""The score of a theme from which on a sentence tells of it, if of none more."""
CLAUSE = 0.45
"""The same for a clause read in its sentence: a part must be surer, as 「作用发挥不够」 alone may be anybody's."""
IN_SIGHT = 0.5
"""What its sentence counts beside a clause."""
NEAR = 0.4
"""Cosine similarity, less what all clauses share, from which on two groups of clauses are one."""
MOST_CLAUSES = 1500
"""Clauses that are embedded, a few seconds on two cores; those of all reports in turn."""
MOST_READ = 100_000
"""Passages that are read in the run of their reports, in a second; of more, the index alone tells what they are."""
MOST_THEMES = 12
"""Themes of an answer; of more, those that most reports tell of."""
_OF_A_REPORT = 4
"""Sentences of one report on what was done that take part."""
_NAMED = 20
"""Reports that are named and cited for a theme; its files are all of them."""
_SHORTEST = 5
"""Characters of a clause that says something."""
_LONGEST_NAME = 24
"""Characters by which a theme is called that no catalogue knows."""
_MARK = re.compile(rf"^(?:{ITEM_MARK.pattern}|[-—·•]+|(?:不足|问题|差距|短板|打算|计划)[:：])[，、]?\s*")
_CUT = re.compile(r"[，,；;。！？:：\n]+")
_LONG_LIST = re.compile(r"、(?=[^、，。；]{6})(?<=[^、，。；]{6}、)")


Aim = Literal["shortcoming", "plan", "done"]
"""What reports are asked to have in common."""


def answer(maker: Maker, question: Question) -> Answer:
    """What the reports have in common, theme by theme."""
    index, asked = maker.index, aim(question)
    catalogue = catalogue_for(question)
    scored = None
    if catalogue is not None:
        passages = maker.retriever.scope(question.scope.reports)
        passages = passages_meant(maker.retriever, question, asked, passages)
    else:
        scored = maker.scorer.score(question)
        done = np.array([maker.retriever.stances[p] == "done" for p in scored.passages.tolist()], dtype=bool)
        strength = np.maximum(scored.prior, scored.supports)
        # What several say in the topic's words needs no more to speak for it.
        meant = done & ((scored.column("coverage") > 0) | (strength >= maker.thresholds["compare"]))
        passages = best_passages(index.report_of, scored.passages[meant], strength[meant])
    clauses = clauses_of(index, passages.tolist(), whole=asked == "done" and catalogue is not None)
    found = in_common(clauses, index.encoder, catalogue)
    if not found:
        return maker.nothing(question, scored or maker.scorer.score(question))
    cited = Citations(index)
    said, themes = theme_lines(question, found, index, cited.cite, maker.naming)
    return replace(maker.made(question, cited, said), themes=themes)


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


def passages_meant(
    retriever: Retriever, question: Question, stance: Stance, passages: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Passages of sections on shortcomings or plans; those on the topic alone, where several reports have any."""
    index = retriever.index
    inside = [
        p
        for p in passages_told_of(index, stance, passages)
        if not (index.passages[p].is_heading and len(index.passages[p].heading_path) < 2)
    ]
    if _WORDS.says("asked.limits", question.standalone.lower()) and (terms := topic(question)):
        words = {word for term in terms for word in term.words}

        def tells(passage: int) -> bool:
            own = index.passages[passage]
            text = plain_words(simplify("".join((*own.heading_path[1:], index.lead(own), index.quote(own)))))
            return any(word in text for word in words)

        about = [p for p in inside if tells(p)]
        if len({int(index.report_of[p]) for p in about}) > 1:
            inside = about
    return np.array(inside, dtype=np.int64)


def passages_told_of(index: Store, stance: Stance, passages: NDArray[np.int64]) -> list[int]:
    """Those of these passages, all of some reports, that tell of shortcomings or of plans, as each report runs on."""
    if len(passages) > MOST_READ:
        return [p for p in passages.tolist() if index.stances[p] == stance]
    found = []
    for own in np.split(passages, np.flatnonzero(np.diff(index.report_of[passages])) + 1):
        rows = [(p, index.passages[p]) for p in own.tolist()]
        ends = [None, *(row.end for _, row in rows)]
        run = running_stances(
            PassageInRun(row.heading_path, row.is_heading, index.quote(row), row.start == end)
            for (_, row), end in zip(rows, ends, strict=False)
        )
        found += [p for (p, _), told in zip(rows, run, strict=True) if told == stance]
    return found


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
    sentence: str
    """All that the passage says, without its number."""


@dataclass(frozen=True)
class CommonTheme:
    """A matter that several reports tell of."""

    zh: str
    en: str
    clauses: tuple[Clause, ...]
    """The most typical first, one a passage."""

    @property
    def reports(self) -> tuple[int, ...]:
        """Numbers of the reports, in the order of the index."""
        return tuple(sorted({clause.report for clause in self.clauses}))


def clauses_of(index: Store, passages: Iterable[int], *, whole: bool = False) -> list[Clause]:
    """The clauses of some passages, or each as a whole; those of all reports in turn, as many as are embedded."""
    of_report: dict[int, list[Clause]] = {}
    for passage in passages:
        number = int(passage)
        report = int(index.report_of[number])
        sentence = without_mark(on_one_line(index.quote(index.passages[number])))
        if len(sentence) < _SHORTEST:
            continue
        for words in (not whole and split_clauses(sentence)) or [sentence]:
            of_report.setdefault(report, []).append(Clause(number, report, words, sentence))
    turns: list[Clause] = []
    for turn in range(max(map(len, of_report.values()), default=0)):
        turns += [own[turn] for own in of_report.values() if turn < len(own)]
    return turns[:MOST_CLAUSES]


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


def in_common(clauses: Sequence[Clause], encoder: Encoder, catalogue: CatalogueName | None) -> list[CommonTheme]:
    """Matters that at least two reports tell of, those of most reports first.

    Args:
        clauses: what the reports say.
        encoder: embeds clauses and wordings alike.
        catalogue: of what they may be; None where likeness alone tells what belongs together.
    """
    if catalogue == "theme":
        clauses = [clause for clause in clauses if not tells_deed(clause.words)]
    if len(clauses) < 2:
        return []
    texts = list(dict.fromkeys(text for clause in clauses for text in (clause.words, clause.sentence)))
    row_of = {text: row for row, text in enumerate(texts)}
    of_text = encoder.encode_document(texts)
    vectors = of_text[[row_of[clause.words] for clause in clauses]]
    found: list[CommonTheme] = []
    left = np.arange(len(clauses))
    if catalogue is None:
        rest = vectors - vectors.mean(axis=0)
        vectors = rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-6)
    else:
        model = theme_model(encoder, catalogue)
        whole = of_text[[row_of[clause.sentence] for clause in clauses]]
        in_sight = model.scores(vectors + IN_SIGHT * whole)
        found, left = _by_theme(clauses, known(catalogue), in_sight, model.scores(whole), lack=catalogue == "theme")
        vectors = model.apart(vectors)
    for rows in _groups(vectors, left):
        typical = _typical_first(clauses, vectors, rows)
        name = _name(typical[0].words)
        found.append(CommonTheme(name, name, typical))
    shared = [common for common in found if len(common.reports) > 1]
    return sorted(shared, key=lambda common: -len(common.reports))[:MOST_THEMES]


def _by_theme(
    clauses: Sequence[Clause],
    themes: Sequence[KnownTheme],
    of_clause: NDArray[np.float32],
    of_sentence: NDArray[np.float32],
    *,
    lack: bool,
) -> tuple[list[CommonTheme], NDArray[np.int64]]:
    """The themes with the clauses that tell of them, and the rows of passages that tell of none.

    Args:
        clauses: what the reports say.
        themes: the catalogue.
        of_clause: scores of each clause in sight of its sentence, shape (clauses, themes).
        of_sentence: scores of each clause's sentence alone, likewise.
        lack: whether a clause, to tell of one by itself, must say that something is lacking.
    """
    counts = np.array([not lack or tells_lack(clause.words) for clause in clauses])
    strength = np.zeros_like(of_clause)
    rows = np.arange(len(clauses))
    for scores, least, may in ((of_sentence, SENTENCE, np.ones_like(counts)), (of_clause, CLAUSE, counts)):
        best = scores.argmax(axis=1)
        sure = np.flatnonzero(may & (scores[rows, best] >= least))
        strength[sure, best[sure]] = np.maximum(strength[sure, best[sure]], scores[sure, best[sure]])
    found = []
    for number, theme in enumerate(themes):
        own = np.flatnonzero(strength[:, number])
        first: dict[int, Clause] = {}
        for row in own[np.argsort(-strength[own, number], kind="stable")].tolist():
            first.setdefault(clauses[row].passage, clauses[row])
        if first:
            found.append(CommonTheme(theme.zh, theme.en, tuple(first.values())))
    taken = {clauses[row].passage for row in np.flatnonzero(strength.any(axis=1)).tolist()}
    left = [row for row, clause in enumerate(clauses) if clause.passage not in taken and counts[row]]
    return found, np.array(left, dtype=np.int64)


def tells_lack(words: str) -> bool:
    """Whether a clause says that something is lacking: 「普法形式单一」, not 「加大普法力度」."""
    return _WORDS.says("asked.lack", words)


def tells_deed(words: str) -> bool:
    """Whether a clause says what is or will be done about a lack: 「进一步加强执法队伍建设」."""
    return bool(_WORDS.any_of("asked.deed").match(words)) and not tells_lack(words)


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
        lines.append(Line("theme", name, citations=markers, number=position, named=named, count=len(first)))
        files = tuple(index.reports[report].file for report in common.reports)
        themes.append(Theme(name, files, markers))
    return lines, tuple(themes)
