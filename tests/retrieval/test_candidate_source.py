"""What a question is computed from: all of a folder, and of a server what may matter most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xiangwen.index import Index
from xiangwen.questions import Atlas, Term, understand
from xiangwen.retrieval.candidate_source import candidate_source, stand_ins


@pytest.mark.parametrize("text", ["哪些乡镇聘请了法律顾问？", "白土乡2024年录入多少件矛盾纠纷？"])
def test_a_folder_gives_all_it_has_whatever_is_asked(index: Index, text: str) -> None:
    subset = candidate_source(index).subset(understand(text, Atlas(index.reports)))
    assert np.array_equal(subset.numbers, np.arange(len(index.passages)))


@pytest.mark.parametrize("word", ["律师", "法律顾问", "矛盾纠纷多元化解机制"])
def test_a_long_word_counts_no_more_than_a_short_one(index: Index, word: str) -> None:
    question = understand("哪些乡镇聘请了法律顾问？", Atlas(index.reports))
    counts = stand_ins(replace(question, terms=(Term(word, (word,)),)))
    assert sum(counts.values()) == pytest.approx(1)
