"""Texts one after another as code points: what an index of occurrences is made from, joined and cut without a loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINE_END = ord("\n")
"""Stands behind every text, so that no word reaches over into the next; no word that is looked for holds it."""


@dataclass(frozen=True, eq=False)
class Lines:
    """Text i is ``codes[starts[i]:starts[i + 1]]``, a line end behind it."""

    codes: NDArray[np.uint32]
    starts: NDArray[np.int64]
    """Where each text begins, and the length of all."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def of(cls, texts: Sequence[str]) -> Lines:
        """Some texts as code points."""
        whole = "".join(text + chr(LINE_END) for text in texts)
        codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        return cls(codes, np.cumsum([0, *(len(text) + 1 for text in texts)], dtype=np.int64))

    def rows(self, start: int, end: int) -> Lines:
        """The texts from ``start`` to before ``end``."""
        first, last = self.starts[start], self.starts[end]
        return Lines(self.codes[first:last], self.starts[start : end + 1] - first)

    @classmethod
    def joined(cls, parts: Sequence[Lines]) -> Lines:
        """The parts one after another."""
        lengths = np.concatenate([np.zeros(1, dtype=np.int64), *(np.diff(part.starts) for part in parts)])
        return cls(np.concatenate([np.zeros(0, dtype=np.uint32), *(part.codes for part in parts)]), np.cumsum(lengths))
