"""The verdict model, calibrated: logistic regressions over named features, their weights in one readable file.

``verdict_weights.json`` is written by ``python -m xiangwen.training.verdicts`` together with the figures of the fit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from xiangwen.encoding.probabilities import logit, sigmoid
from xiangwen.machine.fitted import must_fit
from xiangwen.retrieval.feature_names import ANSWER_FEATURES, FEATURES, JUDGE_FEATURES, REPORT_FEATURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS_FILE = "verdict_weights.json"


@dataclass(frozen=True)
class Logistic:
    """A logistic regression over standardised features."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float

    def probability(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Shape (n, features) to shape (n,)."""
        score = ((features - self.mean) / self.scale) @ self.weights + self.bias
        return sigmoid(score)

    @property
    def raw_weights(self) -> NDArray[np.float64]:
        """The weights for features that are not standardised, shape (features,)."""
        return self.weights / self.scale

    @property
    def raw_bias(self) -> float:
        """What goes with `raw_weights`."""
        return self.bias - float(self.raw_weights @ self.mean)


@dataclass(frozen=True)
class VerdictModel:
    """Says of a passage whether it establishes the answer, and of a report's best passage what the verdict is."""

    supports: Logistic
    denies: Logistic
    report: Logistic
    """From the logits of a report's best passages to the probability that its verdict is yes, without the judge."""
    judged: Logistic
    """A passage establishes that a condition holds, from the features' verdict and the judge's reading."""
    judged_answer: Logistic
    """A passage answers a question for a fact or a number, from the same and how near the encoder finds it."""
    judged_items: Logistic
    """A passage belongs to a list or a summary that is asked for, from the same as a condition."""
    judged_denies: Logistic
    judged_report: Logistic
    thresholds: dict[str, float]
    plain_thresholds: dict[str, float]
    """Those for answers without the judge."""

    @classmethod
    def load(cls) -> VerdictModel:
        """The model that ships with the package."""
        return _shipped()

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> VerdictModel:
        """Read what the fit wrote.

        Raises:
            WeightsOutdated: if its features are not those of the code, in their order.
        """
        return cls(
            supports=_logistic(data, "supports", FEATURES),
            denies=_logistic(data, "denies", FEATURES),
            report=_logistic(data, "report", REPORT_FEATURES),
            judged=_logistic(data, "judged", JUDGE_FEATURES),
            judged_answer=_logistic(data, "judged_answer", ANSWER_FEATURES),
            judged_items=_logistic(data, "judged_items", JUDGE_FEATURES),
            judged_denies=_logistic(data, "judged_denies", JUDGE_FEATURES),
            judged_report=_logistic(data, "judged_report", REPORT_FEATURES),
            thresholds={name: row["value"] for name, row in data["thresholds"].items()},
            plain_thresholds={name: row.get("plain", row["value"]) for name, row in data["thresholds"].items()},
        )


_LEAST_SUM = 1e-3
"""What is added to all that the passages of a report support together, before its logarithm is taken."""


def best_rows(
    starts: NDArray[np.int64],
    supports: NDArray[np.floating[Any]],
    denies: NDArray[np.floating[Any]],
    unfetched: NDArray[np.float64] | float = 0.0,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """What decides the verdicts of reports, whose rows begin at ``starts``, from the probabilities of their passages.

    Returns the columns of `REPORT_FEATURES`, shape (reports, 5), and the best row of each report, shape (reports,);
    every report must have a row. What passages support that are not among the rows is ``unfetched``, shape (reports,).
    """
    lengths = np.diff([*starts, len(supports)])
    highest = np.maximum.reduceat(supports, starts)
    at_top = np.flatnonzero(supports == np.repeat(highest, lengths))
    best = at_top[np.searchsorted(at_top, starts)]
    others = supports.copy()
    others[best] = -1.0
    second = np.where(lengths > 1, np.maximum.reduceat(others, starts), highest)
    columns = [
        logit(highest),
        logit(second),
        np.log(np.add.reduceat(supports, starts) + unfetched + _LEAST_SUM),
        logit(denies[best]),
        logit(np.maximum.reduceat(denies, starts)),
    ]
    return np.stack(columns, axis=1).astype(np.float32), best


def _logistic(data: dict[str, Any], name: str, features: Sequence[str]) -> Logistic:
    rows = data[name]["weights"]
    must_fit(f"{WEIGHTS_FILE} {name}", list(rows), features)
    return Logistic(
        mean=np.array([row["mean"] for row in rows.values()]),
        # Of a feature that never varied the file says 0.
        scale=np.maximum(np.array([row["scale"] for row in rows.values()]), 1e-6),
        weights=np.array([row["weight"] for row in rows.values()]),
        bias=float(data[name]["bias"]),
    )


@cache
def _shipped() -> VerdictModel:
    text = files("xiangwen.retrieval").joinpath(WEIGHTS_FILE).read_text(encoding="utf-8")
    return VerdictModel.from_json(json.loads(text))
