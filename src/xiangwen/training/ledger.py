"""Fit the ledger's weights: python -m xiangwen.training.ledger tests/learning [--hold AUTHOR] [--out FILE] [--wrong]

Reads reports with labelled cells (one folder an author: `*.txt` and `cells.jsonl`), `clauses.jsonl` (sentences written
for this) and the example sentences of the shipped indicators. Each class is fitted by ridge regression on the features
of `xiangwen.ledger.features` and the vectors of sentences; what settles a report (`xiangwen.ledger.settling`) by
logistic regression on the scores that the reports of an author get from weights fitted without this author. Printed is
what cells these scores give, so that no report is read by weights that its author was part of.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.sparse import vstack

from xiangwen.encoding import load_encoder
from xiangwen.encoding.probabilities import sigmoid
from xiangwen.index import passage_path
from xiangwen.ledger.candidates import CellCandidate, cell_candidates, sentence_alone, sentences
from xiangwen.ledger.cells import VALUES, ScoredCandidates, clause_guesses, counted_in, numbers_of, settle
from xiangwen.ledger.features import WIDTH, Features
from xiangwen.ledger.indicators import Indicator, shipped
from xiangwen.ledger.likeness import COUNTED, likeness
from xiangwen.ledger.settling import ClauseGuess, clause_signs, guesses, signs
from xiangwen.ledger.weights import LedgerWeights, LinearScorer, Meanings
from xiangwen.quantities.reading import read_quantities
from xiangwen.reports import Report, read_folder
from xiangwen.segmentation.passages import split_passages

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

OUT = Path(__file__).parent.parent / "ledger" / "weights.npz"
_RIDGE = 0.5
_MOST_CLAUSES = 6000
"""Clauses without a cell are plenty; so many in all are enough to learn from."""
_BLOCK = 2000
"""Candidates that are compared with all others at once."""
_MEANING = 2.5
"""What a sentence's vector, less the mean vector, counts beside the characters."""


_CellKey = tuple[str, str, object]
"""Indicator, state, value."""


@dataclass
class LabelledDocument:
    """A report, or some sentences, with what its candidates give."""

    author: str
    found: list[CellCandidate]
    paths: tuple[tuple[str, ...], ...]
    """Of its passages, as they are embedded."""
    name: str = ""
    gives: list[set[str]] = field(default_factory=list)
    """Of each candidate: ids of indicators of a number, 「indicator:kind」 of a clause."""
    parts: set[tuple[int, str]] = field(default_factory=set)
    """(candidate, indicator) that are parts of another number."""
    unsure: set[tuple[int, str]] = field(default_factory=set)
    """(candidate, indicator) of which the definitions do not settle whether the one gives the other: nothing is learnt
    from these candidates, no guess of these is right or wrong."""
    cells: dict[_CellKey, bool] = field(default_factory=dict)
    """The cells that it gives, and whether each is a part."""
    open: set[tuple[str, object]] = field(default_factory=set)
    """(indicator, value) of cells that are unsure."""
    vectors: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    """Of its passages, less the mean of all."""


def main() -> None:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hold", help="leave the reports of this author out")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--vectors", type=Path, help="keep the vectors of sentences in this file for the next fit")
    parser.add_argument(
        "--wrong", action="store_true", help="print the cells of unseen authors that are wrong or missed"
    )
    arguments = parser.parse_args()
    documents = [d for d in read_documents(arguments.folder, shipped()) if d.author != arguments.hold]
    meanings = embed(documents, shipped(), arguments.vectors)
    fit(documents, shipped(), meanings, arguments.wrong).save(arguments.out)


