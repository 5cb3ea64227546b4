"""Train the classifiers of questions: ``make kinds``.

What kind of answer is wanted (of one place, of several, over many reports); what a question about the collection picks,
counts and tells apart; which section reports are asked to have; in which matter what they have in common is asked.
Learned from questions of several authors, a folder each: ``kinds``, ``operations``, ``collection``, ``sections``,
``matters``; measured on authors named by ``--test``. Which of the places and years that are named are left out is
learned from all of them.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from xiangwen.encoding import Encoder, load_encoder
from xiangwen.language.characters import simplify
from xiangwen.questions import Atlas, exclusion
from xiangwen.questions.classifier import (
    BUCKETS,
    CLASSIFIERS_FILE,
    VECTOR_SCALE,
    WITHOUT_VECTOR,
    Classifier,
    packed_classifiers,
    question_buckets,
)
from xiangwen.questions.collection_asked import LEVEL_SIGNS, NONE, SIGNS, levels_named, signs_of
from xiangwen.questions.kind_asked import taken_for
from xiangwen.questions.kinds import NAMED, OFF_TOPIC, OVER_MANY, PATTERN_KINDS
from xiangwen.questions.matter_asked import MATTER_CLASSIFIER, NO_MATTER
from xiangwen.questions.names import Names, region_forms
from xiangwen.questions.quantity_asked import read_range
from xiangwen.questions.question_words import says
from xiangwen.questions.section_asked import LACKING, SECTION_SIGNS, section_signs
from xiangwen.questions.spans import Span
from xiangwen.questions.years import find_years
from xiangwen.reports.places import gazetteer, rows_named
from xiangwen.training.lessons import Author, authors

log = logging.getLogger(__name__)

SEED = 20
_FROM_REPORTS = {"number": "number", "fact": "fact", "yesno": "fact", "list": "list"}
_OPERATIONS = {"top": "most", "between": "over"}
_OF_SEVERAL = {"most": "compare", "least": "compare", "top": "compare", "between": "over"}
"""What an operation over many reports, and over several places that are named, is called as a kind."""
_NOT_FOR_KINDS = ("inspection_driver", "evening_anchor")
"""Hands whose questions for an indicator no kind is learned from: with 1,800 more, dates are taken for bounds."""
_SHARE = 0.3
"""Of the reports' questions so many take part, since there are many more of them."""
_CONDITION_WEIGHT = 0.3
"""What a condition of the reports' authors counts, as they wrote many more than there are of other kinds."""
_PLACE = re.compile(
    r"(?![哪那每各全本我该此某几两多数个些的所有])[\u4e00-\u9fff]{2,6}?(?:自治县|民族乡|街道|镇|乡|县|苏木)(?![街乡镇村民级政])"
)
_COUNT = re.compile(r"\d|[二三四五六七八九十两]")


class Example(NamedTuple):
    """A question as a classifier reads it, with its class."""

    text: str
    name: str
    signs: tuple[str, ...]
    whole: str
    """The question with its places: its vector is this one's."""
    weight: float = 1.0


def without_places(question: str) -> str:
    """A question in simplified lower-case characters, the Chinese names of its places as spaces."""
    return _PLACE.sub(" ", simplify(question)).lower()


def plain(question: str) -> str:
    """A question in simplified lower-case characters."""
    return simplify(question).lower()


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _of_kind(text: str, kind: str, places: int, whole: str = "", weight: float = 1.0) -> Example:
    return Example(text, kind, (taken_for(text, places),), whole or text, weight)


def kind_examples(path: Path) -> Iterator[tuple[str, Example]]:
    """Questions labelled with their kinds, follow-ups left out; each with the classifier that it is for."""
    for row in _rows(path):
        if row["history"]:
            continue
        kind = OFF_TOPIC if row["kind"] == "none" else row["kind"]
        places = row.get("places", ())
        if kind in NAMED and (places or kind != "collection"):
            yield "kind.named", _of_kind(_without(row["question"], places), kind, 1)
        if kind == OFF_TOPIC and (places or _PLACE.search(simplify(row["question"]))):
            yield "kind.named", _of_kind(_without(row["question"], places), kind, 1)
        if kind in (OFF_TOPIC, "rank", *OVER_MANY):
            text = plain(row["question"])
            yield "kind.over_many", _of_kind(text, _with_order(kind, text), 0)


