"""Numerals: every way to write a number is read to its value, and what is no number to none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_numbers import formal, full_width, han

from xiangwen.language.numerals import digit_by_digit, neighbours, number, without_scale


@given(st.integers(2, 99_999_999))
def test_a_numeral_is_read_in_every_form(n: int) -> None:
    for written in (str(n), f"{n:,}", full_width(str(n)), full_width(f"{n:,}"), han(n), formal(n)):
        assert number(written) == n, written


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("两百五", 250), ("一万五", 15_000), ("两百零五", 205), ("一万亿", 1e12), ("一点五亿", 1.5e8), ("3千万", 3e7)],
)
def test_a_numeral_is_read_as_it_is_said(numeral: str, value: float) -> None:
    assert number(numeral) == value


@given(st.integers(1900, 2099), st.sampled_from("〇○零OＯ"))
def test_a_year_is_read_digit_by_digit(year: int, nought: str) -> None:
    written = str(year).translate(str.maketrans("0123456789", f"{nought}一二三四五六七八九"))
    assert digit_by_digit(f"{written}年") == f"{year}年"


@pytest.mark.parametrize(("numeral", "ends"), [("三五", (3, 5)), ("两三百", (200, 300)), ("十七八", (17, 18))])
def test_two_digits_side_by_side_are_an_estimate(numeral: str, ends: tuple[float, float]) -> None:
    assert neighbours(numeral) == ends


@pytest.mark.parametrize("numeral", ["一百百", "亿", "百十千", "三四五六万五", "三五", "most", ""])
def test_what_is_no_numeral_is_no_number(numeral: str) -> None:
    assert number(numeral) is None


def test_ten_thousand_is_of_the_number_not_of_the_unit() -> None:
    assert without_scale(3, "万元") == (30_000, "元") and without_scale(3, "元") == (3, "元")