def embed(documents: Sequence[LabelledDocument], indicators: Sequence[Indicator], kept: Path | None = None) -> Meanings:
    """Give the documents their vectors; what the indicators mean."""
    encoder = load_encoder()
    known: dict[str, NDArray[np.float32]] = {}
    if kept and kept.is_file():
        with np.load(kept) as file:
            known = dict(zip(file["keys"].tolist(), file["vectors"], strict=True))
    for document in documents:
        keys = ["\x1f".join(path) for path in document.paths]
        if any(key not in known for key in keys):
            known |= dict(zip(keys, _unit(encoder.encode_document(list(document.paths))), strict=True))
        document.vectors = np.array([known[key] for key in keys], dtype=np.float32)
    if kept:
        np.savez(kept, keys=np.array(list(known)), vectors=np.array(list(known.values()), dtype=np.float32))
    centre = np.concatenate([d.vectors for d in documents if d.author]).mean(axis=0)
    for document in documents:
        document.vectors = document.vectors - centre
    said = [encoder.encode_query([part(i) for i in indicators]) for part in (_counts, Indicator.name)]
    shown = encoder.encode_document([(words,) for i in indicators for words in _shown(i)])
    definitions = _unit(said[0] + said[1] + np.asarray(shown).reshape(len(indicators), -1, shown.shape[1]).mean(axis=1))
    return Meanings(encoder.fingerprint, centre, tuple(i.id for i in indicators), definitions - centre)


def _counts(indicator: Indicator) -> str:
    return indicator.counts


def _shown(indicator: Indicator) -> tuple[str, ...]:
    return (*indicator.examples, indicator.zh, indicator.zh, indicator.zh)[:3]


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def read_documents(folder: Path, indicators: Sequence[Indicator]) -> list[LabelledDocument]:
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
        documents += [written_document(row["text"], row.get("above", ()), row["cells"]) for row in rows]
    documents += [_example(indicator, words) for indicator in indicators for words in indicator.examples]
    return documents


def _labelled(author: str, report: Report, gold: Sequence[dict[str, Any]]) -> LabelledDocument:
    passages = split_passages(report.text)
    found = [c for s in sentences(report, passages) for c in cell_candidates(s)]
    paths = tuple(passage_path(report, passage) for passage in passages)
    document = LabelledDocument(author, found, paths, report.file, [set() for _ in found])
    firm = [row for row in gold if not row.get("unsure")]
    document.cells = {(row["indicator"], row["state"], _value(row["value"])): bool(row.get("part")) for row in firm}
    document.open = {(row["indicator"], _value(row["value"])) for row in gold if row.get("unsure")}
    for row in gold:
        places = list(_places(report.text, row["quote"]))
        value = row["value"]
        counted = isinstance(value, int | float) and not isinstance(value, bool)
        hits = [i for i in _numbers_in(found, places) if counted and abs(_number(found[i]) - value) < 1e-6]
        for i in hits:
            document.gives[i].add(row["indicator"])
            if row.get("part"):
                document.parts.add((i, row["indicator"]))
            if row.get("unsure"):
                document.unsure.add((i, row["indicator"]))
        kind = _kind(value, row["state"])
        if not hits and kind:
            for i, candidate in enumerate(found):
                start, end = candidate.quote
                if candidate.number is None and any(start < b and end > a for a, b in places):
                    document.gives[i].add(f"{row['indicator']}:{kind}")
                    if row.get("unsure"):
                        document.unsure.add((i, row["indicator"]))
    return document


def _value(value: Any) -> object:
    """As two cells of one value have it alike."""
    if value == "yes":
        return True
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _kind(value: Any, state: str) -> str | None:
    if value in ("yes", True) and not isinstance(value, int | float):
        return "yes"
    if value is None:
        return "short" if state == "lacking" else "has"
    if isinstance(value, str):
        return "yes" if value == "yes" else value if value in ("all", "part", "none") else None
    return "zero" if value == 0 else None


def written_document(text: str, above: Sequence[str], cells: Sequence[Sequence[Any]]) -> LabelledDocument:
    """A sentence of its own; its cells are (indicator, number or kind)."""
    sentence = sentence_alone(text, above)
    found = cell_candidates(sentence)
    document = LabelledDocument("", found, ((*above, text),), "", [set() for _ in found])
    for indicator, value in cells:
        for i, candidate in enumerate(found):
            if isinstance(value, str):
                if candidate.number is None and len(sentence.clauses) == 1:
                    document.gives[i].add(f"{indicator}:{value}")
            elif candidate.number is not None and candidate.number.value == value:
                document.gives[i].add(indicator)
    return document


