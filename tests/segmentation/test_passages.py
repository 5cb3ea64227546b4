"""Passages: sentences as exact slices, in order, inside one section, with nothing but white space left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from folders import DEV, SEEDS
from hypothesis import given
from hypothesis import strategies as st
from report_like import REPORT_LIKE

from xiangwen.reports import decode
from xiangwen.segmentation.passages import Passage, split_passages
from xiangwen.segmentation.sections import outline

REPORTS = sorted(DEV.glob("*.txt")) + sorted(SEEDS.glob("*.txt"))


def quotes(text: str) -> list[str]:
    return [text[passage.start : passage.end] for passage in split_passages(text)]


def assert_sound(text: str) -> None:
    passages = split_passages(text)
    bodies = {path: (section.start, section.body_end) for top in outline(text) for path, section in top.walk()}
    position = 0
    for passage in passages:
        assert position <= passage.start < passage.end
        assert not text[passage.start].isspace() and not text[passage.end - 1].isspace()
        lost = text[position : passage.start]
        assert not re.search(r"\w", re.sub(r"\[bookmark:[^\]\n]*\]", "", lost)), lost
        position = passage.end
        if passage.item_start is not None and passage.item_end is not None:
            assert passage.item_start <= passage.start and passage.item_start < passage.item_end
    assert not re.search(r"\w", text[position:])
    if len(bodies) == sum(1 for top in outline(text) for _ in top.walk()):  # paths that come twice name no one section
        for passage in passages:
            start, end = bodies[passage.heading_path]
            assert start <= passage.start and passage.end <= end


@given(REPORT_LIKE)
def test_passages_are_the_same_where_the_outline_was_read_before(text: str) -> None:
    assert split_passages(text, outline(text)) == split_passages(text)


@given(st.text())
def test_passages_of_any_text_are_sound(text: str) -> None:
    assert_sound(text)


@given(REPORT_LIKE)
def test_passages_of_any_mixture_of_headings_and_lists_are_sound(text: str) -> None:
    assert_sound(text)


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_passages_of_real_reports_are_sound_and_of_a_citable_length(path: Path) -> None:
    text = decode(path.read_bytes())
    assert_sound(text)
    assert max(map(len, quotes(text))) < 600


def test_sentences_end_at_full_stops_and_keep_their_closing_quotation_mark() -> None:
    assert quotes("他说：“依法行政。”全年无案件。真的吗？") == ["他说：“依法行政。”", "全年无案件。", "真的吗？"]


def test_items_of_a_list_are_passages_of_their_own() -> None:
    assert quotes("一是抓普法；二是抓调解；三是抓执法。") == ["一是抓普法；", "二是抓调解；", "三是抓执法。"]


def test_a_sentence_below_a_list_item_knows_its_item() -> None:
    text = "三是做好矛盾纠纷化解工作。全年调解163件。"
    second = split_passages(text)[1]
    assert second.item_start is not None
    assert text[second.item_start : second.item_end] == "三是做好矛盾纠纷化解工作。"


def test_a_decimal_point_ends_no_sentence() -> None:
    assert quotes("满意率达98.5%。") == ["满意率达98.5%。"]


def test_a_heading_is_a_passage_marked_as_such() -> None:
    text = "一、成效\n全年调解163件。\n"
    assert split_passages(text) == [
        Passage(0, 4, ("一、成效",), True, None, None),
        Passage(5, 14, ("一、成效",), False, None, None),
    ]


def test_bookmarks_that_word_leaves_behind_are_not_quoted() -> None:
    assert quotes("[bookmark: _GoBack]一、成效\n甲乙。") == ["一、成效", "甲乙。"]


def test_lines_of_punctuation_alone_are_no_passages() -> None:
    assert quotes("———\n* * *\n。\n正文。\n") == ["正文。"]
