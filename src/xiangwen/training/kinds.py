"""Train the reader of kinds: ``python -m xiangwen.training.kinds tests/questions/kinds/hotline.jsonl … --learning …``.

Questions of every kind by several authors, and the questions and conditions of the reports' authors. What it is
worth is measured on questions by another author: ``--test tests/questions/kinds/journalist.jsonl``.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from xiangwen.encoding import Encoder, load_encoder
from xiangwen.language.characters import simplify
from xiangwen.questions import Atlas
from xiangwen.questions.kinds import (
    BUCKETS,
    KINDS_FILE,
    NAMED,
    OVER_MANY,
    PATTERN_KINDS,
    PATTERN_SCALE,
    VECTOR_SCALE,
    KindModel,
    packed,
    question_buckets,
)
from xiangwen.questions.question import taken_for
from xiangwen.training.lessons import Author, authors

log = logging.getLogger(__name__)

SEED = 20
_FROM_REPORTS = {"number": "number", "fact": "fact", "yesno": "fact", "list": "list"}
_SHARE = 0.3
"""Of the reports' questions so many take part, since there are many more of them."""
_CONDITION_WEIGHT = 0.3
"""What a condition of the reports' authors counts, as they wrote many more than there are of other kinds."""
_PLACE = re.compile(
    r"(?![哪那每各全本我该此某几两多数个些的所有])[\u4e00-\u9fff]{2,6}?(?:自治县|民族乡|街道|镇|乡|县|苏木)(?![街乡镇村民级政])"
)
_COUNT = re.compile(r"\d|[二三四五六七八九十两]")
LabelledQuestion = tuple[str, str, float]
"""A question without places, its kind, and what it counts."""


def readable(text: str, *, named: bool) -> str:
    """A question as the reader of kinds sees it: simplified, lower case, the name of its place as spaces."""
    text = simplify(text).lower()
    return _PLACE.sub(" ", text) if named else text


def labelled(path: Path) -> Iterator[tuple[str, str]]:
    """The questions of a file with their kinds, follow-ups left out."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row["history"] and row["kind"] != "none":
            yield readable(row["question"], named=row["kind"] in NAMED), row["kind"]


def labelled_questions(author: Author, chance: random.Random) -> tuple[list[LabelledQuestion], list[LabelledQuestion]]:
    """Questions about one place that name it, and conditions, which name none."""
    atlas = Atlas(list(author.reports.values()))
    named: list[LabelledQuestion] = []
    over_many: list[LabelledQuestion] = []
    for lesson in author.lessons():
        for words in (*lesson.chinese, *lesson.english):
            if chance.random() > _SHARE and lesson.form != "which":
                continue
            scope = atlas.find(" ".join(simplify(words).split()))
            text = " ".join(scope.rest.lower().split())
            if lesson.form == "which":
                if not _COUNT.search(text):  # else it may be one over a bound
                    over_many.append((text, "which", _CONDITION_WEIGHT))
            elif scope.groups and lesson.form in _FROM_REPORTS:
                named.append((text, _FROM_REPORTS[lesson.form], 1.0))
    return named, over_many


def condition_rows(path: Path) -> Iterator[LabelledQuestion]:
    """Conditions over many reports by further hands; one with a number may be over a bound and is left out."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for words in (row["question"], *row["variants"], *row["english"]):
            if not _COUNT.search(words):
                yield readable(words, named=False), "which", _CONDITION_WEIGHT


def fit(rows: Sequence[LabelledQuestion], named: bool, encoder: Encoder) -> KindModel:
    """A model of these rows."""
    texts, kinds, counts = zip(*rows, strict=True)
    model = LogisticRegression(C=20, max_iter=300).fit(_matrix(texts, named, encoder), kinds, sample_weight=counts)
    return KindModel(tuple(model.classes_), model.coef_.astype(np.float32), model.intercept_.astype(np.float32))


def vectors_of(texts: Sequence[str], encoder: Encoder) -> NDArray[np.float32]:
    """Unit vectors of questions, shape (texts, dimensions)."""
    return encoder.encode_query(texts)


def _matrix(texts: Sequence[str], named: bool, encoder: Encoder) -> csr_matrix:
    hashed = [question_buckets(text) for text in texts]
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(len(row))) for row in hashed])
    starts = np.cumsum([0, *map(len, hashed)])
    characters = csr_matrix((values, np.concatenate(hashed), starts), shape=(len(texts), BUCKETS))
    said = [PATTERN_KINDS.index(taken_for(text, int(named))) for text in texts]
    dense = [VECTOR_SCALE * vectors_of(texts, encoder), PATTERN_SCALE * np.eye(len(PATTERN_KINDS))[said]]
    return csr_matrix(hstack([csr_matrix(np.concatenate(dense, axis=1)), characters]))


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--learning", type=Path, required=True)
    parser.add_argument("--test", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "questions" / KINDS_FILE)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    chance = random.Random(SEED)
    encoder = load_encoder()
    asked = [row for path in given.questions for row in labelled(path)]
    named = [(text, kind, 1.0) for text, kind in asked if kind in NAMED]
    over_many = [(text, kind, 1.0) for text, kind in asked if kind in OVER_MANY]
    for author in authors(given.learning):
        more_named, more_over_many = labelled_questions(author, chance)
        named += more_named
        over_many += more_over_many
    over_many += condition_rows(given.learning / "conditions.jsonl")
    log.info("%s\n%s", Counter(k for _, k, _ in named), Counter(k for _, k, _ in over_many))
    models = {"named": fit(named, True, encoder), "over_many": fit(over_many, False, encoder)}
    with given.out.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **packed(models))
    if given.test:
        for name, kinds in (("named", NAMED), ("over_many", OVER_MANY)):
            rows = [(text, kind) for text, kind in labelled(given.test) if kind in kinds]
            vectors = vectors_of([text for text, _ in rows], encoder)
            found = [
                models[name].probabilities(text, vector, taken_for(text, int(name == "named")))
                for (text, _), vector in zip(rows, vectors, strict=True)
            ]
            told = [max(p, key=lambda kind: p[kind]) for p in found]
            right = np.mean([a == b for a, (_, b) in zip(told, rows, strict=True)])
            log.info("%s: %.3f of %d", name, right, len(rows))
            for kind, (text, gold) in zip(told, rows, strict=True):
                if kind != gold:
                    log.info("  %s → %s: %s", gold, kind, text)


if __name__ == "__main__":
    main()
