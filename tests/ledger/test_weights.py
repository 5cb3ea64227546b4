"""The weights of the ledger's reader are taken only for the features and signs that they were fitted for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from xiangwen.ledger.features import WIDTH
from xiangwen.ledger.weights import LedgerWeights, weights
from xiangwen.machine.fitted import WeightsOutdated


@pytest.mark.parametrize("name", ["decide", "part", "clause", "like"])
def test_weights_for_one_sign_more_are_refused(tmp_path: Path, name: str) -> None:
    replace(weights(), **{name: np.append(getattr(weights(), name), np.float32(0))}).save(tmp_path / "w.npz")
    with pytest.raises(WeightsOutdated, match=f"w.npz {name} was fitted for"):
        LedgerWeights.load(tmp_path / "w.npz")


def test_weights_for_names_hashed_into_fewer_places_are_refused(tmp_path: Path) -> None:
    numbers = weights().numbers
    replace(weights(), numbers=replace(numbers, matrix=numbers.matrix[: WIDTH // 2])).save(tmp_path / "w.npz")
    with pytest.raises(WeightsOutdated, match=f"fitted for {WIDTH // 2} where the code has {WIDTH}"):
        LedgerWeights.load(tmp_path / "w.npz")
