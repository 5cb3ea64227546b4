"""What a candidate looks like, as numbers of a sparse vector: character n-grams around it by where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import numpy as np

from xiangwen.language.characters import simplify
from xiangwen.ledger.candidates import CellCandidate, Sentence
from xiangwen.ledger.words import MARKS, word_groups

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from xiangwen.quantities.quantity import Quantity

WIDTH = 1 << 16
"""Features that are told apart; names are hashed into so many."""
_DIGITS = re.compile(r"[\d零〇一二两三四五六七八九十百千万]+(?:[.,，．]\d+)*")
_NEAR = 8
"""Characters before and behind a number that count by themselves."""
_BEFORE_UNIT = 16
"""Characters before the clause in which groups of words are looked for beside the unit."""
_CLAUSE_END = 6
"""Characters at the end of a clause that count by themselves."""
_CLAUSES_BEFORE = 2
"""Clauses of the sentence before that of the candidate which are read with it."""
_LONGEST_MEMORY = 10_000
"""Texts whose features are kept; more are seldom shared."""
_MOST_GROUPS = 12
"""Groups of words that are paired with each other."""
_LAST_GROUPS = 2
"""Groups of words before a number that are nearest to it."""
_MOST_PLACES, _MOST_BEFORE, _MOST_DIGITS = 3, 2, 6
"""Places in the sentence, numbers before in the clause and digits that are told apart; more count as these."""


class _Grams(NamedTuple):
    """N-grams of some words."""

    shortest: int
    longest: int
    weight: float
    """The length of the vector of all of them together."""


# What measures the weights: docs/thresholds.md. The weights of `weights.npz` go with them.
_GRAMS_AROUND = {
    "s": _Grams(2, 2, 0.7),
    "h": _Grams(2, 2, 0.3),
    "d": _Grams(2, 3, 0.5),
    "p": _Grams(1, 3, 0.8),
    "n": _Grams(2, 2, 0.4),
}
"""Of what stands around a candidate: the sentence, the headings, the last heading, the clauses before, the next one."""
_GRAMS_OF_CLAUSE = {"c": _Grams(1, 4, 1.6), "e": _Grams(1, 3, 0.6)}
"""Of a clause without a number: all of it, its end."""
_GRAMS_OF_NUMBER = {"c": _Grams(1, 3, 1.0), "b": _Grams(1, 4, 1.4), "a": _Grams(1, 3, 0.8), "u": _Grams(2, 2, 0.9)}
"""Of a number: the clause before it, the characters next before and behind, the whole clause beside the unit."""
_GROUPS_AROUND = {"S": 0.6, "H": 0.4, "P": 0.6}
"""What the groups of words count that the sentence, the headings and the clauses before name."""
_GROUPS_OF_CLAUSE = {"C": 1.5}
"""The same of a clause without a number."""
_GROUPS_OF_NUMBER = {"C": 1.2, "A": 0.6, "U": 1.0}
"""The same of a number: before it, behind it, around it beside the unit."""
_MARK_OF_CLAUSE, _MARK_OF_NUMBER, _NEAREST_GROUP = 0.5, 0.35, 0.6
"""What each mark of a clause or a number counts, and each of the groups of words nearest before a number."""


@dataclass
class Features:
    """The features of candidates; what sentences and headings share is computed once."""

    _memory: dict[tuple[str, str], list[tuple[int, float]]] = field(default_factory=dict)

    def matrix(self, found: Sequence[CellCandidate]) -> csr_matrix:
        """A row of features of each candidate, shape (candidates, `WIDTH`)."""
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
        sentence = candidate.sentence
        before = plain(_clauses(sentence, candidate.clause - _CLAUSES_BEFORE, candidate.clause))
        row = self._around(candidate, before)
        if candidate.number is None:
            return row + _of_clause(candidate)
        return row + _of_number(candidate, candidate.number, before)

    def _around(self, candidate: CellCandidate, before: str) -> list[tuple[int, float]]:
        """What stands around a candidate."""
        sentence = candidate.sentence
        above = sentence.above
        behind = _clauses(sentence, candidate.clause + 1, candidate.clause + 2)
        texts = {
            "s": plain(sentence.text),
            "h": plain(" ".join(above[:-1])),
            "d": plain(above[-1]) if above else "",
            "p": before,
            "n": plain(behind),
        }
        row = [column for kind, words in texts.items() for column in self._grams(kind, words)]
        row += self._groups("S", sentence.text)
        row += self._groups("H", " ".join(above))
        return row + _groups("P", before, _GROUPS_AROUND["P"])

    def _grams(self, kind: str, words: str) -> list[tuple[int, float]]:
        return self._once(kind, words, lambda: _grams(kind, words, _GRAMS_AROUND[kind]))

    def _groups(self, kind: str, words: str) -> list[tuple[int, float]]:
        return self._once(kind, words, lambda: _groups(kind, words, _GROUPS_AROUND[kind]))

    def _once(self, kind: str, words: str, read: Callable[[], list[tuple[int, float]]]) -> list[tuple[int, float]]:
        if (kind, words) not in self._memory:
            if len(self._memory) > _LONGEST_MEMORY:
                self._memory.clear()
            self._memory[kind, words] = read()
        return self._memory[kind, words]


def _of_clause(candidate: CellCandidate) -> list[tuple[int, float]]:
    """What a clause without a number shows of itself."""
    clause, sentence = plain(candidate.words), candidate.sentence
    row = _groups("C", clause, _GROUPS_OF_CLAUSE["C"])
    row += _grams("c", clause, _GRAMS_OF_CLAUSE["c"])
    row += _grams("e", clause[-_CLAUSE_END:] + "$", _GRAMS_OF_CLAUSE["e"])
    marks = (f"st:{sentence.stance}", f"hd:{sentence.is_heading}", f"num:{'#' in clause}")
    return row + _columns(marks, _MARK_OF_CLAUSE)


def _of_number(candidate: CellCandidate, number: Quantity, before: str) -> list[tuple[int, float]]:
    """What a number shows of itself in its clause; ``before`` are the clauses before that."""
    words = candidate.sentence.text
    lead, tail = plain(words[candidate.start : number.start]), plain(words[number.end : candidate.end])
    last = lead.rsplit("#", 1)[-1]
    nearest = word_groups(last)[-_LAST_GROUPS:] or word_groups(before + lead)[-1:]
    unit, weight, grams = number.unit, _GROUPS_OF_NUMBER, _GRAMS_OF_NUMBER
    row = _groups("C", lead, weight["C"])
    row += _groups("A", tail[: 2 * _NEAR], weight["A"])
    row += _groups(f"U{unit}", before[-_BEFORE_UNIT:] + lead + tail[:_NEAR], weight["U"])
    row += _columns((f"N:{name}" for name in nearest), _NEAREST_GROUP)
    row += _grams("c", lead, grams["c"])
    row += _grams("b", "^" * (lead == last) + last[-_NEAR:] + "$", grams["b"])
    row += _grams("a", "^" + tail[:_NEAR], grams["a"])
    row += _grams(f"u{unit}", lead + "#" + tail, grams["u"])
    return row + _columns(_marks_of_number(candidate, number, lead), _MARK_OF_NUMBER)


def _marks_of_number(candidate: CellCandidate, number: Quantity, lead: str) -> tuple[str, ...]:
    sentence = candidate.sentence
    place = sentence.numbers.index(number)
    unit_before = sentence.numbers[place - 1].unit if place else ""
    return (
        f"u:{number.unit}",
        f"u:{number.unit}|{number.role}",
        f"r:{number.role}",
        f"y:{candidate.of_another_year}",
        f"ch:{candidate.of_a_change}",
        f"m:{'' if number.modality == 'done' else number.modality}",
        f"st:{sentence.stance}",
        f"v:{_digits(number.value)}",
        f"i:{min(place, _MOST_PLACES)}",
        f"in:{min(lead.count('#'), _MOST_BEFORE)}",
        f"pu:{unit_before}",
        f"pu:{unit_before}|{number.unit}",
    )


def plain(words: str) -> str:
    """A text in simplified characters, without marks, every number as 「#」."""
    return _DIGITS.sub("#", MARKS.sub("", simplify(words)))


