"""The figures of sentences before the judge: each is marked in turn, and read as the one that is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from xiangwen.retrieval.pair import marked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from xiangwen.quantities.quantity import Quantity
    from xiangwen.questions import Question
    from xiangwen.retrieval.cross_encoder import Judge

_EVENTS = re.compile(
    r"(?:多少|好多|几)[场期节堂]|[场期节堂][次数]"
    r"|\bhow many [\w -]{0,30}(?:events?|sessions?|meetings?|lectures?|activities)\b"
)
"""Measure words of what is held: who asks 「多少场」 is not told how many people came."""
_HEADS = re.compile(r"(?:多少|好多|(?<!第)几)[名位]")
"""Who is counted by heads is not told how often people came."""


def fits_unit(quantity: Quantity, question: Question) -> bool:
    """Whether a figure is of a class of units asked for; 「500余人次」 counts people as well as times."""
    if quantity.is_change and question.quantity.direction in ("up", "down"):
        return True  # 「增长多少」 is answered in % as well as in 件
    units = question.units
    if quantity.unit == "人次" and _HEADS.search(question.topic):
        return False
    attended = quantity.unit == "人次" and "times" in units and not _EVENTS.search(question.topic)
    # 「几家」 may be houses as well as firms.
    houses = quantity.unit_class == "households" and "enterprises" in units and question.language == "zh"
    return not units or quantity.unit_class in units or attended or houses


class MarkedFigure(NamedTuple):
    """A figure that the judge is to read, with its sentence and what stands before that (`pair.context`)."""

    context: str
    sentence: str
    figure: Quantity


def read_figures(judge: Judge, question: Question, figures: Sequence[MarkedFigure]) -> NDArray[np.float64]:
    """The judge's probabilities where each figure is taken for the one asked for, shape (figures, labels)."""
    shown = [marked(one.sentence, one.figure.start, one.figure.end) for one in figures]
    return judge.probabilities(question.standalone, [one.context for one in figures], shown)
