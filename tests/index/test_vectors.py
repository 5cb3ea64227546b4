"""Vectors on disk: exact where they are few, as bytes where they are many, and then hardly less exact."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from xiangwen.index import Index
from xiangwen.index.top_k import top_k
from xiangwen.index.vectors import Codes, Vectors
from xiangwen.questions import Atlas, understand
from xiangwen.retrieval import VerdictModel
from xiangwen.retrieval.evidence import Retriever
from xiangwen.retrieval.feature_names import FEATURES
from xiangwen.retrieval.verdict_model import best_rows, logit


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vectors around topics, with their codes."""
    random = np.random.default_rng(7)
    topics = random.standard_normal((40, 384), dtype=np.float32)
    vectors = topics[random.integers(0, 40, 5000)] + 0.7 * random.standard_normal((5000, 384), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    folder = tmp_path_factory.mktemp("v") / "向量"
    Vectors.write(folder, [vectors])
    return folder


def test_few_vectors_are_compared_exactly(many: Path) -> None:
    vectors = Vectors.open(many)
    query = vectors.exact[11]
    assert np.allclose(vectors.similarity(query), np.asarray(vectors.exact) @ query, atol=1e-6)
    assert vectors.nearest(query, 1).tolist() == [11]


def test_as_bytes_nearly_the_same_are_nearest(many: Path) -> None:
    exact = Vectors.open(many)
    Codes.write(many)
    coded = Vectors.open(many)
    found = 0
    for query in exact.exact[::250]:
        assert np.abs(coded.similarity(query) - exact.similarity(query)).max() < 0.004
        found += len(set(coded.nearest(query, 10)) & set(exact.nearest(query, 10)))
    assert found / 200 >= 0.99
    assert coded.describe() != exact.describe()


def test_exact_vectors_are_read_from_the_file_where_bytes_are_compared(many: Path) -> None:
    exact, numbers = Vectors.open(many).exact, np.array([4999, 0, 17, 17])
    Codes.write(many)
    coded = Vectors.open(many)
    assert coded.rounded
    assert np.array_equal(coded.exact_rows(numbers), exact[numbers])
    assert 0 < np.abs(coded.rows(numbers) - exact[numbers]).max() < 0.01


def test_the_features_of_some_rows_are_as_if_all_were_compared_exactly(
    index: Index, index_dir: Path, tmp_path: Path
) -> None:
    question = understand("Which townships hire a lawyer for every village?", Atlas(index.reports))
    evidence = Retriever(index).evidence(question)
    rows = np.arange(0, len(evidence.passages), 5)
    rounding = Index.load(index_dir)
    Vectors.write(tmp_path / "v", [index.vectors])
    Codes.write(tmp_path / "v")
    rounding.stored_vectors = Vectors.open(tmp_path / "v")
    retriever = Retriever(rounding)
    rounded = retriever.evidence(question)

    def off(features: NDArray[np.float32]) -> dict[str, float]:
        distance = (features - evidence.at(rows)).std(axis=0)
        return dict(zip(FEATURES, distance.tolist(), strict=True))

    before, after = off(rounded.at(rows)), off(retriever.exact_features(rounded, rows))
    for name in ("similarity", "gloss_similarity"):
        assert after[name] < 0.3 * before[name]
    for name in ("similarity_in_report", "strength"):
        assert after[name] < before[name]


def test_of_equal_numbers_the_first_come_first() -> None:
    scores = np.array([1.0, 3.0, 2.0, 3.0, 2.0, 2.0])
    assert top_k(scores, 4).tolist() == [1, 3, 2, 4]
    assert top_k(scores, 99).tolist() == [1, 3, 2, 4, 5, 0]
    assert top_k(scores, 0).tolist() == []


@given(arrays(np.float32, st.integers(1, 60_000), elements=st.integers(0, 9)), st.integers(0, 3000))
@settings(max_examples=25)
def test_the_largest_of_very_many_are_the_head_of_a_stable_sort(scores: NDArray[np.float32], count: int) -> None:
    assert top_k(scores, count).tolist() == np.argsort(-scores, kind="stable")[:count].tolist()


@pytest.mark.parametrize(
    "text", ["哪些乡镇为每个村都聘请了法律顾问？", "which townships mediated over 100 disputes?", "？"]
)
def test_weighing_the_features_in_place_gives_what_their_table_gives(index: Index, text: str) -> None:
    question = understand(text, Atlas(index.reports))
    evidence = Retriever(index).evidence(question)
    model = VerdictModel.load().supports
    scores = evidence.weighted(model.raw_weights[None])[0] + model.raw_bias
    assert np.allclose(1 / (1 + np.exp(-scores)), model.probability(evidence.features), atol=1e-5)


def test_the_vectors_of_an_index_are_a_faiss_index_that_stays_on_the_disk(index: Index, index_dir: Path) -> None:
    (file,) = index_dir.glob("build-*/vectors/vectors.faiss")
    stored = faiss.deserialize_index(np.frombuffer(file.read_bytes(), dtype=np.uint8))
    assert (stored.ntotal, stored.metric_type) == (len(index.passages), faiss.METRIC_INNER_PRODUCT)
    assert np.array_equal(stored.reconstruct_n(0, stored.ntotal), index.vectors)
    assert str(file) in Path("/proc/self/maps").read_text("utf-8")


def decided_by(supports: np.ndarray, denies: np.ndarray) -> np.ndarray:
    """What decides the verdict of one report, spelt out."""
    highest = np.sort(supports)[::-1][[0, min(1, len(supports) - 1)]]
    denial = np.array([denies[supports.argmax()], denies.max()])
    return np.array([*logit(highest), np.log(supports.sum() + 1e-3), *logit(denial)])


def test_the_best_sentences_of_all_reports_at_once_are_those_of_each_alone() -> None:
    random = np.random.default_rng(7)
    lengths = random.integers(1, 9, 50)
    starts = np.cumsum(lengths) - lengths
    supports, denies = random.random(lengths.sum()).round(1), random.random(lengths.sum())
    features, best = best_rows(starts, supports, denies)
    for number, (start, size) in enumerate(zip(starts, lengths, strict=True)):
        own = slice(start, start + size)
        assert np.allclose(features[number], decided_by(supports[own], denies[own]), atol=1e-6)
        assert best[number] == start + supports[own].argmax()
