"""Lists of words: what a pattern of one of them says, and which of a table's lists are said."""

from __future__ import annotations

from xiangwen.language.word_lists import vocabulary_patterns

WORDS = vocabulary_patterns("question_words.toml")


def test_a_list_says_what_one_of_its_words_does() -> None:
    assert WORDS.says("order.most", "哪个乡镇最多") and not WORDS.says("order.most", "哪个乡镇最少")


def test_a_table_says_what_any_of_its_lists_does() -> None:
    assert WORDS.says("order", "哪个乡镇最少")


def test_the_lists_that_are_said_come_in_the_order_of_the_file() -> None:
    assert WORDS.said("direction_asked", "由多少人增加到多少人") == ("from", "to")


def test_one_pattern_stands_for_all_words_of_a_list_with_what_is_around_them() -> None:
    assert WORDS.any_of("stage_asked.intake", "^(?:{})").search("received 20 cases")
    assert not WORDS.any_of("stage_asked.intake", "^(?:{})").search("20 cases were received")
