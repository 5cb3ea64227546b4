"""The labelled pairs that the judge learns from: labels, figures marked one at a time, and what is kept out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from folders import ROOT, TESTS

from xiangwen.retrieval.pair import LABELS
from xiangwen.training.lessons import authors
from xiangwen.training.pairs import Pair, read_lessons, read_written

QUESTIONS = TESTS / "questions"


@pytest.fixture(scope="module")
def written() -> list[Pair]:
    return list(read_written(QUESTIONS / "written_pairs.jsonl"))


@pytest.fixture(scope="module")
def of_reports() -> list[Pair]:
    return [pair for author in authors(TESTS / "learning") for pair in read_lessons(author, {})]


def test_every_label_has_its_sentences(of_reports: list[Pair], written: list[Pair]) -> None:
    for pairs in (of_reports, written):
        assert {pair.label for pair in pairs} == set(LABELS)


def test_what_is_held_out_is_never_trained_on(of_reports: list[Pair], written: list[Pair]) -> None:
    pairs = [*of_reports, *written]
    seen = {(w, p.context, p.sentence) for p in pairs if not p.held for w in p.wordings}
    held = [p for p in pairs if p.held]
    assert held and not any((w, p.context, p.sentence) in seen for p in held for w in p.wordings)


def test_only_figures_are_marked_and_one_at_a_time(of_reports: list[Pair]) -> None:
    for pair in of_reports:
        marks = [pair.sentence.count(sign) for sign in "【】"]
        assert marks == [1, 1] if pair.source == "figure" else marks[0] == marks[1]


def test_the_same_pairs_are_made_every_time(of_reports: list[Pair]) -> None:
    first = authors(TESTS / "learning")[0]
    again = list(read_lessons(first, {}))
    assert again == of_reports[: len(again)]


def test_a_quarter_of_the_reports_pairs_at_most_is_held_out(of_reports: list[Pair]) -> None:
    assert 0 < sum(pair.held for pair in of_reports) < len(of_reports) / 4


def test_two_labellings_agree_as_the_guideline_states() -> None:
    rows = [json.loads(line) for line in (QUESTIONS / "second_pass.jsonl").read_text("utf-8").splitlines()]
    says = [[row[labelling] in ("yes", "partial") for row in rows] for labelling in ("first", "second")]
    agreement = np.mean(np.equal(*says))
    assert f"agreed in {agreement:.1%}".replace("%", " %") in (ROOT / "docs" / "labelling.md").read_text("utf-8")
