"""The matter in which it is asked what reports have in common: 「规范决策方面大家都怎么做」, 「调解上普遍的困难」.

A classifier tells it (`make kinds`), one that was learned without vectors where the collection has another encoder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xiangwen.questions.classifier import shipped_classifier

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

MATTER_CLASSIFIER = "common.matter"
NO_MATTER = "none"
"""The class of a question in no matter that is known, or in none at all."""


def matter_asked(text: str, vector: NDArray[float32] | None) -> str | None:
    """The id of a matter, or of a measure that is one by itself (``themes.toml``); None where it is of none of these.

    Args:
        text: the question in simplified lower-case characters.
        vector: its vector as a query; None where the collection has another encoder than the shipped one.
    """
    model = shipped_classifier(MATTER_CLASSIFIER, (), with_vector=vector is not None)
    told = model.likeliest(text, vector, ())
    return None if told == NO_MATTER else told