def _without(question: str, places: Sequence[str]) -> str:
    """A question without the places that its label names; where it names none, without what is written like one."""
    if not places:
        return without_places(question)
    for place in places:
        question = question.replace(place, " ")
    return plain(" ".join(question.split()))


def section_examples(path: Path) -> Iterator[tuple[str, Example]]:
    """Questions for a section that reports have or lack, and others that sound like them."""
    for row in _rows(path):
        text = plain(row["question"])
        kind = "section" if row["section"] else row["kind"]
        if kind in OVER_MANY:
            yield "kind.over_many", _of_kind(text, kind, 0)
        if row["section"]:
            yield "section.which", Example(text, row["section"], section_signs(text), text)
            lacking = LACKING if row["lacking"] else NONE
            yield "section.lacking", Example(text, lacking, section_signs(text), text)


def matter_examples(path: Path) -> Iterator[tuple[str, Example]]:
    """Questions for what is done in common, each with its matter."""
    for row in _rows(path):
        text = plain(row["question"])
        yield "kind.over_many", _of_kind(text, "common", 0)
        yield MATTER_CLASSIFIER, Example(text, row["matter"] or NO_MATTER, (), text)


def _with_order(kind: str, text: str) -> str:
    """A rank by its end, a sum or mean, a bound by its side: what patterns say where no label does."""
    if kind == "rank":
        return "least" if says("order.least", text) else "most"
    if kind == "sum":
        return "average" if says("order.average", text) else "sum"
    if kind == "over":
        bounds = read_range(text)
        return "under" if bounds and bounds.low is None else "over"
    return kind


def operation_examples(path: Path) -> Iterator[tuple[str, Example]]:
    """Questions labelled with what is computed, over many reports or over several places that are named."""
    for row in _rows(path):
        if row["places"]:
            kind = _OF_SEVERAL.get(row["operation"], row["operation"])
            yield "kind.several", _of_kind(without_places(row["question"]), kind, 0)
        else:
            kind = _OPERATIONS.get(row["operation"], row["operation"])
            yield "kind.over_many", _of_kind(plain(row["question"]), kind, 0)


def asked_examples(path: Path) -> Iterator[tuple[str, Example]]:
    """Questions for an indicator, labelled with their kinds; what is planned or lacking may be asked in any of them."""
    for row in _rows(path):
        if row["by"] in _NOT_FOR_KINDS:
            continue
        kind = {"bound": "over"}.get(row["kind"], row["kind"])
        text = plain(row["question"])
        if kind in ("rank", "sum", "over", "each", "which"):
            yield "kind.over_many", _of_kind(text, _with_order(kind, text), 0)


def collection_examples(path: Path) -> Iterator[tuple[str, Example]]:
    """Questions about the collection with what they pick and count, and others that look like them."""
    for row in _rows(path):
        whole = plain(row["question"])
        kind = "collection" if row["collection"] else row.get("kind", NONE)
        if kind in (*OVER_MANY, *NAMED):
            yield "kind.over_many", _of_kind(whole, kind, 0)
        if not row["collection"]:
            continue
        signs = signs_of(whole)
        named = {
            "several": "several" if row["several_years"] else NONE,
            "missing": "missing" if row["missing"] else NONE,
            "end": row["ends"] or NONE,
            "most": row["most"] or NONE,
            "count": "count" if row["count"] else NONE,
            "each": row["each"] or NONE,
        }
        for slot, name in named.items():
            yield f"collection.{slot}", Example(whole, name, signs, whole)
        yield "collection.not_kept", Example(whole, NONE, signs, whole)
        for level, levelled, found in levels_named(whole):
            name = "only" if level in row["levels"] else "left_out" if level in row["not_levels"] else NONE
            if name != NONE or not row["place"]:  # else it may be the end of a place's name
                yield "collection.level", Example(levelled, name, found, whole)


def not_kept_examples(path: Path) -> Iterator[tuple[str, Example]]:
    """Questions about the reports as documents: whether they ask for more than is known of these."""
    for row in _rows(path):
        whole = plain(row["question"])
        yield "kind.over_many", _of_kind(whole, "collection", 0)
        yield "collection.not_kept", Example(whole, "not_kept" if row["not_kept"] else NONE, signs_of(whole), whole)


