"""The labelled pairs that the judge learns from: sentences of the authors' reports, and sentences written for it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from xiangwen.ledger.indicators import Indicator, shipped
from xiangwen.quantities.forms import amounts
from xiangwen.reports import read_folder
from xiangwen.retrieval.pair import LABELS, in_context, marked, place_of
from xiangwen.segmentation.passages import Passage, split_passages
from xiangwen.training.lessons import Author, LabelledPassage, Lesson

SEED = 20
HELD_REPORT = "12.txt"
"""Of every author this report is kept out of the training of the judge, and of the encoder."""
HELD_TOPICS = frozenset({"waste_sorting", "veterans", "heritage"})
HELD_REPORTS = frozenset({"004.txt", "012.txt", "016.txt", "034.txt", "040.txt"})
HELD_SET = "L6"
"""Of ``pairs.jsonl``, what no judge is trained on: three topics, a quarter of the reports, one set of questions."""
HELD_HANDS = ("retired_mayor", "nurse")
"""Conditions by these authors are kept out of the training of the judge: thresholds are chosen on them."""
_HELD_WRITING = 8
"""Every eighth question with written sentences is kept out."""
_OVER_MANY = (
    "哪个乡镇的{}最多？",
    "{}最少的是哪家",
    "各乡镇{}合计多少？",
    "{}超过一定数的有哪些",
    "把{}从高到低排个名",
)
_OVER_MANY_ENGLISH = (
    "Which township has the most {}?",
    "What is the total of {}?",
    "Which townships exceed a number of {}?",
)
"""How a cell's figure is asked for over many reports."""
_MARKED_OTHERS = 2
"""Other figures of a sentence that are marked in turn, beside the one that answers."""
_FIGURE = re.compile(r"(?<![\d.年-])\d[\d,]*(?:\.\d+)?[%％万余多]{0,2}[\u4e00-\u9fff]?(?!\d)")
_MISSES = {"plan": "future", "lack": "future", "part": "partial"}
"""What a sentence that nearly answers is to the question, in the judge's labels; all others are about it."""
_OTHER_SENTENCES = 3
"""Of documents of other kinds, sentences beside the one that answers."""
_NEAR_SHARE = 0.5
_OTHER_SHARE = 0.25
"""Of the questions of one report, how many take a near passage without a label into the training, and any other one."""
_NO_PARTS = ("number", "none")
"""Forms of questions that a part does not answer in part."""
Extent = tuple[int, int]
"""Start and end in characters."""


@dataclass(frozen=True)
class Pair:
    """One labelled pair with all wordings of its question."""

    wordings: tuple[str, ...]
    """In Chinese, the first one as it was asked; empty where none was written."""
    english: tuple[str, ...]
    form: str
    """which, yesno, number, fact, list or none."""
    context: str
    """What the judge reads before the sentence: place, year and headings."""
    sentence: str
    label: str
    """One of `LABELS`."""
    held: bool
    """Kept out of the training."""
    source: str
    """report, figure or cell (one figure of the sentence is marked), condition or question (of labelled passages),
    written or general (documents of other kinds)."""
    by: str = ""
    """Who wrote the condition."""

    @property
    def says_so(self) -> bool:
        """Whether the sentence establishes the answer, or a part of it."""
        return self.label in ("yes", "partial")


def read_lessons(author: Author, nearest: dict[tuple[str, str], list[Passage]]) -> Iterator[Pair]:
    """Pairs of an author's reports.

    Args:
        author: reports, questions and conditions.
        nearest: of (first wording, file) the passages nearest to it for the encoder, which take part where they
            have no label.
    """
    chance = random.Random(f"{SEED} {author.name}")
    for lesson in author.lessons():
        yield from _labelled(lesson)
        if lesson.form == "number":
            yield from _figures(lesson, chance)
        yield from _unlabelled(author, lesson, nearest, chance)


def _labelled(lesson: Lesson) -> Iterator[Pair]:
    said = {(m.report.file, m.passage.start) for m in lesson.answers}
    for mark in lesson.marks:
        if mark.label == "yes" or (mark.report.file, mark.passage.start) not in said:
            label = mark.label if lesson.form == "which" else _label(lesson, mark.label)
            yield _pair(lesson, mark, mark.words, label, "report")


def _label(lesson: Lesson, miss: str) -> str:
    if miss == "yes":
        return "yes"
    label = _MISSES.get(miss, "about")
    return "about" if label == "partial" and lesson.form in _NO_PARTS else label


