"""The weights of the verdict model are taken only for the features that they were fitted for."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from xiangwen.machine.fitted import WeightsOutdated
from xiangwen.retrieval import VerdictModel
from xiangwen.retrieval.verdict_model import WEIGHTS_FILE


@pytest.fixture
def fitted() -> dict[str, Any]:
    """What the fit wrote."""
    data: dict[str, Any] = json.loads(files("xiangwen.retrieval").joinpath(WEIGHTS_FILE).read_text("utf-8"))
    return data


MODELS = ("supports", "denies", "report", "judged", "judged_answer", "judged_items", "judged_denies", "judged_report")


@pytest.mark.parametrize("model", MODELS)
def test_a_feature_of_another_name_is_refused(fitted: dict[str, Any], model: str) -> None:
    weights = fitted[model]["weights"]
    last, row = weights.popitem()
    weights["nearness"] = row
    with pytest.raises(WeightsOutdated, match=f"{WEIGHTS_FILE} {model} was fitted for nearness .* code has {last}"):
        VerdictModel.from_json(fitted)


@pytest.mark.parametrize("model", MODELS)
def test_the_same_features_in_another_order_are_refused(fitted: dict[str, Any], model: str) -> None:
    weights = fitted[model]["weights"]
    first = next(iter(weights))
    weights[first] = weights.pop(first)
    with pytest.raises(WeightsOutdated):
        VerdictModel.from_json(fitted)


def test_a_feature_more_or_less_is_refused(fitted: dict[str, Any]) -> None:
    del fitted["supports"]["weights"]["strength"]
    with pytest.raises(WeightsOutdated, match="was fitted for – where the code has strength"):
        VerdictModel.from_json(fitted)
