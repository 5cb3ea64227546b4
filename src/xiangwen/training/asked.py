"""Train who tells which indicator a question asks for: ``python -m xiangwen.training.asked tests/learning``.

Questions of several hands are labelled with their indicator (``asked.jsonl``). The wordings of questions for a number
on one report are examples of the indicator whose cell has that number in the sentence that answers; all others (a part,
the year before, a number in no column) are examples of none. Names and definitions of indicators are added in the forms
of questions over many reports. How sure the model must be is chosen on hands whose questions it has not seen.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xiangwen.answers.from_ledger import topic_asked
from xiangwen.encoding import Encoder, load_encoder
from xiangwen.language.characters import simplify
from xiangwen.language.ngrams import in_eight_bits
from xiangwen.ledger.asked import (
    ASKED_FILE,
    BUCKETS,
    NONE,
    VECTOR_SCALE,
    AskedModel,
    leads,
    topic_buckets,
)
from xiangwen.ledger.indicators import Indicator, shipped
from xiangwen.quantities.forms import amounts
from xiangwen.questions import Atlas, understand
from xiangwen.reports import read_folder

OUT = Path(__file__).parents[1] / "ledger" / ASKED_FILE
_FORMS_ZH = ("哪个乡镇{}最多", "{}最少的是哪里", "各乡镇{}一共多少", "{}平均是多少", "{}超过100的有哪些", "{}")
_FORMS_EN = ("Which township has the most {}?", "What is the total of {}?", "{} above 100")
_INVENTED_PLACE = re.compile(r"(?:^|(?<=[，,、和跟与比]))(?![各哪全每几多])[\u4e00-\u9fff]{2,3}(?:镇|乡|街道)")
"""Names of townships that no collection holds, so that no atlas takes them out of a question."""
_RIDGE = 0.3
_KEPT = 0.97
"""Of the questions of unseen hands that ask for an indicator so many must be taken for one."""
_RIGHT = 0.9
"""Of those that are taken to ask for all of an indicator so many must."""


class Example(NamedTuple):
    """A question without places, and the indicator that it asks for."""

    author: str
    topic: str
    indicator: str
    is_labelled: bool = False
    """Whether a person said so; else it was told by the author's cells."""