def _example(indicator: Indicator, words: str) -> LabelledDocument:
    """An example sentence of an indicator gives it by its first number of a fitting measure word, or as a whole."""
    numbers = [n for n in read_quantities(words) if n.unit in indicator.units]
    kind = {"fact": "yes", "coverage": "all"}.get(indicator.type, "has")
    return written_document(words, (), [(indicator.id, numbers[0].value if numbers else kind)])


def _places(text: str, quote: str) -> Iterator[tuple[int, int]]:
    position = text.find(quote)
    while position >= 0:
        yield position, position + len(quote)
        position = text.find(quote, position + 1)


def _numbers_in(found: Sequence[CellCandidate], places: Sequence[tuple[int, int]]) -> Iterator[int]:
    for i, candidate in enumerate(found):
        if candidate.number is not None:
            at = candidate.sentence.start
            start, end = at + candidate.number.start, at + candidate.number.end
            if any(a <= start and end <= b + 2 for a, b in places):
                yield i


def _number(candidate: CellCandidate) -> float:
    assert candidate.number is not None
    return candidate.number.value


def fit(
    documents: Sequence[LabelledDocument], indicators: Sequence[Indicator], meanings: Meanings, wrong: bool = False
) -> LedgerWeights:
    """All weights; ``wrong`` prints what they get wrong of the reports of authors unseen."""
    features = Features()
    numbered = [_CandidateGroup(d, [i for i, c in enumerate(d.found) if c.number is not None]) for d in documents]
    given = {name for part in numbered for names in part.gives for name in names}
    number_classes = tuple(i.id for i in indicators if i.id in given)
    worded = [_CandidateGroup(d, [i for i, c in enumerate(d.found) if c.number is None]) for d in documents]
    clause_classes = tuple(sorted({name for part in worded for names in part.gives for name in names}))
    numbers, number_scores = _ridge(numbered, features, number_classes, len(documents) * 1000)
    clauses, clause_scores = _ridge(worded, features, clause_classes, _MOST_CLAUSES)
    by_id = {indicator.id: indicator for indicator in indicators}
    decide, part = _settle(numbered, number_scores, [by_id[name] for name in number_classes], meanings)
    like = _like(numbered, features, indicators)
    weights = LedgerWeights(meanings, numbers, clauses, decide, part, np.zeros(1, dtype=np.float32), like)

    def scored(part: _CandidateGroup, scores: NDArray[np.float32], classes: Sequence[str]) -> ScoredCandidates:
        near = meanings.near(part.meant, [name.partition(":")[0] for name in classes])
        return ScoredCandidates(part.found, scores, near, classes)

    reports = [
        (one.document, scored(one, a, number_classes), scored(other, b, clause_classes))
        for one, a, other, b in zip(numbered, number_scores, worded, clause_scores, strict=True)
        if one.document.author
    ]
    weights = replace(weights, clause=_settle_clauses(reports, indicators, weights))
    _report(reports, indicators, weights, wrong)
    return weights


@dataclass
class _CandidateGroup:
    """Some candidates of a document: its numbers, or its clauses."""

    document: LabelledDocument
    own: list[int]

    @property
    def found(self) -> list[CellCandidate]:
        return [self.document.found[i] for i in self.own]

    @property
    def gives(self) -> list[set[str]]:
        return [self.document.gives[i] for i in self.own]

    @property
    def unsure(self) -> list[bool]:
        open_ones = {i for i, _ in self.document.unsure}
        return [i in open_ones for i in self.own]

    @property
    def meant(self) -> NDArray[np.float32]:
        return self.document.vectors[[c.sentence.passage for c in self.found]]


_ScoredReport = tuple[LabelledDocument, ScoredCandidates, ScoredCandidates]
"""A report, its numbers and its clauses with scores by weights that its author had no part in."""


