"""The labelled pairs that the judge learns from: sentences of reports, and sentences written for it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xiangwen.reports import read_folder
from xiangwen.retrieval.pair import LABELS, in_context, is_held, is_held_writing, place_of
from xiangwen.segmentation.passages import split_passages

SEED = 20
_EASY_PER_QUESTION = 3
"""Passages without a label that take part for every question whose labels are complete."""


@dataclass(frozen=True)
class Pair:
    """One labelled pair with all wordings of its question."""

    wordings: tuple[str, ...]
    """In Chinese, the first one as it was asked; empty where none was written."""
    english: tuple[str, ...]
    form: str
    """which, yesno, number, fact or list."""
    place: str
    """County, township and year of the report."""
    path: tuple[str, ...]
    """The headings above the sentence, the top one first."""
    sentence: str
    label: str
    """One of `LABELS`."""
    held: bool
    """Kept out of the training."""
    source: str
    """report, written, or the name of the rewrite that made it."""

    @property
    def context(self) -> str:
        """What the judge reads before the sentence."""
        return in_context(self.place, self.path)

    @property
    def says_so(self) -> bool:
        """Whether the sentence establishes the answer, or a part of it."""
        return self.label in ("yes", "partial")


def read_pairs(labelled: Path, folders: Sequence[Path]) -> Iterator[Pair]:
    """Pairs of reports' sentences; an unlabelled passage of a completely labelled question takes part as unrelated."""
    places: dict[tuple[str, int, int], tuple[str, tuple[str, ...], str]] = {}
    passages: dict[str, list[tuple[str, int, int]]] = {}
    for folder in folders:
        for report in read_folder(folder).reports:
            name = Path(report.file).name
            for p in split_passages(report.text):
                key = (name, p.start, p.end)
                places[key] = (place_of(report), tuple(p.above(report.text)), p.reading(report.text))
                passages.setdefault(name, []).append(key)
    chance = random.Random(SEED)
    for row in _rows(labelled):
        labels = {tuple(place): name for name, rows in row["labels"].items() for place in rows}
        if row["complete"]:
            for name in chance.sample(sorted(passages), _EASY_PER_QUESTION):
                labels.setdefault(chance.choice(passages[name]), "unrelated")
        for key, label in labels.items():
            if key not in places:
                continue
            place, path, sentence = places[key]
            yield Pair(
                wordings=tuple(row["variants"]) if row["lang"] == "en" else (row["question"], *row["variants"]),
                english=(row["question"], *row["english"]) if row["lang"] == "en" else tuple(row["english"]),
                form=row["form"],
                place=place,
                path=path,
                sentence=sentence,
                label=label,
                held=is_held(row, key[0]),
                source="report",
            )


def read_written(path: Path) -> Iterator[Pair]:
    """Pairs whose sentences were written for the training, with the place and headings they are given."""
    for row in _rows(path):
        for sentence in row["sentences"]:
            if sentence["label"] not in LABELS:
                raise ValueError(f"{row['id']}: {sentence['label']} is none of {LABELS}")
            yield Pair(
                wordings=tuple(row["chinese"]),
                english=tuple(row["english"]),
                form=row["form"],
                place=sentence["place"],
                path=tuple(sentence["path"]),
                sentence=sentence["sentence"],
                label=sentence["label"],
                held=is_held_writing(row),
                source="written",
            )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
