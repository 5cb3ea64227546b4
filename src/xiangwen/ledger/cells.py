"""A report to its cells: the values of all indicators that it gives, each with the slice of text it stands in."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from xiangwen.language.heading_stance import announced
from xiangwen.ledger.candidates import CellCandidate, cell_candidates, sentences
from xiangwen.ledger.features import Features
from xiangwen.ledger.indicators import Indicator
from xiangwen.ledger.likeness import COUNTED, likeness
from xiangwen.ledger.settling import (
    CLAUSE_WORTH_A_LOOK,
    ClauseGuess,
    clause_signs,
    guesses,
    probability,
    signs,
)
from xiangwen.ledger.weights import LedgerWeights, LinearScorer
from xiangwen.quantities.quantity import Modality, Quantity
from xiangwen.reports import Report
from xiangwen.segmentation.passages import Passage, Stance

if TYPE_CHECKING:
    from numpy.typing import NDArray

CellState = Literal["done", "planned", "lacking", "none"]
CellValue = float | bool | Literal["all", "part", "none"] | None
CellBound = Literal["exact", "at_least", "about"]
# What measures these: docs/thresholds.md.
_CERTAIN_NUMBER = 0.5
"""A number that is less certain is no cell."""
_CERTAIN_PART = 0.6
"""The same of a number that is a part of another."""
_CERTAIN_LIKENESS = 0.4
"""The same of what is known by an office's own examples alone."""
_CERTAIN_CLAUSE = 0.35
"""The same of a clause without a number of its own."""
_A_PART = 0.5
"""From this probability on a number is a part of another."""
_STATES: dict[Stance, CellState] = {"done": "done", "plan": "planned", "shortcoming": "lacking"}
"""By what the section says of its matters."""
_OWN_STATES: dict[Modality, CellState] = {"planned": "planned", "lacking": "lacking"}
"""By what the sentence says of a number, which counts before its section."""


@dataclass(frozen=True)
class Cell:
    """One indicator of one report."""

    indicator: str
    value: CellValue
    """A number in its base unit; True for a fact; all, part or none of a coverage; None: one, uncounted."""
    unit: str
    bound: CellBound
    state: CellState
    part: bool
    """Counted in another cell of the indicator."""
    start: int
    end: int
    """Where the quote stands: ``text[start:end]``."""
    figure_start: int
    figure_end: int
    """Where the figure itself stands; the quote where there is none."""
    confidence: float

    @property
    def number(self) -> float | None:
        """The value where it is a number; a fact that is True is none."""
        return float(self.value) if isinstance(self.value, int | float) and not isinstance(self.value, bool) else None


@dataclass(frozen=True, eq=False)
class ScoredCandidates:
    """Candidates of one report with what each of them scores for each class, and how near it is to it in meaning."""

    found: Sequence[CellCandidate]
    scores: NDArray[np.float32]
    near: NDArray[np.float32]
    classes: Sequence[str]

    def of(self, ids: Container[str]) -> ScoredCandidates:
        """The classes of these indicators alone."""
        kept = [column for column, name in enumerate(self.classes) if name.partition(":")[0] in ids]
        return replace(
            self, scores=self.scores[:, kept], near=self.near[:, kept], classes=[self.classes[i] for i in kept]
        )