def _settle_clauses(
    reports: Sequence[_ScoredReport], indicators: Sequence[Indicator], weights: LedgerWeights
) -> NDArray[np.float32]:
    """What decides on the best clause of a class in a report."""
    by_id = {indicator.id: indicator for indicator in indicators}
    told, right = [], []
    for document, numbers, clauses in reports:
        counted = counted_in(numbers_of(numbers, by_id, weights))
        said = [(_said_by(clauses, guess), guess) for guess in clause_guesses(clauses)]
        firm = [(key, guess) for key, guess in said if (key[0], key[2]) not in document.open]
        guessed = [guess for _, guess in firm]
        told.append(clause_signs(clauses.found, clauses.scores, clauses.near, guessed, clauses.classes, counted))
        right += [key in document.cells for key, _ in firm]
    return _logistic(np.concatenate(told), np.array(right))


def _said_by(clauses: ScoredCandidates, guess: ClauseGuess) -> _CellKey:
    """The cell that a guess would give."""
    indicator, _, kind = clauses.classes[guess.column].partition(":")
    return indicator, guess.state, _value(VALUES[kind])


def _report(
    reports: Sequence[_ScoredReport], indicators: Sequence[Indicator], weights: LedgerWeights, wrong: bool
) -> None:
    """Print precision and recall of the cells, in all, by state and by what kind of value."""
    right: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for document, numbers, clauses in reports:
        found = {(c.indicator, c.state, _value(c.value)): c for c in settle(numbers, clauses, indicators, weights)}
        totals = {key[0] for key, part in document.cells.items() if not part}
        needed = {key for key, part in document.cells.items() if not (part and key[0] in totals)}
        for key, cell in found.items():
            if key not in document.cells and (key[0], key[2]) in document.open:
                continue
            for name in _rows(key):
                right[name][0] += key in document.cells
                right[name][1] += 1
            if wrong and key not in document.cells:
                words = next(c.words for c in document.found if c.quote == (cell.start, cell.end))
                print("extra", document.author, document.name, *key, cell.confidence, words)  # noqa: T201
        for wanted in needed:
            for name in _rows(wanted):
                right[name][2] += wanted in found
                right[name][3] += 1
            if wrong and wanted not in found:
                print("missed", document.author, document.name, *wanted)  # noqa: T201
    for name in sorted(right, key=lambda name: (name.count(" "), name)):
        a, b, c, d = right[name]
        print(f"{name:28} precision {a / max(b, 1):.3f} ({a}/{b})  recall {c / max(d, 1):.3f} ({c}/{d})")  # noqa: T201


def _rows(key: _CellKey) -> tuple[str, ...]:
    indicator, state, value = key
    kind = "number" if isinstance(value, float) else "clause"
    return ("cells", f"of {state}", f"of {kind}", f"of {state} {kind}", f"of one {indicator}")


def _like(
    numbered: Sequence[_CandidateGroup], features: Features, indicators: Sequence[Indicator]
) -> NDArray[np.float32]:
    """What tells a number by three examples, learnt on indicators as if only their examples were known."""
    found = [c for part in numbered for c in part.found]
    gives = [names for part in numbered for names in part.gives]
    rows = features.matrix(found)
    told, right = [], []
    for indicator in indicators:
        own = np.array([indicator.id in given for given in gives])
        if indicator.type in COUNTED and own.sum() > 2 * len(indicator.examples):
            told.append(likeness(rows, found, indicator, features))
            right.append(own)
    near, target = np.concatenate(told), np.concatenate(right)
    fair = near[:, 0] < 0.98  # the examples themselves are among the rows
    weights = _logistic(near[fair], target[fair])
    chance = sigmoid(near[fair] @ weights[:-1] + weights[-1])
    _tell("numbers by three examples", chance, target[fair], int(target[fair].sum()))
    return weights