def main() -> None:
    """Train, choose how sure it must be, write, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--test", type=Path, help="labelled questions of another hand")
    parser.add_argument("--vectors", type=Path, help="keep the vectors of questions in this file for the next time")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    rows = [*read_questions(arguments.folder), *read_labelled(arguments.folder / "asked.jsonl"), *named(shipped())]
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
    centre = np.array(list(known.values())).mean(axis=0)
    features = _features(rows, known, centre)
    classes = tuple(sorted({row.indicator for row in rows}))
    weights, unseen = _ridge(features, rows, classes)
    packed, scale = in_eight_bits(weights)
    least, whole = _thresholds(rows, classes, unseen)
    np.savez_compressed(
        arguments.out,
        encoder=np.array(encoder.fingerprint),
        classes=np.array(classes),
        centre=centre,
        weights=packed,
        scale=scale,
        least=np.array(least),
        whole=np.array(whole),
    )
    if arguments.test:
        _measure(list(read_labelled(arguments.test)), arguments.out, encoder)


def read_labelled(file: Path) -> Iterator[Example]:
    """Questions whose indicator was labelled, over many reports or on one, each as an answer takes it."""
    atlas = Atlas(())
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        of_place = row["kind"] in ("number", "compare")
        words = _INVENTED_PLACE.sub("", row["question"]) if of_place else row["question"]
        yield Example(row["by"], topic_asked(understand(words, atlas)), row["indicator"], is_labelled=True)


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
                if indicator is None:
                    continue
                wordings = row["zh"][: 1 if indicator == NONE else 3]  # those that ask for none are many
                for words in (*wordings, *row.get("en", ())[:1]):
                    topic = " ".join(atlas.find(" ".join(simplify(words).split())).rest.split())
                    yield Example(file.parent.name, topic.strip(" ，,。.?？!！"), indicator)


def _indicator(row: dict[str, Any], text: str, cells: Sequence[dict[str, Any]]) -> str | None:
    """The indicator whose cell, no part of another, has the number that answers in the sentence that answers; None
    where that cannot be told."""
    at = text.find(row["quote"])
    value = next((amount.value for amount in amounts(row.get("value") or "")), None)
    if at < 0 or value is None:
        return None
    same = [cell for cell in cells if cell["value"] == value and not isinstance(cell["value"], bool)]
    here = [cell for cell in same if _meet(text, cell["quote"], at, at + len(row["quote"]))]
    whole = {cell["indicator"] for cell in here if cell["state"] in ("done", "none") and not cell.get("part")}
    if len(whole) == 1 and not any(cell.get("part") for cell in here):
        return str(whole.pop())
    return None if whole or (same and not here) else NONE


def _meet(text: str, quote: str, start: int, end: int) -> bool:
    position = text.find(quote)
    while position >= 0:
        if position < end and position + len(quote) > start:
            return True
        position = text.find(quote, position + 1)
    return False


def named(indicators: Sequence[Indicator]) -> Iterator[Example]:
    """The names and definitions of indicators, as questions over many reports have them."""
    for indicator in indicators:
        for form in _FORMS_ZH:
            yield Example("", form.format(indicator.zh), indicator.id)
        for form in _FORMS_EN:
            yield Example("", form.format(indicator.en), indicator.id)
        yield Example("", indicator.counts, indicator.id)


def _measure(rows: Sequence[Example], file: Path, encoder: Encoder) -> None:
    """Print how many questions are taken for an indicator, for the right one, and for all of it."""
    with file.open("rb") as opened:
        model = AskedModel.read(dict(np.load(opened)))
    vectors = np.asarray(encoder.encode_query([row.topic for row in rows]), dtype=np.float32)
    told = [model.asked(row.topic, vector) for row, vector in zip(rows, vectors, strict=True)]
    for name, chosen in (("taken", told), ("as a whole", [one if one and one.whole else None for one in told])):
        right = sum(one is not None and one.id == row.indicator for one, row in zip(chosen, rows, strict=True))
        print(  # noqa: T201
            f"another hand, {name}: {right} of {sum(one is not None for one in chosen)} are right, "
            f"of {sum(row.indicator != NONE for row in rows)} that ask for one"
        )


def _features(
    rows: Sequence[Example], known: dict[str, NDArray[np.float32]], centre: NDArray[np.float32]
) -> NDArray[np.float32]:
    dimensions = len(centre)
    features = np.zeros((len(rows), dimensions + BUCKETS), dtype=np.float32)
    for i, row in enumerate(rows):
        features[i, :dimensions] = VECTOR_SCALE * (known[row.topic] - centre)
        hashed = topic_buckets(row.topic)
        features[i, dimensions + hashed] = 1 / np.sqrt(len(hashed))
    return features


def _ridge(
    features: NDArray[np.float32], rows: Sequence[Example], classes: tuple[str, ...]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights, shape (classes, features), and the scores that each row gets from weights fitted without its author."""
    target = np.array([[row.indicator == name for name in classes] for row in rows], dtype=np.float32)
    kernel = features @ features.T
    kernel[np.diag_indices_from(kernel)] += _RIDGE
    inverse = np.linalg.inv(kernel)
    dual = inverse @ target
    author = np.array([row.author for row in rows])
    unseen = target.copy()
    for name in set(author.tolist()) - {""}:
        own = np.flatnonzero(author == name)
        unseen[own] -= np.linalg.solve(inverse[np.ix_(own, own)], dual[own])
    return dual.T @ features, unseen


def _thresholds(rows: Sequence[Example], classes: tuple[str, ...], unseen: NDArray[np.float32]) -> tuple[float, float]:
    """The leads over none from which on an indicator is taken, and asked for as a whole, on questions of unseen hands.

    Those of the reports' authors, whose indicators were told by cells, do not count: the cells were not made for that.
    """
    asked = np.array([row.is_labelled for row in rows])
    none = classes.index(NONE)
    wanted = np.array([classes.index(row.indicator) for row in rows])[asked]
    told = leads(unseen[asked], none)
    right = told.clear & (told.best == wanted)
    least = float(np.quantile(told.over_none[told.clear & (wanted != none)], 1 - _KEPT))
    whole = 1.0
    for lead in np.arange(0.0, 1.0, 0.05)[::-1]:
        taken = told.clear & (told.over_none >= lead)
        recall = (right & taken).sum() / (wanted != none).sum()
        print(f"whole from {lead:.2f}: precision {right[taken].mean():.3f}, recall {recall:.3f}", file=sys.stderr)  # noqa: T201
        if right[taken].mean() >= _RIGHT:
            whole = float(lead)
    return least, whole


if __name__ == "__main__":
    main()
