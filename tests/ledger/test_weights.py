"""The weights of the ledger's reader are taken only for the features and signs that they were fitted for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from xiangwen.ledger.features import WIDTH
from xiangwen.ledger.weights import LedgerWeights, weights
from xiangwen.machine.fitted import WeightsOutdated


@pytest.fixture(scope="module")
def few() -> LedgerWeights:
    """The shipped ones with no feature weighed: it would take seconds to write them all, again and again."""
    numbers, clauses = weights().numbers, weights().clauses
    return replace(
        weights(),
        numbers=replace(numbers, matrix=np.zeros_like(numbers.matrix)),
        clauses=replace(clauses, matrix=np.zeros_like(clauses.matrix)),
    )


@pytest.mark.parametrize("name", ["decide", "part", "clause", "like"])
def test_weights_for_one_sign_more_are_refused(few: LedgerWeights, tmp_path: Path, name: str) -> None:
    replace(few, **{name: np.append(getattr(few, name), np.float32(0))}).save(tmp_path / "w.npz")
    with pytest.raises(WeightsOutdated, match=f"w.npz {name} was fitted for"):
        LedgerWeights.load(tmp_path / "w.npz")


def test_weights_for_names_hashed_into_fewer_places_are_refused(few: LedgerWeights, tmp_path: Path) -> None:
    numbers = few.numbers
    replace(few, numbers=replace(numbers, matrix=numbers.matrix[: WIDTH // 2])).save(tmp_path / "w.npz")
    with pytest.raises(WeightsOutdated, match=f"fitted for {WIDTH // 2} where the code has {WIDTH}"):
        LedgerWeights.load(tmp_path / "w.npz")
