"""jieba over the mapped dictionary cuts and tags as jieba does."""

from __future__ import annotations

from pathlib import Path

import jieba
import jieba.posseg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangwen.language.dictionary import read_whole, word_cutter, word_tagger

WORDS = st.lists(st.sampled_from([*"法治政府建设情况报告的一二三镇乡村𠮷㵲\ud800", "调解", "律师", "2024", "km"])).map(
    "".join
)


def tagged(found: object) -> list[tuple[str, str]]:
    return [(pair.word, pair.flag) for pair in found]  # type: ignore[attr-defined]


@settings(deadline=None)
@given(WORDS | st.text())
def test_any_text_is_cut_and_tagged_as_jieba_does_it(text: str) -> None:
    assert list(word_cutter().cut(text)) == list(jieba.cut(text))
    assert tagged(word_tagger().cut(text)) == tagged(jieba.posseg.cut(text))


@pytest.mark.parametrize("whole", [False, True])
def test_a_report_is_cut_as_jieba_does_it(whole: bool, seeds: Path) -> None:
    if whole:
        read_whole()
    for file in seeds.glob("*.txt"):
        text = file.read_text("utf-8")
        assert list(word_cutter().cut(text)) == list(jieba.cut(text))
