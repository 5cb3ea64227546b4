"""Where the judge cannot read everything: what it says of some sentences tells what it would say of the others."""

from __future__ import annotations

import numpy as np
import pytest

from xiangwen.index import Index
from xiangwen.questions import Atlas, understand
from xiangwen.retrieval import Scorer, VerdictModel
from xiangwen.retrieval.cross_encoder import shipped_judge
from xiangwen.retrieval.evidence import Retriever
from xiangwen.retrieval.label_propagation import carried_over, description, places_in_line, spread_out


@pytest.mark.parametrize("text", ["哪些乡镇聘请了法律顾问？", "Which townships settled disputes?"])
def test_thirty_readings_foretell_the_others_better_than_their_mean_does(index: Index, text: str) -> None:
    question = understand(text, Atlas(index.reports))
    scorer = Scorer(Retriever(index), VerdictModel.load(), shipped_judge())
    evidence = scorer.retriever.evidence(question)
    rows = np.arange(0, len(evidence.passages), 2)
    vectors = index.vectors_of(evidence.passages[rows])
    described = description(vectors, evidence.at(rows))
    readings = scorer.read(question, evidence.passages[rows])
    read = spread_out(vectors, 30)
    foretold = carried_over(described, read, readings[read])
    unread = np.setdiff1d(np.arange(len(rows)), read)

    def surprise(said: np.ndarray) -> float:
        return float(-(readings[unread] * np.log(said)).sum(axis=1).mean())

    assert len(unread) > 80
    assert np.allclose(foretold.sum(axis=1), 1)
    assert np.allclose(foretold[read], readings[read])
    entropy = surprise(readings[unread])
    assert surprise(foretold[unread]) - entropy < 0.8 * (surprise(readings[read].mean(axis=0)) - entropy)


def test_none_of_the_sentences_to_be_read_is_the_like_of_another_while_there_are_others() -> None:
    random = np.random.default_rng(7)
    kinds = random.standard_normal((12, 40), dtype=np.float32)
    kind_of = random.integers(0, 12, 300)
    sentences = kinds[kind_of] + 0.01 * random.standard_normal((300, 40), dtype=np.float32)
    chosen = spread_out(sentences, 12)
    assert chosen[0] == 0
    assert len(set(kind_of[chosen])) == len(set(kind_of)) == 12
    assert len(set(spread_out(sentences, 20).tolist())) == 20


def test_a_sentence_keeps_its_place_in_line_whatever_comes_or_goes() -> None:
    names = np.array([2**63 + 11, 5, 5, 5], dtype=np.uint64)
    numbers = np.array([0, 0, 1, 2])
    places = places_in_line(names, numbers)
    assert len(set(places.tolist())) == 4
    assert np.array_equal(places_in_line(names[[3, 0]], numbers[[3, 0]]), places[[3, 0]])


def test_features_of_some_rows_are_those_of_the_whole_table(index: Index) -> None:
    question = understand("哪些乡镇为每个村都聘请了律师？", Atlas(index.reports))
    evidence = Retriever(index).evidence(question)
    rows = np.array([0, 3, len(evidence.passages) - 1])
    assert np.array_equal(evidence.at(rows), evidence.features[rows])
