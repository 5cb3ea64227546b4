"""Train what tells which themes a sentence is on: ``make themes``.

Sentences of the authors' reports that tell of lacks, plans and deeds, each labelled with all its themes, and sentences
written for this (``themes.jsonl``). Each theme is fitted by ridge regression; the score from which on a sentence tells
of a theme is the one of the best F1 over the sentences of authors left out, whose figures are printed.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiangwen.answers.common import sentence_read, without_mark
from xiangwen.answers.themes import (
    CATALOGUES,
    THEME_FILE,
    WIDTH,
    CatalogueName,
    SentenceRead,
    features,
    known,
    scores_of,
)
from xiangwen.encoding import load_encoder
from xiangwen.index import passage_path
from xiangwen.language.as_read import on_one_line
from xiangwen.language.ngrams import in_eight_bits
from xiangwen.reports import read_folder
from xiangwen.segmentation.passages import split_passages

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RIDGE = 0.5
_MEANING = 2.0
"""What a sentence's vector, less the mean vector, counts beside its characters."""

_OF_PLANS = 2
"""Every so many of the sentences on plans takes part where lacks are told apart."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LabelledSentence:
    """A sentence with the themes that it tells of."""

    author: str
    """Whose report it stands in; empty of a sentence that was written for this."""
    told: str
    """shortcoming, plan or done."""
    path: tuple[str, ...]
    """As it is embedded."""
    read: SentenceRead
    labels: frozenset[str]

    @property
    def catalogue(self) -> CatalogueName:
        """Where its themes stand."""
        return "theme" if self.told == "shortcoming" else "measure"


def read_sentences(learning: Path) -> list[LabelledSentence]:
    """All labelled sentences.

    Raises:
        KeyError: a line names a passage that its report does not have.
    """
    rows = [json.loads(line) for line in (learning / "themes.jsonl").read_text(encoding="utf-8").splitlines()]
    folders = sorted({row["file"].split("/")[0] for row in rows if "file" in row})
    passages = {}
    for folder in folders:
        for report in read_folder(learning / folder).reports:
            for passage in split_passages(report.text):
                passages[f"{folder}/{Path(report.file).name}", passage.start, passage.end] = report, passage
    found = []
    for row in rows:
        labels = frozenset(row["labels"])
        if "file" in row:
            report, passage = passages[row["file"], row["start"], row["end"]]
            above = passage.headings_above
            text = without_mark(on_one_line(report.text[passage.start : passage.end]))
            path, author = tuple(passage_path(report, passage)), row["file"].split("/")[0]
        else:
            above, text = tuple(row["above"]), row["text"]
            path, author = (*above, text), ""
        read = sentence_read(text, above)
        found.append(LabelledSentence(author, row["told"], path, read, labels))
    return found


class _Weights(NamedTuple):
    """Of characters, shape (WIDTH, themes), and of vectors where these take part; the least score that tells."""

    characters: NDArray[np.float32]
    meaning: NDArray[np.float32] | None
    least: float


def _fit(
    name: str, own: Sequence[LabelledSentence], target: NDArray[np.float64], vectors: NDArray[np.float32] | None
) -> _Weights:
    """The weights of all sentences; the threshold by weights that the sentence's author had no part in."""
    read = [sentence.read for sentence in own]
    characters = features(read)
    meant = np.zeros((len(own), 0), dtype=np.float32) if vectors is None else vectors
    kernel = (characters @ characters.T).toarray() + _MEANING**2 * meant @ meant.T + _RIDGE * np.eye(len(own))
    author = np.array([sentence.author for sentence in own])

    def weights(rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        dual = np.linalg.solve(kernel[np.ix_(rows, rows)], target[rows])
        of_meaning = None if vectors is None else (_MEANING**2 * vectors[rows].T @ dual).astype(np.float32)
        return np.asarray(characters[rows].T @ dual, dtype=np.float32), of_meaning

    unseen = np.zeros(target.shape, dtype=np.float32)
    for left_out in sorted(set(author.tolist()) - {""}):
        rows = np.flatnonzero(author == left_out)
        unseen[rows] = scores_of([read[i] for i in rows], meant[rows], *weights(np.flatnonzero(author != left_out)))
    scores, right = unseen[author != ""], target[author != ""] > 0
    thresholds = np.arange(0.1, 0.7, 0.02)
    f1 = [2 * (right & (scores >= t)).sum() / (right.sum() + (scores >= t).sum()) for t in thresholds]
    least = float(thresholds[np.argmax(f1)])
    hits, told = (right & (scores >= least)).sum(), (scores >= least).sum()
    log.info("%s: of %d sentences of authors left out", name, len(scores))
    log.info("  F1 %.3f, precision %.3f, recall %.3f from %.2f on", max(f1), hits / told, hits / right.sum(), least)
    return _Weights(*weights(np.arange(len(own))), least)


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("learning", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "answers" / THEME_FILE)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    sentences = read_sentences(given.learning)
    encoder = load_encoder()
    vectors = np.asarray(encoder.encode_document([sentence.path for sentence in sentences]))
    centre = vectors[[bool(sentence.author) for sentence in sentences]].mean(axis=0)
    arrays: dict[str, NDArray[np.generic]] = {
        "width": np.array(WIDTH),
        "centre": centre.astype(np.float32),
        "encoder": np.array(encoder.fingerprint),
    }
    for catalogue in CATALOGUES:
        rows = [i for i, sentence in enumerate(sentences) if sentence.catalogue == catalogue]
        if catalogue == "theme":
            # Sections on lacks go on to what will be done about them, which tells of no lack.
            rows += [i for i, sentence in enumerate(sentences) if sentence.told == "plan"][::_OF_PLANS]
        own = [sentences[i] for i in rows]
        ids = [theme.id for theme in known(catalogue)]
        labels = [sentence.labels if sentence.catalogue == catalogue else frozenset() for sentence in own]
        target = np.array([[name in row for name in ids] for row in labels], dtype=np.float64)
        alone = _fit(f"{catalogue}, characters", own, target, None)
        both = _fit(f"{catalogue}, with vectors", own, target, vectors[rows] - centre)
        arrays[f"{catalogue}.ids"] = np.array(ids)
        arrays[f"{catalogue}.least"] = np.array([alone.least, both.least])
        assert both.meaning is not None
        arrays[f"{catalogue}.meaning"] = both.meaning.astype(np.float16)
        for name, fitted in (("alone", alone), ("characters", both)):
            arrays[f"{catalogue}.{name}"], arrays[f"{catalogue}.{name}.scale"] = in_eight_bits(fitted.characters.T)
    np.savez_compressed(given.out, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
