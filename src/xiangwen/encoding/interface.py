"""What every encoder does, whichever program runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from .weights import Floats

PROMPTS = {"query": "query: ", "document": "passage: "}
"""What E5 was trained with (Wang et al. 2024, "Multilingual E5 Text Embeddings")."""

TextOrPath: TypeAlias = str | tuple[str, ...]
"""A text, or a path: texts of which each stands above the next, and the last is meant (see `packing`)."""


class Encoder(Protocol):
    """Texts to vectors."""

    reads_paths: bool
    """Whether documents may be paths; else they are single texts."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that change with the weights, the tokenizer or the prompts: what an index remembers."""

    def encode_query(self, texts: Sequence[str]) -> Floats:
        """Vectors of questions, shape (texts, dimension), unit length."""

    def encode_document(self, texts: Sequence[TextOrPath]) -> Floats:
        """Vectors of what is searched, either all texts or all paths, shape (texts, dimension), unit length."""