def _clauses(sentence: Sentence, first: int, last: int) -> str:
    """The clauses of a sentence from number ``first`` to before ``last``."""
    return "，".join(sentence.text[a:b] for a, b in sentence.clauses[max(first, 0) : max(last, 0)])


def _digits(value: float) -> int:
    return 0 if value == 0 else min(len(str(int(value))), _MOST_DIGITS)


def _groups(kind: str, words: str, weight: float) -> list[tuple[int, float]]:
    """The groups of words that are named, alone and two together; all of them of length ``weight``."""
    names = sorted(set(word_groups(words)))
    together = combinations(names[:_MOST_GROUPS], 2)
    told = [f"{kind}:{name}" for name in names] + [f"{kind}:{a}+{b}" for a, b in together]
    return _columns(told, weight / max(len(told), 1) ** 0.5)


def _grams(kind: str, words: str, of: _Grams) -> list[tuple[int, float]]:
    """The n-grams of some words."""
    sizes = range(of.shortest, of.longest + 1)
    grams = {words[i : i + size] for size in sizes for i in range(len(words) - size + 1)}
    return _columns((f"{kind}:{gram}" for gram in sorted(grams)), of.weight / max(len(grams), 1) ** 0.5)


def _columns(names: Iterable[str], value: float) -> list[tuple[int, float]]:
    """The columns that features of these names are hashed to, each with its value."""
    return [(crc32(name.encode()) % WIDTH, value) for name in names]
