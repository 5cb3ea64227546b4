"""Which indicator a question asks for, on questions of a hand that the model has not learned from."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from xiangwen.encoding import load_encoder
from xiangwen.ledger.asked import NONE, asked_model
from xiangwen.training.asked import read_labelled

QUESTIONS = Path(__file__).parent / "asked_by_another_hand.jsonl"


def test_the_indicator_asked_for_is_told_and_nothing_is_said_of_most_others() -> None:
    rows = list(read_labelled(QUESTIONS))
    vectors = np.asarray(load_encoder().encode_query([row.topic for row in rows]), dtype=np.float32)
    told = [asked_model().indicator(row.topic, vector) for row, vector in zip(rows, vectors, strict=True)]
    taken = [(row, name) for row, name in zip(rows, told, strict=True) if name is not None]
    right = sum(row.indicator == name for row, name in taken)
    assert right / len(taken) >= 0.92
    assert right / sum(row.indicator != NONE for row in rows) >= 0.8
