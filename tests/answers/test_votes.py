"""A vote is read with all or nothing of it, and kept within bounds."""

from __future__ import annotations

from typing import Any

import pytest

from xiangwen.answers.votes import VoteRequest, vote_of
from xiangwen.questions.request import LONGEST_QUESTION, LONGEST_REMARK, WrongRequest, read_request

SAID = {"rating": "up", "question": "律师？", "answer": "4 个乡镇有", "remark": " 很清楚\n"}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("4 个乡镇有", None),
        ({"text": "4 个乡镇有", "kind": "which", "citations": []}, "which"),
        ({"text": "4 个乡镇有", "kind": 7}, None),
        ({"text": "4 个乡镇有", "kind": "w" * 21}, None),
    ],
)
def test_the_answer_comes_as_its_text_or_as_the_whole_object(answer: Any, kind: str | None) -> None:
    vote = vote_of(read_request(VoteRequest, {**SAID, "answer": answer}), "build-1")
    assert (vote.rating, vote.question, vote.answer, vote.kind) == ("up", "律师？", "4 个乡镇有", kind)
    assert (vote.remark, vote.index) == ("很清楚", "build-1")


def test_a_remark_may_be_left_out_and_of_an_answer_the_beginning_is_kept() -> None:
    vote = vote_of(read_request(VoteRequest, {**SAID, "remark": None, "answer": "有" * 50_000}), None)
    assert vote.remark == "" and len(vote.answer) == 20_000


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ('"up" 或 "down"', {"rating": "great"}),
        ('"up" 或 "down"', {"rating": ["up"]}),
        ("缺少问题或答案", {"question": None}),
        ("缺少问题或答案", {"answer": {"kind": "which"}}),
        ("缺少问题或答案", {"remark": 7}),
        ("问题请在 2000 字以内", {"question": "问" * (LONGEST_QUESTION + 1)}),
        ("意见请在 2000 字以内", {"remark": "好" * (LONGEST_REMARK + 1)}),
    ],
)
def test_what_is_no_vote_is_told_in_a_sentence(sentence: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(WrongRequest, match=sentence):
        read_request(VoteRequest, {**SAID, **wrong})