def _ridge(
    parts: Sequence[_CandidateGroup], features: Features, classes: tuple[str, ...], most_silent: int
) -> tuple[LinearScorer, list[NDArray[np.float32]]]:
    """The fitted classes, and the scores that each part gets from weights fitted without its author."""
    rows = vstack([features.matrix(part.found) for part in parts]).tocsr()
    meant = np.concatenate([part.meant for part in parts])
    gives = [names for part in parts for names in part.gives]
    authors = sorted({part.document.author for part in parts} - {""})
    author = np.array([authors.index(p.document.author) if p.document.author else -1 for p in parts for _ in p.own])
    silent = np.flatnonzero([not names for names in gives] & (author >= 0))
    used = np.ones(len(gives), dtype=bool)
    used[silent] = False
    used[silent[:: max(1, round(len(silent) / most_silent))]] = True
    used[np.array([unsure for part in parts for unsure in part.unsure])] = False
    learnt, rest = np.flatnonzero(used), np.flatnonzero(~used)
    target = np.array([[name in gives[i] for name in classes] for i in learnt], dtype=np.float32)
    inverse = _inverse(_kernel(rows[learnt], meant[learnt]))
    dual = inverse @ target
    unseen = np.zeros((len(gives), len(classes)), dtype=np.float32)
    for number in range(len(authors)):
        own = np.flatnonzero(author[learnt] == number)
        gone = np.linalg.solve(inverse[np.ix_(own, own)], dual[own])
        unseen[learnt[own]] = target[own] - gone
        others = rest[author[rest] == number]
        if len(others):
            without = dual - inverse[:, own] @ gone
            unseen[others] = _weights(rows[learnt], meant[learnt], without, classes).scores(rows[others], meant[others])
    starts = np.cumsum([0, *(len(part.own) for part in parts)])
    return _weights(rows[learnt], meant[learnt], dual, classes), [unseen[a:b] for a, b in pairwise(starts)]


def _kernel(rows: csr_matrix, meant: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the ridge solves for, shape (candidates, candidates), block by block: all of it does not fit as sparse."""
    kernel = np.empty((rows.shape[0], rows.shape[0]), dtype=np.float32)
    for start in range(0, len(kernel), _BLOCK):
        own = slice(start, start + _BLOCK)
        kernel[:, own] = (rows @ rows[own].T).toarray() + _MEANING**2 * (meant @ meant[own].T)
    kernel[np.diag_indices_from(kernel)] += _RIDGE
    return kernel


def _inverse(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of a positive definite matrix, from its Cholesky factor: a third of the work of a general one.

    By torch, since SciPy's OpenBLAS writes beyond its memory from some 30,000 rows on.
    """
    factor = torch.linalg.cholesky(torch.from_numpy(kernel))
    return torch.cholesky_inverse(factor).numpy()


def _weights(
    rows: csr_matrix, meant: NDArray[np.float32], dual: NDArray[np.float32], classes: tuple[str, ...]
) -> LinearScorer:
    matrix = np.asarray(rows.T @ dual, dtype=np.float32)
    assert matrix.shape == (WIDTH, len(classes))
    return LinearScorer(classes, matrix, np.asarray(_MEANING**2 * (meant.T @ dual), dtype=np.float32))


def _settle(
    numbered: Sequence[_CandidateGroup],
    unseen: Sequence[NDArray[np.float32]],
    indicators: Sequence[Indicator],
    meanings: Meanings,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What decides on a number, and what tells a part."""
    told, right, part = [], [], []
    for own, scores in zip(numbered, unseen, strict=True):
        document = own.document
        if not document.author or not own.own:
            continue
        guessed = [
            g for g in guesses(scores) if (own.own[g.candidate], indicators[g.indicator].id) not in document.unsure
        ]
        near = meanings.near(own.meant, [i.id for i in indicators])
        told.append(signs(own.found, scores, near, guessed, indicators))
        for guess in guessed:
            i, name = own.own[guess.candidate], indicators[guess.indicator].id
            right.append(name in document.gives[i])
            part.append((i, name) in document.parts)
    rows, is_right, is_part = np.concatenate(told), np.array(right), np.array(part)
    return _logistic(rows, is_right), _logistic(rows[is_right], is_part[is_right])


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
