"""Words are found through their character pairs exactly where plain search finds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xiangwen.index import Index
from xiangwen.index.code_points import Lines
from xiangwen.index.occurrences import Occurrences

TEXTS = st.lists(st.text(st.sampled_from("法治政府村镇ab1 ，𠮷"), max_size=12), min_size=1, max_size=8)


@given(TEXTS, st.text(st.sampled_from("法治政府村镇ab1 ，𠮷"), max_size=5))
def test_a_word_is_found_in_the_texts_that_hold_it(texts: list[str], word: str) -> None:
    assert Occurrences.of(texts).holds(word).tolist() == [i for i, text in enumerate(texts) if word in text]


@given(TEXTS, TEXTS)
def test_what_was_indexed_can_be_read_off_cut_and_joined(texts: list[str], more: list[str]) -> None:
    whole = Lines.of(texts + more)
    joined = Lines.joined([Occurrences.of(texts).lines(), Occurrences.over(whole).lines().rows(len(texts), len(whole))])
    assert (joined.codes.tolist(), joined.starts.tolist()) == (whole.codes.tolist(), whole.starts.tolist())


def test_every_pair_and_triple_of_the_seeds_is_found(index: Index) -> None:
    quotes = [index.quote(p) for p in index.passages]
    found = Occurrences.of(quotes)
    words = {q[i : i + size] for q in quotes[::9] for size in (1, 2, 3, 4, 7) for i in range(0, len(q) - size, 5)}
    for word in words:
        assert found.holds(word).tolist() == [i for i, quote in enumerate(quotes) if word in quote], word


def test_a_character_that_no_text_has_is_nowhere() -> None:
    assert Occurrences.of(["法治", ""]).holds("𠮷").tolist() == []
    assert Occurrences.of([""]).holds("法").tolist() == []


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    made = Occurrences.of(["聘请法律顾问", "调解纠纷", "法律援助"])
    made.save(tmp_path / "词")
    assert np.array_equal(Occurrences.load(tmp_path / "词").holds("法律"), [0, 2])
