"""What a candidate looks like, as numbers of a sparse vector: character n-grams around it by where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from xiangwen.language.characters import simplify
from xiangwen.ledger.candidates import CellCandidate, Sentence
from xiangwen.ledger.words import MARKS, word_groups

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

WIDTH = 1 << 16
"""Features that are told apart; names are hashed into so many."""
_DIGITS = re.compile(r"[\d零〇一二两三四五六七八九十百千万]+(?:[.,，．]\d+)*")
_NEAR = 8
"""Characters before and behind a number that count by themselves."""


@dataclass
class Features:
    """The features of candidates; what sentences and headings share is computed once."""

    _memory: dict[tuple[str, str], list[tuple[int, float]]] = field(default_factory=dict)

    def matrix(self, found: Sequence[CellCandidate]) -> csr_matrix:
        """Shape (candidates, `WIDTH`)."""
        from scipy.sparse import csr_matrix  # a fifth of a second, which no question waits for

        starts = [0]
        columns: list[int] = []
        values: list[float] = []
        for candidate in found:
            row = self.row(candidate)
            columns.extend(column for column, _ in row)
            values.extend(value for _, value in row)
            starts.append(len(columns))
        data = (np.array(values, dtype=np.float32), np.array(columns, dtype=np.int32), np.array(starts, dtype=np.int64))
        matrix = csr_matrix(data, shape=(len(found), WIDTH))
        matrix.sum_duplicates()
        return matrix

    def row(self, candidate: CellCandidate) -> list[tuple[int, float]]:
        """Columns and values of a candidate."""
        sentence, number = candidate.sentence, candidate.number
        words = sentence.text
        row = [
            *self._shared("s", plain(words), (2, 2), 0.7),
            *self._shared("h", plain(" ".join(sentence.above[:-1])), (2, 2), 0.3),
            *self._shared("d", plain(sentence.above[-1]) if sentence.above else "", (2, 3), 0.5),
        ]
        before = plain(_clauses(sentence, candidate.clause - 2, candidate.clause))
        row += self._shared("p", before, (1, 3), 0.8)
        row += self._shared("n", plain(_clauses(sentence, candidate.clause + 1, candidate.clause + 2)), (2, 2), 0.4)
        row += self._shared("S", words, (0, 0), 0.6)
        row += self._shared("H", " ".join(sentence.above), (0, 0), 0.4)
        row += _groups("P", before, 0.6)
        if number is None:
            clause = plain(candidate.words)
            row += _groups("C", clause, 1.5)
            row += _grams("c", clause, (1, 4), 1.6)
            row += _grams("e", clause[-6:] + "$", (1, 3), 0.6)
            row += _marks((f"st:{sentence.stance}", f"hd:{sentence.is_heading}", f"num:{'#' in clause}"), 0.5)
            return row
        lead, tail = plain(words[candidate.start : number.start]), plain(words[number.end : candidate.end])
        last = lead.rsplit("#", 1)[-1]
        nearest = word_groups(last)[-2:] or word_groups(before + lead)[-1:]
        row += _groups("C", lead, 1.2)
        row += _groups("A", tail[: 2 * _NEAR], 0.6)
        row += _groups(f"U{number.unit}", before[-16:] + lead + tail[:_NEAR], 1.0)
        row += _marks((f"N:{name}" for name in nearest), 0.6)
        row += _grams("c", lead, (1, 3), 1.0)
        row += _grams("b", "^" * (lead == last) + last[-_NEAR:] + "$", (1, 4), 1.4)
        row += _grams("a", "^" + tail[:_NEAR], (1, 3), 0.8)
        row += _grams(f"u{number.unit}", lead + "#" + tail, (2, 2), 0.9)
        row += _marks(
            (
                f"u:{number.unit}",
                f"u:{number.unit}|{number.role}",
                f"r:{number.role}",
                f"y:{number.year_before}",
                f"ch:{number.change}",
                f"m:{number.modality}",
                f"st:{sentence.stance}",
                f"v:{_size(number.value)}",
                f"i:{min(sentence.numbers.index(number), 3)}",
                f"in:{min(lead.count('#'), 2)}",
                f"pu:{_unit_before(candidate)}",
                f"pu:{_unit_before(candidate)}|{number.unit}",
            ),
            0.35,
        )
        return row

    def _shared(self, kind: str, words: str, sizes: tuple[int, int], weight: float) -> list[tuple[int, float]]:
        key = (kind, words)
        if key not in self._memory:
            if len(self._memory) > 10_000:
                self._memory.clear()
            self._memory[key] = _grams(kind, words, sizes, weight) if sizes[1] else _groups(kind, words, weight)
        return self._memory[key]


def plain(words: str) -> str:
    """In simplified characters, without marks, every number as 「#」."""
    return _DIGITS.sub("#", MARKS.sub("", simplify(words)))


def _clauses(sentence: Sentence, first: int, last: int) -> str:
    return "，".join(sentence.text[a:b] for a, b in sentence.clauses[max(first, 0) : max(last, 0)])


def _unit_before(candidate: CellCandidate) -> str:
    numbers = candidate.sentence.numbers
    at = numbers.index(candidate.number) if candidate.number else 0
    return numbers[at - 1].unit if at else ""


def _size(value: float) -> int:
    return 0 if value == 0 else min(len(str(int(value))), 6)


def _groups(kind: str, words: str, weight: float) -> list[tuple[int, float]]:
    """The groups that are named, alone and two together."""
    names = sorted(set(word_groups(words)))
    told = [f"{kind}:{name}" for name in names] + [f"{kind}:{a}+{b}" for a, b in combinations(names[:12], 2)]
    return _columns(told, weight / max(len(told), 1) ** 0.5)


def _grams(kind: str, words: str, sizes: tuple[int, int], weight: float) -> list[tuple[int, float]]:
    """N-grams as columns; all together of length ``weight``."""
    grams = {words[i : i + n] for n in range(sizes[0], sizes[1] + 1) for i in range(len(words) - n + 1)}
    return _columns((f"{kind}:{gram}" for gram in sorted(grams)), weight / max(len(grams), 1) ** 0.5)


def _marks(names: Iterable[str], value: float) -> list[tuple[int, float]]:
    return _columns(names, value)


def _columns(names: Iterable[str], value: float) -> list[tuple[int, float]]:
    return [(crc32(name.encode()) % WIDTH, value) for name in names]
