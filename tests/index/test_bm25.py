"""Lexical search: words and character bigrams, blind to traditional forms and full-width digits."""

from __future__ import annotations

from pathlib import Path

import bm25s
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xiangwen.index import Index
from xiangwen.index.bm25 import LexicalIndex, count_words
from xiangwen.index.word_counts import WordCounts
from xiangwen.language.characters import simplify
from xiangwen.language.tokens import tokens

SENTENCES = [
    "全乡聘请法律顾问12名。",
    "办理行政复议案件3件，无行政诉讼。",
    "推行“积分制”管理，家庭积分可兑换生活用品。",
    "The villages hire lawyers.",
]


def lexical_index(texts: list[str]) -> LexicalIndex:
    return LexicalIndex.from_counts(count_words([(text,) for text in texts]))


def best(query: str, index: LexicalIndex) -> str:
    return SENTENCES[int(index.scores(query).argmax())]


def test_the_sentence_with_the_words_of_the_query_scores_best() -> None:
    index = lexical_index(SENTENCES)
    assert best("有哪些法律顾问", index) == SENTENCES[0]
    assert best("行政复议", index) == SENTENCES[1]
    assert best("Lawyers", index) == SENTENCES[3]


def test_traditional_characters_and_full_width_digits_find_simplified_text() -> None:
    index = lexical_index(SENTENCES)
    assert best("積分制", index) == SENTENCES[2]
    assert simplify("１２名法律顧問") == "12名法律顾问"


def test_a_word_that_jieba_cuts_otherwise_is_found_by_its_characters() -> None:
    assert lexical_index(SENTENCES).scores("家庭积").argmax() == 2


def test_a_query_with_no_word_of_the_texts_scores_zero_everywhere() -> None:
    index = lexical_index(SENTENCES)
    for query in ("zzz", "", "？！", "鑫鑫淼"):
        assert np.array_equal(index.scores(query), np.zeros(4))


def test_texts_without_words_can_be_indexed() -> None:
    assert lexical_index(["。。。", "——"]).scores("法律").shape == (2,)


def test_scores_are_the_same_after_saving_and_loading(tmp_path: Path) -> None:
    index = lexical_index(SENTENCES)
    index.save(tmp_path / "词")
    assert np.array_equal(LexicalIndex.load(tmp_path / "词").scores("法律顾问"), index.scores("法律顾问"))


def test_the_scores_are_those_of_bm25s(index: Index) -> None:
    texts = [index.quote(p) for p in index.passages]
    theirs = bm25s.BM25()
    theirs.index([tokens(text) for text in texts], show_progress=False)
    ours = lexical_index(texts)
    for query in ("法律顾问", "调解矛盾纠纷多少件", "行政执法"):
        assert np.allclose(ours.scores(query), theirs.get_scores(tokens(query)), atol=1e-5)


@given(st.lists(st.lists(st.text("甲乙丙 丁戊", max_size=8), max_size=4), max_size=4))
def test_counts_joined_from_parts_are_the_counts_of_all_texts(parts: list[list[str]]) -> None:
    whole = WordCounts.of([text for part in parts for text in part], str.split)
    joined = WordCounts.joined([WordCounts.of(part, str.split) for part in parts])
    assert joined.words == sorted(whole.words)
    for row in range(len(whole.starts) - 1):
        ours, theirs = joined.rows(row, row + 1), whole.rows(row, row + 1)
        assert dict(zip([joined.words[i] for i in ours.columns], ours.counts, strict=True)) == dict(
            zip([whole.words[i] for i in theirs.columns], theirs.counts, strict=True)
        )


@given(st.text())
def test_tokens_of_any_text_are_lower_case_and_without_white_space(text: str) -> None:
    assert all(token and token == token.lower() and not any(map(str.isspace, token)) for token in tokens(text))


def test_every_sentence_of_the_seeds_finds_itself(index: Index) -> None:
    rows = range(0, len(index.passages), 10)
    found = [int(index.lexical.scores(index.quote(index.passages[i])).argmax()) == i for i in rows]
    assert sum(found) >= 0.9 * len(found)
