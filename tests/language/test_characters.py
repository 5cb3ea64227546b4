"""Characters: which are Chinese, and in which other forms texts write one."""

from __future__ import annotations

import pytest

from xiangwen.language.characters import is_han
from xiangwen.language.common_forms import common_characters, variants


@pytest.mark.parametrize("character", ["镇", "〇", "㙍", "𠮷"])
def test_a_chinese_character_may_stand_outside_the_basic_block(character: str) -> None:
    assert is_han(character)


@pytest.mark.parametrize("character", ["1", "a", "，", "镇街", ""])
def test_nothing_else_is_one_chinese_character(character: str) -> None:
    assert not is_han(character)


def test_a_radical_is_another_form_of_the_character_that_it_stands_for() -> None:
    assert common_characters("⽩") == "白" and "⽩" in variants("白")
    assert "Ａ" in variants("A") and not variants("。")
