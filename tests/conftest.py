"""What many tests share: the real encoder and the index of the seed reports, made once a session."""

from __future__ import annotations

from pathlib import Path

import pytest
from sentence_transformers import SentenceTransformer

from xiangwen.embedding import load_encoder
from xiangwen.index import Index, build

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def encoder() -> SentenceTransformer:
    """The bundled encoder, out of the user's cache, so that it is unpacked once for all test runs."""
    return load_encoder()


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The five reports that come with the project."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def index_dir(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built index of the seeds, to be read only: a test that damages it takes a copy."""
    directory = tmp_path_factory.mktemp("seeds") / "index"
    build(seeds, directory)
    return directory


@pytest.fixture(scope="session")
def index(index_dir: Path) -> Index:
    """The opened index of the seeds."""
    return Index.load(index_dir)
