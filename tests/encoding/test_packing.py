"""Texts under the same headings are read side by side, and each sees what stands above it and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangwen.encoding import BASE_MODEL, load_encoder
from xiangwen.encoding.bundled import BundledEncoder
from xiangwen.encoding.packing import Tree, packs
from xiangwen.index import passage_path
from xiangwen.reports import read_folder
from xiangwen.segmentation.passages import split_passages

if TYPE_CHECKING:
    from torch_reference import TorchReference

pytestmark = pytest.mark.slow

PathOfTexts = tuple[str, ...]

texts = st.text("一二三", min_size=1, max_size=4)
paths_of_texts = st.lists(st.lists(texts, min_size=1, max_size=4).map(tuple), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def paths(seeds: Path) -> list[PathOfTexts]:
    """The first passages of a report."""
    report = read_folder(seeds).reports[0]
    return [passage_path(report, passage) for passage in split_passages(report.text)[:60]]


def tree_of_characters(longest: int = 512, size: int = 30) -> Tree:
    """So many tokens for each character, numbered so that they tell which text they are of."""
    known: dict[PathOfTexts, int] = {}
    return Tree(lambda path: [known.setdefault(path, len(known))] * size * len(path[-1]), longest)


@settings(max_examples=100, deadline=None)
@given(paths_of_texts, st.sampled_from([1, 7, 30]))
def test_a_text_sees_itself_and_all_that_stands_above_it(paths: list[PathOfTexts], size: int) -> None:
    tree = tree_of_characters(size=size)
    for pack in packs(paths, tree):
        blocks = pack.blocks()
        assert sum(block.size for block in blocks) == len(pack.ids)
        sight = [block.seen[row == 0] for block in blocks for row in block.sight[0, 0]]
        for number, start, end in pack.spans:
            path = paths[number]
            wanted = [tree.windows(path[: depth + 1])[0][0] for depth in range(len(path))]
            for token in range(start, end):
                sees = sight[token]
                assert sorted({pack.ids[i] for i in sees}) == sorted(set(wanted))
                assert len(sees) == len(set(sees)) == sum(len(tree.windows(path[: d + 1])[0]) for d in range(len(path)))


@settings(max_examples=100, deadline=None)
@given(paths_of_texts, st.randoms())
def test_packs_do_not_depend_on_the_order_of_the_paths(paths: list[PathOfTexts], chance: object) -> None:
    shuffled = sorted(paths, key=lambda _: chance.random())  # type: ignore[attr-defined]
    tree = tree_of_characters()
    one, other = list(packs(paths, tree)), list(packs(shuffled, tree))
    assert [pack.ids for pack in one] == [pack.ids for pack in other]
    assert [pack.positions for pack in one] == [pack.positions for pack in other]


@settings(max_examples=100, deadline=None)
@given(paths_of_texts)
def test_there_is_a_position_for_every_token_and_a_place_for_every_text(paths: list[PathOfTexts]) -> None:
    tree, covered = tree_of_characters(longest=300), dict.fromkeys(range(len(paths)), 0)
    for pack in packs(paths, tree):
        assert len(pack.positions) == len(pack.ids) and max(pack.positions) < 300
        for number, start, end in pack.spans:
            covered[number] += end - start
    assert covered == {number: 30 * len(path[-1]) for number, path in enumerate(paths)}


def test_a_heading_is_read_once_for_itself_and_all_below_it(encoder: BundledEncoder, paths: list[PathOfTexts]) -> None:
    alone = sum(len(window) for path in paths for window in encoder.windows(" ".join(path), "passage: "))
    together = sum(len(pack.ids) for pack in encoder.packs(paths, "passage: "))
    assert together < 0.6 * alone


def test_packed_vectors_are_those_of_the_full_precision_model(
    encoder: BundledEncoder, torch_side: TorchReference, paths: list[PathOfTexts]
) -> None:
    import torch

    bert = torch_side.model[0].auto_model
    expected = []
    for path in paths[::3]:
        texts = [text.translate(torch_side.normalisation) for text in ("passage: " + path[0], *path[1:])]
        read = [encoder.cutter.encode(text).ids[depth > 0 :] for depth, text in enumerate(texts)]  # one <s>
        level = torch.tensor([depth for depth, ids in enumerate(read) for _ in ids])
        ids = torch.tensor([[token for ids in read for token in ids]])
        sight = torch.where(level[:, None] >= level[None, :], 0.0, torch.finfo(torch.float32).min)
        with torch.inference_mode():
            hidden = bert(ids, attention_mask=sight[None, None]).last_hidden_state[0]
        expected.append(torch.nn.functional.normalize(hidden[-len(read[-1]) :].mean(0), dim=0).numpy())
    vectors = load_encoder(BASE_MODEL).encode_document(paths)[::3]
    assert np.sum(vectors * np.array(expected), axis=1).min() > 0.98
    assert np.sum(vectors * np.array(expected), axis=1).mean() > 0.99


def test_texts_and_headings_of_any_length_have_a_vector(encoder: BundledEncoder) -> None:
    long = "深入学习贯彻习近平法治思想，推进法治政府建设。" * 100
    vectors = encoder.encode_document([("村", long), (long, "村"), ("", ""), ("村", long, long, "村")])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_question_is_read_as_ever_after_paths(encoder: BundledEncoder, paths: list[PathOfTexts]) -> None:
    before = encoder.encode_query(["哪些乡镇为每个村都聘请了律师？"])
    encoder.encode_document(paths)
    assert np.array_equal(before, encoder.encode_query(["哪些乡镇为每个村都聘请了律师？"]))
    assert encoder.reads_paths
