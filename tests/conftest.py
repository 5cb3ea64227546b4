"""What many tests share: the real encoder and the index of the seed reports, made once a session."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from torch_reference import TorchReference, load_torch_reference

from xiangwen import encoding
from xiangwen.encoding import load_encoder
from xiangwen.encoding.bundled import BundledEncoder
from xiangwen.index import Index, Store, build
from xiangwen.milvus import Address, MilvusStore, publish

ROOT = Path(__file__).parent.parent


_opened_once = cache(encoding._open)


@pytest.fixture(scope="module")
def one_encoder() -> Iterator[None]:
    """An encoder is opened once for all tests of modules that do not look at how: it takes a second each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "_open", _opened_once)
        yield


@pytest.fixture(scope="session")
def encoder() -> BundledEncoder:
    """The bundled encoder, out of the user's cache, so that it is unpacked once for all test runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "_open", _opened_once)
        opened = load_encoder()
        assert isinstance(opened, BundledEncoder)
        return opened


@pytest.fixture(scope="session")
def torch_side() -> TorchReference:
    """The same weights in full precision, opened once."""
    return load_torch_reference()


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """A folder in memory where the system has one: for what a test does to files so often that a disk would be slow."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The five reports that come with the project."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def index_dir(seeds: Path, encoder: BundledEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built index of the seeds, to be read only: a test that damages it takes a copy."""
    directory = tmp_path_factory.mktemp("seeds") / "index"
    build(seeds, directory, encoder=encoder)
    return directory


@pytest.fixture(scope="session")
def index(index_dir: Path, encoder: BundledEncoder) -> Index:
    """The opened index of the seeds."""
    opened = Index.load(index_dir)
    opened.encoder = encoder
    return opened


@pytest.fixture(scope="session")
def milvus(index_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Address:
    """The same on Milvus Lite, to be read only."""
    address = Address.read(f"milvus:{tmp_path_factory.mktemp('milvus')}/seeds.db/seeds")
    publish(index_dir, address)
    return address


@pytest.fixture(scope="session", params=["folder", "milvus", "milvus in parts"])
def store(request: pytest.FixtureRequest, index: Index) -> Store:
    """Wherever the seeds can be asked: their folder, Milvus, and Milvus as it answers for very many reports."""
    if request.param == "folder":
        return index
    opened = MilvusStore.load(request.getfixturevalue("milvus"))
    if request.param == "milvus in parts":
        # Fewer passages than the five reports have, more than one of them.
        opened = MilvusStore(opened.connection, opened.collection, all_up_to=100)
    opened.take_encoder(index)
    return opened