def report_examples(author: Author, chance: random.Random) -> Iterator[tuple[str, Example]]:
    """Questions about one place that name it, and conditions, which name none."""
    atlas = Atlas(list(author.reports.values()))
    for lesson in author.lessons():
        for words in (*lesson.chinese, *lesson.english):
            if chance.random() > _SHARE and lesson.form != "which":
                continue
            # What tells names that are left out is learned here; questions about one place name none.
            scope = atlas.find(" ".join(simplify(words).split()), left_out=lambda _, __: (set(), []))
            text = " ".join(scope.rest.lower().split())
            if lesson.form == "which":
                if not _COUNT.search(text):  # else it may be one over a bound
                    yield "kind.over_many", _of_kind(text, "which", 0, weight=_CONDITION_WEIGHT)
            elif scope.groups and lesson.form in _FROM_REPORTS:
                yield "kind.named", _of_kind(text, _FROM_REPORTS[lesson.form], 1)


def condition_examples(path: Path) -> Iterator[tuple[str, Example]]:
    """Conditions over many reports by further hands; one with a number may be over a bound and is left out."""
    for row in _rows(path):
        for words in (row["question"], *row["variants"], *row["english"]):
            if not _COUNT.search(words):
                yield "kind.over_many", _of_kind(plain(words), "which", 0, weight=_CONDITION_WEIGHT)


@cache
def _regions() -> Names:
    """All provinces, cities and counties of the country."""
    return Names({name: () for place in gazetteer() for name in place if name}, region_forms)


def exclusion_examples(path: Path) -> Iterator[tuple[str, Example]]:
    """Names of places and years, each with the words around it and whether it is left out.

    Where several are named and one is left out, it is told by their places (the city of a province that is asked for)
    and by sure words of exclusion; what neither tells is no example.
    """
    rows = [row for row in _rows(path) if row.get("by") not in _NOT_FOR_KINDS]
    wordings = ((row, words) for row in rows for words in (row["question"], *row.get("variants", ())))
    for row, words in wordings:
        text = " ".join(simplify(words).split())
        regions = [exclusion.Named(m.span, frozenset(rows_named(m.name))) for m in _regions().find(text)]
        years = [exclusion.Named(year.span, is_year=True) for year in find_years(text)]
        others = [exclusion.Named(Span(*match.span())) for match in _PLACE.finditer(text)]
        named: list[exclusion.Named] = []
        for name in (*regions, *years, *others):
            if not any(name.span.start < n.span.end and n.span.start < name.span.end for n in named):
                named.append(name)
        labelled = "not_place" in row
        read = list(exclusion.named_together(text, named))
        for years_only in (False, True):
            group = [names for names in read if ("year" in names.signs) is years_only]
            out = row.get("not_year" if years_only else "not_place", False)
            told = _left_out(group) if out else [False] * len(group)
            for names, left_out in zip(group, told, strict=True):
                sure = "before" in names.signs or "behind" in names.signs
                if left_out is not None and (labelled or not sure):
                    kind = exclusion.LEFT_OUT if left_out else exclusion.ASKED_FOR
                    yield exclusion.CLASSIFIER, Example(names.text, kind, names.signs, text)


def _left_out(group: Sequence[exclusion.NamedTogether]) -> list[bool | None]:
    """Which of the places, or of the years, of a question are left out, given that one is; None where that is open."""
    if len(group) == 1:
        return [True]
    inside = any("inside" in names.signs for names in group)
    sure = ["before" in names.signs or "behind" in names.signs for names in group]
    told: list[bool | None] = []
    for names, said in zip(group, sure, strict=True):
        if "around" in names.signs:
            told.append(False)
        elif "inside" in names.signs or said:
            told.append(True)
        else:
            told.append(None)
    return told if inside or any(sure) else [None] * len(group)


def signs_known(name: str) -> tuple[str, ...]:
    """What patterns may find for a classifier."""
    if name == "collection.level":
        return LEVEL_SIGNS
    if name == exclusion.CLASSIFIER:
        return exclusion.EXCLUSION_SIGNS
    if name == MATTER_CLASSIFIER:
        return ()
    if name.startswith("section."):
        return SECTION_SIGNS
    return PATTERN_KINDS if name.startswith("kind.") else SIGNS