def read_cells(
    report: Report,
    passages: Sequence[Passage],
    indicators: Sequence[Indicator],
    weights: LedgerWeights,
    vectors: NDArray[np.float32] | None = None,
) -> tuple[Cell, ...]:
    """All cells of a report in the order of its text.

    Args:
        report: the report.
        passages: of it.
        indicators: what is looked for.
        weights: what was learnt.
        vectors: of the passages, by the encoder that the weights were learnt with; without them words alone tell.
    """
    found = [candidate for sentence in sentences(report, passages) for candidate in cell_candidates(sentence)]
    if not found:
        return ()
    features = Features()
    rows = features.matrix(found)
    counted = np.array([candidate.number is not None for candidate in found])
    meant = weights.meanings.of(vectors, [candidate.sentence.passage for candidate in found])

    def scored(scorer: LinearScorer, chosen: NDArray[np.bool_]) -> ScoredCandidates:
        own = [candidate for candidate, is_chosen in zip(found, chosen.tolist(), strict=True) if is_chosen]
        near = weights.meanings.near(meant[chosen], [name.partition(":")[0] for name in scorer.classes])
        return ScoredCandidates(own, scorer.scores(rows[chosen], meant[chosen]), near, scorer.classes)

    numbers, clauses = scored(weights.numbers, counted), scored(weights.clauses, ~counted)
    cells = settle(numbers, clauses, indicators, weights)
    learnt = {name.partition(":")[0] for name in (*weights.numbers.classes, *weights.clauses.classes)}
    for indicator in indicators:
        if indicator.id not in learnt:
            kind = counted if indicator.type in COUNTED else ~counted
            own = (numbers if indicator.type in COUNTED else clauses).found
            cells += _like_examples(own, likeness(rows[kind], own, indicator, features), indicator, weights)
    return tuple(sorted(cells, key=lambda cell: (cell.start, cell.figure_start, cell.indicator)))


def settle(
    numbers: ScoredCandidates, clauses: ScoredCandidates, indicators: Sequence[Indicator], weights: LedgerWeights
) -> list[Cell]:
    """The cells among the scored numbers and clauses of one report."""
    ids = {indicator.id: indicator for indicator in indicators}
    cells = list(numbers_of(numbers.of(ids), ids, weights))
    return cells + list(_clauses(clauses.of(ids), ids, weights, counted_in(cells)))


def counted_in(cells: Iterable[Cell]) -> set[str]:
    """The indicators that have a number of their own."""
    return {cell.indicator for cell in cells if cell.state in ("done", "none") and not cell.part}


def numbers_of(numbers: ScoredCandidates, ids: Mapping[str, Indicator], weights: LedgerWeights) -> Iterator[Cell]:
    """Cells that are numbers."""
    found, columns = numbers.found, [ids[name] for name in numbers.classes]
    guessed = guesses(numbers.scores)
    told = signs(found, numbers.scores, numbers.near, guessed, columns)
    certain, part = probability(told, weights.decide), probability(told, weights.part)
    given: set[tuple[str, CellState, float]] = set()
    for i in np.argsort(-certain, kind="stable").tolist():
        indicator, candidate = columns[guessed[i].indicator], found[guessed[i].candidate]
        number = candidate.number
        assert number is not None
        is_part = bool(part[i] >= _A_PART) and not _is_there_now(candidate)
        if certain[i] < (_CERTAIN_PART if is_part else _CERTAIN_NUMBER):
            continue
        state: CellState = "none" if number.value == 0 else _state(candidate)
        key = (indicator.id, state, number.value)
        if key in given:  # said twice, it is one cell
            continue
        given.add(key)
        start, end = candidate.quote
        at = candidate.sentence.start
        yield Cell(
            indicator.id,
            _plain(number.value),
            number.unit,
            _bound(number),
            state,
            is_part,
            start,
            end,
            at + number.start,
            at + number.end,
            round(float(certain[i]), 3),
        )


def clause_guesses(clauses: ScoredCandidates) -> list[ClauseGuess]:
    """The best clause of each class in each state."""
    best: dict[tuple[int, CellState], int] = {}
    for row, column in np.argwhere(clauses.scores >= CLAUSE_WORTH_A_LOOK).tolist():
        state = _clause_state(clauses.classes[column].partition(":")[2], clauses.found[row])
        if state is None:
            continue
        held = best.get((column, state))
        if held is None or clauses.scores[row, column] > clauses.scores[held, column]:
            best[column, state] = row
    return [ClauseGuess(row, column, state) for (column, state), row in sorted(best.items())]


