"""Fit the ledger's weights: python -m xiangwen.training.ledger tests/learning [--hold AUTHOR] [--out FILE]

Reads reports with labelled cells (one folder an author: `*.txt` and `cells.jsonl`), `clauses.jsonl` (sentences written
for this) and the example sentences of the shipped indicators. Each class is fitted by ridge regression on the features
of `xiangwen.ledger.features`; what settles a report (`xiangwen.ledger.settling`) by logistic regression on the scores
that the reports of an author get from weights fitted without this author.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import vstack

from xiangwen.ledger.candidates import Candidate, candidates, sentence_alone, sentences
from xiangwen.ledger.features import WIDTH, Features
from xiangwen.ledger.indicators import Indicator, shipped
from xiangwen.ledger.likeness import COUNTED, likeness
from xiangwen.ledger.numbers import read_numbers
from xiangwen.ledger.settling import guesses, signs
from xiangwen.ledger.weights import Scorer, Weights
from xiangwen.reports import Report, read_folder
from xiangwen.segmentation.passages import split_passages

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

OUT = Path(__file__).parent.parent / "ledger" / "weights.npz"
_RIDGE = 0.5
_MOST_CLAUSES = 6000
"""Clauses without a cell are plenty; so many in all are enough to learn from."""


@dataclass
class Document:
    """A report, or some sentences, with what its candidates give."""

    author: str
    found: list[Candidate]
    gives: list[set[str]] = field(default_factory=list)
    """Of each candidate: ids of indicators of a number, 「indicator:kind」 of a clause."""
    parts: set[tuple[int, str]] = field(default_factory=set)
    """(candidate, indicator) that are parts of another number."""


def main() -> None:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hold", help="leave the reports of this author out")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    documents = [d for d in read_documents(arguments.folder, shipped()) if d.author != arguments.hold]
    fit(documents, shipped()).save(arguments.out)


def read_documents(folder: Path, indicators: Sequence[Indicator]) -> list[Document]:
    """All labelled material of a folder."""
    documents = []
    for cells in sorted(folder.glob("*/cells.jsonl")):
        gold: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in cells.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            gold[row["file"]].append(row)
        documents += [
            _labelled(cells.parent.name, report, gold[report.file]) for report in read_folder(cells.parent).reports
        ]
    written = folder / "clauses.jsonl"
    if written.is_file():
        rows = map(json.loads, written.read_text(encoding="utf-8").splitlines())
        documents += [_written(row["text"], row.get("above", ()), row["cells"]) for row in rows]
    documents += [_example(indicator, words) for indicator in indicators for words in indicator.examples]
    return documents


def _labelled(author: str, report: Report, gold: Sequence[dict[str, Any]]) -> Document:
    found = [c for s in sentences(report, split_passages(report.text)) for c in candidates(s)]
    document = Document(author, found, [set() for _ in found])
    for row in gold:
        places = list(_places(report.text, row["quote"]))
        value = row["value"]
        counted = isinstance(value, int | float) and not isinstance(value, bool)
        hits = [i for i in _numbers_in(found, places) if counted and abs(_number(found[i]) - value) < 1e-6]
        for i in hits:
            document.gives[i].add(row["indicator"])
            if row.get("part"):
                document.parts.add((i, row["indicator"]))
        kind = _kind(value, row["state"])
        if not hits and kind:
            for i, candidate in enumerate(found):
                start, end = candidate.quote
                if candidate.number is None and any(start < b and end > a for a, b in places):
                    document.gives[i].add(f"{row['indicator']}:{kind}")
    return document


def _kind(value: Any, state: str) -> str | None:
    if value in ("yes", True) and not isinstance(value, int | float):
        return "yes"
    if value is None:
        return "short" if state == "lacking" else "has"
    if isinstance(value, str):
        return "yes" if value == "yes" else value if value in ("all", "part", "none") else None
    return "zero" if value == 0 else None


def _written(text: str, above: Sequence[str], cells: Sequence[Sequence[Any]], author: str = "") -> Document:
    """A sentence of its own; its cells are (indicator, number or kind)."""
    sentence = sentence_alone(text, above)
    found = candidates(sentence)
    document = Document(author, found, [set() for _ in found])
    for indicator, value in cells:
        for i, candidate in enumerate(found):
            if isinstance(value, str):
                if candidate.number is None and len(sentence.clauses) == 1:
                    document.gives[i].add(f"{indicator}:{value}")
            elif candidate.number is not None and candidate.number.value == value:
                document.gives[i].add(indicator)
    return document


def _example(indicator: Indicator, words: str) -> Document:
    """An example sentence of an indicator gives it by its first number of a fitting measure word, or as a whole."""
    numbers = [n for n in read_numbers(words) if n.unit in indicator.units]
    kind = {"fact": "yes", "coverage": "all"}.get(indicator.type, "has")
    return _written(words, (), [(indicator.id, numbers[0].value if numbers else kind)])


def _places(text: str, quote: str) -> Iterator[tuple[int, int]]:
    position = text.find(quote)
    while position >= 0:
        yield position, position + len(quote)
        position = text.find(quote, position + 1)


def _numbers_in(found: Sequence[Candidate], places: Sequence[tuple[int, int]]) -> Iterator[int]:
    for i, candidate in enumerate(found):
        if candidate.number is not None:
            at = candidate.sentence.start
            start, end = at + candidate.number.start, at + candidate.number.end
            if any(a <= start and end <= b + 2 for a, b in places):
                yield i


def _number(candidate: Candidate) -> float:
    assert candidate.number is not None
    return candidate.number.value


def fit(documents: Sequence[Document], indicators: Sequence[Indicator]) -> Weights:
    """All weights."""
    features = Features()
    authors = sorted({d.author for d in documents})
    numbered = [[i for i, c in enumerate(d.found) if c.number is not None] for d in documents]
    rows = vstack([features.matrix([d.found[i] for i in own]) for d, own in zip(documents, numbered, strict=True)])
    gives = [d.gives[i] for d, own in zip(documents, numbered, strict=True) for i in own]
    group = np.array([authors.index(d.author) for d, own in zip(documents, numbered, strict=True) for _ in own])
    classes = tuple(i.id for i in indicators if any(i.id in given for given in gives))
    numbers, unseen = _ridge(rows.tocsr(), gives, group, classes)
    decide, part = _settle(documents, numbered, unseen, [i for i in indicators if i.id in classes])
    clauses, clause = _clauses(documents, features)
    like = _like(
        rows.tocsr(), [d.found[i] for d, own in zip(documents, numbered, strict=True) for i in own], gives, indicators
    )
    return Weights(numbers, clauses, decide, part, clause, like)


def _like(
    rows: csr_matrix, found: Sequence[Candidate], gives: Sequence[set[str]], indicators: Sequence[Indicator]
) -> NDArray[np.float32]:
    """What tells a number by three examples, learnt on indicators as if only their examples were known."""
    features = Features()
    told, right = [], []
    for indicator in indicators:
        own = np.array([indicator.id in given for given in gives])
        if indicator.type in COUNTED and own.sum() > 2 * len(indicator.examples):
            told.append(likeness(rows, found, indicator, features))
            right.append(own)
    near, target = np.concatenate(told), np.concatenate(right)
    fair = near[:, 0] < 0.98  # the examples themselves are among the rows
    weights = _logistic(near[fair], target[fair])
    chance = 1 / (1 + np.exp(-(near[fair] @ weights[:-1] + weights[-1])))
    _tell("numbers by three examples", chance, target[fair], int(target[fair].sum()))
    return weights


def _clauses(documents: Sequence[Document], features: Features) -> tuple[Scorer, NDArray[np.float32]]:
    authors = sorted({d.author for d in documents})
    all_of = [(d, i) for d in documents for i, c in enumerate(d.found) if c.number is None]
    telling = [(d, i) for d, i in all_of if d.gives[i] or not d.author]
    silent = [(d, i) for d, i in all_of if not d.gives[i] and d.author]
    step = max(1, round(len(silent) / _MOST_CLAUSES))
    used = telling + silent[::step]
    rows = vstack([features.matrix([d.found[i]]) for d, i in used]).tocsr()
    gives = [d.gives[i] for d, i in used]
    # What was written for this is shared out among the authors: a class that no report gives is told by it alone.
    group = np.array([authors.index(d.author) if d.author else i % len(authors) for i, (d, _) in enumerate(used)])
    classes = tuple(sorted(set().union(*gives)))
    scorer, unseen = _ridge(rows, gives, group, classes)
    target = np.array([[name in given for name in classes] for given in gives])
    looked = unseen >= 0.1
    weights = _logistic(unseen[looked][:, None], target[looked])
    chance = 1 / (1 + np.exp(-(unseen * weights[0] + weights[1])))
    _tell("clauses", chance, target, int(target.sum()))
    return scorer, weights


def _ridge(
    rows: csr_matrix, gives: Sequence[set[str]], group: NDArray[np.int64], classes: tuple[str, ...]
) -> tuple[Scorer, NDArray[np.float32]]:
    """The fitted classes, and the scores that each row gets from weights fitted without its group."""
    target = np.array([[name in given for name in classes] for given in gives], dtype=np.float32)
    kernel = (rows @ rows.T).toarray().astype(np.float32)
    kernel[np.diag_indices_from(kernel)] += _RIDGE
    factor = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
    inverse = cho_solve(factor, np.eye(len(target), dtype=np.float32), check_finite=False)
    dual = inverse @ target
    unseen = np.zeros_like(target)
    for number in np.unique(group):
        own = np.flatnonzero(group == number)
        unseen[own] = target[own] - np.linalg.solve(inverse[np.ix_(own, own)], dual[own])
    matrix = np.asarray(rows.T @ dual, dtype=np.float32)
    assert matrix.shape == (WIDTH, len(classes))
    return Scorer(classes, matrix), unseen


def _settle(
    documents: Sequence[Document],
    numbered: Sequence[Sequence[int]],
    unseen: NDArray[np.float32],
    indicators: Sequence[Indicator],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What decides on a number, and what tells a part."""
    told, right, part = [], [], []
    start = 0
    for document, own in zip(documents, numbered, strict=True):
        scores = unseen[start : start + len(own)]
        start += len(own)
        if not document.author or not own:
            continue
        found = [document.found[i] for i in own]
        guessed = guesses(scores)
        told.append(signs(found, scores, guessed, indicators))
        for guess in guessed:
            i, name = own[guess.candidate], indicators[guess.indicator].id
            right.append(name in document.gives[i])
            part.append((i, name) in document.parts)
    rows, is_right, is_part = np.concatenate(told), np.array(right), np.array(part)
    decide = _logistic(rows, is_right)
    chance = 1 / (1 + np.exp(-(rows @ decide[:-1] + decide[-1])))
    ids = {indicator.id for indicator in indicators}
    _tell("numbers", chance, is_right, sum(len(g & ids) for d in documents if d.author for g in d.gives))
    return decide, _logistic(rows[is_right], is_part[is_right])


def _tell(what: str, chance: NDArray[np.float32], right: NDArray[np.bool_], wanted: int) -> None:
    for least in (0.3, 0.4, 0.5, 0.6):
        kept = right[chance >= least]
        line = f"{what} of unseen authors at {least}: precision {kept.mean():.3f}, recall {kept.sum() / wanted:.3f}"
        print(line, file=sys.stderr)  # noqa: T201


def _logistic(rows: NDArray[np.float32], target: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Weights of a logistic regression, the constant last."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10.0, max_iter=300).fit(rows, target)
    return np.append(model.coef_[0], model.intercept_).astype(np.float32)


if __name__ == "__main__":
    main()