def _figures(lesson: Lesson, chance: random.Random) -> Iterator[Pair]:
    """The figure that answers, marked; others of the sentence and of those that nearly answer, marked likewise."""
    for answer in lesson.answers:
        start = answer.words.find(answer.quote)
        at = answer.words.find(lesson.value, max(start, 0))
        if at < 0:
            continue
        span = (at, at + len(lesson.value))
        yield _pair(lesson, answer, marked(answer.words, *span), "yes", "figure")
        others = [m.span() for m in _FIGURE.finditer(answer.words) if m.end() <= span[0] or m.start() >= span[1]]
        for other in chance.sample(others, min(_MARKED_OTHERS, len(others))):
            yield _pair(lesson, answer, marked(answer.words, *other), "about", "figure")
    for mark in lesson.marks:
        if mark.label in ("other_figure", "last_year", "part", "other_subject"):
            start = mark.words.find(mark.quote)
            if start >= 0 and (figure := _FIGURE.search(mark.words, start)):
                yield _pair(lesson, mark, marked(mark.words, *figure.span()), "about", "figure")


class Wordings(NamedTuple):
    """Questions that ask for one indicator over many reports."""

    chinese: tuple[str, ...]
    english: tuple[str, ...]


def read_asked(path: Path) -> dict[str, Wordings]:
    """Of each indicator the labelled questions over many reports for what was done, of ``asked.jsonl``."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    over_many = [row for row in rows if row["kind"] in ("rank", "bound", "sum", "each")]
    return {
        name: Wordings(*(_asked_of(over_many, name, language) for language in ("zh", "en")))
        for name in {row["indicator"] for row in rows}
    }


def _asked_of(rows: Sequence[dict[str, Any]], indicator: str, language: str) -> tuple[str, ...]:
    return tuple(row["question"] for row in rows if row["indicator"] == indicator and row["lang"] == language)


def read_labelled_cells(author: Author, asked: Mapping[str, Wordings]) -> Iterator[Pair]:
    """Figures of the ledger as questions over many reports mean them: the cell's own marked, others beside it, and
    one of another cell of the report; ``asked`` has other wordings than the indicators' names."""
    chance = random.Random(f"{SEED} cells of {author.name}")
    found = [row for cell in author.cells() if (row := _cell(author, cell, asked))]
    for lesson, mark, own, others in found:
        yield _pair(lesson, mark, marked(mark.words, *own), "yes", "cell")
        for span in chance.sample(others, min(_MARKED_OTHERS, len(others))):
            yield _pair(lesson, mark, marked(mark.words, *span), "about", "cell")
        elsewhere = [row for row in found if row[0].file == lesson.file and row[0].chinese != lesson.chinese]
        if elsewhere:
            _, other, span, _ = chance.choice(elsewhere)
            if other.passage != mark.passage:
                yield _pair(lesson, other, marked(other.words, *span), "about", "cell")


def _cell(
    author: Author, cell: dict[str, Any], asked: Mapping[str, Wordings]
) -> tuple[Lesson, LabelledPassage, Extent, list[Extent]] | None:
    """The question for a cell's indicator, its passage, where its figure stands and where others do; None where the
    cell has no figure of the report's own year or it cannot be found."""
    indicator, value = _indicators().get(cell["indicator"]), cell["value"]
    firm = not cell.get("part") and not cell.get("unsure")
    whole = cell["state"] == "done" and firm and isinstance(value, int | float)
    if indicator is None or not whole or value in (0, 1):
        return None
    mark = author.mark(cell["file"], cell["quote"], "yes")
    start = mark.words.find(cell["quote"]) if mark else 0
    found = list(amounts(mark.words)) if mark else []
    own = next(((a.start, a.end) for a in found if a.value == value and a.start >= start), None)
    if mark is None or own is None:
        return None
    chinese, english = ([form.format(name) for form in forms] for name, forms in _named(indicator))
    others = asked.get(indicator.id, Wordings((), ()))
    lesson = Lesson(
        author.name, "number", cell["file"], (*chinese, *others.chinese), (*english, *others.english), (mark,)
    )
    return lesson, mark, own, [(a.start, a.end) for a in found if (a.start, a.end) != own]


def _named(indicator: Indicator) -> tuple[tuple[str, tuple[str, ...]], tuple[str, tuple[str, ...]]]:
    return (indicator.zh, _OVER_MANY), (indicator.en, _OVER_MANY_ENGLISH)


@cache
def _indicators() -> dict[str, Indicator]:
    return {indicator.id: indicator for indicator in shipped()}


def _unlabelled(
    author: Author, lesson: Lesson, nearest: dict[tuple[str, str], list[Passage]], chance: random.Random
) -> Iterator[Pair]:
    """A near passage without a label, and any other one; of a condition the nearest of a report that is silent."""
    known = {(m.report.file, m.passage.start) for m in lesson.marks}
    spoken = {Path(m.report.file).name for m in lesson.marks}
    files = [lesson.file] if lesson.file else [file for file in author.reports if file not in spoken]
    for file in files:
        report = author.reports[file]
        free = [p for p in nearest.get((lesson.chinese[0], file), ()) if (report.file, p.start) not in known]
        if free and (not lesson.file or chance.random() < _NEAR_SHARE):
            near = free[0] if not lesson.file else chance.choice(free)
            yield _pair(
                lesson, LabelledPassage(report, near, "", ""), report.text[near.start : near.end], "about", "report"
            )
        other = chance.choice(author.passages(file))
        if chance.random() < _OTHER_SHARE and (report.file, other.start) not in known and other not in free:
            words = report.text[other.start : other.end]
            yield _pair(lesson, LabelledPassage(report, other, "", ""), words, "unrelated", "report")


