"""How questions are asked: the patterns of ``question_words.toml``."""

from __future__ import annotations

import re
from functools import cache

from xiangwen.language.concepts import vocabulary


@cache
def question_words() -> dict[str, dict[str, list[str]]]:
    """All tables of ``question_words.toml``."""
    return vocabulary("question_words.toml")


@cache
def patterns(key: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of ``table.name``, or of all names of ``table``."""
    table, _, name = key.partition(".")
    lists = question_words()[table]
    return tuple(re.compile(p) for p in (lists[name] if name else [p for values in lists.values() for p in values]))


def says(key: str, text: str) -> bool:
    """Whether a text holds one of these patterns."""
    return any(pattern.search(text) for pattern in patterns(key))
