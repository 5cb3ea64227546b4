"""What many tests share: the real encoder and the index of the seed reports, made once a session."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from folders import SEEDS
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    from torch_reference import TorchReference

    from xiangwen.encoding.bundled import BundledEncoder
    from xiangwen.index import Index, Store
    from xiangwen.milvus import Address

# What takes seconds to import is imported where it is needed: most tests need none of it.


# A machine that is busy with other things must not fail a test.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# Each of several processes recognises text on one core: threads that wait for each other cost both.
os.environ.setdefault("XIANGWEN_OCR_THREADS", "1")


class _Together(LoadFileScheduling):
    """One process runs all tests of the page, which share a browser and servers, and one all that need torch."""

    def _split_scope(self, nodeid: str) -> str:
        """What is run by one process: a file, or several that share what is slow to start."""
        file = super()._split_scope(nodeid)
        if file.endswith("index/test_building.py"):
            return "encoding"
        room = Path(file).parent.name
        return room if room in ("encoding", "web") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """The processes of ``--dist loadfile``."""
    return _Together(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that a browser takes part in, and every one that needs the encoder or an index made by it."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "browser" in fixtures:
            item.add_marker(pytest.mark.browser)
        if "encoder" in fixtures or "torch_side" in fixtures:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def encoder() -> BundledEncoder:
    """The bundled encoder, out of the user's cache, so that it is unpacked once for all test runs."""
    from xiangwen.encoding import load_encoder
    from xiangwen.encoding.bundled import BundledEncoder

    opened = load_encoder()
    assert isinstance(opened, BundledEncoder)
    return opened


@pytest.fixture(scope="session")
def torch_side() -> TorchReference:
    """The same weights in full precision, opened once."""
    from torch_reference import load_torch_reference

    return load_torch_reference()


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """A folder in memory where the system has one: for what a test does to files so often that a disk would be slow."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The five reports that come with the project."""
    return SEEDS


@pytest.fixture(scope="session")
def index_dir(seeds: Path, encoder: BundledEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built index of the seeds, to be read only: a test that damages it takes a copy."""
    from xiangwen.index import build

    directory = tmp_path_factory.mktemp("seeds") / "index"
    build(seeds, directory, encoder=encoder)
    return directory


@pytest.fixture(scope="session")
def index(index_dir: Path, encoder: BundledEncoder) -> Index:
    """The opened index of the seeds."""
    from xiangwen.index import Index

    opened = Index.load(index_dir)
    opened.encoder = encoder
    return opened


@pytest.fixture(scope="session")
def milvus(index_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Address:
    """The same on Milvus Lite, to be read only."""
    from xiangwen.milvus import Address, publish

    address = Address.read(f"milvus:{tmp_path_factory.mktemp('milvus')}/seeds.db/seeds")
    publish(index_dir, address)
    return address


@pytest.fixture(scope="session", params=["folder", "milvus", "milvus in parts"])
def store(request: pytest.FixtureRequest, index: Index) -> Store:
    """Wherever the seeds can be asked: their folder, Milvus, and Milvus as it answers for very many reports."""
    if request.param == "folder":
        return index
    from xiangwen.milvus import MilvusStore

    opened = MilvusStore.load(request.getfixturevalue("milvus"))
    if request.param == "milvus in parts":
        # Fewer passages than the five reports have, more than one of them.
        opened = MilvusStore(opened.connection, opened.collection, all_up_to=100)
    opened.take_encoder(index)
    return opened
