"""Stretches of a question: where something is named, and what is left when that is taken out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from xiangwen.language.concepts import vocabulary


class Span(NamedTuple):
    """``text[start:end]`` of a question."""

    start: int
    end: int


class Mention(NamedTuple):
    """A name in the question, and the reports that it may mean."""

    span: Span
    reports: frozenset[int]
    name: str
    """The collection's name for it; the first, where several go by it."""


GENERAL = "~"
"""Stands for each character of words that speak of townships in general, in which no name is heard."""


def blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Text with spans turned into spaces, so that positions stay."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


@cache
def vocabulary_of(table: str) -> dict[str, Any]:
    """The lists of a table of ``scope_words.toml``, by name."""
    return dict(vocabulary("scope_words.toml")[table])
