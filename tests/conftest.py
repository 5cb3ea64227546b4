"""What many tests share: the real encoder, loaded once."""

from __future__ import annotations

import pytest
from sentence_transformers import SentenceTransformer

from xiangwen.embedding import load_encoder


@pytest.fixture(scope="session")
def encoder() -> SentenceTransformer:
    """The bundled encoder, out of the user's cache, so that it is unpacked once for all test runs."""
    return load_encoder()
