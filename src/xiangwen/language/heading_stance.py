"""What a heading announces of its section: what is planned (计划), what is lacking (不足), both, or neither.

A linear classifier of the heading's characters, since nobody can list how people head these sections: 「还差在哪里」,
「欠账」, 「2024年的路子」. ``heading_stance.npz`` is written by ``make headings``; docs/judge.md tells what it was
learned from and what it is worth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xiangwen.language.characters import simplify
from xiangwen.language.list_marks import SECTION_NUMBER
from xiangwen.language.ngrams import hashed, ngrams, with_any_year
from xiangwen.machine.fitted import must_fit

HeadingStance = Literal["plan", "shortcoming"]

HEADING_FILE = "heading_stance.npz"
PLACES = 1 << 13
"""Places that the character sequences of a heading are hashed to."""
_LONGEST = 4
"""Characters of the longest sequence."""
_LONGEST_HEADING = 60
"""Characters of a heading that are read; what is longer tells by its beginning."""
_NUMBER = re.compile(rf"^(?:第.{{1,3}}[章节部段篇](?:分)?|[#*>●◆■★▪▲【\[]+|{SECTION_NUMBER})[、.．,，:：\s]*")
_ANNOUNCED: dict[str, frozenset[HeadingStance]] = {
    "done": frozenset(),
    "lack": frozenset(["shortcoming"]),
    "plan": frozenset(["plan"]),
    "both": frozenset(["plan", "shortcoming"]),
}
LABELS = tuple(_ANNOUNCED)
_DONE = LABELS.index("done")
_LEAD = 0.5
"""Log odds by which another label must lead: five of six headings are of what was done, and to call that planned is the
worse mistake."""


class HeadingModel(NamedTuple):
    """A multinomial logistic regression over the hashed character sequences of a heading."""

    weights: NDArray[np.float32]
    """Shape (labels, `PLACES`)."""
    bias: NDArray[np.float32]

    def label(self, heading: str) -> str:
        """The likeliest of `LABELS`, where it is surely likelier than 「done」."""
        places = heading_places(heading)
        scores = self.weights[:, places].sum(axis=1) / np.sqrt(len(places)) + self.bias
        best = int(scores.argmax())
        return LABELS[best] if scores[best] - scores[_DONE] >= _LEAD else LABELS[_DONE]


def heading_places(heading: str) -> NDArray[np.int64]:
    """Where the character sequences of a heading are hashed to; never empty."""
    words = with_any_year(simplify("".join(heading.split())))
    words = _NUMBER.sub("", words).rstrip("。：:")[:_LONGEST_HEADING]
    return hashed(ngrams(f"^{words}$", _LONGEST), PLACES)


@lru_cache(maxsize=4096)
def stances_of_heading(heading: str) -> frozenset[HeadingStance]:
    """What a heading announces; 「不足和下一步打算」 announces both."""
    return _ANNOUNCED[_shipped().label(heading)]


def announced(path: Sequence[str]) -> frozenset[HeadingStance]:
    """What the headings above a passage announce: the lowest that announces anything; all under a plan is planned."""
    told = [said for heading in path if (said := stances_of_heading(heading))]
    if not told:
        return frozenset()
    return told[0] if "shortcoming" not in told[0] else told[-1]


@cache
def _shipped() -> HeadingModel:
    """The one of the package.

    Raises:
        WeightsOutdated: it was fitted for other labels or another number of places.
    """
    with files("xiangwen.language").joinpath(HEADING_FILE).open("rb") as file, np.load(file) as arrays:
        must_fit(HEADING_FILE, [*arrays["labels"].tolist(), arrays["weights"].shape[1]], [*LABELS, PLACES])
        return HeadingModel(arrays["weights"].astype(np.float32) * arrays["scale"], arrays["bias"])
