"""From which probability on a report is listed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangwen.retrieval.list_threshold import best_threshold


def test_sure_reports_are_listed_and_unlikely_ones_are_not() -> None:
    p = np.array([0.97, 0.95, 0.9, 0.04, 0.02])
    assert 0.04 < best_threshold(p) <= 0.9


def test_where_nothing_is_sure_the_likeliest_are_listed() -> None:
    p = np.array([0.35, 0.3, 0.28, 0.02, 0.01, 0.01])
    assert best_threshold(p) == pytest.approx(0.28)


def test_where_most_likely_none_is_meant_none_is_listed() -> None:
    p = np.array([0.2, 0.02, 0.01])
    assert best_threshold(p) > 0.2


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30))
def test_what_is_likelier_than_not_is_always_listed(p: list[float]) -> None:
    assert 0.15 <= best_threshold(np.array(p)) <= 0.5
