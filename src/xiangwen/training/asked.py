"""Train who tells which indicator a question asks for: ``python -m xiangwen.training.asked tests/learning``.

The wordings of questions for a number are examples of the indicator whose cell has that number in the sentence that
answers; all others (a part, the year before, a number in no column) are examples of none. Names and definitions of
indicators are added in the forms of questions over many reports. How sure the model must be is chosen on authors whose
questions it has not seen.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from xiangwen.encoding import load_encoder
from xiangwen.language.characters import simplify
from xiangwen.ledger.asked import ASKED_FILE, BUCKETS, NONE, VECTOR_SCALE, buckets
from xiangwen.ledger.indicators import Indicator, shipped
from xiangwen.quantities.forms import amounts
from xiangwen.questions import Atlas
from xiangwen.reports import read_folder

OUT = Path(__file__).parents[1] / "ledger" / ASKED_FILE
_FORMS_ZH = ("哪个乡镇{}最多", "{}最少的是哪里", "各乡镇{}一共多少", "{}平均是多少", "{}超过100的有哪些", "{}")
_FORMS_EN = ("Which township has the most {}?", "What is the total of {}?", "{} above 100")
_RIGHT = 0.97
"""Of the questions of unseen authors that are taken for an indicator, so many must be for it."""


class Example(NamedTuple):
    """A question without places, and the indicator that it asks for."""

    author: str
    topic: str
    indicator: str


def main() -> None:
    """Train, choose how sure it must be, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vectors", type=Path, help="keep the vectors of questions in this file for the next time")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    rows = [*read_questions(arguments.folder), *named(shipped())]
    encoder = load_encoder()
    topics = sorted({row.topic for row in rows})
    known: dict[str, NDArray[np.float32]] = {}
    if arguments.vectors and arguments.vectors.is_file():
        with np.load(arguments.vectors) as file:
            known = dict(zip(file["keys"].tolist(), file["vectors"], strict=True))
    new = [topic for topic in topics if topic not in known]
    if new:
        encoded = encoder.encode_query(new)
        known |= dict(zip(new, np.asarray(encoded, dtype=np.float32), strict=True))
    if arguments.vectors:
        np.savez(arguments.vectors, keys=np.array(list(known)), vectors=np.array(list(known.values())))
    features = _features(rows, known)
    sure = _sure(rows, features)
    model = _fit(features, [row.indicator for row in rows])
    scale = np.abs(model.coef_).max(axis=1, keepdims=True) / 127
    np.savez_compressed(
        arguments.out,
        encoder=np.array(encoder.fingerprint),
        classes=np.array(model.classes_),
        weights=np.rint(model.coef_ / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=model.intercept_.astype(np.float32),
        sure=np.array(sure),
    )


def read_questions(folder: Path) -> Iterator[Example]:
    """The wordings of all questions for a number."""
    for file in sorted(folder.glob("*/questions.jsonl")):
        reports = read_folder(file.parent).reports
        texts = {report.file: report.text for report in reports}
        atlas = Atlas(reports)
        cells: dict[str, list[dict[str, Any]]] = {}
        for line in (file.parent / "cells.jsonl").read_text(encoding="utf-8").splitlines():
            cell = json.loads(line)
            cells.setdefault(cell["file"], []).append(cell)
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["form"] == "number":
                indicator = _indicator(row, texts[row["file"]], cells.get(row["file"], []))
                wordings = row["zh"][: 1 if indicator == NONE else 3]  # those that ask for none are many
                for words in (*wordings, *row.get("en", ())[:1]):
                    topic = " ".join(atlas.find(" ".join(simplify(words).split())).rest.split())
                    yield Example(file.parent.name, topic.strip(" ，,。.?？!！"), indicator)


def _indicator(row: dict[str, Any], text: str, cells: Sequence[dict[str, Any]]) -> str:
    """The indicator whose cell, no part of another, has the number that answers in the sentence that answers."""
    at = text.find(row["quote"])
    value = next((amount.value for amount in amounts(row.get("value") or "")), None)
    found = {
        cell["indicator"]
        for cell in cells
        if cell["state"] in ("done", "none")
        and not cell.get("part")
        and not isinstance(cell["value"], bool)
        and cell["value"] == value
        and (cell["quote"] in row["quote"] or row["quote"] in cell["quote"])
    }
    return found.pop() if at >= 0 and value is not None and len(found) == 1 else NONE


def named(indicators: Sequence[Indicator]) -> Iterator[Example]:
    """The names and definitions of indicators, as questions over many reports have them."""
    for indicator in indicators:
        for form in _FORMS_ZH:
            yield Example("", form.format(indicator.zh), indicator.id)
        for form in _FORMS_EN:
            yield Example("", form.format(indicator.en), indicator.id)
        yield Example("", indicator.counts, indicator.id)


def _features(rows: Sequence[Example], known: dict[str, NDArray[np.float32]]) -> csr_matrix:
    hashed = [buckets(row.topic) for row in rows]
    values = np.concatenate([np.full(len(own), 1 / np.sqrt(len(own))) for own in hashed])
    starts = np.cumsum([0, *map(len, hashed)])
    characters = csr_matrix((values, np.concatenate(hashed), starts), shape=(len(rows), BUCKETS))
    dense = VECTOR_SCALE * np.array([known[row.topic] for row in rows])
    return csr_matrix(hstack([csr_matrix(dense), characters]))


def _fit(features: csr_matrix, indicators: Sequence[str]) -> LogisticRegression:
    model = LogisticRegression(C=20, max_iter=60)
    model.fit(features, indicators)
    return model


def _sure(rows: Sequence[Example], features: csr_matrix) -> float:
    """The least probability from which on questions of unseen authors are taken for the right indicator."""
    author = np.array([row.author for row in rows])
    wanted = np.array([row.indicator for row in rows])
    best, taken, truth = [], [], []
    for name in sorted(set(author.tolist()) - {""}):
        model = _fit(features[author != name], wanted[author != name].tolist())
        p = model.predict_proba(features[author == name])
        best.append(p.max(axis=1))
        taken.append(model.classes_[p.argmax(axis=1)])
        truth.append(wanted[author == name])
    p, guess, right = np.concatenate(best), np.concatenate(taken), np.concatenate(truth)
    least = 0.98
    for sure in np.arange(0.3, 0.99, 0.02)[::-1]:
        chosen = (p >= sure) & (guess != NONE)
        precision = float((guess == right)[chosen].mean()) if chosen.any() else 1.0
        recall = float((guess == right)[chosen].sum() / max((right != NONE).sum(), 1))
        print(f"at {sure:.2f}: precision {precision:.3f}, recall {recall:.3f}", file=sys.stderr)  # noqa: T201
        if precision >= _RIGHT:
            least = float(sure)
    return least


if __name__ == "__main__":
    main()
