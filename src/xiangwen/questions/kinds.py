"""What kind of answer a question wants, as three classifiers tell it: for questions of one place that is named, of
several, and over many reports."""

from __future__ import annotations

from typing import Literal

from numpy import float32
from numpy.typing import NDArray

from xiangwen.questions.classifier import shipped_classifier

NAMED = ("number", "fact", "list", "summary", "collection")
"""Kinds of questions about one place."""
SEVERAL = ("compare", "sum", "average", "each", "over", "under", "other")
"""Kinds of questions about several places that are named."""
OVER_MANY = ("which", "over", "under", "most", "least", "sum", "average", "each", "collection", "common", "section")
"""Kinds of questions over many reports; one that names no place may also be of a kind of `NAMED`."""
OFF_TOPIC = "off_topic"
"""What is no question to the reports at all is told apart from those of one place and over many."""
_SURELY_OFF_TOPIC = 0.7
"""Set by hand, high: a question wrongly refused is worse than one answered beside the point."""
Places = Literal["named", "several", "over_many"]
"""Which of the three is asked."""
PATTERN_KINDS = ("fact", "number", "list", "summary", "which", "most", "least", "over", "under", "sum", "average")
"""What patterns take a question for; of ranks their order."""


def kind_of(text: str, vector: NDArray[float32] | None, taken_for: str, places: Places) -> str:
    """The likeliest kind of a question, one of `NAMED`, `SEVERAL` or `OVER_MANY`, or `OFF_TOPIC`.

    Args:
        text: the question in simplified lower-case characters, the names of places left out.
        vector: its vector as a query; None where the collection has another encoder than the shipped one.
        taken_for: what patterns take it for, one of `PATTERN_KINDS`.
        places: ``named`` too where there is one report alone.
    """
    p = shipped_classifier(f"kind.{places}", PATTERN_KINDS, with_vector=vector is not None).probabilities(
        text, vector, (taken_for,)
    )
    if p.get(OFF_TOPIC, 0.0) >= _SURELY_OFF_TOPIC:
        return OFF_TOPIC
    return max((kind for kind in p if kind != OFF_TOPIC), key=lambda kind: p[kind])
