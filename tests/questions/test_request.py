"""One request type for all who ask: what it takes, what it cuts off, and what it says of what is none."""

from typing import Any

import pytest

from xiangwen.questions.request import (
    LONGEST_NAME,
    LONGEST_QUESTION,
    MOST_HISTORY,
    MOST_IN_A_LIST,
    AskRequest,
    SearchRequest,
    WrongRequest,
    read_request,
)


def test_a_question_is_read_with_what_goes_along_and_no_more() -> None:
    request = read_request(
        AskRequest, {"id": 7, "question": "那万灵镇呢？", "history": ["善感乡呢？", " "], "reports": ["a"]}
    )
    assert (request.question, request.history, request.reports) == ("那万灵镇呢？", ("善感乡呢？",), ("a",))


def test_a_question_alone_is_enough() -> None:
    assert read_request(AskRequest, {"question": "律师", "history": None, "reports": None}) == AskRequest(
        question="律师"
    )


def test_of_the_history_the_latest_questions_are_kept_and_of_each_the_beginning() -> None:
    request = read_request(AskRequest, {"question": "律师", "history": [str(n) for n in range(40)] + ["问" * 9999]})
    assert request.history == ("35", "36", "37", "38", "39", "问" * LONGEST_QUESTION)
    assert len(request.history) == MOST_HISTORY


def test_half_a_character_or_a_control_is_no_reason_to_refuse_a_question() -> None:
    request = read_request(AskRequest, {"question": "\ud800律师\x0b\x9b\n", "history": ["\udfff"]})
    assert (request.question, request.history) == ("?律师  \n", ("?",))


@pytest.mark.parametrize(("question", "problem"), [("律" * 5000, "too_long"), ("　\n", "empty"), ("律师", None)])
def test_a_question_that_cannot_be_read_is_a_request_that_is_answered_so(question: str, problem: str | None) -> None:
    assert read_request(AskRequest, {"question": question}).problem == problem


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("question", {}),
        ("question", {"question": 7}),
        ("question", ["律师"]),
        ("history", {"question": "律师", "history": "律师"}),
        ("history", {"question": "律师", "history": ["律师", 7]}),
        ("history", {"question": "律师", "history": {"律师": 7}}),
        ("reports", {"question": "律师", "reports": "all"}),
        ("reports", {"question": "律师", "reports": [7]}),
        ("reports", {"question": "律师", "reports": []}),
        ("reports", {"question": "律师", "reports": ["a" * (LONGEST_NAME + 1)]}),
        ("reports", {"question": "律师", "reports": ["a"] * (MOST_IN_A_LIST + 1)}),
    ],
)
def test_what_is_no_question_is_told_in_a_sentence_that_names_the_field(field: str, data: Any) -> None:
    with pytest.raises(WrongRequest, match=f'"{field}" 应是.*must be'):
        read_request(AskRequest, data)


@pytest.mark.parametrize(("top", "most"), [(5, 5), (5.0, 5), (0, 1), (-3, 1)])
def test_a_search_takes_any_number_of_results_from_one_on(top: float, most: int) -> None:
    assert read_request(SearchRequest, {"words": "调解", "top": top}).top == most


@pytest.mark.parametrize(
    ("sentence", "data"),
    [
        ('请用 "words"', {}),
        ('请用 "words"', {"words": "　 "}),
        ('请用 "words"', {"words": ["调解"]}),
        ("2000 字以内", {"words": "调" * 2001}),
        ('"top" 应是数字', {"words": "调解", "top": True}),
        ('"top" 应是数字', {"words": "调解", "top": "many"}),
        ('"top" 应是数字', {"words": "调解", "top": float("nan")}),
    ],
)
def test_what_is_no_search_is_told_in_a_sentence(sentence: str, data: dict[str, Any]) -> None:
    with pytest.raises(WrongRequest, match=sentence):
        read_request(SearchRequest, data)
