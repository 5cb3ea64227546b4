"""Which indicator a question asks for, on questions of a hand that the model has not learned from."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from xiangwen.encoding import load_encoder
from xiangwen.ledger.asked import NONE, AskedIndicator, asked_model
from xiangwen.training.asked import Example, read_labelled


def test_the_indicator_asked_for_is_told_and_nothing_is_said_of_most_others() -> None:
    taken, wanted = _taken("asked_by_another_hand.jsonl")
    right = sum(row.indicator == asked.id for row, asked in taken)
    assert right / len(taken) >= 0.92
    assert right / wanted >= 0.9


def test_most_questions_on_a_part_of_a_column_are_not_taken_for_all_of_it() -> None:
    taken, wanted = _taken("asked_wholly_or_partly.jsonl")
    of_parts = sum(row.indicator == NONE for row, _ in taken)
    whole = [row for row, asked in taken if asked.whole]
    assert sum(row.indicator == NONE for row in whole) / of_parts <= 0.4
    assert sum(row.indicator != NONE for row in whole) / wanted >= 0.6


def _taken(file: str) -> tuple[list[tuple[Example, AskedIndicator]], int]:
    """The questions of a file that are taken for an indicator, with it, and how many ask for one."""
    rows = list(read_labelled(Path(__file__).parent / file))
    vectors = np.asarray(load_encoder().encode_query([row.topic for row in rows]), dtype=np.float32)
    told = [asked_model().asked(row.topic, vector) for row, vector in zip(rows, vectors, strict=True)]
    taken = [(row, asked) for row, asked in zip(rows, told, strict=True) if asked is not None]
    return taken, sum(row.indicator != NONE for row in rows)
