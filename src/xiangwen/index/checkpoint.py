"""Vectors of a build under way: one that is stopped after hours goes on where it was, not from the beginning."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = ".underway"
_DIGEST_BYTES = 32


class Checkpoint:
    """A folder in the index folder, with a file for each batch of passages that was encoded; used by several threads.

    A file is known by what was encoded, by which model and which code, and holds the SHA-256 of the vectors and these.
    """

    def __init__(self, directory: Path, made_by: str) -> None:
        """That of the index in ``directory``; ``made_by`` names the model and the code that make the vectors."""
        self._folder = directory / FOLDER
        self._made_by = f"{made_by}\n".encode()
        self._keeps = True

    def vectors(self, paths: Sequence[tuple[str, ...]]) -> NDArray[np.float32] | None:
        """What a build that was stopped has made of a batch, shape (paths, dimensions); None where there is nothing."""
        try:
            data = self._file(paths).read_bytes()
        except OSError:
            return None
        digest, values = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
        if hashlib.sha256(values).digest() != digest:
            return None
        return np.frombuffer(values, dtype=np.float32).reshape(len(paths), -1)

    def keep(self, paths: Sequence[tuple[str, ...]], vectors: NDArray[np.float32]) -> None:
        """Put the vectors of a batch by; where the disk has no room for that, the build goes on without."""
        if not self._keeps:
            return
        values, file = np.ascontiguousarray(vectors, dtype=np.float32).tobytes(), self._file(paths)
        part = file.with_suffix(f".{threading.get_ident()}")
        try:
            self._folder.mkdir(exist_ok=True)
            part.write_bytes(hashlib.sha256(values).digest() + values)
            part.replace(file)
        except OSError:
            self._keeps = False
            self.clear()

    def clear(self) -> None:
        """Remove it all: the vectors are in an index."""
        with suppress(OSError):
            shutil.rmtree(self._folder)

    def _file(self, paths: Sequence[tuple[str, ...]]) -> Path:
        digest = hashlib.sha256(self._made_by + json.dumps(paths, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        return self._folder / digest.hexdigest()