def _pair(lesson: Lesson, mark: LabelledPassage, sentence: str, label: str, source: str) -> Pair:
    return Pair(
        wordings=lesson.chinese,
        english=lesson.english,
        form=lesson.form,
        context=in_context(place_of(mark.report), mark.passage.above_in(mark.report)),
        sentence=sentence,
        label=label,
        held=Path(mark.report.file).name == HELD_REPORT,
        source=source,
    )


def is_held(pair: dict[str, Any], file: str) -> bool:
    """Whether no judge was trained on a labelled passage of that file."""
    return pair["topic"] in HELD_TOPICS or file in HELD_REPORTS or pair["id"].startswith(HELD_SET)


def of_another_hand(row: dict[str, Any], file: str) -> bool:
    """Whether a labelled condition is kept out of the training: by its author, or for the report."""
    return row["by"] in HELD_HANDS or Path(file).name == HELD_REPORT


def read_labelled(
    path: Path, folders: Sequence[Path], held: Callable[[dict[str, Any], str], bool], source: str
) -> Iterator[Pair]:
    """Pairs of a file of questions with labelled passages of reports (docs/labelling.md tells the format).

    Args:
        path: the questions.
        folders: of the reports; a file is named by its path in one of them.
        held: whether the passages of a question and file are kept out of the training.
        source: what the pairs are called in tables.

    Raises:
        KeyError: a label stands at no passage of the reports.
    """
    reports = {report.file: report for folder in folders for report in read_folder(folder).reports}
    passages = {(file, p.start, p.end): p for file, report in reports.items() for p in split_passages(report.text)}
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        asked = [row["question"], *row["variants"]]
        foreign = row["lang"] == "en"
        for label, places in row["labels"].items():
            for file, start, end in places:
                report, passage = reports[file], passages[file, start, end]
                yield Pair(
                    wordings=() if foreign else tuple(asked),
                    english=tuple(asked) if foreign else tuple(row["english"]),
                    form=row["form"],
                    context=in_context(place_of(report), passage.above_in(report)),
                    sentence=passage.reading(report.text),
                    label=_polar(row["form"], label),
                    held=held(row, file),
                    source=source,
                    by=row.get("by", ""),
                )


def read_written(path: Path) -> Iterator[Pair]:
    """Pairs whose sentences were written for the training, with the place and headings they are given.

    Raises:
        ValueError: a label is none of `LABELS`.
    """
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        for sentence in row["sentences"]:
            if sentence["label"] not in LABELS:
                raise ValueError(f"{row['id']}: {sentence['label']} is none of {LABELS}")
            yield Pair(
                wordings=tuple(row["chinese"]),
                english=tuple(row["english"]),
                form=row["form"],
                context=in_context(sentence["place"], sentence["path"]),
                sentence=sentence["sentence"],
                label=_polar(row["form"], sentence["label"]),
                held=row["by"] in HELD_HANDS if "by" in row else int(row["id"][-3:]) % _HELD_WRITING == 0,
                source="written",
                by=row.get("by", ""),
            )


def read_general(path: Path) -> Iterator[Pair]:
    """Pairs over documents of other kinds: the sentence that answers, and others of its document that do not."""
    chance = random.Random(SEED)
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    documents = {name: [row for row in rows if row["document"] == name] for name in (row["document"] for row in rows)}
    for number, (name, own) in enumerate(documents.items()):
        for row in own:
            others = [other for other in own if other is not row]
            nearby = chance.sample(others, min(_OTHER_SENTENCES, len(others)))
            for sentence, label in ((row, "yes"), *((other, "about") for other in nearby)):
                yield Pair(
                    wordings=tuple(row["zh"]),
                    english=tuple(row["en"]),
                    form="fact",
                    context=name,
                    sentence=sentence["sentence"],
                    label=label,
                    held=number % _HELD_WRITING == 0,
                    source="general",
                )


def _polar(form: str, label: str) -> str:
    """A denial answers a question of one township whether …, though it is the contrary of a condition."""
    return "yes" if form == "yesno" and label == "no" else label


def wordings(pair: Pair, chance: random.Random, english: float) -> str:
    """One of its wordings; in English with that probability, where there are both."""
    foreign = bool(pair.english) and (not pair.wordings or chance.random() < english)
    choices: Sequence[str] = pair.english if foreign else pair.wordings
    return chance.choice(choices)
