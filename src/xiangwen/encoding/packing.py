"""Packs: texts that stand under the same headings, laid side by side so that each text is read once.

A path is a text with what stands above it, outermost first:

    ("湟中区土门关乡2024年", "一、成效", "聘请法律顾问12名。")

Every beginning of a path is a node of a tree, and its last text is read in sight of the nodes above it, which do not
see it in turn. So a heading is the same above each of its sentences, and stands in the pack once, for all of them and
for itself. The vector of a path is the mean over the tokens of its last text.

Measured against reading every sentence with its headings before it and taking the mean over both (950 sentences of 20
reports, 880 labelled questions, 177 with evidence): .50 of the tokens, .56 of the time; area under the curve of a
supporting sentence among all others .989 against .975 (Chinese questions) and .950 against .828 (English ones),
evidence in the first ten .966 against .907 and .712 against .407. A mean over the headings too, which many sentences
have in common, would bring .973 and .915; no </s> after each text, or one that what is below it does not see, .982
and .917, .987 and .932.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Path = tuple[str, ...]
Ids = list[int]

PACK = 1024
"""Tokens laid side by side; in fewer, what stands at the top of all is repeated more often: 512 take 5 % more time."""
BLOCKS = 16
"""Pieces of a pack that attend one after the other; in the model's graph their number is fixed."""
_FEWEST = 2 * BLOCKS
"""Tokens of a pack at least, so that no block is empty."""
ABOVE = 256
"""Position at which a text begins at the latest, however much stands above it: the model knows 512."""
_UNSEEN = np.float32(-1e9)

TokenSpan = tuple[int, int]
"""Start and end of a text in its pack."""


class Block(NamedTuple):
    """Tokens that attend together."""

    size: int
    seen: NDArray[np.int32]
    """The tokens of the pack that one of them sees, shape (seen,)."""
    sight: NDArray[np.float32]
    """What attention adds, shape (1, 1, size, seen): 0 where a token sees the other, far below 0 where not."""


@dataclass
class Pack:
    """Texts side by side, and which token sees which."""

    ids: Ids = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    """Of each token: they go on from the text above."""
    spans: list[tuple[int, int, int]] = field(default_factory=list)
    """(number of a path, start, end): the tokens whose mean is its vector, or a window's share of it."""
    _texts: list[tuple[TokenSpan, list[TokenSpan]]] = field(default_factory=list)
    _nodes: dict[Path, TokenSpan] = field(default_factory=dict)

    def __contains__(self, path: Path) -> bool:
        return path in self._nodes

    def add(self, path: Path, ids: Ids, position: int, *, above_others: bool = True) -> TokenSpan:
        """Lay a path's last text, which begins at a position, under the nodes above it, which are here."""
        span = len(self.ids), len(self.ids) + len(ids)
        self.ids += ids
        self.positions += range(position, position + len(ids))
        self._texts.append((span, [*(self._nodes[path[:depth]] for depth in range(1, len(path))), span]))
        if above_others:
            self._nodes[path] = span
        return span

    def filled(self) -> Pack:
        """This pack, with tokens that nobody reads where there are too few for its blocks."""
        missing = _FEWEST - len(self.ids)
        if missing > 0:
            self.add(("",), self.ids[:1] * missing, 0, above_others=False)
        return self

    def blocks(self) -> list[Block]:
        """The tokens in `BLOCKS` pieces of about the same length, which end with a text where one ends near by.

        So a block holds few texts whole, and its tokens are compared with few that they do not see.
        """
        share = len(self.ids) / BLOCKS
        ends = [end for (_, end), _ in self._texts]
        cuts = [0]
        for block in range(1, BLOCKS):
            even = block * share
            end = min(ends, key=lambda end: abs(end - even))
            cuts.append(end if abs(end - even) < share / 2 else int(even))
        return [self._block(start, end) for start, end in pairwise([*cuts, len(self.ids)])]

    def _block(self, first: int, last: int) -> Block:
        inside = [(span, spans) for span, spans in self._texts if span[0] < last and span[1] > first]
        columns: dict[TokenSpan, int] = {}
        width = 0
        for span in dict.fromkeys(span for _, spans in inside for span in spans):
            columns[span] = width
            width += span[1] - span[0]
        sight = np.full((1, 1, last - first, width), _UNSEEN)
        for (start, end), spans in inside:
            for span in spans:
                column = columns[span]
                rows = slice(max(start, first) - first, min(end, last) - first)
                sight[0, 0, rows, column : column + span[1] - span[0]] = 0
        seen = np.concatenate([np.arange(*span, dtype=np.int32) for span in columns])
        return Block(last - first, seen, sight)


class Tree:
    """The tokens of all nodes of some paths."""

    def __init__(self, tokens: Callable[[Path], Ids], longest: int) -> None:
        """Nothing is read yet.

        Args:
            tokens: those of a path's last text, with the special ones.
            longest: positions that the model knows.
        """
        self._tokens, self._longest = tokens, longest
        self._windows: dict[Path, list[Ids]] = {}

    def windows(self, path: Path) -> list[Ids]:
        """The tokens of its last text, in pieces for which there are positions; one almost always."""
        if path not in self._windows:
            ids, size = self._tokens(path), self._longest - self.position(path)
            self._windows[path] = [ids[start : start + size] for start in range(0, len(ids), size)]
        return self._windows[path]

    def position(self, path: Path) -> int:
        """Where its last text begins: after the one above."""
        if len(path) == 1:
            return 0
        above = path[:-1]
        return min(ABOVE, self.position(above) + len(self.windows(above)[0]))


def packs(paths: Sequence[Path], tree: Tree) -> Iterator[Pack]:
    """All texts of the paths in packs; the same for the same paths in any order."""
    numbers: dict[Path, list[int]] = {}
    for number, path in enumerate(paths):
        numbers.setdefault(path, []).append(number)
    pack = Pack()
    for path in sorted(numbers):  # what shares headings becomes neighbours, and a heading comes before what it is above
        for window, ids in enumerate(tree.windows(path)):
            nodes = [path[:depth] for depth in range(1, len(path))]
            size = len(ids) + sum(len(tree.windows(node)[0]) for node in nodes if node not in pack)
            if pack.ids and len(pack.ids) + size > PACK:
                yield pack.filled()
                pack = Pack()
            for node in nodes:
                if node not in pack:
                    pack.add(node, tree.windows(node)[0], tree.position(node))
            start, end = pack.add(path, ids, tree.position(path), above_others=not window)
            pack.spans += [(number, start, end) for number in numbers[path]]
    if pack.ids:
        yield pack.filled()