def _clauses(
    clauses: ScoredCandidates, ids: Mapping[str, Indicator], weights: LedgerWeights, counted: Container[str]
) -> Iterator[Cell]:
    """Cells without a number of their own: facts, coverage, zeros in words, and what there is uncounted."""
    guessed = clause_guesses(clauses)
    told = clause_signs(clauses.found, clauses.scores, clauses.near, guessed, clauses.classes, counted)
    for guess, certain in zip(guessed, probability(told, weights.clause).tolist(), strict=True):
        indicator, _, kind = clauses.classes[guess.column].partition(":")
        state = cast(CellState, guess.state)
        if certain < _CERTAIN_CLAUSE or (
            kind in ("has", "zero") and state in ("done", "none") and indicator in counted
        ):
            continue
        start, end = clauses.found[guess.candidate].quote
        value, unit = VALUES[kind], (ids[indicator].units or ("",))[0] if kind == "zero" else ""
        yield Cell(indicator, value, unit, "exact", state, False, start, end, start, end, round(certain, 3))


def _like_examples(
    found: Sequence[CellCandidate], near: NDArray[np.float32], indicator: Indicator, weights: LedgerWeights
) -> Iterator[Cell]:
    """Cells of an indicator that is known by its examples alone: the surest of each state."""
    certain = probability(near, weights.like)
    given: set[CellState] = set()
    for i in np.argsort(-certain, kind="stable").tolist():
        candidate = found[i]
        number, state = candidate.number, _state(candidate)
        if certain[i] < _CERTAIN_LIKENESS:
            return
        if number is not None and number.value == 0:
            state = "none"
        if state in given or (number is not None and number.unit not in indicator.units):
            continue
        given.add(state)
        start, end = candidate.quote
        first, last = (candidate.sentence.start + at for at in (number.start, number.end)) if number else (start, end)
        value: CellValue = _plain(number.value) if number else "all" if indicator.type == "coverage" else True
        unit = number.unit if number else ""
        bound: CellBound = _bound(number) if number else "exact"
        part = number is not None and number.role == "part"
        confidence = round(float(certain[i]), 3)
        yield Cell(indicator.id, value, unit, bound, state, part, start, end, first, last, confidence)


VALUES: dict[str, CellValue] = {
    "yes": True,
    "has": None,
    "short": None,
    "zero": 0,
    "all": "all",
    "part": "part",
    "none": "none",
}
"""The value of a cell by what its class of clauses says of the indicator."""


def _clause_state(kind: str, candidate: CellCandidate) -> CellState | None:
    """The state of a cell that a clause of this kind gives; None where it gives none."""
    state = _state(candidate)
    if kind == "short":
        # Under 「不足与打算」 that the clause is of this kind says more than its words for plans and lacks.
        lacks = state == "lacking" or "shortcoming" in announced(candidate.sentence.above)
        return "lacking" if lacks else None
    if kind in ("zero", "none"):
        return {"done": "none", "lacking": "lacking", "planned": None, "none": "none"}[state]
    return state if state in ("done", "planned") else None


def _state(candidate: CellCandidate) -> CellState:
    """Whether what a candidate says was done, is planned or is lacking."""
    if _is_there_now(candidate):
        return "done"
    own = _OWN_STATES.get(candidate.number.modality) if candidate.number else None
    return own or _STATES[candidate.sentence.stance]


def _is_there_now(candidate: CellCandidate) -> bool:
    """Whether a number among plans is none of them by its own words, nor a part of what they count: 「现有28名」."""
    number = candidate.number
    return number is not None and number.modality == "done" and "plan" in announced(candidate.sentence.above)


def _bound(number: Quantity) -> CellBound:
    return "about" if number.bound == "at_most" else number.bound


def _plain(value: float) -> float:
    return int(value) if value == int(value) else value
