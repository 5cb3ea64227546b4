"""Marks of lists: what begins an item, and what only looks like it."""

from __future__ import annotations

import pytest

from xiangwen.language.list_marks import ITEM_MARK, LEADING_ITEM_MARK, LINE_MARK


@pytest.mark.parametrize(
    "item", ["一是普法", "第二件，修路", "其三，调解", "首先抓学习", "（四）督察", "5.公开", "六、复议", "7)宣传"]
)
def test_an_item_begins_with_its_mark(item: str) -> None:
    assert ITEM_MARK.match(item) and LEADING_ITEM_MARK.match(item)


@pytest.mark.parametrize("sentence", ["全年调解120件。", "1.5万人参加。", "一方面抓普法。", "第三方评估。"])
def test_a_number_or_a_word_of_the_sentence_is_no_mark(sentence: str) -> None:
    assert not ITEM_MARK.match(sentence)


@pytest.mark.parametrize("line", ["第二章 职责", "● 普法", "附件：名单", "2024年1月5日", "十二、保障"])
def test_a_line_that_opens_something_goes_on_with_nothing(line: str) -> None:
    assert LINE_MARK.match(line)
