"""Which of the numbers that look like an indicator are its cells: each is weighed against the others of its report."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiangwen.encoding.probabilities import sigmoid
from xiangwen.ledger.candidates import CellCandidate
from xiangwen.ledger.indicators import Indicator

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What measures these: docs/thresholds.md. The weights of `weights.npz` go with them.
WORTH_A_LOOK = 0.12
"""A number that scores less for an indicator is no guess."""
CLAUSE_WORTH_A_LOOK = 0.1
"""The same of a clause."""
_HALF_SCORE = 0.5
"""Scores up to this one count once more: among low ones differences tell most."""
_MOST_STRONGER = 4
"""Rivals that score more are counted up to this number."""
SIGNS, CLAUSE_SIGNS = 21, 7
"""How many signs there are of a number and of a clause."""


@dataclass(frozen=True)
class Guess:
    """A number that may be a cell of an indicator."""

    candidate: int
    indicator: int


class ClauseGuess(NamedTuple):
    """The clause that may best give a class in one state."""

    candidate: int
    column: int
    state: str


def guesses(scores: NDArray[np.float32]) -> list[Guess]:
    """Every number and indicator that are worth a look together; ``scores`` has the shape (candidates, indicators)."""
    return [Guess(int(row), int(column)) for row, column in np.argwhere(scores >= WORTH_A_LOOK)]


def signs(
    found: Sequence[CellCandidate],
    scores: NDArray[np.float32],
    near: NDArray[np.float32],
    guessed: Sequence[Guess],
    indicators: Sequence[Indicator],
) -> NDArray[np.float32]:
    """What speaks for and against each guess, shape (guesses, signs)."""
    result = np.zeros((len(guessed), SIGNS), dtype=np.float32)
    best = scores.max(axis=0) if len(found) else np.zeros(len(indicators))
    ordered = np.sort(scores, axis=1)[:, ::-1]
    nearest = near.max(axis=0) if len(found) else np.zeros(len(indicators))
    of: dict[int, list[Guess]] = {}
    for guess in guessed:
        of.setdefault(guess.indicator, []).append(guess)
    for row, guess in enumerate(guessed):
        candidate = found[guess.candidate]
        number, sentence = candidate.number, candidate.sentence
        assert number is not None
        score = scores[guess.candidate, guess.indicator]
        top = ordered[guess.candidate]
        rivals = [g for g in of[guess.indicator] if g != guess]
        stronger = [g for g in rivals if scores[g.candidate, g.indicator] > score]
        same_sentence = [g for g in rivals if found[g.candidate].sentence is sentence]
        before = [g for g in same_sentence if g.candidate < guess.candidate]
        larger = [g for g in before if _value(found, g) >= number.value and _unit(found, g) == number.unit]
        twins = [g for g in stronger if _value(found, g) == number.value]
        unit_fits = number.unit in indicators[guess.indicator].units
        result[row] = (
            score,
            score**2,
            min(score, _HALF_SCORE),
            score - (top[0] if top[0] > score else top[1] if len(top) > 1 else 0.0),
            best[guess.indicator] - score,
            score == best[guess.indicator],
            min(len(stronger), _MOST_STRONGER) / _MOST_STRONGER,
            bool(before),
            bool(larger),
            bool(larger) * score,
            max((scores[g.candidate, g.indicator] for g in before), default=0.0),
            number.role == "part",
            number.role == "part" and bool(larger),
            candidate.of_another_year,
            candidate.of_a_change,
            sentence.stance == "shortcoming",
            bool(twins),
            unit_fits,
            number.value == 0,
            near[guess.candidate, guess.indicator],
            nearest[guess.indicator] - near[guess.candidate, guess.indicator],
        )
    return result


def clause_signs(
    found: Sequence[CellCandidate],
    scores: NDArray[np.float32],
    near: NDArray[np.float32],
    guessed: Sequence[ClauseGuess],
    classes: Sequence[str],
    counted: Container[str],
) -> NDArray[np.float32]:
    """What speaks for and against each clause that is the best of its report, shape (guesses, signs).

    Neither the kind of a class nor the state is a sign: how many reports leave a figure out, or tell of a lack, differs
    from one kind of report to the next.

    Args:
        found: the clauses of a report.
        scores: of them for each class.
        near: how near they are in meaning to the indicator of each class.
        guessed: what is weighed.
        classes: 「indicator:kind」.
        counted: indicators that a number of the report gives.
    """
    result = np.zeros((len(guessed), CLAUSE_SIGNS), dtype=np.float32)
    if not len(found):
        return result
    nearest = near.max(axis=0)
    ordered = np.sort(scores, axis=0)[::-1]
    for row, (i, column, _) in enumerate(guessed):
        indicator = classes[column].partition(":")[0]
        score = scores[i, column]
        rivals = np.delete(scores[i], column)
        result[row] = (
            score,
            score**2,
            score - ordered[min(1, len(found) - 1), column],
            max(float(rivals.max()) if len(rivals) else 0.0, 0.0),
            near[i, column],
            nearest[column] - near[i, column],
            indicator in counted,
        )
    return result


def probability(rows: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """The probability of each row of signs by logistic weights, the constant last; shape (rows,)."""
    return np.asarray(sigmoid(rows @ weights[:-1] + weights[-1]), dtype=np.float32)


def _value(found: Sequence[CellCandidate], guess: Guess) -> float:
    number = found[guess.candidate].number
    return number.value if number else 0.0


def _unit(found: Sequence[CellCandidate], guess: Guess) -> str:
    number = found[guess.candidate].number
    return number.unit if number else ""
