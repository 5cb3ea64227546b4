"""The words by which a question about the collection itself says what it wants (``collection_words.toml``)."""

from __future__ import annotations

import re
from functools import cache

from xiangwen.language.concepts import vocabulary


@cache
def collection_words() -> dict[str, dict[str, list[str]]]:
    """All words and patterns of ``collection_words.toml``."""
    return vocabulary("collection_words.toml")


@cache
def patterns(table: str, name: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of one name in one table."""
    return tuple(map(re.compile, collection_words()[table].get(name, ())))


def says_word(table: str, name: str, text: str) -> bool:
    """Whether a text holds one of them."""
    return any(pattern.search(text) for pattern in patterns(table, name))


def says(table: str, text: str) -> bool:
    """Whether a text holds a pattern of a table that has but one name, ``any``."""
    return says_word(table, "any", text)
