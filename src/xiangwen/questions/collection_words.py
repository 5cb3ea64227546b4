"""The words by which a question about the collection itself says what it wants (``collection_words.toml``)."""

from __future__ import annotations

import re

from xiangwen.language.concepts import vocabulary
from xiangwen.language.word_lists import vocabulary_patterns

_WORDS = vocabulary_patterns("collection_words.toml")


def collection_words() -> dict[str, dict[str, list[str]]]:
    """All words and patterns of ``collection_words.toml``."""
    return vocabulary("collection_words.toml")


def patterns(table: str, name: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of one name in one table."""
    return _WORDS.patterns(f"{table}.{name}")


def says_word(table: str, name: str, text: str) -> bool:
    """Whether a text holds one of them."""
    return _WORDS.says(f"{table}.{name}", text)


def says(table: str, text: str) -> bool:
    """Whether a text holds a pattern of a table that has but one name, ``any``."""
    return says_word(table, "any", text)