def fit(name: str, examples: Sequence[Example], vectors: dict[str, NDArray[np.float32]] | None) -> Classifier:
    """A classifier of these examples, with or without the vectors of their questions."""
    signs = signs_known(name)
    x = _matrix(examples, signs, vectors)
    classes = [example.name for example in examples]
    model = LogisticRegression(C=20, max_iter=300).fit(x, classes, sample_weight=[e.weight for e in examples])
    weights, bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
    if len(model.classes_) == 2:  # one row of weights, for the second class
        weights, bias = np.concatenate([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return Classifier(tuple(map(str, model.classes_)), signs, weights, bias)


def _matrix(
    examples: Sequence[Example], signs: Sequence[str], vectors: dict[str, NDArray[np.float32]] | None
) -> csr_matrix:
    hashed = [question_buckets(example.text) for example in examples]
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(len(row))) for row in hashed])
    starts = np.cumsum([0, *map(len, hashed)])
    characters = csr_matrix((values, np.concatenate(hashed), starts), shape=(len(examples), BUCKETS))
    found = np.array([[sign in example.signs for sign in signs] for example in examples], dtype=np.float32)
    dense = [VECTOR_SCALE * np.stack([vectors[e.whole] for e in examples]), found] if vectors else [found]
    return csr_matrix(hstack([csr_matrix(np.concatenate(dense, axis=1)), characters]))


def vectors_of(texts: Collection[str], encoder: Encoder) -> dict[str, NDArray[np.float32]]:
    """The unit vector of every question."""
    ordered = sorted(texts)
    return dict(zip(ordered, np.asarray(encoder.encode_query(ordered), dtype=np.float32), strict=True))


def _examples(given: argparse.Namespace, tested: bool) -> dict[str, list[Example]]:
    """The examples of every classifier: those of the authors kept for the test, or of all others."""
    readers = {
        "kinds": kind_examples,
        "operations": operation_examples,
        "collection": collection_examples,
        "not_kept": not_kept_examples,
        "sections": section_examples,
        "matters": matter_examples,
    }
    found: dict[str, list[Example]] = {}
    rows: list[tuple[str, Example]] = []
    for folder, reader in readers.items():
        for path in sorted((given.questions / folder).glob("*.jsonl")):
            if (path.stem in given.test) == tested:
                rows += [*reader(path), *exclusion_examples(path)]
    if not tested:
        chance = random.Random(SEED)
        for author in authors(given.learning):
            rows += report_examples(author, chance)
        rows += condition_examples(given.learning / "conditions.jsonl")
        rows += asked_examples(given.learning / "asked.jsonl")
        for file in ("conditions.jsonl", "asked.jsonl"):
            rows += exclusion_examples(given.learning / file)
    for name, example in rows:
        found.setdefault(name, []).append(example)
    return found


def main() -> None:
    """Train, write, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "questions", type=Path, help="the folder of kinds, operations, collection, sections and matters"
    )
    parser.add_argument("--learning", type=Path, required=True)
    parser.add_argument("--test", nargs="*", default=[], help="authors whose questions are kept for measuring")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "questions" / CLASSIFIERS_FILE)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    encoder = load_encoder()
    learned, test = _examples(given, tested=False), _examples(given, tested=True)
    with_vector = sorted(learned.keys() - {exclusion.CLASSIFIER})  # which reads a few words
    whole = {example.whole for name in with_vector for example in (*learned[name], *test.get(name, ()))}
    vectors = vectors_of(whole, encoder)
    models = {name: fit(name, learned[name], vectors) for name in with_vector}
    models |= {name + WITHOUT_VECTOR: fit(name, examples, None) for name, examples in sorted(learned.items())}
    with given.out.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **packed_classifiers(encoder.fingerprint, models))
    for name, examples in sorted(test.items()):
        model, bare = models.get(name), models[name + WITHOUT_VECTOR]
        told = [
            model.likeliest(e.text, vectors[e.whole], e.signs) if model else bare.likeliest(e.text, None, e.signs)
            for e in examples
        ]
        right = np.mean([a == e.name for a, e in zip(told, examples, strict=True)])
        log.info("%s: learned from %d, right %.3f of %d", name, len(learned[name]), right, len(examples))
        for kind, example in zip(told, examples, strict=True):
            if kind != example.name:
                log.info("  %s → %s: %s", example.name, kind, example.whole)


if __name__ == "__main__":
    main()
