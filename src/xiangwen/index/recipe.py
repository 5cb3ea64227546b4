"""The recipe: a digest of the code that entries are made by, so that a better reader is seen to work after a build."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

READERS = ("language", "reports", "quantities", "encoding", "segmentation", "ledger", "index")
"""The rooms whose code and word lists an entry, or what is written of it, depends on: whole rooms, so that none of
their files can be forgotten."""
_LIBRARIES = ("jieba", "opencc")
"""Those whose word lists decide what is read."""


@cache
def recipe() -> str:
    """16 hexadecimal digits that change with the code that reads, cuts, encodes and counts: nothing is taken over from
    other code."""
    digest = hashlib.sha256("".join(version(name) for name in _LIBRARIES).encode())
    for room in READERS:
        for file in _sources(files("xiangwen").joinpath(room)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _sources(place: Traversable) -> Iterator[Traversable]:
    """All files below a folder but what Python makes of them."""
    if place.is_file():
        yield place
    elif place.name != "__pycache__":
        for below in sorted(place.iterdir(), key=lambda item: item.name):
            yield from _sources(below)
